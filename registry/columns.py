"""The columns of each kind of record, in the national sheet's order, and what can be wrong with a row's values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final

from notifications.languages import Amount
from workflow.refusal import Message, say


class Type(StrEnum):
    """What a column holds, and so how it is cleaned, asked and shown.

    Values are text everywhere: an amount is a decimal number of 万元 with two places or more, a date is
    ISO, a class is a code of `SEVERITIES`.
    """

    TEXT = "text"
    AMOUNT = "amount"
    DATE = "date"
    CODE = "code"
    BUREAU = "bureau"
    CLASS = "class"


@dataclass(frozen=True)
class Column:
    """One column. `heading` is the sheet's, `label` the pages' message id; `needed`: no row goes in without it."""

    key: str
    heading: str
    label: str
    type: Type = Type.TEXT
    disputable: bool = True
    needed: bool = False

    @property
    def brief(self) -> bool:
        """Whether it holds a name or a number that is searched or compared, and so has a greatest length."""
        return self.needed or self.type is Type.BUREAU or self.key == "handler"


SEVERITIES: Final[Mapping[str, str]] = MappingProxyType({"轻微": "minor", "一般": "general", "严重": "serious"})
"""The class that the bureau stated (D13), as sheets write it."""
CLASSES: Final = {"minor": say("minor"), "general": say("general"), "serious": say("serious")}
"""And as pages, letters and papers call it."""

LONGEST: Final = 200
"""Characters of a name, a document number or a code, and of every other brief column."""

CITIZENS: Final = ("自然人",)
"""What a sheet calls a party that is no enterprise."""
LEGAL_PERSONS: Final = ("法人及非法人组织", "法人", "非法人组织", "企业")
"""What it calls one that is neither a natural person nor an individual business."""
WARNING_ALONE: Final = "警告"
"""A kind of penalty that is not displayed where there is no other."""
MARKET_REGULATION: Final = "市场监督管理"
"""In the names of the bodies whose records follow the display rules of that branch."""

_PARTY: Final = (
    Column("name", "行政相对人名称", "Name of the party", needed=True),
    Column("subject_kind", "行政相对人类别", "Kind of party", disputable=False),
    Column("uscc", "行政相对人代码_1(统一社会信用代码)", "Credit code", Type.CODE, disputable=False, needed=True),
    Column("registration_number", "行政相对人代码_2(工商注册号)", "Registration number", Type.CODE),
    Column("organisation_code", "行政相对人代码_3(组织机构代码)", "Organisation code", Type.CODE),
    Column("tax_number", "行政相对人代码_4(税务登记号)", "Tax registration number", Type.CODE),
    Column("legal_representative", "法定代表人", "Legal representative"),
)
_DISPLAY: Final = (
    Column("displayed_from", "公示日期", "Displayed since", Type.DATE),
    Column("display_until", "公示截止期", "Displayed until", Type.DATE),
)
_SUPPLY: Final = (
    Column("supplied_by", "数据来源单位", "Bureau that supplied the data", Type.BUREAU, disputable=False),
    Column(
        "supplied_by_code", "数据来源单位统一社会信用代码", "Code of the supplying bureau", Type.CODE, disputable=False
    ),
    Column("remark", "备注", "Remark", disputable=False),
)
_SEVERITY: Final = Column("severity", "失信严重程度", "Class of the record", Type.CLASS)
_HANDLER: Final = Column("handler", "经办人", "Handler", disputable=False)

PENALTY: Final[tuple[Column, ...]] = (
    *_PARTY,
    Column("document_number", "行政处罚决定书文号", "Document number", needed=True),
    Column("offence", "违法行为类型", "Kind of offence"),
    Column("facts", "违法事实", "Facts"),
    Column("basis", "处罚依据", "Legal basis of the penalty"),
    Column("penalty_kind", "处罚类别", "Kind of penalty"),
    Column("penalty", "处罚内容", "Penalty"),
    Column("fine", "罚款金额(万元)", "Fine", Type.AMOUNT),
    Column("confiscated", "没收违法所得、没收非法财物的金额(万元)", "Amount confiscated", Type.AMOUNT),
    Column("licence", "暂扣或吊销证照名称及编号", "Licence suspended or revoked"),
    Column("decided_on", "处罚决定日期", "Date of the decision", Type.DATE, needed=True),
    Column("valid_until", "处罚有效期", "Penalty valid until", Type.DATE),
    *_DISPLAY,
    Column("determined_by", "处罚机关", "Deciding bureau", Type.BUREAU, disputable=False),
    Column(
        "determined_by_code", "处罚机关统一社会信用代码", "Code of the deciding bureau", Type.CODE, disputable=False
    ),
    *_SUPPLY,
    _SEVERITY,
    _HANDLER,
)

_LISTING: Final = (
    *_PARTY,
    Column("document_number", "列入决定书文号", "Document number of the listing", needed=True),
    Column("list_name", "名单名称", "Name of the list"),
    Column("facts", "列入事由", "Reason for the listing"),
    Column("basis", "列入依据", "Legal basis of the listing"),
    Column("decided_on", "列入日期", "Listed on", Type.DATE, needed=True),
)
_LISTED_BY: Final = (
    Column("determined_by", "列入机关", "Listing bureau", Type.BUREAU, disputable=False),
    Column("determined_by_code", "列入机关统一社会信用代码", "Code of the listing bureau", Type.CODE, disputable=False),
)
_REMOVED: Final = Column("removed_on", "移出日期", "Removed from the list on", Type.DATE)
_ADVERSE_LIST: Final = (*_LISTING, _REMOVED, *_DISPLAY, *_LISTED_BY, *_SUPPLY, _SEVERITY, _HANDLER)

KINDS: Final[Mapping[str, tuple[Column, ...]]] = MappingProxyType(
    {
        "penalty": PENALTY,
        "serious_list": _ADVERSE_LIST,
        "abnormal_list": _ADVERSE_LIST,
        "honour_list": (*_LISTING, _REMOVED, *_DISPLAY, *_LISTED_BY, *_SUPPLY, _HANDLER),
        "other": (*_LISTING, *_DISPLAY, *_LISTED_BY, *_SUPPLY, _SEVERITY, _HANDLER),
    }
)
"""The columns of each kind of record that can be taken in (D28): a list's are those of a penalty with 列入 for 处罚.

