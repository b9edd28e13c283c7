"""How far apart two values of a record's column are, in words."""

from datetime import date
from decimal import Decimal
from typing import Final

from flask_babel import gettext, ngettext

from notifications.languages import Amount
from registry.columns import FIGURE, Column, Type
from web.site.language import in_words
from workflow.refusal import say

TIMES: Final = (10, 100, 1000, 10_000)
"""What a slipped point or a wrong unit makes of an amount."""


def difference(column: Column | None, before: str, after: str) -> str:
    """What becomes of the value; nothing is said of one text beside another."""
    if before == after:
        return ""
    if not before or not after:
        return gettext("now empty") if before else gettext("was empty")
    if column and column.type is Type.AMOUNT and FIGURE.fullmatch(before) and FIGURE.fullmatch(after):
        return _of_amounts(Decimal(before), Decimal(after))
    return (
        _of_days(date.fromisoformat(before), date.fromisoformat(after)) if column and column.type is Type.DATE else ""
    )


def _of_amounts(before: Decimal, after: Decimal) -> str:
    by = Amount(str(abs(after - before)))
    apart = in_words(say("{amount} more", amount=by) if after > before else say("{amount} less", amount=by))
    for n in TIMES:
        if before == after * n:
            return gettext("%(apart)s; the old value is %(n)s times the new", apart=apart, n=n)
        if after == before * n:
            return gettext("%(apart)s; the new value is %(n)s times the old", apart=apart, n=n)
    return apart


def _of_days(before: date, after: date) -> str:
    if (before.month, before.day) == (after.month, after.day):
        years = after.year - before.year
        if years > 0:
            return ngettext("%(num)s year later", "%(num)s years later", years)
        return ngettext("%(num)s year earlier", "%(num)s years earlier", -years)
    days = (after - before).days
    if days > 0:
        return ngettext("%(num)s day later", "%(num)s days later", days)
    return ngettext("%(num)s day earlier", "%(num)s days earlier", -days)
