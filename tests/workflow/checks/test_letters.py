"""Ends of which nobody is told, and addressees that are nobody, are refused."""

from dataclasses import replace

import pytest

from tests.workflow.builders import OUTCOME, TELL_FILER, act, place, plus, sound, with_action, with_rows
from tests.workflow.planted import assert_fault, faults
from workflow.checks import check_all
from workflow.definition import (
    DECIDES,
    OFFICER,
    Addressee,
    By,
    Choice,
    Definition,
    Field,
    FieldKind,
    Notice,
    Party,
    State,
)
from workflow.guards import has_remedy, not_by
from workflow.letters import Wording, when, wording


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


def test_an_adverse_end_with_another_bodys_remedy() -> None:
    definition = with_action("decide", guard=(not_by("refer"), has_remedy(Party.OFFICE)))
    what = "the bureau decides on the adverse end 'refused', and its remedy is another body's"
    assert_fault(definition, "action decide", what, "guard it with has_remedy(BUREAU)")


def test_an_answer_after_a_decision_with_the_remedy_of_who_answers_alone() -> None:
    answer = act(
        "answer",
        "Answer",
        (OFFICER,),
        ("answering",),
        "refused",
        guard=(has_remedy(Party.OFFICE),),
        tells=(TELL_FILER,),
    )
    decided = with_action("decide", target=By(OUTCOME, granted="granted", refused="answering"), part=DECIDES)
    definition = plus(decided, State("answering", "Answering", Party.OFFICE, "answer"), answer)
    assert_fault(definition, "action answer", "the bureau decides on the adverse end 'refused'")


WORDS = wording("A subject", "Words.")


def unworded(definition: Definition, *worded: str) -> list[str]:
    return [
        str(fault)
        for fault in check_all([definition], [place()], dict.fromkeys(worded, WORDS))
        if "letter" in str(fault)
    ]


def test_a_letter_that_nothing_words() -> None:
    """A slip of the pen would go out as the general letter."""
    sent = {notice.letter for action in sound().actions for notice in action.tells}
    assert unworded(sound(), *sent) == []
    assert unworded(replace(sound(), general_letters=("referral",)), *(sent - {"referral"})) == []
    (fault,) = unworded(sound(), *(sent - {"referral"}))
    assert fault.startswith("request.py: action refer: nothing words the letter 'referral'; mend the name")


def test_a_general_letter_that_nothing_sends() -> None:
    sent = {notice.letter for action in sound().actions for notice in action.tells}
    (fault,) = unworded(replace(sound(), general_letters=("refferal",)), *sent)
    assert fault.startswith("request.py: letter refferal: no action sends it")


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


def test_an_adverse_end_of_which_nobody_is_asked_what_it_rests_on() -> None:
    definition = with_action("decide", asks=(Field("findings", "Findings", FieldKind.FINDINGS),))
    assert_fault(definition, "state refused", "nobody is asked which article this adverse end rests on")


def test_a_kind_without_a_record_sends_no_shared_letter_that_speaks_of_one() -> None:
    sent = {notice.letter for action in sound().actions for notice in action.tells}
    told = wording("A subject", "It is closed.", "The record stays as it is.")
    where_there_is_one = wording("A subject", "It is closed.", when("record", "The record stays as it is."))
    definition = replace(sound(), without_record=True)

    def faults_of(letter: Wording, kind: Definition = definition) -> list[str]:
        worded = {**dict.fromkeys(sent, WORDS), "withdrawn": letter}
        return [str(fault) for fault in check_all([kind], [place()], worded) if "speaks of a record" in str(fault)]

    assert faults_of(where_there_is_one) == faults_of(told, sound()) == []
    assert faults_of(told, replace(definition, wordings={"withdrawn": told})) == []
    (fault,) = faults_of(told)
    assert fault.startswith("request.py: action withdraw: the letter 'withdrawn' speaks of a record")
