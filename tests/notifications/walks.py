"""Played cases that between them write every letter of the kinds and issue every form of paper."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cases.engine.sweep import sweep
from cases.model.tables import Case
from registry.credit_records import correct
from tests.builders import CLAIMS, START, VALUES, WORLD, Place, make_place

WHY = "照片上有日期，决定书原件已核对。"


@dataclass
class Walk:
    """One place through which time goes on."""

    place: Place
    now: datetime = field(default=START)

    def file(self) -> Case:
        """A filing on the record as it was at first: what it claims has not been corrected yet."""
        self.now += timedelta(minutes=5)
        record = self.place.session.merge(self.place.record)
        correct(self.place.session, record, {name: VALUES[name] for name in CLAIMS}, None, self.now, "import")
        self.place.session.commit()
        return self.place.file(self.now)

    def act(self, case: Case, who: str, action: str, **answers: object) -> None:
        self.now += timedelta(minutes=5)
        given = {"reasons": WHY, "words": "请看补充的照片。", "letter": "经核查，答复如下。", "files": (), **answers}
        self.place.act(case, who, action, self.now, **given)

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        sweep(WORLD, self.now)
        self.place.session.expire_all()

    def to_bureau(self) -> Case:
        case = self.file()
        self.act(case, "office", "accept")
        self.act(case, "office", "refer", question="决定书写的是多少元？")
        return case

    def answered(self, **codes: str) -> Case:
        case = self.to_bureau()
        self.act(case, "reviewer", "propose", findings=found(**codes))
        self.act(case, "approver", "approve")
        if "as_claimed" in codes.values():
            self.act(case, "office", "carry_out")
        self.act(case, "office", "answer")
        return case


def found(**codes: str) -> dict[str, object]:
    return {name: {"finding": code, "reason": WHY} for name, code in codes.items()}


def walk_everything(place: Place) -> None:
    """Every walk, one after another; each frees the record for the next."""
    walk = Walk(place)
    for each in (long_way, reviewed, review_withdrawn, refused, admitted, lapsed, returned, transferred, withdrawn,
                 left_alone):  # fmt: skip
        each(walk)


def long_way(walk: Walk) -> None:
    case = walk.file()
    walk.act(case, "office", "ask_papers", missing="照片的拍摄日期证明。")
    walk.act(case, "enterprise", "amend", claims=CLAIMS, ground="wrong")
    walk.act(case, "enterprise", "supply")
    walk.act(case, "office", "accept")
    walk.act(case, "enterprise", "add")
    walk.act(case, "office", "refer", question="决定书写的是多少元？")
    walk.act(case, "approver", "extend")
    walk.act(case, "reviewer", "ask", missing="决定书全文。")
    walk.wait(20)
    walk.act(case, "reviewer", "propose", findings=found(fine="as_claimed", decided_on="undecidable"))
    walk.act(case, "approver", "approve")
    walk.act(case, "office", "carry_out")
    walk.act(case, "office", "answer")


def reviewed(walk: Walk) -> None:
    case = walk.answered(fine="kept", decided_on="kept")
    walk.act(case, "enterprise", "ask_review")
    walk.act(case, "officer2", "propose_review", findings=found(fine="kept", decided_on="kept"))
    walk.act(case, "chief", "approve_review")
    walk.act(case, "office", "answer")


def review_withdrawn(walk: Walk) -> None:
    case = walk.answered(fine="kept", decided_on="undecidable")
    walk.act(case, "enterprise", "ask_review")
    walk.act(case, "enterprise", "withdraw_review")


def refused(walk: Walk) -> None:
    case = walk.file()
    walk.act(case, "office", "refuse", where="向作出决定的机关提出。")
    walk.act(case, "enterprise", "ask_review")
    walk.act(case, "chief", "decide_refusal", decision="upheld")
    walk.act(case, "office", "answer")


def admitted(walk: Walk) -> None:
    case = walk.file()
    walk.act(case, "office", "refuse")
    walk.act(case, "enterprise", "ask_review")
    walk.act(case, "chief", "decide_refusal", decision="admitted")
    walk.act(case, "enterprise", "withdraw")


def lapsed(walk: Walk) -> None:
    case = walk.file()
    walk.act(case, "office", "ask_papers", missing="营业执照。")
    walk.wait(20)
    walk.act(case, "office", "lapse")


def returned(walk: Walk) -> None:
    case = walk.to_bureau()
    walk.act(case, "reviewer", "return")
    walk.act(case, "chief", "assign", bureau=walk.place.other_bureau.id)
    walk.act(case, "enterprise", "withdraw")


def transferred(walk: Walk) -> None:
    case = walk.to_bureau()
    walk.act(case, "reviewer", "return")
    walk.act(case, "chief", "transfer", where="向市信用平台提出。")


def withdrawn(walk: Walk) -> None:
    walk.act(walk.file(), "enterprise", "withdraw")


def left_alone(walk: Walk) -> None:
    walk.file()
    for _ in range(60):
        walk.wait(1)


__all__ = ["Walk", "make_place", "walk_everything"]