What is the same idea has the same key. Good news has no class; what is on no list is not removed from one.
"""

KIND_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "penalty": "Administrative penalty",
        "serious_list": "List of serious dishonesty",
        "abnormal_list": "List of abnormal operations",
        "honour_list": "Honour list",
        "other": "Other adverse information",
    }
)
"""What pages call each kind: message ids."""

LISTS: Final = frozenset(kind for kind, columns in KINDS.items() if _REMOVED in columns)
"""The kinds that are lists: an enterprise is taken off."""
ADVERSE: Final = frozenset(kind for kind, columns in KINDS.items() if _SEVERITY in columns)
"""The kinds that speak against an enterprise: they have a class for the bureau to state (D13), and can be repaired."""


def column_of(kind: str, key: str) -> Column | None:
    """The column of a kind with this key; None for one that a sheet had beside the national ones."""
    return next((column for column in KINDS[kind] if column.key == key), None)


def disputable(kind: str) -> tuple[Column, ...]:
    """The columns that an enterprise may say are wrong."""
    return tuple(column for column in KINDS[kind] if column.disputable)


FIGURE: Final = re.compile(r"[0-9]+(\.[0-9]+)?")


def shown(text: str, kind: Type | None) -> Message | str:
    """A value as people read it: a class by its name, an amount with its unit, all else as the record has it."""
    if kind is Type.AMOUNT and FIGURE.fullmatch(text):
        return say("{amount}", amount=Amount(text))
    return CLASSES.get(text, text) if kind is Type.CLASS else text


def shown_in(text: str, column: Column | None) -> Message | str:
    """The same of a column; None for one that only one sheet had, and for the display itself."""
    return shown(text, column.type if column else None)


NOT_BEFORE: Final[Mapping[str, str]] = {
    "display_until": "The display would end on {until}, before the decision of {decided}.",
    "displayed_from": "The display would begin on {day}, before the decision of {decided}.",
    "removed_on": "It would be removed from the list on {day}, before it was listed on {decided}.",
}
"""Days that cannot lie before the decision, and what is said then."""
NEEDED: Final = say("This is empty: the row cannot be imported without it.")


@cache
def needed(kind: str) -> tuple[str, ...]:
    """The keys of the columns without which no record of this kind goes in."""
    return tuple(column.key for column in KINDS[kind] if column.needed)


def row_faults(kind: str, values: Mapping[str, str], today: str, missing: Message = NEEDED) -> dict[str, Message]:
    """By column key: what is missing, what lies in the future, what cannot come before what. `today` is ISO."""
    wrong = {key: missing for key in needed(kind) if key not in values}
    decided = values.get("decided_on", "")
    if decided > today:
        wrong["decided_on"] = say("{day} is in the future: enter the day on which it happened.", day=decided)
    else:
        for key in NOT_BEFORE:
            if (day := values.get(key, "")) and decided > day:
                wrong[key] = say(NOT_BEFORE[key], day=day, until=day, decided=decided)
    if values.get("subject_kind") in CITIZENS:
        wrong["subject_kind"] = say("Records of citizens are not handled yet: only those of enterprises.")
    return wrong
