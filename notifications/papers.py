"""Official papers: plain data under a number (示信异答〔2026〕187号) and a check code; `printing.py` shows them.

An adverse one is not issued without reasons and without remedies with body and period (law.md 1.5; 行政复议法
Art. 20 para. 3). A paper is never changed; what it says is put into both languages as it is issued.
"""

import hmac
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final, cast

from sqlalchemy import JSON, ForeignKey, String, Table, UniqueConstraint, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from extensions import Base, Instant, SignedRow, partial_index
from notifications.languages import LANGUAGES, Basis, MissingValue, ToldRemedy, put
from workflow.calendar import ProvisionalDay
from workflow.letters import COMMON, EXTENSION, FILED, LIMIT, PaperForm
from workflow.refusal import Message

NUMBER: Final = re.compile(r"([^\W\d_]{1,20})[〔\[(【「]?((?:19|20)[0-9]{2})[〕\])】」]?-?第?([0-9]{1,9})号?")
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Characters of check codes: without those misread or misheard when read aloud, 0 and O, 1, I and L."""
CODE_LENGTH: Final = 10
PROVISIONAL_DAY: Final = "provisional"
"""How a paper keeps a day that may still move: under this name, so that its sheet says so."""

SHARED_FORMS: Final = {
    form.name: form
    for form in (
        PaperForm("receipt", "Receipt", "收", (*FILED, "case_code")),
        PaperForm("acceptance", "Notice of acceptance", "受", (*FILED, "stage", "due", "basis")),
        PaperForm("papers_request", "Request for missing papers", "补", (*COMMON, "missing", *LIMIT)),
        PaperForm("refusal", "Notice of non-acceptance", "不受", (*FILED, "reasons", "remedies"), True),
        PaperForm("redirection", "Notice of where the matter is handled", "引", (*FILED, "where", "reasons")),
        PaperForm(
            "referral",
            "Letter of referral for verification",
            "协",
            (*COMMON, "bureau", "question", *LIMIT),
            to="bureau",
        ),
        PaperForm(
            "answer",
            "Answer to an objection to credit information",
            "答",
            (*FILED, "result", "findings", "done"),
            unless=("findings", "refusal"),
        ),
        PaperForm("extension", "Notice of extension", "延", (*COMMON, "bureau", *EXTENSION)),
        PaperForm("lapse", "Notice of closing: papers missing", "终", (*FILED, "reasons", "remedies"), True),
        PaperForm(
            "transfer",
            "Notice that the matter is not handled on this platform",
            "移",
            (*FILED, "reasons", "remedies"),
            True,
        ),
        PaperForm(
            "supervision",
            "Supervision sheet",
            "督",
            (*COMMON, "addressee", "stage", "due", "basis", "days_late", "responsible"),
            to="addressee",
        ),
    )
}
"""The forms of official papers that several kinds have (law.md 6)."""


@dataclass(frozen=True)
class NewPaper:
    """A paper to be issued on a day of the place.

    Its number begins with `prefix` (示信) and the kind's `word`; `specimen` marks the demo's. One that is `to_seal` is
    handed out when it bears its seal, and not before.
    """

    form: PaperForm
    values: Mapping[str, object]
    on: date
    prefix: str
    kind: str
    case_number: str = ""
    word: str = ""
    about_record: bool = True
    specimen: bool = False
    to_seal: bool = False

    @property
    def series(self) -> str:
        return f"{self.prefix}{self.word}{self.form.word}"


class Paper(SignedRow, Base):
    """An issued paper. Form, year and n give its number; number and check code together prove it."""

    __tablename__ = "paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(20))
    series: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    n: Mapped[int]
    case_number: Mapped[str] = mapped_column(String(20), index=True)
    issued_on: Mapped[date]
    issued_at: Mapped[datetime] = mapped_column(Instant)
    check_code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    specimen: Mapped[bool] = mapped_column(default=False)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (UniqueConstraint("series", "year", "n"),)

    @property
    def number(self) -> str:
        return number_of(self.series, self.year, self.n)

    @property
    def spoken_code(self) -> str:
        """The check code in two halves, as it is read aloud."""
        return f"{self.check_code[:5]} {self.check_code[5:]}"


class PaperSeal(SignedRow, Base):
    """The seal that a paper gets: waited for from the moment of issue, put on once, tried until then."""

    __tablename__ = "paper_seal"

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), unique=True)
    sealed_at: Mapped[datetime | None] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(Instant)
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str] = mapped_column(String(200), default="")

    __table_args__ = (partial_index("ix_paper_seal_waiting", "tries", "next_try_at", where="sealed_at IS NULL"),)


class PaperSeries(Base):
    """The last number drawn of a series and year; drawn in the issuing transaction, so without holes."""

    __tablename__ = "paper_series"

    series: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


def issue(session: Session, papers: Sequence[NewPaper], now: datetime) -> dict[int, Paper]:
    """Issue papers in the open transaction; gives each by the `id()` of its NewPaper.

    Raises ValueError where a paper lacks what its form needs, or an adverse one reasons or a whole remedy.
    """
    for paper in papers:
        check(paper)
    if not papers:
        return {}
    numbers = _draw(session, papers)
    rows = [paper_row(paper, numbers[id(paper)], now) for paper in papers]
    ids = session.connection().execute(_ISSUED, rows).scalars().all()
    waiting = [{"paper_id": given, "next_try_at": now} for new, given in zip(papers, ids, strict=True) if new.to_seal]
    if waiting:
        session.execute(insert(PaperSeal), waiting)
    return {id(new): Paper(id=given, **row) for new, row, given in zip(papers, rows, ids, strict=True)}


def check(paper: NewPaper) -> None:
    """Refuse a paper that may not be issued as it is. Raises ValueError naming what it lacks."""
    form = paper.form
    for name in form.needs:
        if (name != "record" or paper.about_record) and paper.values.get(name) in (None, "", (), []):
            raise ValueError(f"paper {form.name} needs {name}")
    if not (form.adverse or paper.values.get("adverse")):
        return
    findings, remedies = paper.values.get("findings"), paper.values.get("remedies")
    rows = findings if isinstance(findings, Sequence) else ()
    reasoned = rows and all(row.get("reason") or row.get("finding") == "as_claimed" for row in rows)
    if not (paper.values.get("reasons") or reasoned):
        raise ValueError(f"paper {form.name} is adverse: it needs reasons")
    if not paper.values.get("law"):
        raise ValueError(f"paper {form.name} is adverse: it needs the law that it rests on")
    if not isinstance(remedies, Sequence) or not remedies:
        raise ValueError(f"paper {form.name} is adverse: it needs remedies")
    if not all(isinstance(remedy, ToldRemedy) and remedy.complete for remedy in remedies):
        raise ValueError(f"paper {form.name}: a remedy needs its way, its body and its period")


def find_paper(session: Session, number: str, check_code: str) -> Paper | None:
    """The paper of that number and check code; anything else finds nothing."""
    series, year, n = number_in(number) or ("", 0, 0)
    found = session.scalars(select(Paper).where(Paper.series == series, Paper.year == year, Paper.n == n)).first()
    same = hmac.compare_digest(found.check_code if found else "", code_in(check_code))
    return found if same else None


def papers_of(session: Session, case_number: str) -> Sequence[Paper]:
    """A case's papers, newest first. The caller decides who may read them."""
    return session.scalars(select(Paper).where(Paper.case_number == case_number).order_by(Paper.id.desc())).all()


