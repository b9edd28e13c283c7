"""What is decided here where the law is silent, as far as it touches the objection: stated as ours, with its number."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext as _

HOUSE_DECISIONS: Final[tuple[tuple[str, Any], ...]] = (
    ("D1", _("Silence never grants and never refuses. When an official is late, the case is raised to those above.")),
    ("D2", _("If you do not send papers that were asked for, the case goes back to the desk that asked. "
             "Before acceptance it may close the case in writing, and you may file again at once; "
             "after acceptance the bureau decides on what it has.")),
    ("D3", _("From the day a deadline is missed you are told what was proposed or promised, who is responsible, "
             "and from which day the law's remedies for failure to act open; never earlier.")),
    ("D4", _("Papers may be asked for once at intake and once by the bureau, everything at once. "
             "You may add papers of your own until the findings are approved; that stops no clock.")),
    ("D5", _("A pause that begins on the last day uses that day up. "
             "What is missed stays missed: a later pause or extension moves no date.")),
    ("D6", _("A bureau may return a referral once, within two working days; then the head of the office assigns it, "
             "and that cannot be returned. The limit of the whole case never starts again.")),
    ("D7", _("An objection that is granted changes the record on this platform, once, and the office does it itself.")),
    ("D8", _("What could not be established is found for each field: "
             "your statement and a note of the check stay beside the record.")),
    ("D9", _("The office's own copying error is corrected by an officer and confirmed by the head of the office.")),
    ("D10", _("Nobody approves what they proposed, and nobody decides on a record that they entered or handled.")),
    ("D11", _("A decision names the body and the court you may turn to. "
              "As long as these are not entered for a bureau, nothing of it can be approved.")),
    ("D19", _("One open objection for each record and enterprise: a second one is refused with a link to the first.")),
    ("D21", _("You may ask for a review once, of what was not granted. "
              "All limits then start afresh; no period of law stops for it.")),
    ("D22", _("The mark that a record is under objection stands until the case ends.")),
    ("D23", _("Whatever else befalls the record closes no case: those concerned are told.")),
    ("D25", _("A bureau reads a case from the day it is referred there.")),
    ("D27", _("Who ran an import has not entered its records by hand, and may decide on them.")),
    ("D29", _("A supervision sheet that the head of the office sends early is the one the clock would have sent.")),
)  # fmt: skip
