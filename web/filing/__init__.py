"""Filing a new case, step by step, to its receipt."""

from web.filing import views

blueprints = (views.pages,)
