"""The matter of a case: its heading, and claims against the record with what differs and what was found."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from functools import partial
from typing import Final

from cases.model.disputed import Dispute, disputes, granted_values
from notifications.languages import Amount, span
from registry.cleaning import sums_in
from registry.columns import KINDS, PENALTY, Column, Type, column_of, shown
from web.case.reading import Reading
from web.parts.words import Words
from web.site.action_form import INPUTS
from web.site.language import bureau_short
from web.site.record_words import column_in, field_label
from workflow.calendar import Unit
from workflow.definition import DECIDES, FILER, PROPOSES, Party
from workflow.past import AS_CLAIMED, DISPLAY, GRANTED, KEPT, OTHER, UNDECIDABLE, part_of, waiting_proposal
from workflow.refusal import Message, say


@dataclass(frozen=True)
class Table:
    """The table of claims. `by_firm`: the firm claims it; `found`: findings are made; `decided`: they took effect.

    Where none are made, another case has found it: what stood before, and what has to stand now.
    """

    rows: tuple[ClaimRow, ...]
    by_firm: bool = True
    found: bool = True
    decided: bool = False


def heading(reading: Reading) -> Message:
    """What the case is called: its kind, and the first thing that is disputed, the record, or whom it is about."""
    kind = say(reading.definition.label)
    named = disputes(reading.definition, reading.past, reading.words)
    if named:
        what = _what(reading, named[0].field)
        if len(named) > 1:
            what = say("{what} and {n} more", what=what, n=len(named) - 1)
        return say("{kind} to “{what}”", kind=kind, what=what)
    if reading.record is not None:
        return say("{kind} of {record}", kind=kind, record=reading.record.document_number)
    return _about(reading, kind)


def _what(reading: Reading, field: str) -> Message:
    label = field_label(reading.record, field)
    column = column_of(reading.record.kind, field) if reading.record else None
    if reading.record is None or column is None or field == DISPLAY:
        return label
    value = reading.before[field]
    if column.type is Type.AMOUNT and value:
        return say("{field} {value}", field=label, value=shown(value, Type.AMOUNT))
    return say("{field} {value}", field=label, value=value) if column.type is Type.DATE and value else label


def _about(reading: Reading, kind: Message) -> Message:
    """Whom a case is about that is about no record: a bureau by its name, else what the opening chose."""
    bureau = reading.bureaus.get(reading.file.snapshot.complained_bureau or 0)
    if bureau:
        return say("{kind} about {whom}", kind=kind, whom=bureau_short(bureau))
    chosen = next(
        (field for field in reading.events[0].action.asks if field.name == reading.definition.closed_to), None
    )
    if chosen:
        whom = INPUTS[chosen.kind].said(chosen, reading.file.snapshot.complained_of, reading)
        return say("{kind}: {whom}", kind=kind, whom=whom)
    return say("{kind} {number}", kind=kind, number=reading.file.number)


def claim_table(reading: Reading) -> Table:
    """What is disputed, field by field. The firm does not see a proposal before it is a decision."""
    record, past = reading.record, reading.past
    parts = {one.seq: part for one in past if (part := part_of(reading.definition, one)) in (PROPOSES, DECIDES)}
    if reading.mine:
        last = max((seq for seq, part in parts.items() if part is DECIDES), default=1)
        past = tuple(one for one in past if one.seq <= last)
        parts = {seq: part for seq, part in parts.items() if seq <= last}
    elif waiting_proposal(reading.definition, past) is None:  # what was sent or called back is proposed no more
        last = max((seq for seq, part in parts.items() if part is DECIDES), default=0)
        parts = {seq: part for seq, part in parts.items() if part is DECIDES or seq < last}
        past = tuple(one for one in past if one.seq in parts or part_of(reading.definition, one) is not PROPOSES)
    named, found = disputes(reading.definition, past, reading.words), reading.finds
    if record is None or not named:
        return Table(())
    # the claim of a disputed display is a code, not words
    decided = not found or list(parts.values())[-1:] == [DECIDES]
    granted = granted_values(named) if found and not reading.state.final else {}
    pending = {name for name, value in granted.items() if name != DISPLAY and record.values.get(name, "") != value}
    pending |= {DISPLAY} if DISPLAY in granted and record.displayed else set()
    named = tuple(replace(one, claim="") if one.field == DISPLAY else one for one in named)
    drawn = rows(
        named if found else [replace(one, finding=AS_CLAIMED) for one in named],
        reading.before,
        KINDS.get(record.kind, ()),
        decided=decided,
        pending=pending,
        over=reading.state.final,
        verified=reading.state.desk == Party.BUREAU,
    )
    return Table(drawn, FILER in reading.events[0].action.by, found, decided)


STATES: Final = {
    "": say("No finding yet"),
    AS_CLAIMED: say("Corrected"),
    OTHER: say("Corrected to another value"),
    KEPT: say("Kept"),
    UNDECIDABLE: say("Could not be established"),
}
APPROVED: Final = {AS_CLAIMED: say("Decided: correct it"), OTHER: say("Decided: another value")}
"""What is decided before it is carried out: the record still says what it said."""
PROPOSED: Final = {
    AS_CLAIMED: say("Proposed: correct it"),
    OTHER: say("Proposed: another value"),
    KEPT: say("Proposed: keep it"),
    UNDECIDABLE: say("Proposed: it cannot be established"),
}
OF_DISPLAY: Final = {
    STATES[AS_CLAIMED].id: say("The display has ended"),
    APPROVED[AS_CLAIMED].id: say("Decided: end the display"),
    PROPOSED[AS_CLAIMED].id: say("Proposed: end the display"),
}
"""The same where it is the display that is disputed: no value is corrected."""
NEVER: Final = say("Not examined")
VERIFIED: Final = say("Being verified")
MOVES_THE_END: Final = ("decided_on", "valid_until")
SLIPS: Final = {
    10: say("Has the decimal point slipped?"),
    10_000: say("Was a sum in yuan entered in units of ¥10,000?"),
}
"""What is asked where one amount is so many times the other."""


@dataclass(frozen=True)
class ValuePart:
    """A stretch of a value. `mark`: `df` disputed, `new` claimed, `del` struck out, `ins` put in its place, or none."""

    text: Words
    mark: str = ""


@dataclass(frozen=True)
class ClaimRow:
    """One disputed field. `state` is `open`, `corrected`, `other`, `kept` or `undecidable`.

    `note` says the difference, `follows` what may come of it, `doubt` asks about a likely slip. `short` values
    (numbers, dates) are set large.
    """

    field: str
    label: Message
    record: tuple[ValuePart, ...]
    claim: tuple[ValuePart, ...]
    state: str
    finding: Message
    result: tuple[ValuePart, ...]
    reason: str
    note: Message | None = None
    follows: Message | None = None
    doubt: Message | None = None
    short: bool = False
    decided: bool = False
    stated: bool = True
    """Whether the enterprise claims it itself, so that its words are kept beside what cannot be established."""


def rows(
    disputes: Sequence[Dispute],
    record: Mapping[str, str],
    columns: Sequence[Column] = PENALTY,
    *,
    decided: bool = False,
    pending: Collection[str] = (),
    over: bool = False,
    verified: bool = False,
) -> tuple[ClaimRow, ...]:
    """A row for each dispute. `record` is what stood when the claim was made; `decided`: the findings are decided; of
    those `pending` the record does not say so yet;
    `over`: what was not found by now will not be; `verified`: somebody is about to find."""
    known = {column.key: column for column in columns}
    drawn = []
    for one in disputes:
        waits = decided and one.field in pending
        row = _row(one, record.get(one.field, ""), known.get(one.field), decided and not waits)
        drawn.append(replace(row, finding=_said(APPROVED[one.finding], one.field), decided=True) if waits else row)
    open_words = NEVER if over else VERIFIED if verified else STATES[""]
    found = (replace(row, finding=open_words) if row.state == "open" else row for row in drawn)
    return tuple(replace(row, doubt=None, follows=None) if over else row for row in found)  # nobody is to answer it


def _said(finding: Message, field: str) -> Message:
    return OF_DISPLAY.get(finding.id, finding) if field == DISPLAY else finding


def _row(dispute: Dispute, was: str, column: Column | None, decided: bool) -> ClaimRow:
    finding, granted = dispute.finding, dispute.finding in GRANTED
    row = partial(
        ClaimRow,
        field=dispute.field,
        state={"": "open", AS_CLAIMED: "corrected"}.get(finding, finding),
        finding=_said((STATES if decided or not finding else PROPOSED)[finding], dispute.field),
        reason=dispute.reason,
        decided=decided,
        stated=not dispute.joined,
    )
    if dispute.field == DISPLAY:
        return row(
            label=say("Display of the record"),
            record=(ValuePart(say("shown"), "del" if granted and decided else "df" if not decided else ""),),
            claim=(ValuePart(dispute.claim or say("should not be shown"), "" if decided else "new"),),
            result=(ValuePart(say("no longer shown"), "ins"),) if granted and decided else (),
        )
    kind = column.type if column else Type.TEXT
    claim, value = _same_form(dispute.claim, was, kind), _same_form(dispute.value, was, kind)
    compared = _compared(was, claim, kind)
    record, claimed = _parts(compared.left, "df", kind), _parts(compared.right, "df" if decided else "new", kind)
    if decided:
        record = _part(was, "del" if granted else "", kind)
        claimed = claimed if finding in ("", KEPT) else _part(claim, "", kind)
    result = _part(was, "", kind) if finding == KEPT else ()
    if granted:
        result = _part(claim if finding == AS_CLAIMED else value, "ins" if decided else "new", kind)
    note, doubt = _notes(was, claim, kind, compared.rewritten)
    return row(
        label=say(column.label) if column else say("Value"),
        record=record,
        claim=claimed,
        result=result,
        note=note,
        follows=say("The end of display may move with it.") if dispute.field in MOVES_THE_END else None,
        doubt=doubt,
        short=kind in (Type.AMOUNT, Type.DATE),
    )


def _compared(was: str, claim: str, kind: Type) -> ValueDifference:
    if was and was == claim:
        return ValueDifference((DifferingPart(was),), (DifferingPart(claim),))
    if kind is Type.DATE and was and claim:
        return compare_dates(was, claim)
    return compare_texts(was, claim) if kind is Type.TEXT and was and claim else whole(was, claim)


def _parts(pieces: Sequence[DifferingPart], mark: str, kind: Type) -> tuple[ValuePart, ...]:
    if not pieces:
        return _part("", "", kind)
    return tuple(ValuePart(shown(piece.text, kind), mark if piece.differs else "") for piece in pieces)


def _part(text: str, mark: str, kind: Type) -> tuple[ValuePart, ...]:
    return (ValuePart(shown(text, kind), mark),) if text else (ValuePart(say("left empty")),)


def _same_form(text: str, was: str, kind: Type) -> str:
    """An amount with as many decimals as the record writes, two at least."""
    number, record = _number(text), _number(was)
    if kind is not Type.AMOUNT or number is None:
        return text
    places = min(_exponent(number), _exponent(record) if record is not None else -2, -2)
    return f"{number:.{-places}f}"


def _notes(was: str, claim: str, kind: Type, rewritten: bool) -> tuple[Message | None, Message | None]:
    """How far the claim is from the record, and a question where a unit may have been mistaken."""
    if kind is Type.DATE:
        return _date_note(was, claim), None
    if kind is not Type.AMOUNT:
        return say("Differs as a whole") if rewritten else None, None
    a, b = _number(was), _number(claim)
    if a is None or b is None or a == b:
        return None, None
    by, times = Amount(_plain(abs(a - b))), _times(a, b)
    if times is None:
        return say("{amount} less", amount=by) if b < a else say("{amount} more", amount=by), None
    less = say("{amount} less; the record is {n} times the claim", amount=by, n=times)
    more = say("{amount} more; the claim is {n} times the record", amount=by, n=times)
    return less if b < a else more, SLIPS.get(times)


def stale_sums(reading: Reading, *, proposed: bool) -> tuple[Message, ...]:
    """Where the record would still state a sum that a finding changes in another field (yuan and 10,000 yuan compared
    as money): as it is `proposed`, else if all is found as claimed."""
    named = disputes(reading.definition, reading.past, reading.words)
    now = dict(reading.record.values) if reading.record else {}
    after = {**now, **(granted_values(named) if proposed else {one.field: one.claim for one in named})}
    disputed_here, found = {one.field for one in named}, []
    for field in (one.field for one in named if one.field in now):
        gone = set(_sums_of(reading, field, now)) - set(_sums_of(reading, field, after))
        # two columns of amounts may well hold the same one
        for other in (
            key for key in now if key != field and not (_is_amount(reading, key) and _is_amount(reading, field))
        ):
            for sum, place in _sums_of(reading, other, after).items():
                if sum in gone:
                    said = say(
                        "“{place}” still says “{words}”: {amount} is what “{field}” said until now.",
                        place=field_label(reading.record, other),
                        words=place,
                        amount=shown(_plain(sum.normalize()), Type.AMOUNT),
                        field=field_label(reading.record, field),
                    )
                    then = OF_THIS_CASE if other in disputed_here else OF_ANOTHER
                    found.append(say("{said} {then}", said=said, then=then))
    return tuple(found)


OF_THIS_CASE: Final = say("It is disputed in this case too: look at its finding.")
OF_ANOTHER: Final = say("It is not disputed in this case: the bureau can open a correction of it.")
AROUND: Final = 12
"""Characters around a sum in a long text that are quoted with it."""


def _is_amount(reading: Reading, field: str) -> bool:
    column = column_in(reading.record, field)
    return column is not None and column.type is Type.AMOUNT


def _sums_of(reading: Reading, field: str, values: Mapping[str, str]) -> dict[Decimal, Words]:
    """The sums that a field states, each with the words in which it stands there."""
    text, column = values.get(field, ""), column_in(reading.record, field)
    if _is_amount(reading, field):
        number = _number(text)
        return {number: shown(text, Type.AMOUNT)} if number else {}
    found: dict[Decimal, Words] = {}
    for written, sum in sums_in(text) if column and column.type is Type.TEXT else ():
        at = text.find(written)
        short = at < 0 or len(text) <= 4 * AROUND
        found.setdefault(sum, text if short else text[max(0, at - AROUND) : at + len(written) + AROUND])
    return found


def _date_note(was: str, claim: str) -> Message | None:
    try:
        days = (date.fromisoformat(claim) - date.fromisoformat(was)).days
    except ValueError:
        return None
    if not days:
        return None
    distance = span(abs(days), Unit.DAY)
    return say("{span} earlier", span=distance) if days < 0 else say("{span} later", span=distance)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _times(a: Decimal, b: Decimal) -> int | None:
    """How many times the smaller the larger is, where that is a whole number from 2 on."""
    small, large = sorted((a, b))
    return int(large / small) if small > 0 and large % small == 0 and large > small else None


def _plain(amount: Decimal) -> str:
    return f"{amount:.{max(2, -_exponent(amount))}f}"


REWRITTEN: Final = 0.6
"""From so much difference on a diff says nothing; both stand whole."""

PHRASE: Final = re.compile(r"[^\s,.;:()\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\u2018-\u201f]+|\s+|.", re.DOTALL)
UNBROKEN: Final = re.compile(
    r"[0-9A-Za-z\u3007\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341\u767e\u5343\u4e07\u96f6]"
)
"""Digits, Chinese ones too, and Latin letters: a number or a word is never marked in part."""


@dataclass(frozen=True)
class DifferingPart:
    """A stretch of text, and whether it differs from the other side."""

    text: str
    differs: bool = False


@dataclass(frozen=True)
class ValueDifference:
    """Both sides in pieces. `rewritten`: too much differs to be worth marking in parts."""

    left: tuple[DifferingPart, ...]
    right: tuple[DifferingPart, ...]
    rewritten: bool = False


def whole(left: str, right: str, rewritten: bool = False) -> ValueDifference:
    """Both sides marked from end to end; an empty side has nothing to mark."""
    sides = [(DifferingPart(text, True),) if text else () for text in (left, right)]
    return ValueDifference(sides[0], sides[1], rewritten)


def compare_dates(left: str, right: str) -> ValueDifference:
    """Two ISO dates: marked from the first of year, month and day that differs."""
    a, b = left.split("-"), right.split("-")
    same = next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if same == 0 or len(a) != len(b):
        return whole(left, right)
    cut = len("-".join(a[:same])) + 1
    first, second = (_joined([DifferingPart(text[:cut]), DifferingPart(text[cut:], True)]) for text in (left, right))
    return ValueDifference(first, second)


def compare_texts(left: str, right: str) -> ValueDifference:
    """Two texts, phrase by phrase; within a phrase only its beginning and end are held to be the same."""
    a, b = PHRASE.findall(left), PHRASE.findall(right)
    one: list[DifferingPart] = []
    other: list[DifferingPart] = []
    for what, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        before, after = "".join(a[a1:a2]), "".join(b[b1:b2])
        if what == "equal":
            one.append(DifferingPart(before))
            other.append(DifferingPart(after))
        else:
            head, tail = _same_ends(before, after)
            one += _cut(before, head, tail)
            other += _cut(after, head, tail)
    if _share(one, other) > REWRITTEN:
        return whole(left, right, rewritten=True)
    return ValueDifference(_joined(one), _joined(other))


def _same_ends(a: str, b: str) -> tuple[int, int]:
    """How many characters at the beginning and at the end are the same; no word or number is cut in two."""
    shorter = min(len(a), len(b))
    head = next((k for k in range(shorter) if a[k] != b[k]), shorter)
    while head and any(_splits(text, head) for text in (a, b)):
        head -= 1
    tail = next((k for k in range(shorter - head) if a[-1 - k] != b[-1 - k]), shorter - head)
    while tail and any(_splits(text, len(text) - tail) for text in (a, b)):
        tail -= 1
    return head, tail


def _splits(text: str, at: int) -> bool:
    return 0 < at < len(text) and bool(UNBROKEN.match(text[at - 1]) and UNBROKEN.match(text[at]))


def _cut(text: str, head: int, tail: int) -> list[DifferingPart]:
    end = len(text) - tail
    return [DifferingPart(text[:head]), DifferingPart(text[head:end], True), DifferingPart(text[end:])]


def _share(one: Sequence[DifferingPart], other: Sequence[DifferingPart]) -> float:
    """How much of the longer side differs, from 0 to 1."""
    shares = [sum(len(piece.text) for piece in side if piece.differs) for side in (one, other)]
    longer = max(sum(len(piece.text) for piece in side) for side in (one, other))
    return max(shares) / longer if longer else 0


def _joined(pieces: Sequence[DifferingPart]) -> tuple[DifferingPart, ...]:
    """Without empty pieces, neighbours of one kind made one."""
    found: list[DifferingPart] = []
    for piece in pieces:
        if found and found[-1].differs == piece.differs:
            found[-1] = DifferingPart(found[-1].text + piece.text, piece.differs)
        elif piece.text:
            found.append(piece)
    return tuple(found)
