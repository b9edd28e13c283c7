"""The digest of a working day: what waits for one person, most urgent first. It is itself in no inbox."""

from __future__ import annotations

from notifications.wording.paragraphs import Wording, when, wording
from workflow.refusal import say

DIGEST: dict[str, Wording] = {
    "digest": wording(
        say("{today}: {sums}"),
        when("late", say("Late:\n{late}")),
        when("today_due", say("Due today:\n{today_due}")),
        when("soon", say("Due within 3 working days:\n{soon}")),
        when("approval", say("Waiting for your approval:\n{approval}")),
        when("new", say("Newly come to you:\n{new}")),
        when("unread", say("Unread letters in your inbox: {unread}")),
        when("inbox", say("Your inbox: {inbox}")),
        when("account", say("How your mail comes is for you to choose: {account}")),
    )
}
