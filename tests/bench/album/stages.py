"""Places other than the demo in which states are pictured: the first day, ten thousand rows, mail that does not go out.

Each is an application of its own whose accounts bear the demo's names and password.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from flask import Flask, abort
from sqlalchemy import select

from application import create_app
from cases.model.tables import Case
from cases.scheduler.tasks import note_beat
from commands.upgrade import bring_up_to_date
from extensions import db, transaction
from notifications.letters import WAITING, Letter
from tests.bench.album.demo import album_demo
from tests.conftest import NOW, make_settings
from tests.played import MOMENT
from tests.web.first_day import begin
from tests.web.many_rows import multiply
from web.site.access import requires

MANY: Final = 10_000


def first_day(folder: Path) -> Flask:
    """Nothing but accounts; and addresses at which something goes wrong."""
    settings = replace(make_settings(folder, f"sqlite:///{folder / 'first.sqlite'}"), mode="demo", demo_now=MOMENT)
    app = create_app(settings, PROPAGATE_EXCEPTIONS=False)
    with app.app_context():
        bring_up_to_date(app)
    begin(app)
    with app.app_context(), transaction() as session:
        note_beat(session, NOW)
    for code in (413, 429, 500):
        _goes_wrong(app, code)
    return app


def _goes_wrong(app: Flask, code: int) -> None:
    def view() -> str:
        abort(code) if code != 500 else _a_bug()
        return ""

    app.add_url_rule(f"/wrong/{code}", f"wrong{code}", requires(public=True)(view))


def _a_bug() -> None:
    raise RuntimeError("made for a picture")


def many_rows(folder: Path) -> Flask:
    """The demo with ten thousand cases, records, people and the letters of some."""
    app = album_demo(folder)
    with app.app_context():
        of_bureau = select(Case.number).where(Case.kind == "objection", Case.state == "with_bureau").limit(1)
        multiply(db.session(), db.session.scalars(of_bureau).one(), MANY)
    return app


def mail_down(folder: Path) -> Flask:
    """The demo whose letters of this morning are being tried again and again."""
    app = album_demo(folder)
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], smtp_url="smtp://127.0.0.1:9?from=o@banner.example")
    with app.app_context(), transaction() as session:
        for letter in session.scalars(select(Letter).order_by(Letter.id.desc()).limit(9)):
            letter.mail, letter.mail_state, letter.tries = "firm@firm.example", WAITING, 5
            letter.failing_since, letter.next_try_at = NOW - timedelta(minutes=22), NOW + timedelta(minutes=9)
    return app


STAGES: Final[Mapping[str, Callable[[Path], Flask]]] = {
    "": album_demo, "first": first_day, "many": many_rows, "mail": mail_down,
}  # fmt: skip
