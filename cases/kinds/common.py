"""What all kinds share: the ladder of every official deadline, and the actions of the common table."""

from __future__ import annotations

from workflow.definition import (
    APPROVER,
    CHIEF,
    CLOCK,
    FILER,
    HEAD,
    OFFICER,
    RECOUNTED,
    REVIEWER,
    STAY,
    Action,
    Addressee,
    Field,
    FieldKind,
    Notice,
    Rung,
)
from workflow.guards import one_sheet

OFFICIAL_LADDER = (
    Rung(-2, "remind", at_least=5),
    Rung(-1, "remind", at_least=2),
    Rung(0, "overdue"),
    Rung(+3, "supervise"),
    Rung(+10, "leading_group"),
)
"""The rungs of every deadline of an official; the offsets are working days (procedures.md, Rungs)."""


def enterprise_ladder(late: str) -> tuple[Rung, ...]:
    """The enterprise's time: reminders, and what its silence causes as the last day ends (D2)."""
    return (Rung(-2, "remind", at_least=5), Rung(-1, "remind", at_least=2), Rung(0, late, exact=True))


REASONS = Field("reasons", "Reasons", hint="The enterprise reads this.")
WORDS = Field("words", "What you want to say")
FILES = Field("files", "Evidence", FieldKind.FILES, required=False, hint="PDF, JPEG or PNG, at most 10 files of 10 MB.")
MISSING = Field("missing", "What is missing", hint="Name everything that is missing: it can be asked only once.")
WHERE = Field("where", "Where to go instead", required=False, hint="The body that can help, and how to reach it.")


def ladder_actions(states: tuple[str, ...]) -> tuple[Action, ...]:
    """What the clock, and for supervision the chief, may do where deadlines run: nothing that moves a case (D1)."""
    return (
        Action("remind", "Remind", "Reminder of a deadline", by=(CLOCK,), source=states, target=STAY,
               tells=(Notice(Addressee.OWNER, "remind"),)),
        Action("overdue", "A deadline has passed", "A deadline has passed", by=(CLOCK,), source=states, target=STAY,
               tells=(Notice(Addressee.OWNER, "overdue"), Notice(Addressee.OWNER_HEAD, "overdue"),
                      Notice(Addressee.OFFICE, "overdue"), Notice(Addressee.FILER, "overdue_filer", once=True))),
        Action("supervise", "Send a supervision sheet", "Supervision sheet sent", by=(CHIEF, CLOCK), source=states,
               target=STAY, guard=(one_sheet(),),
               asks=(Field("deadline", "Which deadline", FieldKind.DEADLINE, by=(CHIEF,)),
                     Field("words", "What you want to say", required=False, by=(CHIEF,), internal=True)),
               tells=(Notice(Addressee.OWNER, "supervise"), Notice(Addressee.OWNER_HEAD, "supervise"),
                      Notice(Addressee.CHIEF, "supervise"))),
        Action("leading_group", "Report to the leading group", "Reported to the leading group", by=(CLOCK,),
               source=states, target=STAY, tells=(Notice(Addressee.LEADING_GROUP, "leading_group"),)),
        Action(RECOUNTED, "Recount the dates", "A newly announced calendar moved a date", by=(CLOCK,), source=states,
               target=STAY, tells=(Notice(Addressee.FILER, "recounted"), Notice(Addressee.OWNER, "recounted"))),
    )  # fmt: skip


def note(states: tuple[str, ...]) -> Action:
    """Internal words of office and bureau, never shown to the filer."""
    return Action("note", "Add an internal note", "Internal note",
                  by=(OFFICER, CHIEF, REVIEWER, APPROVER, HEAD), source=states, target=STAY,
                  asks=(Field("words", "Note", internal=True, hint="The enterprise does not see it."),))  # fmt: skip


def add(states: tuple[str, ...]) -> Action:
    """The enterprise adds papers of its own; that pauses nothing (D4)."""
    return Action("add", "Add papers", "Papers added", by=(FILER,), source=states, target=STAY,
                  asks=(WORDS, FILES), tells=(Notice(Addressee.DESK, "added"),))  # fmt: skip
