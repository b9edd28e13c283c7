"""The second step: digits that work once, recovery codes that work once, seeds that no database gives."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.factors import (
    CODE,
    CODES,
    TOTP,
    Factor,
    Fitting,
    Vault,
    end_factors,
    factors_of,
    fitting,
    has_factor,
    new_codes,
    new_seed,
    set_authenticator,
    use_factor,
)
from registry.people import User, add_person
from registry.sessions import From, begin_session, session_of
from workflow.refusal import Incomplete

NOW = datetime(2026, 11, 24, 2, 42, tzinfo=UTC)
CLOCK = datetime(2026, 12, 2, 8, 0, 10, tzinfo=UTC)
"""A telephone shows the true time, whatever the demo's clock says."""
VAULT = Vault(("a" * 32,))
STEP = timedelta(seconds=30)


@pytest.fixture
def gao(session: Session) -> User:
    return add_person(session, "gao", "高建军", ["officer"])


@pytest.fixture
def seed(session: Session, gao: User) -> str:
    seed = new_seed()
    set_authenticator(session, gao, seed, digits(seed, CLOCK - STEP), VAULT, CLOCK - STEP, NOW)
    return seed


def digits(seed: str, at: datetime) -> str:
    return pyotp.TOTP(seed).at(at)


def shown(session: Session, gao: User, typed: str, at: datetime = CLOCK, vault: Vault = VAULT) -> str:
    """The sort of what was shown, used up; or why not."""
    found = fitting(factors_of(session, gao.id), typed, vault, at)
    if not isinstance(found, Fitting):
        return str(found)
    fault = use_factor(session, found, NOW)
    return str(fault) if fault else found.row.sort


@pytest.mark.parametrize("away", [timedelta(), -STEP, STEP])
def test_the_digits_of_now_and_of_one_step_away_are_right(
    session: Session, gao: User, seed: str, away: timedelta
) -> None:
    at = CLOCK + 3 * STEP
    assert shown(session, gao, digits(seed, at + away), at) == TOTP


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def test_full_width_digits_of_a_chinese_keyboard_are_the_same(session: Session, gao: User, seed: str) -> None:
    assert shown(session, gao, digits(seed, CLOCK).translate(WIDE)) == TOTP
    later = CLOCK + 3 * STEP
    assert set_authenticator(session, gao, seed, digits(seed, later).translate(WIDE), VAULT, later, NOW)


@pytest.mark.parametrize("typed", ["١٢٣٤٥٦", "六位数字好吗"])
def test_what_is_no_digit_is_wrong_like_any_other(session: Session, gao: User, seed: str, typed: str) -> None:
    assert shown(session, gao, typed) != TOTP
    with pytest.raises(Incomplete):
        set_authenticator(session, gao, seed, typed, VAULT, CLOCK, NOW)


def test_digits_of_another_minute_or_seed_are_wrong(session: Session, gao: User, seed: str) -> None:
    assert "30 seconds" in shown(session, gao, digits(seed, CLOCK + 5 * STEP))
    assert "30 seconds" in shown(session, gao, digits(new_seed(), CLOCK))
    assert "recovery" in shown(session, gao, "")


def test_digits_work_once_and_those_before_them_no_more(session: Session, gao: User, seed: str) -> None:
    assert shown(session, gao, f" {digits(seed, CLOCK)[:3]} {digits(seed, CLOCK)[3:]} ") == TOTP
    assert "have been used" in shown(session, gao, digits(seed, CLOCK))
    assert "have been used" in shown(session, gao, digits(seed, CLOCK - STEP))
    assert shown(session, gao, digits(seed, CLOCK + STEP), CLOCK + STEP) == TOTP


def test_wrong_digits_set_nothing_up(session: Session, gao: User) -> None:
    with pytest.raises(Incomplete):
        set_authenticator(session, gao, new_seed(), "000000x", VAULT, CLOCK, NOW)
    assert not has_factor(session, gao.id)


def test_ten_recovery_codes_work_once_each(session: Session, gao: User, seed: str) -> None:
    codes = new_codes(session, gao, NOW)
    assert len(set(codes)) == CODES
    assert shown(session, gao, codes[3].upper().replace("-", " ")) == CODE
    assert "has been used" in shown(session, gao, codes[3])
    assert shown(session, gao, codes[4]) == CODE
    assert sum(row.sort == CODE for row in factors_of(session, gao.id)) == CODES - 2


def test_new_codes_end_those_before(session: Session, gao: User, seed: str) -> None:
    old, new = new_codes(session, gao, NOW), new_codes(session, gao, NOW)
    assert "none of your" in shown(session, gao, old[0])
    assert shown(session, gao, new[0]) == CODE


def test_the_database_alone_gives_neither_digits_nor_codes(session: Session, gao: User, seed: str) -> None:
    codes = new_codes(session, gao, NOW)
    kept = " ".join(session.scalars(select(Factor.secret)))
    assert not [one for one in (seed, *codes, codes[0].replace("-", "")) if one in kept]
    assert Vault(("b" * 32,)).opened(factors_of(session, gao.id)[0].secret) is None


def test_a_seed_follows_the_key_when_it_is_used(session: Session, gao: User, seed: str) -> None:
    assert shown(session, gao, digits(seed, CLOCK), vault=Vault(("b" * 32, "a" * 32))) == TOTP
    session.expire_all()
    later = CLOCK + STEP
    assert shown(session, gao, digits(seed, later), later, Vault(("b" * 32,))) == TOTP


def test_a_new_authenticator_takes_the_place_of_the_old(session: Session, gao: User, seed: str) -> None:
    other = new_seed()
    set_authenticator(session, gao, other, digits(other, CLOCK), VAULT, CLOCK, NOW)
    assert "30 seconds" in shown(session, gao, digits(seed, CLOCK))
    assert shown(session, gao, digits(other, CLOCK + STEP), CLOCK + STEP) == TOTP


def test_a_reset_ends_all_of_it_and_every_session(session: Session, gao: User, seed: str) -> None:
    token = begin_session(session, gao, From(), NOW)
    end_factors(session, gao, NOW, by=None)
    assert not factors_of(session, gao.id)
    assert session_of(session, token, NOW) is None
