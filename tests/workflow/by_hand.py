"""Days counted by hand, and the limits as procedures.md has them: nothing here is read from the product's own data."""

from datetime import date, timedelta

DAY = timedelta(days=1)


def _days(first: str, last: str = "") -> set[date]:
    start, end = (date.fromisoformat(f"2026-{text}") for text in (first, last or first))
    return {start + k * DAY for k in range((end - start).days + 1)}


OFF = (
    _days("01-01", "01-03") | _days("02-15", "02-23") | _days("04-04", "04-06") | _days("05-01", "05-05")
    | _days("06-19", "06-21") | _days("09-25", "09-27") | _days("10-01", "10-07")
)  # fmt: skip
WORKED = _days("01-04") | _days("02-14") | _days("02-28") | _days("05-09") | _days("09-20") | _days("10-10")
"""The days of 2026 that are moved (law.md, section 3)."""


def is_worked(day: date) -> bool:
    return day in WORKED or (day not in OFF and day.weekday() < 5)


def workday(day: date, k: int) -> date:
    """The k-th working day after the day, or before it."""
    step = DAY if k > 0 else -DAY
    while k:
        day += step
        k -= is_worked(day) * (1 if step == DAY else -1)
    return day


def natural(day: date, n: int) -> date:
    """So many days on, or the first working day after that."""
    day += n * DAY
    while not is_worked(day):
        day += DAY
    return day


WORKDAYS = {
    "objection": {"accept": 2, "supplement": 10, "refer": 2, "verify": 7, "carry_out": 2, "answer": 1, "whole": 20,
                  "review": 5},
    "correction": {"accept": 2, "supplement": 10, "refer": 2, "verify": 7, "carry_out": 2, "answer": 1, "confirm": 5,
                   "end_display": 3},
    "repair": {"forward": 1, "accept": 3, "supplement": 10, "decide": 7, "whole": 10, "carry_out": 2, "statement": 10,
               "revoke": 7},
    "complaint": {"acknowledge": 1, "decide": 20, "assign": 2},
}  # fmt: skip
"""Limits in working days, from 2026-04-01."""
DAYS = {"route": 15, "petition": 60, "business_env": 30, "enforcement": 30}
"""A complaint's limits in natural days: that of `route`, and of `decide` by its variant."""


def limit(kind: str, deadline: str, variant: str) -> int:
    natural_days = DAYS.get(deadline) or (DAYS.get(variant) if deadline == "decide" else None)
    return (natural_days if kind == "complaint" else None) or WORKDAYS[kind][deadline]


def due(kind: str, deadline: str, variant: str, start: date) -> date:
    n = limit(kind, deadline, variant)
    in_days = kind == "complaint" and (deadline == "route" or (deadline == "decide" and variant in DAYS))
    return natural(start, n) if in_days else workday(start, n)
