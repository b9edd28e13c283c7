"""What every page has: access, navigation, language, errors, security, forms, uploads."""

from __future__ import annotations

from web.site import health

blueprints = (health.pages,)
