"""A small place to measure on: the tests' bureaus, firms and people, with cases ready for an act, a page, a sweep."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient

from application import create_app
from commands.upgrade import bring_up_to_date
from extensions import db
from tests.builders import START, WORLD, Case, _record, later, make_place
from tests.clients import Browser
from tests.conftest import NOW, make_settings
from tests.sound import Read
from tests.web.signing import sign_in

try:
    from cases.engine.sweep import sweep
except ModuleNotFoundError:  # copied into a version before the rooms
    from cases.sweep import sweep


@dataclass(frozen=True)
class Sending:
    """A form that is open and can be sent."""

    client: FlaskClient
    address: str
    answers: dict[str, str]

    def send(self) -> None:
        answer = self.client.post(self.address, data=self.answers)
        assert answer.status_code == 302, answer.status


class SmallPlace:
    """An application without form tokens on an empty database, and the usual place on it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.app = create_app(make_settings(folder, url), WTF_CSRF_ENABLED=False)
        self.app.test_client_class = Browser
        self._context = self.app.app_context()
        self._context.push()
        bring_up_to_date(self.app)
        self.place = make_place(db.session())
        self._records = 0

    def close(self) -> None:
        db.session.remove()
        db.engine.dispose()
        self._context.pop()

    def ready_to_accept(self) -> Sending:
        """An objection filed an hour ago, its form to accept open before the office."""
        number = self._filed(NOW - timedelta(hours=1)).number
        client = sign_in(self.app.test_client(), self.place, "office")
        address = f"/cases/{number}/accept"
        [form] = [form for form in Read(client.get(address).text).forms if form.action in ("", address)]
        return Sending(client, address, form.hidden | form.pressed)

    def referred(self) -> str:
        """The number of a case that is with its bureau."""
        filed = NOW - timedelta(days=2)
        case = self._filed(filed)
        self.place.act(case, "office", "accept", filed + timedelta(hours=1))
        self.place.act(case, "office", "refer", filed + timedelta(hours=2), question="请核对金额。")
        return case.number

    def page(self, who: str, number: str) -> Callable[[], None]:
        """Opens a case page, which has been opened once before."""
        client = sign_in(self.app.test_client(), self.place, who)

        def look() -> None:
            answer = client.get(f"/cases/{number}")
            assert answer.status_code == 200, answer.status

        look()
        return look

    def sweep_of(self, rungs: int) -> Callable[[], None]:
        """Fires so many rungs, two of each of some cases; a sweep before has found nothing due."""
        for _ in range(rungs // 2):
            self._filed(START)
        sweep(WORLD, START)

        def fire() -> None:
            done = sweep(WORLD, later(START, days=4))
            assert len(done) == rungs, len(done)

        return fire

    def _filed(self, at: datetime) -> Case:
        """An objection on a record of its own."""
        place = self.place
        self._records += 1
        record = _record(place.firm, place.bureau, f"示环罚〔2026〕{1000 + self._records}号")
        place.session.add(record)
        place.session.commit()
        return place.file(at, record)
