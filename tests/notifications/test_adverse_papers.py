"""Every adverse paper, printed in both languages from a case that was played, against a list written by hand.

`adverse_papers.csv` says what law and procedures demand of which paper: body, facts, reasons, article, remedies with
article, body and period, the last day for a review, when and where to file again. It is not made from the definitions.
"""

import csv
import re
from collections.abc import Callable, Iterator
from datetime import date
from fnmatch import fnmatch
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select

from cases.engine.sweep import sweep
from cases.kinds import all_kinds
from cases.letters.telling import paper_form
from cases.model.tables import Case
from notifications.papers import Paper
from notifications.printing import printed
from tests.builders import CLAIMS, PROOF, REQUEST, START, WORLD, Place, day
from tests.cases.courses import KEPT, answered, to_bureau
from tests.cases.engine import test_complaint as complaints
from tests.cases.engine import test_correction as corrections
from tests.cases.engine import test_repair as repairs

WHY = {"reasons": "理由如此。"}
ELSEWHERE = {"where": "自治区信用中心，0471-0000000", **WHY}
OPINION = {"facts": "查明的事实。", **WHY, "law": ""}
MIXED = {"fine": {"finding": "as_claimed"}, "decided_on": {"finding": "kept", "reason": "决定书落款如此。"}}
UNKNOWN = {**KEPT, "decided_on": {"finding": "undecidable", "reason": "原卷已经灭失。"}}


def refused(place: Place, action: str = "refuse", **answers: object) -> Case:
    case = place.file()
    place.act(case, "office", action, day(2026, 9, 8), **answers)
    return case


def unanswered(place: Place, case: Case, who: str = "office") -> Case:
    """Closed because what was asked for never came."""
    place.act(case, who, "ask_papers", day(2026, 9, 8), missing="授权委托书。")
    sweep(WORLD, day(2026, 9, 28))
    place.act(case, who, "lapse", day(2026, 9, 28), **WHY)
    return case


def returned(place: Place) -> Case:
    case = to_bureau(place)
    place.act(case, "reviewer", "return", day(2026, 9, 10), **WHY)
    place.act(case, "chief", "transfer", day(2026, 9, 11), **ELSEWHERE)
    return case


def reviewed(place: Place) -> Case:
    case = answered(place, KEPT)
    place.act(case, "enterprise", "ask_review", day(2026, 9, 21), words="请复核。")
    place.act(case, "officer2", "propose_review", day(2026, 9, 22), findings=KEPT, reasons="复核理由如此。")
    place.act(case, "chief", "approve_review", day(2026, 9, 23))
    place.act(case, "office", "answer", day(2026, 9, 23), letter="维持。")
    return case


def taken_back(place: Place) -> Case:
    case = answered(place, KEPT)
    place.act(case, "enterprise", "ask_review", day(2026, 9, 21), words="请复核。")
    place.act(case, "enterprise", "withdraw_review", day(2026, 9, 22))
    return case


def upheld(place: Place) -> Case:
    case = refused(place, **ELSEWHERE)
    place.act(case, "enterprise", "ask_review", day(2026, 9, 10), words="已经写明。")
    place.act(case, "chief", "decide_refusal", day(2026, 9, 11), decision="upheld", **WHY)
    place.act(case, "office", "answer", day(2026, 9, 14), letter="维持不予受理。")
    return case


def correction(place: Place, findings: dict[str, dict[str, str]]) -> Case:
    case = corrections.asked(place)
    place.act(case, "office", "accept", day(2026, 9, 8))
    return corrections.answered(place, corrections.verified(place, case, findings))


def correction_refused(place: Place, action: str) -> Case:
    case = corrections.asked(place)
    place.act(case, "office", action, day(2026, 9, 8), **ELSEWHERE)
    return case


def self_found(place: Place, findings: dict[str, dict[str, str]]) -> Case:
    said = {"claims": CLAIMS, "words": "内部检查。", "files": ()}
    case = place.open("correction", "open", said, START, by="reviewer", variant="self_found")
    return corrections.answered(place, corrections.verified(place, case, findings, 8))


def not_accepted(place: Place) -> Case:
    case = repairs.forwarded(place, day(2026, 9, 7), date(2026, 9, 7))
    place.act(case, "reviewer", "not_accept", day(2026, 9, 8), **ELSEWHERE)
    return case


