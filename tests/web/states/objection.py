"""An objection in each of its states."""

from tests.web.states.ways import Ways
from workflow.past import DISPLAY

WITH_BUREAU = "file accept refer"
DECIDED = f"{WITH_BUREAU} propose/partly approve"
REVIEWED = f"{DECIDED} carry_out answer ask_review"

WAYS = Ways(
    kind="objection",
    ways={
        "filed": "file", "filed: papers did not come": "file ask_papers sweep",
        "awaiting_papers": "file ask_papers", "comparing": "file accept",
        "confirming_own_error": "file accept correct_own", "with_bureau": WITH_BUREAU,
        "bureau_asks": f"{WITH_BUREAU} ask", "returned": f"{WITH_BUREAU} return",
        "proposed": f"{WITH_BUREAU} propose/partly", "carrying_out": DECIDED, "answering": f"{DECIDED} carry_out",
        "reviewing": REVIEWED, "reviewing: of a refusal": "file refuse ask_review",
        "review_proposed": f"{REVIEWED} propose_review/kept",
        "corrected": f"{WITH_BUREAU} propose approve carry_out answer",
        "display_ended": "file/ended accept refer propose approve carry_out answer",
        "own_error": "file accept correct_own confirm_own answer", "partly": f"{DECIDED} carry_out answer",
        "kept": f"{WITH_BUREAU} propose/kept approve answer",
        "undetermined": f"{WITH_BUREAU} propose/undecidable approve answer",
        "refused": "file refuse", "transferred": f"{WITH_BUREAU} return transfer", "withdrawn": "file withdraw",
        "lapsed": "file ask_papers sweep lapse",
    },
    answers={
        "file": {"ground": "wrong"},
        "file/ended": {"ground": "expired", "claims": {DISPLAY: "ended"}},
        "propose/partly": {"findings": {"fine": "as_claimed", "decided_on": "kept"}},
        "propose/kept": {"findings": "kept"}, "propose/undecidable": {"findings": "undecidable"},
        "propose_review/kept": {"findings": "kept"},
    },
    bureau_reads=frozenset({"with_bureau", "bureau_asks", "returned", "proposed", "carrying_out", "answering",
                            "reviewing", "review_proposed"}),
    asks_for_a_past={
        ("filed", "lapse"): "papers did not come",
        ("reviewing", "decide_refusal"): "of a refusal",
    },
)  # fmt: skip
