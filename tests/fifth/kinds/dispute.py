"""A dispute by US FCRA §611, to show what a fifth kind takes: one file and one folder of a place.

A consumer disputes an item. The agency tells the furnisher within 5 business days; within 30 days of the notice, 15
more where the consumer sends relevant information, the item is verified or corrected, and what is not verified is
deleted. So here silence decides: that stands in the kind, how long it takes in a rule.
"""

from cases.kinds.common import (
    CLAIMS,
    FILES,
    FINDINGS,
    OFFICIAL_LADDER,
    REASONS,
    WORDS,
    law,
    of_every_open_case,
    third_ladder,
    third_party,
)
from workflow.definition import (
    CLOCK,
    FILER,
    FILING,
    OFFICER,
    PROPOSES,
    REVIEWER,
    START,
    STAY,
    Action,
    Addressee,
    By,
    Deadline,
    Definition,
    Facts,
    Field,
    Notice,
    Party,
    Question,
    Rung,
    State,
    correct,
    end_display,
    extend,
    route,
)
from workflow.guards import has_remedy, no_other_open, not_handler, once
from workflow.past import GRANTED, in_force

TO = Addressee

STATES = (
    State("disputed", "Disputed", Party.OFFICE, "tell the furnisher"),
    State("with_furnisher", "With the furnisher", Party.BUREAU, "verify the item"),
    State("reported", "Verified by the furnisher", Party.OFFICE, "answer the consumer"),
    State("creditor_asked", "Waiting for the original creditor", Party.OFFICE, "record what the creditor answers"),
    State("corrected", "Item corrected", outcome="corrected"),
    State("verified", "Item verified", outcome="verified", adverse=True),
    State("deleted", "Item deleted", outcome="deleted"),
    State("withdrawn", "Dispute withdrawn", outcome="withdrawn"),
)
OPEN = ("disputed", "with_furnisher", "reported", "creditor_asked")


def read_result(facts: Facts) -> str:
    found = in_force(facts.definition, facts.snapshot.past)
    return "corrected" if any(code in GRANTED for code in found.values()) else "verified"


RESULT = Question("result", ("corrected", "verified"), read_result)

ACTIONS = (
    Action("dispute", "Dispute the item", "Item disputed", by=(FILER,), source=(START,), target="disputed",
           guard=(no_other_open(),), asks=(CLAIMS, WORDS, FILES),
           tells=(Notice(TO.FILER, "filed"), Notice(TO.OFFICE, "filed_office"))),
    Action("tell", "Tell the furnisher", "The furnisher was told", by=(OFFICER,), source=("disputed",),
           target="with_furnisher", does=(route("supplied_by"),), tells=(Notice(TO.BUREAU, "dispute_notice"),)),
    Action("inform", "Send relevant information", "Relevant information sent", by=(FILER,),
           source=("disputed", "with_furnisher"), target=STAY, guard=(once(),), asks=(WORDS, FILES),
           does=(extend("whole"),), tells=(Notice(TO.DESK, "added"),)),
    Action("report", "Report what was verified", "The furnisher has reported", by=(REVIEWER,),
           source=("with_furnisher",), target="reported", part=PROPOSES, guard=(not_handler(),),
           asks=(FINDINGS, REASONS, *law("verified"))),
    Action("answer", "Answer the consumer", "Consumer answered", by=(OFFICER,), source=("reported",),
           target=By(RESULT, corrected="corrected", verified="verified"), guard=(has_remedy(Party.OFFICE),),
           asks=(Field("letter", "What you write"),), does=(correct("findings"),),
           tells=(Notice(TO.FILER, "answered"), Notice(TO.BUREAU, "answered_copy"))),
    Action("delete", "Delete the item", "Not verified in time: the item is deleted", by=(CLOCK,), source=OPEN,
           target="deleted", does=(end_display(),),
           tells=(Notice(TO.FILER, "deleted"), Notice(TO.OFFICE, "deleted"), Notice(TO.BUREAU, "deleted"))),
    Action("withdraw", "Withdraw the dispute", "Dispute withdrawn", by=(FILER,), source=OPEN, target="withdrawn",
           tells=(Notice(TO.FILER, "withdrawn"), Notice(TO.OFFICE, "withdrawn_copy"))),
)  # fmt: skip

DEADLINES = (
    Deadline("notify", "Tell the furnisher", "dispute.notify", Party.OFFICE, ("disputed",), OFFICIAL_LADDER,
             counts_from=FILING),
    Deadline("whole", "The whole dispute", "dispute.whole", Party.OFFICE, OPEN,
             (Rung(-5, "remind", at_least=10), Rung(0, "delete", exact=True)), counts_from=FILING),
    Deadline("third", "The original creditor's view", "dispute.third", Party.THIRD, ("creditor_asked",),
             third_ladder()),
)  # fmt: skip

DEFINITION = Definition(
    kind="dispute",
    label="Dispute",
    letters="DS",
    states=STATES,
    actions=(*ACTIONS, *third_party("creditor_asked", "reported", OFFICER), *of_every_open_case(STATES)),
    deadlines=DEADLINES,
    general_letters=("dispute_notice", "deleted"),
)
