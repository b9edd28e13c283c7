"""Pages: a door, without rules. Each module is one blueprint; here they are hung into the application."""

from __future__ import annotations

from flask import Flask


def register_pages(app: Flask) -> None:
    """Every blueprint, and what all templates may use."""
    from web import calendar, front, rules, sign_in
    from web.chrome import register_chrome

    register_chrome(app)
    for module in (front, rules, calendar, sign_in):
        app.register_blueprint(module.pages)
