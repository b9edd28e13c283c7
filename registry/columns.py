"""The columns of a national record sheet: how a sheet heads them, what pages call them, what they hold.

Data only. It knows no database and no file format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


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


SEVERITIES: Final[Mapping[str, str]] = MappingProxyType({"轻微": "minor", "一般": "general", "严重": "serious"})
"""The class that the bureau stated (D13), as sheets write it."""

PENALTY: Final[tuple[Column, ...]] = (
    Column("name", "行政相对人名称", "Name of the party", needed=True),
    Column("subject_kind", "行政相对人类别", "Kind of party", disputable=False),
    Column("uscc", "行政相对人代码_1(统一社会信用代码)", "Credit code", Type.CODE, disputable=False, needed=True),
    Column("registration_number", "行政相对人代码_2(工商注册号)", "Registration number", Type.CODE),
    Column("organisation_code", "行政相对人代码_3(组织机构代码)", "Organisation code", Type.CODE),
    Column("tax_number", "行政相对人代码_4(税务登记号)", "Tax registration number", Type.CODE),
    Column("legal_representative", "法定代表人", "Legal representative"),
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
    Column("display_until", "公示截止期", "Displayed until", Type.DATE),
    Column("determined_by", "处罚机关", "Deciding bureau", Type.BUREAU, disputable=False),
    Column(
        "determined_by_code", "处罚机关统一社会信用代码", "Code of the deciding bureau", Type.CODE, disputable=False
    ),
    Column("supplied_by", "数据来源单位", "Bureau that supplied the data", Type.BUREAU, disputable=False),
    Column(
        "supplied_by_code", "数据来源单位统一社会信用代码", "Code of the supplying bureau", Type.CODE, disputable=False
    ),
    Column("remark", "备注", "Remark", disputable=False),
    Column("severity", "失信严重程度", "Class of the record", Type.CLASS),
    Column("handler", "经办人", "Handler", disputable=False),
)

KINDS: Final[Mapping[str, tuple[Column, ...]]] = MappingProxyType({"penalty": PENALTY})
"""The columns of each kind of record that can be imported."""


def column_of(kind: str, key: str) -> Column | None:
    """The column of a kind with this key; None for one that a sheet had beside the national ones."""
    return next((column for column in KINDS[kind] if column.key == key), None)


def disputable(kind: str) -> tuple[Column, ...]:
    """The columns that an enterprise may say are wrong."""
    return tuple(column for column in KINDS[kind] if column.disputable)
