from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from web.case.events import Stage, TimelineEntry, timeline

BEGUN = datetime(2026, 11, 11, 10, 42, tzinfo=ZoneInfo("Asia/Shanghai"))
STAGES = (Stage("filed", "Filing"), Stage("verify", "Verification"), Stage("answer", "Answer"))


def entries(n: int) -> list[TimelineEntry]:
    keys = ["filed"] * 2 + ["verify"] * (n - 5) + ["answer"] * 3
    return [TimelineEntry(k + 1, BEGUN + timedelta(days=k), f"event {k + 1}", "clock", f"{k:04x}" * 16, keys[k])
            for k in range(n)]  # fmt: skip


def test_the_newest_stands_first_and_a_hash_shows_its_ends() -> None:
    found = timeline(entries(5), verified_at=BEGUN)
    assert [one.seq for one in found.entries] == [5, 4, 3, 2, 1]
    assert found.entries[0].short == "0004…0004"
    assert found.intact is True


def test_from_a_fault_on_everything_waits_and_the_entry_says_so() -> None:
    found = timeline(entries(6), verified_at=BEGUN, broken_at=3)
    assert [one.link for one in found.entries] == ["unknown"] * 3 + ["broken"] + ["verified"] * 2
    assert [one.seq for one in found.entries if one.fault] == [3]
    assert found.intact is False
    assert str(found.sentence) == "4 of 6 entries wait for a check."


def test_a_long_case_folds_what_is_over_and_keeps_the_first_entry_in_sight() -> None:
    found = timeline(entries(16), STAGES, verified_at=BEGUN)
    assert [one.seq for one in found.entries] == [16, 15, 14]
    assert [(one.stage.key, len(one.entries)) for one in found.folded] == [("verify", 11), ("filed", 1)]
    assert [one.seq for one in found.first] == [1]
    assert found.folded[0].last > found.folded[0].first


def test_a_short_case_and_one_of_a_single_stage_stay_open() -> None:
    assert not timeline(entries(12), STAGES, verified_at=BEGUN).folded
    assert not timeline(entries(16), STAGES[:1], verified_at=BEGUN).folded


def test_a_fault_in_a_folded_stage_shows_on_it() -> None:
    found = timeline(entries(16), STAGES, verified_at=BEGUN, broken_at=10)
    assert [one.link for one in found.folded] == ["broken", "verified"]


def test_what_the_clock_made_is_counted_in_folded_stages_too_so_that_it_can_be_hidden() -> None:
    some = [replace(one, by_clock=one.seq in (1, 5, 15)) for one in entries(16)]
    found = timeline(some, STAGES, verified_at=BEGUN)
    assert [one.seq for one in found.folded[0].entries if one.by_clock] == [5]
    assert found.by_clock == 3
