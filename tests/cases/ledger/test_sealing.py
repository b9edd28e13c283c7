"""The canonical form, the seal, the links."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.ledger.sealing import (
    GENESIS,
    NewEvent,
    Tip,
    canonical,
    instant,
    link,
    salted,
    salted_hash,
    seal,
    sealed_form,
)

pytestmark = pytest.mark.both_databases

AT = datetime(2026, 11, 24, 2, 42, tzinfo=UTC)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_canonical_json_has_sorted_keys_no_spaces_and_plain_chinese() -> None:
    assert canonical({"b": ["罚款", 1], "a": {"d": None, "c": True}}) == '{"a":{"c":true,"d":null},"b":["罚款",1]}'


@settings(deadline=None)
@given(JSON_VALUES)
def test_canonical_json_reads_back_and_has_one_spelling(value: object) -> None:
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@pytest.mark.parametrize("value", [1.5, {"a": [0.1]}, {1: "a"}, AT, {"a", "b"}, b"x", float("nan")])
def test_what_has_more_than_one_spelling_is_never_sealed(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


def test_an_instant_is_sealed_in_utc_to_the_microsecond_whatever_its_zone() -> None:
    there = AT.astimezone(timezone(timedelta(hours=8)))
    assert instant(there) == instant(AT) == "2026-11-24T02:42:00.000000Z"
    with pytest.raises(ValueError, match="time zone"):
        instant(datetime(2026, 11, 24))  # noqa: DTZ001


@settings(deadline=None)
@given(st.text(), st.text(), JSON_VALUES)
def test_the_sealed_bytes_are_the_canonical_json_of_the_event(actor: str, action: str, value: object) -> None:
    body = canonical({"value": value})
    form = sealed_form(GENESIS, "2026-YY-000377", 5, instant(AT), actor, action, body)
    assert form == canonical({
        "previous": GENESIS, "case": "2026-YY-000377", "seq": 5, "at": instant(AT), "actor": actor, "action": action,
        "body": {"value": value},
    })  # fmt: skip


def test_the_seal_is_the_sha256_of_the_sealed_bytes_and_depends_on_every_part() -> None:
    parts = [GENESIS, "2026-YY-000377", 5, instant(AT), "user:3", "accept", "{}"]
    first = seal(*parts)  # type: ignore[arg-type]
    assert first == hashlib.sha256(sealed_form(*parts).encode()).hexdigest()  # type: ignore[arg-type]
    others = ["1" * 64, "2026-YY-000378", 6, instant(AT + timedelta(microseconds=1)), "user:4", "refer", '{"a":1}']
    for place, other in enumerate(others):
        assert seal(*parts[:place], other, *parts[place + 1 :]) != first  # type: ignore[arg-type]


def test_the_same_text_never_has_the_same_hash_twice() -> None:
    (salt, hashed), (other_salt, other) = salted("不服"), salted("不服")
    assert salt != other_salt
    assert hashed != other
    assert hashed == salted_hash(salt, "不服") == hashlib.sha256((salt + "不服").encode()).hexdigest()


def test_many_entries_of_many_cases_are_linked_each_to_its_own_chain() -> None:
    tips = {7: Tip(7, "2026-YY-000007"), 9: Tip(9, "2026-YY-000009", "a" * 64, 4)}
    entries = [NewEvent(7, AT, "user:1", "file", {"n": 1}), NewEvent(9, AT, "clock", "remind", {}),
               NewEvent(7, AT, "user:2", "accept", {"n": 2})]  # fmt: skip
    rows, moved = link(tips, entries)
    assert [(row["case_id"], row["seq"]) for row in rows] == [(7, 1), (9, 5), (7, 2)]
    assert [row["previous"] for row in rows] == [GENESIS, "a" * 64, rows[0]["hash"]]
    assert moved == {7: Tip(7, "2026-YY-000007", str(rows[2]["hash"]), 2),
                     9: Tip(9, "2026-YY-000009", str(rows[1]["hash"]), 5)}  # fmt: skip
    assert rows[2]["hash"] == seal(
        str(rows[0]["hash"]), "2026-YY-000007", 2, instant(AT), "user:2", "accept", '{"n":2}'
    )
    assert tips[7].length == 0
