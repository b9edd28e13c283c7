"""The form of any action, filled in so that it would be taken: what a forger would send, and what a walk answers."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cases.model.evidence import StoredFile
from tests.web.stage import PDF
from workflow.definition import Field, FieldKind

Answers = Mapping[str, object]


@dataclass(frozen=True)
class Said:
    """What a form says of the people and things of the stage."""

    day: date
    bureaus: Mapping[str, int]
    """By the word that an answer may give: `own` decided the record, `other` and `third` did not."""
    person: int
    record: int
    deadline: str
    disputed: Sequence[str]
    files: tuple[StoredFile, ...] = ()


def answers_to(asked: Sequence[Field], said: Said, other: Answers | None = None) -> dict[str, object]:
    """An answer to each field, as the use cases take them; `other` answers come before the usual ones."""
    answers: dict[str, object] = {}
    for one in asked:
        if one.only is None or answers.get(one.only[0]) in one.only[1:]:
            answers[one.name] = _answer(one, said, (other or {}).get(one.name))
    return answers


def _answer(asked: Field, said: Said, other: object) -> object:
    if asked.kind is FieldKind.FINDINGS:
        return {name: {"finding": finding, "reason": "经核查。"} for name, finding in _findings(said, other).items()}
    if asked.kind is FieldKind.BUREAU:
        return said.bureaus[str(other or "third")]
    return _usual(asked, said) if other is None else other


def _findings(said: Said, other: object) -> dict[str, str]:
    """All as claimed, or all found otherwise, or each as it is given."""
    if isinstance(other, Mapping):
        return dict(other)
    return dict.fromkeys(said.disputed, str(other or "as_claimed"))


def _usual(asked: Field, said: Said) -> object:
    match asked.kind:
        case FieldKind.CHOICE:
            return asked.choices[0].code
        case FieldKind.CLAIMS:
            return {"display": "ended"} if asked.display else {"fine": "0.80", "decided_on": "2026-03-13"}
    usual = {
        FieldKind.DATE: said.day, FieldKind.NUMBER: 10, FieldKind.PERSON: said.person,
        FieldKind.RECORD: said.record, FieldKind.DEADLINE: said.deadline, FieldKind.FILES: said.files,
        FieldKind.COMMITMENT: True,
    }  # fmt: skip
    return usual.get(asked.kind, "经核查，情况属实。")


def form_of(answers: Answers) -> dict[str, object]:
    """The same answers as a browser would send them."""
    form: dict[str, object] = {}
    for name, answer in answers.items():
        if isinstance(answer, tuple):
            form[name] = [(io.BytesIO(PDF), "材料.pdf")]
        elif isinstance(answer, Mapping):
            for key, given in answer.items():
                form |= _of_a_column(f"{name}-{key}", given)
        elif answer is True:
            form[name] = "y"
        else:
            form[name] = str(answer)
    return form


def _of_a_column(name: str, given: object) -> dict[str, object]:
    if isinstance(given, Mapping):
        return {f"{name}-{part}": value for part, value in given.items()}
    return {f"{name}-wrong": "y", f"{name}-value": given}
