"""The one file that knows every part: `create_app()`, and `app` for a server to import."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from flask import Flask

import cases.tables  # noqa: F401 -- tables stand in the metadata before a migration compares them
from config import ROOT, Settings, settings_from
from extensions import babel, csrf, db, login, migrate

if TYPE_CHECKING:
    app: Flask


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    """Build the application from the settings; raises `config.Unsafe` when they would expose data."""
    settings = settings or settings_from(os.environ)
    application = Flask("redress", root_path=str(ROOT))
    application.config.update(_flask_settings(settings), **overrides)
    application.extensions["settings"] = settings
    for extension in (db, login, csrf):
        extension.init_app(application)
    migrate.init_app(application, db, directory=str(ROOT / "migrations"))
    babel.init_app(application)
    return application


def _flask_settings(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "TESTING": settings.mode == "test",
    }


def __getattr__(name: str) -> Flask:
    """`wsgi:app` is made when a server asks for it, so that a test can import this file unharmed."""
    if name == "app":
        application = create_app()
        globals()["app"] = application
        return application
    raise AttributeError(name)
