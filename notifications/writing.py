"""Writing a letter: its words filled with values, subject and body in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from notifications.languages import LANGUAGES, MissingValue, basis_in_words, catalog, put
from notifications.remedies import Told, lasting, listed
from workflow.letters import Paragraph, Wording, when
from workflow.refusal import Message, say

CASE = say("{kind} {number}")
ABOUT_RECORD = {
    "matter": say("{case} about the record {record}"),
    "matter_of": say("{case} about the record {record} of {enterprise}"),
}
"""The case and what it is about; of a case without a record, the case alone: whose it is stays unsaid (D16)."""
WRITTEN_LATE = when(
    "written_on",
    say(
        "This counts as of {fell_on}. The platform was not running then, or its clock stood wrong: it was written down "
        "on {written_on}, and what is said of days here is said as of {fell_on}."
    ),
)
"""Of any letter about what fell due before it could be written down."""
LENGTHS = {"late_by": "days_late", "left_for": "days_left"}
"""Lengths of time in words, and the number each is made of; `unit` is theirs."""

LABELS = ("kind", "stage", "next_stage", "result", "what")
"""Values that are message ids of a definition where they are given as plain texts."""


@dataclass(frozen=True)
class Written:
    """A letter in one language."""

    subject: str
    body: str


def write(name: str, words: Wording, values: Mapping[str, object], today: date) -> dict[str, Written]:
    """The letter in both languages. Raises `MissingValue` where it names what `values` does not give."""
    return {language: _write(words, _Values(values, language, today, name)) for language in LANGUAGES}


def _write(words: Wording, values: _Values) -> Written:
    _require_remedies(values)
    paragraphs = [values.fill(part.message) for part in (*words.body, WRITTEN_LATE) if values.wants(part)]
    return Written(values.fill(words.subject), "\n\n".join(paragraphs))


def _require_remedies(values: _Values) -> None:
    """An adverse end is told with reasons and remedies, or not at all."""
    if values.given.get("adverse") and not (values.given.get("reasons") and values.given.get("remedies")):
        raise MissingValue(f"letter {values.letter}: an adverse end needs reasons and remedies")


@dataclass(frozen=True)
class _Values:
    """The values of a letter, put into a language as they are named."""

    given: Mapping[str, object]
    language: str
    today: date
    letter: str

    def wants(self, part: Paragraph) -> bool:
        if not part.needs:
            return True
        value = self.given.get(part.needs)
        if part.absent:
            return not value
        return value == part.equals if part.equals else bool(value)

    def fill(self, message: Message) -> str:
        return str(catalog(self.language).gettext(message.id)).format_map(self)

    def __getitem__(self, name: str) -> str:
        if name == "case" or name in ABOUT_RECORD:
            return self._case(name)
        value = self._length(name) if name in LENGTHS else self.given.get(name)
        if value is None or value in ("", (), []):
            raise MissingValue(f"letter {self.letter} needs {name}")
        if name == "remedies":
            return listed(_remedies(value), self.language)
        if name.endswith("basis"):
            return basis_in_words(value, self.language, self.today)
        return put(_known(name, value), self.language, self.today)

    def _case(self, name: str) -> str:
        if name != "case" and self.given.get("record"):
            return self.fill(ABOUT_RECORD[name])
        return self.fill(CASE) if self.given.get("kind") else self["number"]

    def _length(self, name: str) -> Message | None:
        n, unit = self.given.get(LENGTHS[name]), self.given.get("unit")
        return lasting(n, str(unit)) if isinstance(n, int) and unit else None


def _known(name: str, value: object) -> object:
    """Labels are message ids and days ISO dates, where they come as texts."""
    if isinstance(value, str) and name in LABELS:
        return Message(value)
    if isinstance(value, str) and (name.endswith(("due", "_on", "_day", "_until")) or name == "remedy_from"):
        return date.fromisoformat(value)
    return value


def _remedies(value: object) -> Sequence[Told]:
    if isinstance(value, Sequence) and all(isinstance(item, Told) and item.complete for item in value):
        return value
    raise MissingValue("a remedy is told with its way, its body and its period")
