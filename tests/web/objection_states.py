"""An objection in each of its states, each about a record of its own, on one stage."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from cases.evidence import take_in
from cases.sweep import sweep
from cases.tables import Case
from extensions import db
from registry.people import add_person
from tests.builders import WORLD, Place, _record, day
from tests.conftest import NOW
from tests.web.stage import PDF, Stage, people_it
from tests.web.walking import STEPS
from workflow.findings import DISPLAY

Answers = Mapping[str, object]


def found(finding: str) -> Answers:
    """The same finding on both disputed fields."""
    one = {"finding": finding, "reason": "经核查。"}
    return {"findings": {"fine": one, "decided_on": one}, "reasons": "经核查。"}


ENDED = {"findings": {DISPLAY: {"finding": "as_claimed", "reason": ""}}, "reasons": "公示期已满。"}
MORE_STEPS: Mapping[str, tuple[str, str, Answers]] = {
    "propose_granted": ("reviewer", "propose", found("as_claimed")),
    "propose_ended": ("reviewer", "propose", ENDED),
    "propose_kept": ("reviewer", "propose", found("kept")),
    "propose_undecidable": ("reviewer", "propose", found("undecidable")),
    "correct_own": ("office", "correct_own", found("as_claimed")),
    "confirm_own": ("chief", "confirm_own", {}),
    "transfer": ("chief", "transfer", {"reasons": "不归本旗。", "where": "自治区信用中心"}),
    "withdraw": ("enterprise", "withdraw", {"words": ""}),
    "lapse": ("office", "lapse", {"reasons": "逾期未补充材料。"}),
    "propose_review": ("office", "propose_review", {
        "findings": {"decided_on": {"finding": "kept", "reason": "落款如此。"}}, "reasons": "维持。"}),
}  # fmt: skip

DECIDED = "accept refer propose approve"
PATHS = {
    "filed": "", "filed: papers did not come": "ask_papers sweep", "awaiting_papers": "ask_papers",
    "comparing": "accept", "confirming_own_error": "accept correct_own", "with_bureau": "accept refer",
    "bureau_asks": "accept refer ask", "returned": "accept refer return", "proposed": "accept refer propose",
    "carrying_out": DECIDED, "answering": f"{DECIDED} carry_out",
    "reviewing": f"{DECIDED} carry_out answer ask_review", "reviewing: of a refusal": "refuse ask_review",
    "review_proposed": f"{DECIDED} carry_out answer ask_review propose_review",
    "corrected": "accept refer propose_granted approve carry_out answer",
    "display_ended": "accept refer propose_ended approve carry_out answer",
    "own_error": "accept correct_own confirm_own answer", "partly": f"{DECIDED} carry_out answer",
    "kept": "accept refer propose_kept approve answer",
    "undetermined": "accept refer propose_undecidable approve answer",
    "refused": "refuse", "transferred": "accept refer return transfer", "withdrawn": "withdraw",
    "lapsed": "ask_papers sweep lapse",
}  # fmt: skip
"""How each state is reached; where an action there asks for a certain past, a second way stands behind a colon."""

FORMS: Mapping[str, str] = {
    "words": "说明", "reasons": "理由", "where": "信用中国", "missing": "缴款凭证", "question": "请核对。",
    "letter": "答复摘要", "opinion": "同意", "deadline": "whole", "decision": "admitted",
    **{f"findings-{name}-{part}": value for name in ("fine", "decided_on", DISPLAY)
       for part, value in (("finding", "as_claimed"), ("reason", "经核查。"))},
}  # fmt: skip
"""What any of the forms may ask, filled in so that it would be taken."""


def set_out(stage: Stage, *wanted: str) -> None:
    """An objection in each of these states (all of them, where none is named), and a person for each role."""
    with stage.app.app_context():
        session = db.session()
        place = people_it(stage, session)
        for name, role in (("approver_only", "approver"), ("head_only", "head")):
            user = add_person(session, name, f"{name}人", (role,), bureau_id=place.bureau.id, demo=True)
            session.flush()
            stage.sessions[name] = user.get_id()
        names = sorted(wanted or PATHS, key=lambda name: "sweep" not in PATHS[name])
        for number, name in enumerate(names):
            stage.names[name] = _walk(stage, place, session, name, number).number
        stage.names["other_bureau"] = str(place.other_bureau.id)
        sweep(WORLD, NOW)  # what the clock has to do is done: nothing of it comes between a try and its refusal
        session.commit()
    stage.keep()


def _walk(stage: Stage, place: Place, session: Session, name: str, number: int) -> Case:
    """The sheets that wait for the clock are filed weeks before, the others within the last day."""
    old = "sweep" in PATHS[name]
    at = day(2026, 11, 2) if old else day(2026, 11, 23, 8)
    record = _record(place.firm, place.bureau, f"示环罚〔2026〕{200 + number}号")
    session.add(record)
    session.commit()
    answers = {"ground": "expired", "claims": {DISPLAY: "ended"}} if "ended" in PATHS[name] else {}
    case = place.file(now=at, record=record, **answers)
    for step in PATHS[name].split():
        at += timedelta(days=19) if step == "sweep" else timedelta(minutes=50)
        _take(stage, place, case, step, at)
    return place.case(case.number)


def _take(stage: Stage, place: Place, case: Case, step: str, at: datetime) -> None:
    if step == "sweep":
        sweep(WORLD, at)
        return
    who, action, answers = MORE_STEPS.get(step) or STEPS[step]
    if action == "correct_own":
        answers = {**answers, "files": tuple(take_in(stage.app.extensions["store"], [("原始数据.pdf", PDF)])[0])}
    place.act(case, who, action, at, **answers)
