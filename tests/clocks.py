"""The time of day in tests: it stands, so that no test depends on how long it takes on a busy machine."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flask import Flask

from config import Clock


@dataclass(frozen=True)
class StandingClock(Clock):
    """A clock that stands at a moment, however late it really is."""

    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


def stopped_at(at: datetime) -> StandingClock:
    """A clock that stands there, as far from the machine's as that is now."""
    return StandingClock(at - Clock().now(), at)


def at(app: Flask, moment: datetime) -> None:
    """From now on it is that moment for the application."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], clock=stopped_at(moment))


def later(app: Flask, by: timedelta) -> None:
    """Move the application's clock on."""
    at(app, app.config["SETTINGS"].clock.now() + by)
