"""Filing a new case, step by step, to its receipt."""

from __future__ import annotations

from web.filing import views

blueprints = (views.pages,)
