"""The application factory: `create_app()` puts all parts together."""

import os
import sys
from dataclasses import replace
from functools import cache
from typing import Any

from flask import Flask
from flask.helpers import get_debug_flag

import cases.model.tables  # noqa: F401 -- tables stand in the metadata before a migration compares them
from cases.engine.clock import ABSENCE, ClockWatch
from cases.engine.mapping import gone
from cases.kinds import definitions
from cases.ledger.signatures import RowSigner
from cases.ledger.witness import Witness
from cases.model import triggers
from cases.model.evidence import Store
from cases.papers.seals import BadSealer, LocalSealer, RemoteSealer, Sealer
from commands import COMMANDS, register_commands
from commands.kinds import shipped
from commands.upgrade import bring_up_to_date
from config import ROOT, Settings, Unsafe, settings_from
from database import engine_options
from exchange.connections import BadConnection, read_connections
from exchange.sending import NOWHERE, Ways
from exchange.webhooks import Line
from extensions import ROW_SIGNER, babel, close_session, csrf, db, login, migrate, only_reading
from notifications.wording import WORDINGS
from registry.endpoints import Hosts
from registry.factors import Vault
from registry.people import anybody
from registry.security_log import SecurityLog
from web import register_pages
from web.site.errors import register_errors
from web.site.language import keep_catalogues, locale
from web.site.security import secure
from workflow.checks import KindFault, check_all
from workflow.definition import Definition
from workflow.jurisdiction import Jurisdiction
from workflow.rules import BadJurisdiction, load_jurisdiction, with_places

MENDING = ("db", "kinds")
"""Commands that say or mend what keeps the rest from starting; `db` also makes the tables that are looked at."""


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    """Build the application from the settings; raises `config.Unsafe` where it must not start, with what to mend."""
    settings = settings or settings_from(os.environ)
    app = Flask("redress", root_path=str(ROOT))
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url, settings.database_wait),
        BABEL_DEFAULT_LOCALE="zh_Hans_CN",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        TESTING=settings.mode == "test",
    )
    app.config.update(overrides)
    if settings.production and (app.debug or get_debug_flag()):
        raise Unsafe("Debugging is on: it would let a visitor run code here. Take FLASK_DEBUG and --debug away.")
    app.extensions["sealer"] = _sealer(settings)
    app.extensions["law"] = _law(settings.jurisdiction, settings.exchange, settings.sealer != "none")
    app.extensions["ways"] = _ways(settings)
    vault = Vault((settings.secret_key, *settings.secret_key_fallbacks))
    app.extensions["line"] = Line(Hosts(settings.webhook_hosts, settings.mode != "production"), vault, settings.ca_file)
    app.extensions["watch"] = _clock_watch(settings)
    app.extensions["store"] = Store(settings.evidence_dir or settings.data_dir / "evidence")
    app.extensions["security_log"] = SecurityLog(settings.data_dir, settings.syslog)
    pins, signer = settings.checkpoint_trust, _row_signer(settings)
    app.extensions["witness"] = Witness(settings.data_dir, settings.checkpoint_key, pins, signer.key if signer else "")
    app.config["SQLALCHEMY_ENGINE_OPTIONS"]["execution_options"] = {ROW_SIGNER: signer}
    for extension in (db, login, csrf):
        extension.init_app(app)
    app.teardown_appcontext(close_session)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    babel.init_app(app, locale_selector=locale)
    keep_catalogues(app)
    secure(app, settings)
    register_errors(app)
    register_pages(app)
    register_commands(app)
    if os.environ.get("UPGRADE_DATABASE"):
        bring_up_to_date(app)
    if _command() not in MENDING:
        _refuse_unsound_kinds(app)
        _refuse_unsafe_database(app, settings)
    return app


def _row_signer(settings: Settings) -> RowSigner | None:
    signer = RowSigner(settings.row_key) if settings.row_key else None
    if settings.row_trust and (signer is None or signer.key not in settings.row_trust):
        raise Unsafe(
            "CHECKPOINT_TRUST has row:HEX and ROW_KEY is not its private key: every process that writes needs it."
        )
    return signer


def _ways(settings: Settings) -> Ways:
    """The ways out to other places: those of the place, and over them those in the folder of data."""
    if not settings.exchange:
        return NOWHERE
    shipped = ROOT / "jurisdictions" / settings.jurisdiction / "connections.toml"
    try:
        found = read_connections((shipped, settings.data_dir / "connections.toml"), settings.data_dir)
    except BadConnection as error:
        raise Unsafe(str(error)) from None
    return Ways(found, settings.secrets, settings.ca_file)


def _sealer(settings: Settings) -> Sealer | None:
    """What puts seals on papers; with a key or a service that cannot work the platform does not start."""
    secret = settings.secrets.get("SEAL", "")
    try:
        if settings.seal_url:
            return RemoteSealer(settings.seal_url, secret, settings.ca_file)
        if settings.seal_p12 is None:
            return None
        return LocalSealer(settings.seal_p12.read_bytes(), secret, settings.clock.now())
    except BadSealer as error:
        raise Unsafe(str(error)) from None


def _clock_watch(settings: Settings) -> ClockWatch:
    """The demo goes with its clock wherever that goes: it may start at any time, on a machine that is often asleep."""
    if settings.demo:
        return ClockWatch(settings.clock, None, steadily=lambda: settings.clock.wall().timestamp())
    return ClockWatch(settings.clock, ABSENCE if settings.production else None)


@cache
def _law(place: str, exchange: bool, seals: bool) -> Jurisdiction:
    """The law of a place, read once a process: it changes with the files, and they with a new start."""
    folder = ROOT / "jurisdictions"
    try:
        law = replace(load_jurisdiction(folder, place), seals=seals)
        return with_places(folder, law) if exchange else law
    except BadJurisdiction as error:
        raise Unsafe(str(error)) from None


def _refuse_unsound_kinds(app: Flask) -> None:
    """Every definition is held against the law of this place and of every shipped one."""
    faults = _faults(definitions(), (app.extensions["law"], *shipped()))
    if faults:
        raise Unsafe("\n".join(map(str, faults)))


@cache
def _faults(kinds: tuple[Definition, ...], laws: tuple[Jurisdiction, ...]) -> list[KindFault]:
    """Some 50 milliseconds, once a process: the same kinds in the same places have the same faults."""
    return check_all(kinds, laws, WORDINGS)


def _refuse_unsafe_database(app: Flask, settings: Settings) -> None:
    """A database with its guards standing, cases that the kinds still know, and in production no open password."""
    with app.app_context(), only_reading():
        with db.engine.connect() as connection:
            if not db.inspect(connection).has_table("event"):
                return
            if missing := triggers.missing(connection):
                raise Unsafe(f"The database no longer guards its ledger: {', '.join(missing)} must be made again.")
        if lost := gone(db.session()):
            said = "The kinds of case no longer know what open cases stand in (`flask kinds map` moves them):\n"
            raise Unsafe(said + "\n".join(lost))
        if settings.production and anybody(db.session(), demo=True):
            raise Unsafe("The database holds demo accounts: their passwords are public. Use another database.")


def _command() -> str:
    """The command that `flask` was called with; empty where a server or a test builds the application."""
    if not os.environ.get("FLASK_RUN_FROM_CLI"):
        return ""
    names = {*(command.name for command in COMMANDS), "db"}
    return next((word for word in sys.argv[1:] if word in names), "")
