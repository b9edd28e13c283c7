"""What a body's system is told: all that its people may know of, in order, however badly its receiver behaves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from cases.ledger.verify_beside import register_faults
from cases.letters.sharing import share_out
from cases.model.feed import last_numbered, number_new
from cases.model.tables import Case
from cases.scheduler.webhooks import take_up, tell_endpoints
from config import ROOT
from exchange import service
from exchange.webhooks import Line, WebhookMessage, send_again, send_test
from notifications.letters import Letter
from registry.endpoints import (
    BY_HAND,
    Hosts,
    NewEndpoint,
    NotAllowed,
    WebhookEndpoint,
    add_endpoint,
    end_endpoint,
    exchange_secret,
    go_on,
    suspend,
)
from registry.factors import Vault
from tests.builders import LAW, Place
from tests.conftest import NOW
from tests.exchange.receiver import Receiver, receiving
from workflow.refusal import Impossible, Incomplete

pytestmark = pytest.mark.both_databases
VAULT = Vault(("a" * 32,))
HERE = Line(Hosts(("127.0.0.1",), plain=True), VAULT)
HOUR = timedelta(hours=1)
PYTHON: Final = re.compile(r"```python\n(.*?)```", re.DOTALL)


@dataclass
class Told:
    """An endpoint, and the receiver behind it."""

    session: Session
    endpoint: WebhookEndpoint
    receiver: Receiver

    def beat(self, now: datetime = NOW, line: Line = HERE) -> list[str]:
        number_new(now)
        lines = tell_endpoints(line, now)
        self.session.expire_all()
        return lines

    def exchange(self, now: datetime = NOW) -> str:
        secret = exchange_secret(self.session, self.endpoint, VAULT, now)
        self.session.commit()
        return secret

    def messages(self) -> list[WebhookMessage]:
        self.session.expire_all()
        return list(self.session.scalars(select(WebhookMessage).order_by(WebhookMessage.id)))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def endpoint_of(place: Place, receiver: Receiver, **whose: int) -> Told:
    number_new(NOW)
    new = NewEndpoint("执法系统", receiver.address, **whose)
    endpoint = add_endpoint(place.session, new, HERE.hosts, last_numbered(place.session), NOW, demo=False)
    told = Told(place.session, endpoint, receiver)
    receiver.secrets = [told.exchange()]
    return told


@pytest.fixture
def told(place: Place, receiver: Receiver) -> Told:
    return endpoint_of(place, receiver, bureau_id=place.bureau.id)


def referred(place: Place) -> Case:
    case = place.file(NOW)
    place.act(case, "office", "accept", NOW)
    place.act(case, "office", "refer", NOW, question="请核查。")
    return place.case(case.number)


def test_what_happens_is_told_once_signed_and_without_a_name(told: Told, place: Place) -> None:
    case = referred(place)
    assert told.beat() == [f"endpoint {told.endpoint.id} told 4"]
    assert told.beat() == []
    said = [(one["type"], one["data"]["ref"], one["data"]["version"]) for one in told.receiver.came]
    record = ("record.changed", str(place.record.id), None)
    assert said == [record, *(("case.changed", case.number, version) for version in (1, 2, 3))]
    assert told.receiver.unsigned == 0
    assert {"ref", "version", "at"} == set(told.receiver.came[0]["data"])


def test_the_example_of_the_page_hears_what_is_ours_and_nothing_else(
    told: Told, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    [block] = (one for one in PYTHON.findall((ROOT / "docs" / "api.md").read_text("utf-8")) if "def heard" in one)
    page: dict[str, Any] = {}
    exec(block, page)
    [old], kept = told.receiver.secrets, []

    def take(headers: Any, body: bytes) -> int:
        kept.append(({name.lower(): value for name, value in headers.items()}, body))
        return 204 if page["heard"](headers, body, old) else 401

    monkeypatch.setattr(told.receiver, "take", take)
    new = told.exchange()
    case = referred(place)
    assert told.beat() == [f"endpoint {told.endpoint.id} told 4"], "the old secret signs too"
    headers, body = kept[-1]
    assert page["heard"](headers, body, new)["data"]["ref"] == case.number
    at = int(headers["webhook-timestamp"])
    for wrong in (
        (headers, body.replace(b'"version": 3', b'"version": 9'), new),
        (headers, body, told.exchange(NOW + HOUR)),
        (headers | {"webhook-id": "msg_0"}, body, new),
        (headers | {"webhook-timestamp": str(at - 1)}, body, new),
    ):
        assert page["heard"](*wrong) is None
    monkeypatch.setattr(page["time"], "time", lambda: at + 301)
    assert page["heard"](headers, body, new) is None


@pytest.mark.parametrize("answer", [500, 302, 401, "drops"])
def test_what_was_not_taken_is_sent_again_in_order(told: Told, place: Place, answer: int | str) -> None:
    told.receiver.answers.extend([answer, answer])
    case = referred(place)
    assert told.beat() == []
    assert told.beat() == [], "not before a minute has gone by"
    assert told.beat(NOW + timedelta(minutes=1)) == []
    assert told.beat(NOW + timedelta(minutes=2)) == [], "the second wait is two minutes"
    assert told.beat(NOW + timedelta(minutes=3)) == [f"endpoint {told.endpoint.id} told 4"]
    first, *rest = told.messages()
    assert (first.tries, [one.tries for one in rest]) == (3, [1, 1, 1])
    assert told.receiver.known == {case.number: 3}
    assert len(told.receiver.ids) == 4


def test_a_receiver_that_speaks_slowly_holds_nobody_up(
    told: Told, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "TIMEOUT_SECONDS", 0.3)
    told.receiver.answers.append("hangs")
    referred(place)
    assert told.beat() == []
    assert told.messages()[0].said == "unreachable"
    assert told.beat(NOW + HOUR) == [f"endpoint {told.endpoint.id} told 4"]


def test_a_receiver_that_is_down_for_a_day_then_knows_everything(told: Told, place: Place) -> None:
    case = referred(place)
    told.receiver.answers.extend([503] * 50)
    for minute in range(0, 24 * 60, 20):
        told.beat(NOW + timedelta(minutes=minute))
    tries = 50 - len(told.receiver.answers)
    assert 12 <= tries <= 20, "after growing waits, two hours at most"
    told.receiver.answers.clear()
    place.act(case, "reviewer", "note", NOW + timedelta(days=1), words="内部意见。")
    told.beat(NOW + timedelta(hours=26))
    assert told.receiver.known == {case.number: 4}
    assert [one.state for one in told.messages()] == ["taken"] * 5


def test_after_three_days_it_is_suspended_and_its_people_are_told(told: Told, place: Place) -> None:
    referred(place)
    told.receiver.answers.extend([500] * 99)
    told.beat()
    assert told.beat(NOW + timedelta(days=2, hours=23)) == []
    assert told.beat(NOW + timedelta(days=3, hours=2)) == [f"endpoint {told.endpoint.id} suspended"]
    written = place.session.scalars(select(Letter).where(Letter.name == "webhook_suspended")).all()
    assert {(one.to_party, one.to_role) for one in written} == {("bureau", "head"), ("office", "chief")}
    assert told.receiver.address in written[0].subject("zh")
    assert share_out(LAW, NOW + timedelta(days=3, hours=2)) == 6, "these two, and the four of the case"
    told.receiver.answers.clear()
    later = NOW + timedelta(days=9)
    assert told.beat(later) == []
    go_on(told.endpoint, later)
    place.session.commit()
    assert told.beat(later) == [f"endpoint {told.endpoint.id} told 4"]


def test_one_that_says_it_is_gone_is_suspended_at_once(told: Told, place: Place) -> None:
    referred(place)
    told.receiver.answers.append(410)
    assert told.beat() == [f"endpoint {told.endpoint.id} suspended"]
    assert told.endpoint.suspended_why == "gone"


def test_two_schedulers_take_up_everything_once(told: Told, place: Place, session: Session) -> None:
    referred(place)
    number_new(NOW)
    take_up(told.endpoint.id)
    take_up(told.endpoint.id)
    assert session.scalar(select(func.count()).select_from(WebhookMessage)) == 4
    told.session.expire_all()
    told.endpoint.claimed_until = NOW + timedelta(minutes=1)  # another is sending
    session.commit()
    assert told.beat() == []
    assert told.beat(NOW + timedelta(minutes=2)) == [f"endpoint {told.endpoint.id} told 4"], "that one has died"


def test_both_secrets_sign_for_a_week(told: Told, place: Place) -> None:
    old, new = told.receiver.secrets[0], told.exchange()
    referred(place)
    for secrets in ([old], [new]):
        told.receiver.secrets = secrets
        send_test(place.session, told.endpoint, NOW)
        place.session.commit()
        told.beat()
    assert told.receiver.unsigned == 0
    told.receiver.secrets = [old]
    send_test(place.session, told.endpoint, NOW + timedelta(days=7))
    place.session.commit()
    told.beat(NOW + timedelta(days=7))
    assert told.receiver.unsigned == 1
    assert told.messages()[-1].said == "401"


def test_a_message_is_sent_again_under_its_own_id(told: Told, place: Place) -> None:
    referred(place)
    told.beat()
    send_again(place.session, told.messages()[1], told.endpoint, NOW)
    place.session.commit()
    told.beat()
    assert [one["id"] for one in told.receiver.came].count(told.messages()[1].key) == 2
    suspend(told.endpoint, BY_HAND, NOW)
    with pytest.raises(Impossible, match="go on first"):
        send_test(place.session, told.endpoint, NOW)
    end_endpoint(place.session, told.endpoint, NOW, by=None)
    with pytest.raises(Impossible, match="ended"):
        go_on(told.endpoint, NOW)


def test_a_firm_is_told_no_internal_note_and_nobody_of_a_complaint(place: Place, receiver: Receiver) -> None:
    told = endpoint_of(place, receiver, enterprise_id=place.firm.id)
    case = referred(place)
    place.act(case, "reviewer", "note", NOW, words="内部意见。")
    place.complain(NOW)
    told.beat()
    assert told.receiver.known == {case.number: 3}
    assert {one["data"]["ref"] for one in told.receiver.came} == {case.number, str(place.record.id)}


NETS = ("system.example.cn", "10.20.0.0/16")


@pytest.mark.parametrize(
    ("address", "leads_to", "hosts"),
    [
        ("http://system.example.cn/x", "93.184.216.34", NETS),
        ("https://elsewhere.example.cn/x", "93.184.216.34", NETS),
        ("https://system.example.cn@evil.example/x", "93.184.216.34", NETS),
        ("https://system.example.cn/x", "127.0.0.1", NETS),
        ("https://system.example.cn/x", "10.21.0.1", NETS),
        ("https://system.example.cn/x", "192.168.0.1", NETS),
        ("https://system.example.cn/x", "169.254.169.254", (*NETS, "169.254.0.0/16")),
        ("https://system.example.cn/x", "0.0.0.0", NETS),
        ("https://system.example.cn/x", "::1", NETS),
        ("https://system.example.cn/x", "fd00::1", NETS),
        ("https://system.example.cn/x", "::ffff:10.21.0.1", NETS),
    ],
)
def test_no_other_machine_is_reached_through_us(
    address: str, leads_to: str, hosts: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.endpoints.socket.getaddrinfo", lambda *_a, **_b: [(0, 0, 0, "", (leads_to, 443))])
    with pytest.raises(NotAllowed):
        Hosts(hosts).looked_up(address)


def test_a_host_in_a_network_that_was_named_is_called_there_alone(
    told: Told, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = [[(0, 0, 0, "", ("10.20.0.7", 443))], [(0, 0, 0, "", (one, 443)) for one in ("10.20.0.7", "10.9.0.1")]]
    monkeypatch.setattr("registry.endpoints.socket.getaddrinfo", lambda *_a, **_b: looked_up[0])
    assert Hosts(NETS).looked_up("https://system.example.cn/x") == "10.20.0.7"
    monkeypatch.setattr("registry.endpoints.socket.getaddrinfo", lambda *_a, **_b: looked_up[1])
    with pytest.raises(NotAllowed):
        Hosts(NETS).looked_up("https://system.example.cn/x")


def test_an_address_that_is_not_allowed_any_more_is_not_called(told: Told, place: Place) -> None:
    referred(place)
    told.beat(line=HERE._replace(hosts=Hosts(("system.example.cn",))))
    assert told.messages()[0].said == "not_allowed"
    assert told.receiver.came == []


@pytest.mark.parametrize(("name", "address", "field"), [
    ("系", "https://system.example.cn/x", "name"), ("系统", "https://system.example.cn:0/x", "address"),
    ("系统", "ftp://system.example.cn/x", "address"), ("系统", "https://system.example.cn/#x", "address"),
])  # fmt: skip
def test_what_cannot_be_an_endpoint_is_named(place: Place, name: str, address: str, field: str) -> None:
    with pytest.raises(Incomplete) as refused:
        add_endpoint(place.session, NewEndpoint(name, address), Hosts(NETS), 0, NOW, demo=False)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("change", ["address = 'https://evil.example/x'", "bureau_id = NULL", "suspended_at = NULL"])
def test_an_endpoint_that_is_changed_past_the_platform_is_found(told: Told, change: str) -> None:
    suspend(told.endpoint, BY_HAND, NOW)
    told.session.commit()
    assert list(register_faults(told.session.connection(), None)) == []
    told.session.execute(text(f"UPDATE webhook_endpoint SET {change} WHERE id = {told.endpoint.id}"))
    assert len(list(register_faults(told.session.connection(), None))) == 1
