"""What an action asks of whom, whether it is answered enough, and how answers are sorted: codes, words, files.

Codes go into the chain, words beside it. Nothing here knows a form or a table.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from workflow.definition import DESKS, Action, Choice, Facts, Field, FieldKind, Role, Suggestion, answered_so
from workflow.jurisdiction import Text
from workflow.past import AS_CLAIMED, UNDECIDABLE, may_find, to_find
from workflow.refusal import Message, say
from workflow.vocabulary import Effect

EARLIER: Final = timedelta(days=3 * 366)
"""So long before a place keeps cases, nothing has happened that an act could name: a mistyped year is meant."""
CHOOSE: Final = say("Choose one of the answers offered.")
WHOLE_NUMBER: Final = say("Enter a whole number, 1 or more.")
SAID_BY_THE_CLOCK: Final = ("deadline", "due", "provisional", "rung", "from", "to", "notice")
"""What the clock answers: the rung that fired, or from when to when which holiday notice moved each deadline."""
SAID_BY_A_SHEET: Final = ("batch", "row", "fixed_on", "decided_in", "decided_by")
"""What a sheet answers that says otherwise than a decision (D55): its name and row, the day of the decision, the case,
and who proposed and approved there."""
SAID_BY_A_CASE: Final = ("opened_by", "joined_on", *SAID_BY_A_SHEET)
"""What another case answers: its number, and the day on which what it found joined a case that was open (D39)."""


def asked_of(action: Action, role: Role) -> tuple[Field, ...]:
    """The fields that this role may be asked for; which of them, the answers to the others say.

    What is asked only where a choice leads this role elsewhere is not: nothing is filed then.
    """
    led = {(field.name, choice.code) for field in action.asks for choice in field.choices if role in choice.elsewhere}
    asked = (field for field in action.asks if not field.by or role in field.by)
    return tuple(one for one in asked if not one.only or any((one.only[0], code) not in led for code in one.only[1:]))


def asked_now(facts: Facts) -> tuple[Field, ...]:
    """The fields that are asked, given the other answers."""
    return tuple(field for field in asked_of(facts.action, facts.role) if answered_so(field.only, facts.answers.get))


def heard(facts: Facts) -> dict[str, object]:
    """The answers to what is asked, and what the clock or another case says of itself: nothing else turns a branch."""
    names = {field.name for field in asked_now(facts)}
    if facts.role.party not in DESKS:
        names.update(SAID_BY_THE_CLOCK, SAID_BY_A_CASE)
    return {name: answer for name, answer in facts.answers.items() if name in names}


def choices_for(field: Field, record_kind: str, subject: str = "") -> tuple[Choice, ...]:
    """The choices that are offered for a kind of record, in a case about this subject."""
    fit = (choice for choice in field.choices if not choice.records or record_kind in choice.records)
    return tuple(choice for choice in fit if not choice.about or subject in ("", *choice.about))


def suggested(field: Field, opening: Mapping[str, object]) -> Suggestion | None:
    """What is put forward for a field, by what the opening said."""
    return next((one for one in field.suggests if opening.get(one.field) == one.said), None)


def filing_day(facts: Facts) -> date:
    """The day that counts as that of filing: the first that the opening names for it, else today (D17, D30); of what
    waited for the end of another case, that on which it joined (D39)."""
    if joined := facts.answers.get("joined_on"):
        return date.fromisoformat(str(joined))
    named = (facts.answers.get(field.name) for field in asked_now(facts) if field.day_of_filing)
    return next((day for day in named if isinstance(day, date)), facts.on)


def faults_of(facts: Facts) -> dict[str, Message]:
    """What is wrong with the answers, by field; nothing where they are enough."""
    return {name: fault for field in asked_now(facts) for name, fault in ANSWERS[field.kind].faults(facts, field)}


@dataclass
class Sorted:
    """Answers as they are recorded, each by name."""

    codes: dict[str, object] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    files: dict[str, object] = field(default_factory=dict)


def sort_answers(facts: Facts) -> Sorted:
    """Codes for the chain, words kept beside it, and files."""
    found = Sorted()
    for one in asked_now(facts):
        ANSWERS[one.kind].record(facts, one, facts.answers.get(one.name), found)
    if facts.role.party not in DESKS:
        said = (*SAID_BY_THE_CLOCK, *SAID_BY_A_CASE)
        found.codes.update({key: value for key, value in facts.answers.items() if key in said})
    return found


class TextAnswer:
    """What counts as an answer, and how it is recorded: words are kept beside the chain."""

    wanted = say("Write at least a sentence.")
    """What is said where it is required and missing."""

    def faults(self, facts: Facts, field: Field) -> Iterator[tuple[str, Message]]:
        answer = facts.answers.get(field.name)
        wanted = field.required and not facts.answers.get(field.unless)
        fault = self.unfit(facts, field, answer) if answer else self.wanted if wanted else None
        if fault:
            yield field.name, fault

    def unfit(self, facts: Facts, field: Field, answer: object) -> Message | None:
        """What is wrong with an answer that was given."""
        return None

    def record(self, facts: Facts, field: Field, answer: object, found: Sorted) -> None:
        if answer:
            found.words[field.name] = str(answer)


class CodeAnswer(TextAnswer):
    """One of what there is, by its code: that goes into the chain."""

    wanted = CHOOSE

    def record(self, facts: Facts, field: Field, answer: object, found: Sorted) -> None:
        if answer:
            found.codes[field.name] = answer.isoformat() if isinstance(answer, date) else answer


class CommitmentAnswer(CodeAnswer):
    wanted = say("Tick the commitment: nothing can be sent without it.")


class ChoiceAnswer(CodeAnswer):
    def unfit(self, facts: Facts, field: Field, answer: object) -> Message | None:
        kind = facts.snapshot.record.kind if facts.snapshot.record else ""
        chosen = next((one for one in choices_for(field, kind, facts.subject) if one.code == answer), None)
        if chosen is None:
            return CHOOSE
        if facts.role in chosen.elsewhere:
            return say("Nothing is filed here about this: the next page says where to go.")
        if answer == facts.snapshot.variant and Effect("set_variant", field.name) in facts.action.does:
            return say("This is how it is already: choose another one.")
        return None


class DateAnswer(CodeAnswer):
    wanted = say("Enter the day.")

    def unfit(self, facts: Facts, field: Field, answer: object) -> Message | None:
        begins, filed = facts.world.jurisdiction.begins, facts.snapshot.filed_on
        if not isinstance(answer, date):
            return None
        if answer > facts.on:
            return say("This day is still to come: enter today or an earlier day.")
        if field.day_of_filing and answer < begins:
            return say("Cases filed before {day} are not kept here: they stay where they were filed.", day=begins)
        if answer < begins - EARLIER:
            return say("This day is too far in the past: check the year.")
        if field.since_filing and facts.snapshot.past and filed and answer < filed:
            return say("This day is before the filing on {day}: enter that day or a later one.", day=filed)
        return None


class NumberAnswer(CodeAnswer):
    wanted = WHOLE_NUMBER

    def unfit(self, facts: Facts, field: Field, answer: object) -> Message | None:
        """A length that the action gives goes up to what the rule gives."""
        if isinstance(answer, bool) or not isinstance(answer, int) or answer < 1:
            return WHOLE_NUMBER
        for effect in facts.action.does:
            if effect.name == "extend" and effect.by == field.name:
                deadline = facts.definition.deadline(effect.of, facts.snapshot.variant)
                most = facts.world.limit_of(facts.snapshot, deadline.rule, facts.on).extension
                if most is not None and answer > most:
                    return say("At most {n} are possible: enter a smaller number.", n=most)
        return None


class FilesAnswer(TextAnswer):
    wanted = say("Attach at least one file.")

    def record(self, facts: Facts, field: Field, answer: object, found: Sorted) -> None:
        found.files[field.name] = answer or ()


class ClaimsAnswer(TextAnswer):
    wanted = say("Tick at least one field that is wrong, and enter what it should say.")

    def record(self, facts: Facts, field: Field, answer: object, found: Sorted) -> None:
        if isinstance(answer, Mapping):
            found.codes[field.name] = list(answer)
            found.words.update({f"{field.name}.{name}": str(value) for name, value in answer.items()})


class FindingsAnswer(TextAnswer):
    def faults(self, facts: Facts, field: Field) -> Iterator[tuple[str, Message]]:
        """A finding for every disputed field; another value needs the value, and what is not granted a reason."""
        answer = facts.answers.get(field.name)
        for name in to_find(facts.definition, field, facts.snapshot.past):
            given = answer.get(name) if isinstance(answer, Mapping) else None
            finding: Mapping[str, object] = given if isinstance(given, Mapping) else {}
            code, key = finding.get("finding"), f"{field.name}.{name}"
            if code not in may_find(field, name):
                yield key, say("Choose a finding for this field.")
            elif code == "other" and not finding.get("value"):
                yield key, say("Enter the value that the record should have.")
            elif code != "as_claimed" and not finding.get("reason"):
                yield key, say("Say why: the enterprise reads it.")

    def record(self, facts: Facts, field: Field, answer: object, found: Sorted) -> None:
        if not isinstance(answer, Mapping):
            return
        findings = {name: answer[name] for name in to_find(facts.definition, field, facts.snapshot.past)}
        found.codes[field.name] = {name: str(finding["finding"]) for name, finding in findings.items()}
        for name, finding in findings.items():
            said = {part: str(finding[part]) for part in ("value", "reason") if finding.get(part)}
            found.words.update({f"{field.name}.{name}.{part}": text for part, text in said.items()})


LAW_DAY: Final = "law_checked_on"


class LawAnswer(TextAnswer):
    """What an adverse decision rests on (D60): left empty, what the place's table offers; anything else is compared
    with the official text, on the day in the field `law_checked_on`."""

    wanted = say("Enter the article that this rests on: our list has none that fits.")
    undated = say("This article is not on our list: enter the day on which you compared it with the official text.")

    def faults(self, facts: Facts, field: Field) -> Iterator[tuple[str, Message]]:
        answer = str(facts.answers.get(field.name) or "").strip()
        if not answer and _is_adverse(facts) and not offered_law(facts, field):
            yield field.name, self.wanted
        elif answer and not facts.answers.get(LAW_DAY):
            offers = (*offered_law(facts, field), *offered_law(facts, field, (UNDECIDABLE,)))
            if not any(answer in (one.zh, one.en) for one in offers):
                yield LAW_DAY, self.undated

    def record(self, facts: Facts, field: Field, answer: object, found: Sorted) -> None:
        offers = offered_law(facts, field, _found(facts)) if _is_adverse(facts) else ()
        likeliest = offers[-1 if UNDECIDABLE in _found(facts) else 0].zh if offers else ""
        if law := str(answer or "").strip() or likeliest:
            found.words[field.name] = law


def offered_law(facts: Facts, field: Field, found: Collection[str] = ()) -> tuple[Text, ...]:
    """What the place's table gives for the ends of this field, each text once; `found`: by which findings."""
    case, law = facts.snapshot, facts.world.jurisdiction
    kind, day = case.record.kind if case.record else "", case.filed_on or facts.on
    told = (law.rests_on(case.kind, end, day, variant=case.variant, record=kind, found=found) for end in field.ends)
    return tuple(dict.fromkeys(one for one in told if one))


