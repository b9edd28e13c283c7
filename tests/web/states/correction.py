"""A correction in each of its places."""

from tests.web.states.ways import Ways

ASKED = "file accept"
GRANTED = "propose approve carry_out answer"
SUSTAINED = ("objection.file objection.accept objection.refer objection.propose objection.approve "
             "objection.carry_out")  # fmt: skip
"""An objection that opens a correction."""

OF_A_SHEET = ("objection.file objection.accept objection.refer objection.propose@reviewer_too "
              "objection.approve@approver_too objection.carry_out confirm sheet")  # fmt: skip
"""A sheet that contradicts what others of the bureau decided."""

WAYS = Ways(
    kind="correction",
    ways={
        "on_request filed": "file", "on_request filed: papers did not come": "file ask_papers sweep",
        "on_request awaiting_papers": "file ask_papers", "on_request with_bureau": ASKED,
        "on_request bureau_asks": f"{ASKED} ask", "on_request returned": f"{ASKED} return",
        "on_request proposed": f"{ASKED} propose", "on_request carrying_out": f"{ASKED} propose approve",
        "on_request answering": f"{ASKED} propose approve carry_out", "on_request corrected": f"{ASKED} {GRANTED}",
        "on_request partly": f"{ASKED} propose/partly approve carry_out answer", "on_request refused": "file refuse",
        "on_request transferred": "file transfer", "on_request withdrawn": "file withdraw",
        "on_request lapsed": "file ask_papers sweep lapse",
        "decision_changed with_bureau": "open", "decision_changed proposed": "open propose",
        "decision_changed answering": "open propose approve",
        "decision_changed corrected": "open propose approve answer",
        "decision_changed dropped": "open propose/kept approve answer",
        "self_found with_bureau": "open", "self_found proposed": "open propose",
        "self_found carrying_out": "open propose approve", "self_found answering": "open propose approve carry_out",
        "self_found corrected": f"open {GRANTED}",
        "self_found partly": "open propose/partly approve carry_out answer",
        "self_found dropped": "open propose/kept approve answer",
        "from_objection putting_right": SUSTAINED, "from_objection corrected": f"{SUSTAINED} confirm",
        "sheet_conflict with_bureau": OF_A_SHEET, "sheet_conflict proposed": f"{OF_A_SHEET} propose",
        "sheet_conflict carrying_out": f"{OF_A_SHEET} propose approve",
        "sheet_conflict answering": f"{OF_A_SHEET} propose approve carry_out",
        "sheet_conflict corrected": f"{OF_A_SHEET} {GRANTED}",
        "sheet_conflict partly": f"{OF_A_SHEET} propose/partly approve carry_out answer",
        "sheet_conflict dropped": f"{OF_A_SHEET} propose/kept approve answer",
    },
    answers={
        "propose/partly": {"findings": {"fine": "as_claimed", "decided_on": "kept"}},
        "propose/kept": {"findings": "kept"},
    },
    bureau_reads=frozenset({"with_bureau", "bureau_asks", "returned", "proposed", "carrying_out", "answering",
                            "putting_right"}),
    asks_for_a_past={("filed", "lapse"): "papers did not come"},
)  # fmt: skip
