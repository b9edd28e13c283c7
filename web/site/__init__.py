"""What every page has: access, navigation, language, errors, security, forms, uploads."""

from web.site import health

blueprints = (health.pages,)
