"""What can be done against a decision or against silence, as a letter and a paper tell it: way, body, period.

Whether the body is confirmed stands beside it (D11). It knows no place: the law's texts and the bodies are given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from notifications.languages import LANGUAGES, Bilingual, put
from workflow.jurisdiction import Remedy
from workflow.limits import Rule
from workflow.refusal import Message, say

UNITS = {"workday": say("working days"), "day": say("days"), "month": say("months")}
ONE = {"workday": say("working day"), "day": say("day"), "month": say("month")}
LASTING = say("{n} {unit}")
REVIEW = say("you may ask {body} once for a review within {n} {unit} of receiving this")
TO_BE_CONFIRMED = say("to be confirmed")
SUPERIOR = say("the next superior organ")
"""The body of a petition's remedies: the law says no more, so nobody has to confirm it."""


@dataclass(frozen=True)
class ToldRemedy:
    """A remedy as it is told. `text` has a place {body} for the body; `n` and `unit` are its period."""

    text: Bilingual
    body: Bilingual
    n: int
    unit: str
    confirmed: bool = True

    def in_words(self, language: str) -> str:
        """The remedy as a sentence without its full stop; a body that is not confirmed is marked."""
        body = self.body[language]
        if not self.confirmed:
            mark = put(TO_BE_CONFIRMED, language, date.min)
            body = f"{body}（{mark}）" if language == "zh" else f"{body} ({mark})"
        return self.text[language].format(body=body)

    @property
    def complete(self) -> bool:
        """Way, body and period are all there: else an adverse paper may not be issued (行政复议法 Art. 20)."""
        named = all("{body}" in self.text[language] for language in LANGUAGES)
        return named and bool(self.body.zh) and self.n > 0 and self.unit in UNITS


def lasting(n: int, unit: str) -> Message:
    """A length of time in its own unit: 1 working day, 15 days. `unit` is the code of a rule's."""
    return Message(LASTING.id, {"n": n, "unit": (ONE if n == 1 else UNITS)[unit]})


def told(remedy: Remedy, body: Bilingual, confirmed: bool) -> ToldRemedy:
    """A remedy of the law with the body that it leads to; where that is the superior organ, the law's word for it."""
    if remedy.body == "superior":
        body, confirmed = Bilingual(*(put(SUPERIOR, language, date.min) for language in LANGUAGES)), True
    text = Bilingual(*(_with_body(remedy.text[language]) for language in LANGUAGES))
    return ToldRemedy(text, body, remedy.n, str(remedy.unit), confirmed)


def told_review(rule: Rule, office: Bilingual) -> ToldRemedy:
    """The review that the office itself offers, once, within the window of `rule` (D21)."""
    values = {"body": "{body}", "n": rule.n, "unit": UNITS[str(rule.unit)]}
    text = Bilingual(*(put(Message(REVIEW.id, values), language, date.min) for language in LANGUAGES))
    return ToldRemedy(text, office, rule.n, str(rule.unit))


def listed(remedies: Sequence[ToldRemedy], language: str) -> str:
    """Every remedy as a sentence of its own, each on its line."""
    stop = "。" if language == "zh" else "."
    sentences = (remedy.in_words(language) for remedy in remedies)
    return "\n".join(sentence[:1].upper() + sentence[1:] + stop for sentence in sentences)


def _with_body(text: str) -> str:
    for place in ("{review_body}", "{court}", "{superior}"):
        text = text.replace(place, "{body}")
    return text
