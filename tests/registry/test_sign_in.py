"""Passwords, one-time links and the growing wait."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry import sign_in
from registry.people import WAIT, FailedSignIn, SignInLink, User, add_person, end_person
from registry.sessions import From, begin_session, session_of
from registry.sign_in import (
    QUICK,
    STRONG,
    admit,
    change_password,
    check_password,
    new_feed,
    one_time_link,
    password_fault,
    person_of_feed,
    person_of_link,
    set_password,
    use_link,
    wait_link,
)
from registry.tries import TooManyTries, count_try
from workflow.refusal import Impossible, Incomplete

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 11, 24, 2, 42, tzinfo=UTC)
GOOD = "three grey horses"


@pytest.fixture
def gao(session: Session) -> User:
    noise = add_person(session, "noise", "别人", ["officer"])
    set_password(noise, "another good one")
    user = add_person(session, "gao", "高建军", ["officer"])
    set_password(user, GOOD)
    session.commit()
    return user


def fail(session: Session, times: int, username: str = "gao", at: datetime = NOW) -> None:
    for _ in range(times):
        count_try(session, username, at)


def to_be_told(session: Session, at: datetime) -> int | None:
    """Who is to be told after one more wrong password for gao, and then is."""
    count_try(session, "gao", at)
    told = session.scalars(select(FailedSignIn.user_id)).one()
    session.execute(update(FailedSignIn).values(user_id=None))
    return told


def right(session: Session, user: User, at: datetime) -> None:
    """The right password is typed: heard, or `TooManyTries`."""
    count_try(session, user.username, at)
    admit(session, user, GOOD)


def test_the_right_password_finds_the_person_whatever_the_case_of_the_name(session: Session, gao: User) -> None:
    assert check_password(session, "GAO", GOOD) is gao
    assert check_password(session, "gao", GOOD.upper()) is None
    assert check_password(session, "gao", "another good one") is None
    assert check_password(session, "nobody", GOOD) is None
    assert check_password(session, "gao", "") is None


def test_full_width_letters_are_the_same_password(session: Session, gao: User) -> None:
    set_password(gao, "abcdef123456")
    session.flush()
    assert check_password(session, "gao", "ａｂｃｄｅｆ１２３４５６") is gao


def test_nobody_gets_in_without_a_password_or_after_the_end(session: Session, gao: User) -> None:
    add_person(session, "new", "新人", ["officer"])
    assert check_password(session, "new", "") is None
    end_person(session, gao, NOW, by=None)
    assert check_password(session, "gao", GOOD) is None


def test_an_unknown_name_costs_a_whole_check(session: Session, gao: User, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    monkeypatch.setattr(sign_in.Hashing, "fits", lambda self, password, kept: bool(looked_at.append(kept)))
    check_password(session, "nobody", GOOD)
    check_password(session, "gao", GOOD)
    assert [kept.split("$")[3] for kept in looked_at] == ["m=64,t=1,p=1"] * 2


def test_passwords_are_kept_at_full_cost_outside_tests() -> None:
    assert STRONG.make("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_password_kept_at_a_lower_cost_is_kept_anew_at_sign_in(
    session: Session, gao: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "_in_use", STRONG)
    count_try(session, "gao", NOW)
    admit(session, gao, GOOD)
    assert "m=65536" in gao.password_hash
    assert check_password(session, "gao", GOOD) is gao


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("ninechars", "at least 10 characters"),
        ("x" * 201, "at most 200"),
        ("gaojianjun", "your name"),
        ("GaoJianJun2026", "your name"),
        ("高建军二〇二六", "at least 10"),
        ("Etuoke@2026!", "this place"),
        ("Redress-123456", "this platform"),
        ("neimenggu12345", "this place"),
        ("Password123", "too easily"),
        ("demo-only-624", "this platform"),
        ("1111111111111", "too easily"),
        ("abababababab", "too easily"),
        ("qwertyuiop[]", "too easily"),
        (" " * 10, "too easily"),
        ("\u3000" * 12, "too easily"),
    ],
)
def test_a_weak_password_is_refused_with_what_to_do(password: str, sentence: str) -> None:
    user = User(username="gaojianjun", name="高建军", email="")
    assert sentence in str(password_fault(password, user, ("etuoke",)))


@pytest.mark.parametrize("password", [GOOD, "马在草原上跑得比风快一些", "gao likes three horses"])
def test_a_good_password_is_taken(password: str) -> None:
    assert password_fault(password, User(username="gao", name="高建军", email="")) is None


def test_a_changed_password_ends_every_session_the_feed_and_unused_links(session: Session, gao: User) -> None:
    token, signed_in = one_time_link(session, gao, NOW, by=None), begin_session(session, gao, From(), NOW)
    feed = new_feed(session, gao, NOW)
    change_password(session, gao, "four grey horses", NOW)
    assert session_of(session, signed_in, NOW) is None
    assert person_of_feed(session, feed) is None
    assert person_of_link(session, token, NOW) is None
    assert check_password(session, "gao", "four grey horses") is gao
    assert check_password(session, "gao", GOOD) is None


def test_a_refused_password_changes_nothing(session: Session, gao: User) -> None:
    signed_in = begin_session(session, gao, From(), NOW)
    with pytest.raises(Incomplete) as refused:
        change_password(session, gao, "short", NOW)
    assert set(refused.value.fields) == {"password"}
    assert session_of(session, signed_in, NOW)


def test_five_wrong_passwords_are_free_then_the_wait_doubles_to_a_quarter_of_an_hour(
    session: Session, gao: User
) -> None:
    at, waits = NOW, []
    fail(session, 5, at=at)
    for _ in range(7):
        with pytest.raises(TooManyTries) as refused:
            count_try(session, "GAO", at)
        waits.append(refused.value.seconds)
        at += timedelta(seconds=refused.value.seconds)
        count_try(session, "gao", at)
    assert waits == [30, 60, 120, 240, 480, 900, 900]
    assert "15 min" in str(refused.value)


def test_one_name_blocked_leaves_the_others_alone(session: Session, gao: User) -> None:
    fail(session, 5)
    count_try(session, "noise", NOW)


def test_a_name_that_nobody_bears_is_blocked_alike(session: Session, gao: User) -> None:
    fail(session, 5, username="nobody")
    with pytest.raises(TooManyTries):
        count_try(session, "nobody", NOW)


def test_wrong_passwords_for_other_names_make_nobody_wait(session: Session, gao: User) -> None:
    for n in range(100):
        count_try(session, f"guess{n}", NOW)
    right(session, gao, NOW)


def test_whoever_holds_a_link_from_the_mailbox_waits_for_nobody(session: Session, gao: User) -> None:
    fail(session, 5)
    count_try(session, "gao", NOW, "a link")
    admit(session, gao, GOOD, "a link")
    fail(session, 4)


def test_a_link_from_the_mailbox_has_no_more_tries_than_a_name(session: Session, gao: User) -> None:
    for _ in range(5):
        count_try(session, "gao", NOW, "a link")
    with pytest.raises(TooManyTries):
        count_try(session, "gao", NOW, "a link")
    count_try(session, "gao", NOW)


def test_only_the_try_that_begins_a_wait_has_its_owner_told(session: Session, gao: User) -> None:
    assert [to_be_told(session, NOW) for _ in range(5)] == [None] * 4 + [gao.id]
    assert to_be_told(session, NOW + timedelta(minutes=1)) is None


def test_nobody_is_told_of_a_name_that_nobody_bears(session: Session, gao: User) -> None:
    for name in ("gao", "nobody"):
        fail(session, 5, username=name)
    assert sorted(session.scalars(select(FailedSignIn.user_id)), key=str) == [gao.id, None]


def test_while_others_go_on_the_owner_is_told_again_when_the_link_has_run_out(session: Session, gao: User) -> None:
    fail(session, 5)
    wait_link(session, gao, NOW)
    session.execute(update(FailedSignIn).values(user_id=None))
    hours = [to_be_told(session, NOW + timedelta(hours=n)) for n in (6, 12, 18, 23, 24)]
    assert hours == [None] * 4 + [gao.id]
    wait_link(session, gao, NOW + timedelta(hours=24))
    assert to_be_told(session, NOW + timedelta(hours=25)) is None


def test_a_link_against_the_wait_is_no_link_to_a_password(session: Session, gao: User) -> None:
    token = wait_link(session, gao, NOW)
    assert person_of_link(session, token, NOW, WAIT) is gao
    assert person_of_link(session, token, NOW) is None
    with pytest.raises(Impossible):
        use_link(session, token, "four grey horses", NOW)


def test_a_try_that_is_not_heard_counts_for_nothing(session: Session, gao: User) -> None:
    fail(session, 5)
    for _ in range(20):
        with pytest.raises(TooManyTries):
            count_try(session, "gao", NOW + timedelta(seconds=29))
    count_try(session, "gao", NOW + timedelta(seconds=30))


def test_the_right_password_forgets_the_wrong_ones(session: Session, gao: User) -> None:
    fail(session, 5)
    admit(session, gao, GOOD)
    fail(session, 4)


def test_wrong_passwords_are_forgotten_after_a_day(session: Session, gao: User) -> None:
    fail(session, 5)
    count_try(session, "noise", NOW + timedelta(hours=25))
    assert len(session.scalars(select(FailedSignIn)).all()) == 1


def test_no_name_is_kept_in_the_clear(session: Session, gao: User) -> None:
    count_try(session, "my password by mistake", NOW)
    kept = " ".join(session.scalars(select(FailedSignIn.key)))
    assert "password" not in kept


def test_a_link_works_once_for_a_day_and_asks_for_a_password(session: Session, gao: User) -> None:
    token = one_time_link(session, gao, NOW, by=None)
    assert person_of_link(session, token, NOW + timedelta(hours=23)) is gao
    assert use_link(session, token, "four grey horses", NOW + timedelta(hours=23)) is gao
    assert check_password(session, "gao", "four grey horses") is gao
    with pytest.raises(Impossible, match="used or has run out"):
        use_link(session, token, "five grey horses", NOW + timedelta(hours=23))
    assert check_password(session, "gao", "four grey horses") is gao


def test_a_link_runs_out_after_24_hours(session: Session, gao: User) -> None:
    token = one_time_link(session, gao, NOW, by=None)
    with pytest.raises(Impossible):
        use_link(session, token, "four grey horses", NOW + timedelta(hours=24))


def test_a_new_link_ends_the_earlier_one_and_no_other_persons(session: Session, gao: User) -> None:
    noise = check_password(session, "noise", "another good one")
    assert noise is not None
    first, others = one_time_link(session, gao, NOW, by=None), one_time_link(session, noise, NOW, by=None)
    second = one_time_link(session, gao, NOW, by=None)
    assert person_of_link(session, first, NOW) is None
    assert person_of_link(session, second, NOW) is gao
    assert person_of_link(session, others, NOW) is noise
    assert person_of_link(session, "made up", NOW) is None


def test_the_token_itself_is_not_kept(session: Session, gao: User) -> None:
    token = one_time_link(session, gao, NOW, by=None)
    assert token not in session.scalars(select(SignInLink.token_hash)).one()


def test_nobody_gets_a_link_after_the_end(session: Session, gao: User) -> None:
    end_person(session, gao, NOW, by=None)
    with pytest.raises(Impossible, match="ended"):
        one_time_link(session, gao, NOW, by=None)


def test_a_link_used_forgets_the_wrong_passwords(session: Session, gao: User) -> None:
    fail(session, 5)
    use_link(session, one_time_link(session, gao, NOW, by=None), "four grey horses", NOW)
    count_try(session, "gao", NOW)


def test_quick_hashes_are_those_of_this_run(gao: User) -> None:
    assert QUICK.outgrown(gao.password_hash) is False
