"""The one file that knows every part: `create_app()`, and `app` for a server to import."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from flask import Flask

import cases.tables  # noqa: F401 -- tables stand in the metadata before a migration compares them
from cases import triggers
from cases.evidence import Store
from cases.kinds import all_kinds
from commands import register_commands
from commands.upgrade import bring_up_to_date
from config import ROOT, Settings, Unsafe, settings_from
from extensions import babel, csrf, db, login, migrate
from registry.people import demo_accounts_present
from web import register_pages
from web.errors import register_errors
from web.language import locale
from web.security import secure
from workflow.check import refuse_unsound
from workflow.rules import load_jurisdiction

if TYPE_CHECKING:
    app: Flask


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    """Build the application from the settings; raises `config.Unsafe` when they would expose data."""
    settings = settings or settings_from(os.environ)
    application = Flask("redress", root_path=str(ROOT))
    application.config.update(_flask_settings(settings), **overrides)
    application.extensions["settings"] = settings
    application.extensions["law"] = _law(settings)
    application.extensions["store"] = Store(settings.data_dir / "evidence")
    for extension in (db, login, csrf):
        extension.init_app(application)
    migrate.init_app(application, db, directory=str(ROOT / "migrations"))
    babel.init_app(application, locale_selector=locale)
    secure(application, settings)
    register_errors(application)
    register_pages(application)
    register_commands(application)
    if os.environ.get("UPGRADE_DATABASE"):
        bring_up_to_date(application)
    if settings.production:
        _refuse_unsafe_database(application)
    return application


def _flask_settings(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "TESTING": settings.mode == "test",
    }


def _law(settings: Settings) -> Any:
    """The place's law, and every definition held against it: a fault stops the start."""
    law = load_jurisdiction(ROOT / "jurisdictions", settings.jurisdiction)
    refuse_unsound(tuple(all_kinds().values()), (law,))
    return law


def _refuse_unsafe_database(application: Flask) -> None:
    """Production starts on a database only with its guards standing and without a password everybody knows."""
    with application.app_context():
        with db.engine.connect() as connection:  # left before the session asks: SQLite lets in one at a time
            if not db.inspect(connection).has_table("event"):
                return
            if missing := triggers.missing(connection):
                raise Unsafe(f"The database no longer guards its events: {', '.join(missing)} must be made again.")
        if demo_accounts_present(db.session()):
            raise Unsafe("The database holds demo accounts: their passwords are public. Use another database.")


def __getattr__(name: str) -> Flask:
    """`wsgi:app` is made when a server asks for it, so that a test can import this file unharmed."""
    if name == "app":
        application = create_app()
        globals()["app"] = application
        return application
    raise AttributeError(name)