def revoked(place: Place) -> Case:
    case = repairs.granted(place)
    place.act(case, "reviewer", "open_revoke", day(2026, 10, 12), facts="验收意见系伪造。", files=PROOF)
    place.act(case, "enterprise", "state_views", day(2026, 10, 13), words="意见是中介给的。", files=())
    place.act(case, "reviewer", "propose_revoke", day(2026, 10, 14), decision="revoke", **WHY)
    place.act(case, "approver", "approve_revoke", day(2026, 10, 15))
    return case


def opinion(place: Place, route: str, decision: str) -> Case:
    case = complaints.routed(place, route)
    place.act(case, "office", "propose", day(2026, 9, 10), decision=decision, **OPINION)
    place.act(case, "chief", "approve", day(2026, 9, 11))
    return case


def complaint_refused(place: Place) -> Case:
    case = place.complain(START)
    place.act(case, "office", "acknowledge", day(2026, 9, 8))
    place.act(case, "office", "not_accept", day(2026, 9, 9), **ELSEWHERE)
    return case


COURSES: dict[str, Callable[[Place], Case]] = {
    "objection.refused": lambda place: refused(place, **ELSEWHERE),
    "objection.refused_by_nobody_else": lambda place: refused(place, nowhere=True, **WHY),
    "objection.lapsed": lambda place: unanswered(place, place.file()),
    "objection.transferred": returned,
    "objection.partly": lambda place: answered(place, MIXED),
    "objection.kept": lambda place: answered(place, KEPT),
    "objection.undetermined": lambda place: answered(place, UNKNOWN),
    "objection.kept_on_review": reviewed,
    "objection.kept_review_taken_back": taken_back,
    "objection.refused_upheld": upheld,
    "correction.refused": lambda place: correction_refused(place, "refuse"),
    "correction.transferred": lambda place: correction_refused(place, "transfer"),
    "correction.lapsed": lambda place: unanswered(place, place.open("correction", "file", REQUEST, START)),
    "correction.refused_found": lambda place: correction(place, KEPT),
    "correction.partly": lambda place: correction(place, MIXED),
    "correction.partly_self_found": lambda place: self_found(place, MIXED),
    "correction.dropped": lambda place: self_found(place, KEPT),
    "repair.refused": lambda place: repairs.decided(place, "refuse"),
    "repair.not_accepted": not_accepted,
    "repair.lapsed": lambda place: unanswered(
        place, repairs.forwarded(place, day(2026, 9, 7), date(2026, 9, 7)), "reviewer"
    ),
    "repair.revoked": revoked,
    "complaint.not_accepted": complaint_refused,
    "complaint.unfounded_petition": lambda place: opinion(place, "petition", "unfounded"),
    "complaint.partly_petition": lambda place: opinion(place, "petition", "partly"),
    "complaint.unfounded_business_env": lambda place: opinion(place, "business_env", "unfounded"),
}
"""How each adverse end is reached; the name begins with kind and end."""


def demanded(course: str) -> Iterator[tuple[str, dict[str, str]]]:
    """What the list demands of this paper: the part, and its words by language."""
    with Path(__file__).with_name("adverse_papers.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if any(fnmatch(course, name) for name in row["papers"].split()):
                yield row["part"], row


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def closed_up(text: str) -> str:
    """Without the gaps that tags leave."""
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("course", COURSES)
def test_an_adverse_paper_says_what_law_and_procedures_demand_in_both_languages(place: Place, course: str) -> None:
    case = COURSES[course](place)
    papers = place.session.scalars(select(Paper).where(Paper.case_number == case.number).order_by(Paper.id)).all()
    paper = [one for one in papers if paper_form(one.form).to == "enterprise"][-1]
    missing = []
    for language in ("zh", "en"):
        text = text_of(printed(paper, paper_form(paper.form), language, site="https://x.example"))
        for part, row in demanded(course):
            said, wanted = row[language], True
            if said.startswith("!"):
                said, wanted = said[1:], False
            if (closed_up(said) in closed_up(text)) is not wanted:
                missing.append(f"{language}: {part}: {said}")
    assert missing == []


def test_the_list_names_no_paper_that_is_not_played() -> None:
    with Path(__file__).with_name("adverse_papers.csv").open(encoding="utf-8") as file:
        names = {name for row in csv.DictReader(file) for name in row["papers"].split()}
    assert {name for name in names if not any(fnmatch(course, name) for course in COURSES)} == set()


def test_the_list_knows_every_adverse_end_of_every_kind() -> None:
    ends = {(kind.kind, state.name) for kind in all_kinds().values() for state in kind.states if state.adverse}
    played = {tuple(course.split(".")) for course in COURSES}
    for kind, end in ends:
        assert any(of == kind and name.startswith(end) for of, name in played), (kind, end)
