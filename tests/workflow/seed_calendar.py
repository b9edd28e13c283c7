"""Writes jurisdictions/cn/calendar/YYYY.toml from chinesecalendar: run by hand when that library has a new year.

The feasts on their own days are added by hand below.

The files are the data; the tests compare them with the library day by day.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from chinese_calendar import Holiday
from chinese_calendar.constants import holidays, workdays

FOLDER = Path(__file__).parents[2] / "jurisdictions" / "cn" / "calendar"
YEARS = range(2018, 2027)
CHANGED = {2019: "国务院办公厅关于调整2019年劳动节假期安排的通知", 2020: "国务院办公厅关于延长2020年春节假期的通知"}
"""Notices that changed a year's first one."""


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for year in YEARS:
        (FOLDER / f"{year}.toml").write_text(text(year), encoding="utf-8")


def text(year: int) -> str:
    """The file of one year. The days of late December that the next year's notice moves stand in the next year's."""
    off = _with_new_year({day: name for day, name in holidays.items() if _year_of(day) == year}, year)
    work = {day: name for day, name in workdays.items() if _year_of(day) == year}
    sources = [f"国务院办公厅关于{year}年部分节假日安排的通知", *([CHANGED[year]] if year in CHANGED else [])]
    return (
        f'name = "cn"\n'
        f'source = "{"；".join(sources)}"\n'
        f"known_from = {year}-01-01\n"
        f"known_until = {year}-12-31\n"
        f"weekend = [6, 7]\n\n"
        f"# 放假\n{_list('off', off)}\n"
        f"# 调休上班\n{_list('work', work)}"
    )


def _year_of(day: date) -> int:
    """The year whose notice names the day: the New Year's days begin in December."""
    return day.year + (day.month == 12)


def _with_new_year(off: dict[date, str], year: int) -> dict[date, str]:
    """The last year also names the next 1 January, which is off by law before any notice."""
    return {**off, date(year + 1, 1, 1): Holiday.new_years_day.value} if year == YEARS[-1] else off


def _list(key: str, days: dict[date, str]) -> str:
    lines = [f"    {', '.join(map(str, run))},  # {name}" for name, run in _runs(days)]
    return "\n".join([f"{key} = [", *lines, "]"]) + "\n"


def _runs(days: dict[date, str]) -> Iterable[tuple[str, list[date]]]:
    """Days that follow each other under one name, by the day they begin."""
    ordered = sorted(days)
    numbered = [(day - timedelta(days=k), days[day], day) for k, day in enumerate(ordered)]
    for (_, name), run in groupby(numbered, key=lambda item: (item[0], item[1])):
        yield Holiday(name).chinese, [day for *_, day in run]


if __name__ == "__main__":
    main()
