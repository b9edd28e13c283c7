"""Ends of which nobody is told, and addressees that are nobody, are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflow.builders import (
    OUTCOME,
    with_action,
    with_rows,
)
from tests.workflow.planted import assert_fault, faults
from workflow.definition import (
    Addressee,
    By,
    Choice,
    Field,
    FieldKind,
    Notice,
)
from workflow.guards import not_by


def test_an_end_of_which_the_enterprise_hears_nothing() -> None:
    definition = with_action("withdraw", tells=(Notice(Addressee.OFFICE, "withdrawn"),))
    assert_fault(definition, "action withdraw", "the case ends in 'withdrawn' and the enterprise is told nothing")


def test_an_end_by_one_branch_of_which_the_enterprise_hears_nothing() -> None:
    definition = with_action("decide", target=By(OUTCOME, granted="filed", refused="refused"), tells=())
    assert_fault(definition, "action decide", "the case ends in 'refused'", "add a Notice to FILER")


def test_an_adverse_end_without_remedy() -> None:
    definition = with_action("decide", guard=(not_by("refer"),))
    assert_fault(
        definition, "action decide", "the adverse end 'refused' comes without remedy", "guard it with has_remedy"
    )


@pytest.mark.parametrize(
    ("action", "notice", "what"),
    [
        ("refer", Notice(Addressee.OFFICE, ""), "it names no letter"),
        ("refer", Notice("uncle", "hello"), "nobody is called so"),  # type: ignore[arg-type]
        ("ask_papers", Notice(Addressee.BUREAU, "asked"), "it always goes to nobody"),
        ("withdraw", Notice(Addressee.DESK, "withdrawn"), "the case lies on no desk then"),
        ("refer", Notice(Addressee.COMPLAINED_OF, "reply"), "this kind complains of nobody"),
        ("rate", Notice(Addressee.OWNER, "rated"), "no deadline runs where it is sent"),
        ("refer", Notice(Addressee.OFFICE, "referred", once=True), "once is counted for a running deadline"),
    ],
)
def test_an_addressee_that_names_nobody(action: str, notice: Notice, what: str) -> None:
    told = (Notice(Addressee.FILER, "answer"), notice)
    assert_fault(with_action(action, tells=told), f"action {action}, notice to {notice.to}", what)


def test_a_kind_that_is_kept_from_somebody_may_tell_them() -> None:
    whom = Field("whom", "About whom", FieldKind.CHOICE, choices=(Choice("bureau", "A bureau"),))
    claims = Field("claims", "Claims", FieldKind.CLAIMS)
    rows = with_rows(file={"asks": (claims, whom)}, refer={"tells": (Notice(Addressee.COMPLAINED_OF, "reply"),)})
    assert faults(replace(rows, closed_to="whom")) == []
    assert_fault(rows, "action refer, notice to complained_of", "this kind complains of nobody", "say in closed_to")
