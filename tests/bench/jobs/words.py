"""The jobs by name, and what is typed in them: the same before and now."""

from typing import Final

from sqlalchemy import select

from cases.model.tables import Case
from config import ROOT
from extensions import db
from registry.organisations import Enterprise
from tests.bench.jobs.stage import Stage

JOBS: Final = {
    "file": "file an objection, one field, one paper",
    "find": "find the newest case of a firm",
    "decide": "decide a case: one finding with its reason, propose",
    "approve": "approve ten proposals, each one opened",
    "supervise": "find who is late, supervise all that can be",
    "intake": "accept and refer five that were just filed",
    "refuse": "refuse one, with reasons and where to go",
    "through": "five cases of the desk one after another, each proposed",
    "month": "the bureaus' figures of last month as a sheet",
    "dates": "the dates of all my cases in a calendar",
    "readers": "who has read a case",
}
EVIDENCE: Final = str(next((ROOT / "jurisdictions" / "cn-nm-demo" / "evidence").glob("*.pdf")))
FIRM: Final = "牧野镇盛丰"
TWO_OF_IT: Final = "盛丰"
OBJECTION: Final = "决定书写的罚款和记录不一样，差了十倍。附决定书。"
KEPT: Final = "决定书第二页载明的金额与记录一致。"
REASONS: Final = "已与决定书原件逐项核对。"
QUESTION: Final = "请核对决定书原件与报送数据是否一致，逐项给出认定。"
REFUSED: Final = "提出的是罚得是否适当，不是记录与决定书不一致。"
WHERE: Final = "可以依法向复议机关申请行政复议，或者向人民法院起诉。"


def newest_of(stage: Stage, firm: str) -> str:
    """The case of the firm that was opened last, as a reviewer of the bureau that has it may read it."""
    with stage.app.app_context():
        return db.session.scalars(
            select(Case.number).join(Enterprise, Enterprise.id == Case.enterprise_id)
            .where(Enterprise.name.startswith(firm), Case.bureau_id == 3).order_by(Case.opened_at.desc())
        ).first() or ""  # fmt: skip