def _found(facts: Facts) -> tuple[str, ...]:
    """The findings that are given now."""
    given = [facts.answers.get(one.name) for one in facts.action.asks if one.kind is FieldKind.FINDINGS]
    rows = [row for by_field in given if isinstance(by_field, Mapping) for row in by_field.values()]
    return tuple(str(row.get("finding")) for row in rows if isinstance(row, Mapping))


def _is_adverse(facts: Facts) -> bool:
    """Whether the act is adverse as it is answered: of findings, where one is not as claimed."""
    if not any(one.kind is FieldKind.FINDINGS for one in facts.action.asks):
        return True
    return any(code != AS_CLAIMED for code in _found(facts))


ANSWERS: Final[Mapping[FieldKind, TextAnswer]] = {
    FieldKind.LINE: TextAnswer(),
    FieldKind.TEXT: TextAnswer(),
    FieldKind.DATE: DateAnswer(),
    FieldKind.CHOICE: ChoiceAnswer(),
    FieldKind.CLAIMS: ClaimsAnswer(),
    FieldKind.FINDINGS: FindingsAnswer(),
    FieldKind.FILES: FilesAnswer(),
    FieldKind.BUREAU: CodeAnswer(),
    FieldKind.DEADLINE: CodeAnswer(),
    FieldKind.NUMBER: NumberAnswer(),
    FieldKind.RECORD: CodeAnswer(),
    FieldKind.PERSON: CodeAnswer(),
    FieldKind.COMMITMENT: CommitmentAnswer(),
    FieldKind.LAW: LawAnswer(),
    FieldKind.TICK: CodeAnswer(),
}
"""A kind of field, as the workflow sees it. What the case can keep of it, `cases.engine.answers` says; how it is asked,
read and said, `web.site.action_form`."""
