"""What another variant ends, starts or keeps, and by how much a deadline is made longer."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.workflow.builders import OFFICIAL, at_work, place, rule, sound, with_rows
from tests.workflow.walking import Walk
from workflow.definition import (
    FILING,
    Choice,
    Deadline,
    Definition,
    Field,
    FieldKind,
    Party,
    extend,
    route,
    set_variant,
    taken,
)
from workflow.jurisdiction import Jurisdiction
from workflow.refusal import Incomplete

WAY = Field("way", "Which way", FieldKind.CHOICE, choices=(Choice("short", "Short"), Choice("long", "Long")))
MONDAY = date(2026, 11, 2)


def in_ways(**changes: Any) -> Definition:
    """A request whose bureau deadline runs by the way chosen when it is referred, and may be chosen again."""
    rows = with_rows(
        refer={"asks": (WAY,), "does": (route("supplied_by"), set_variant("way"))},
        extend={"asks": (WAY,), "does": (set_variant("way"),), "target": "with_bureau", "guard": ()},
    )
    return replace(rows, variants=("new", "short", "long"), **changes)


SHORT_AND_LONG = place(rule("accept", 2), rule("supplement", 10), rule("verify", 3, variant="short"),
                       rule("verify", 7, variant="long"), rule("look", 5), rule("appeal", 15, window=True))  # fmt: skip


def chosen(definition: Definition, way: str, law: Jurisdiction = SHORT_AND_LONG) -> Walk:
    walk = at_work(definition, law, variant="new")
    walk.do("file")
    walk.do("refer", way=way)
    return walk


class TestVariants:
    def test_a_case_has_the_variant_that_was_chosen(self):
        assert chosen(in_ways(), "short").snapshot.variant == "short"
        assert chosen(in_ways(), "long").running("verify").n == 7

    def test_another_variant_restarts_what_has_a_limit_of_its_own_there(self):
        walk = chosen(in_ways(), "long")
        first = walk.running("verify").id
        walk.wait(days=1)
        walk.do("extend", way="short")
        timer = walk.running("verify")
        assert (timer.n, timer.started, timer.id == first) == (3, date(2026, 11, 3), False)

    def test_and_keeps_what_has_the_same_limit(self):
        look = Deadline("look", "Look", "request.look", Party.OFFICE, ("with_bureau",), OFFICIAL)
        walk = chosen(in_ways(deadlines=(*sound().deadlines, look)), "long")
        before = walk.running("look")
        walk.wait(days=1)
        walk.do("extend", way="short")
        assert walk.running("look") == before

    def test_the_same_variant_again_is_no_choice(self):
        walk = chosen(in_ways(), "long")
        with pytest.raises(Incomplete, match="how it is already"):
            walk.do("extend", way="long")

    def of_two(self) -> Definition:
        """Two deadlines of one name, each of a variant: one counts from the referral, the other from filing."""
        verify = sound().deadline("verify")
        both = (
            replace(verify, variants=("short",), counts_from=taken("refer")),
            replace(verify, variants=("long",), counts_from=FILING, over=("with_bureau", "filed")),
        )
        return in_ways(deadlines=(*sound().deadlines[:2], *both))

    def test_two_deadlines_of_one_name_run_each_in_its_variant(self):
        definition = self.of_two()
        assert definition.deadline("verify", "short").counts_from == taken("refer")
        assert definition.deadline("verify", "long").counts_from == FILING
        assert [d.name for d in definition.deadlines_of("new")] == ["accept", "supplement"]

    def test_changing_the_variant_ends_one_and_starts_the_other_from_its_own_day(self):
        walk = at_work(self.of_two(), SHORT_AND_LONG, variant="new")
        walk.do("file")
        walk.wait(days=1)
        walk.do("refer", way="short")
        assert walk.running("verify").started == date(2026, 11, 3)
        walk.wait(days=2)
        walk.do("extend", way="long")
        timer = walk.running("verify")
        assert (timer.n, timer.started, timer.born) == (7, MONDAY, date(2026, 11, 5))
        walk.do("extend", way="short")
        assert walk.running("verify").started == date(2026, 11, 3), "from the referral, however often it was changed"

    def test_a_deadline_that_the_new_variant_does_not_have_ends(self):
        only = replace(sound().deadline("verify"), variants=("short",))
        look = Deadline("look", "Look", "request.look", Party.OFFICE, ("with_bureau",), OFFICIAL)
        walk = chosen(in_ways(deadlines=(*sound().deadlines[:2], only, look)), "short")
        walk.do("extend", way="long")
        assert [timer.deadline for timer in walk.snapshot.timers if timer.stopped is None] == ["look"]


class TestExtension:
    def test_without_a_number_it_is_what_the_rule_gives(self):
        walk = at_work(sound())
        walk.do("file")
        walk.do("refer")
        walk.do("extend")
        assert walk.running("verify").extended == 10

    def test_with_one_it_is_so_long(self):
        days = Field("days", "Days", FieldKind.NUMBER)
        walk = at_work(with_rows(extend={"asks": (days,), "does": (extend("verify", by="days"),)}))
        walk.do("file")
        walk.do("refer")
        walk.do("extend", days=4)
        assert walk.running("verify").extended == 4

    def test_what_is_missed_stays_missed(self):
        walk = at_work(with_rows(extend={"guard": ()}))
        walk.do("file")
        walk.do("refer")
        walk.wait(days=10)
        walk.do("extend")
        assert (walk.running("verify").extended, walk.due("verify")) == (0, date(2026, 11, 11))
