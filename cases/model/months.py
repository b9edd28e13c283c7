"""A month of the calendar, as figures are given for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Self


@dataclass(frozen=True, order=True)
class Month:
    """A month; `first` is its first day. As text `2026-10`."""

    first: date

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.replace(day=1))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The month that was typed, or None where it is none, or one without a whole year on either side of it."""
        try:
            first = date.fromisoformat(f"{text}-01")
        except ValueError:
            return None
        return cls(first) if date.min.year < first.year < date.max.year else None

    @property
    def end(self) -> date:
        """The first day after it."""
        return self.on(1).first

    def on(self, n: int) -> Self:
        """The month so many months later, or earlier where n is negative."""
        year, month = divmod(self.first.year * 12 + self.first.month - 1 + n, 12)
        return type(self)(date(year, month + 1, 1))

    def up_to(self, last: Self) -> Iterator[Self]:
        """This one and those after it, up to and with the last."""
        month = self
        while month <= last:
            yield month
            month = month.on(1)

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"