def _draw(session: Session, papers: Sequence[NewPaper]) -> dict[int, int]:
    """A number for each, series by series in one order, so that no two issuers wait for each other."""

    def key(paper: NewPaper) -> tuple[str, int]:
        return paper.series, paper.on.year

    drawn: dict[int, int] = {}
    for (series, year), of_series in groupby(sorted(papers, key=key), key=key):
        group = list(of_series)
        values = {"series": series, "year": year, "many": len(group)}
        last = session.execute(_DRAW, values).scalar_one()
        drawn |= {id(paper): last - len(group) + place for place, paper in enumerate(group, start=1)}
    return drawn


_ISSUED: Final = insert(cast(Table, Paper.__table__)).returning(Paper.__table__.c.id, sort_by_parameter_order=True)
_DRAW = text(
    "INSERT INTO paper_series (series, year, last) VALUES (:series, :year, :many)"
    " ON CONFLICT (series, year) DO UPDATE SET last = paper_series.last + excluded.last RETURNING last"
)


def paper_row(paper: NewPaper, n: int, now: datetime) -> dict[str, Any]:
    """The paper under its number as its row is written: a closed form keeps what it needs and nothing else."""
    form = paper.form
    kept = (
        {name: paper.values[name] for name in form.needs} if form.closed else {**paper.values, "kind_code": paper.kind}
    )
    return {
        "form": form.name,
        "series": paper.series,
        "year": paper.on.year,
        "n": n,
        "case_number": paper.case_number,
        "issued_on": paper.on,
        "issued_at": now,
        "specimen": paper.specimen,
        "check_code": new_check_code(),
        "values": {name: plain(value) for name, value in kept.items()},
    }


def plain(value: object) -> Any:
    """A value as JSON: messages in both languages, their days with the year; days as ISO dates, the rest as it is."""
    match value:
        case Message():
            return {language: put(value, language, date.min) for language in LANGUAGES}
        case datetime():
            raise MissingValue("a paper names days, not instants: give the day there")
        case ProvisionalDay():
            return {PROVISIONAL_DAY: value.isoformat()}
        case date():
            return value.isoformat()
        case Basis():
            return value.as_kept
        case str() | int() | None:
            return value
        case Mapping():
            return {str(name): plain(part) for name, part in value.items()}
        case Sequence():
            return [plain(part) for part in value]
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    raise TypeError(f"a paper cannot keep {type(value).__name__}")


def number_of(series: str, year: int, n: int) -> str:
    return f"{series}〔{year}〕{n}号"


def number_in(text: str) -> tuple[str, int, int] | None:
    """Series, year and n of a paper's number, whichever brackets were typed, or none; None where it is no number."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    found = NUMBER.fullmatch(plain)
    return (found[1], int(found[2]), int(found[3])) if found else None


def code_in(text: str) -> str:
    """A check code as it is kept, however it was typed: in small letters, in groups, in full-width letters."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(character for character in plain if character.isascii() and character.isalnum())


def new_check_code() -> str:
    """A code that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
