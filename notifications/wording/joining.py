"""Letters to who asks to be let in for an enterprise: they have no account, so no inbox."""

from __future__ import annotations

from notifications.wording.common import REASONS
from notifications.wording.paragraphs import Wording, wording
from workflow.refusal import say

JOINING: dict[str, Wording] = {
    "application_refused": wording(
        say("Application {number}: no account could be opened"),
        say(
            "{person}, you asked for an account for {enterprise}. The office could not open it on the paper that it "
            "has."
        ),
        REASONS,
        say(
            "You may apply again at any time. It costs nothing. What your firm has to say about its records can be "
            "handed in on paper meanwhile; the office enters it on the day it comes."
        ),
    )
}
