"""Whose turn it is in a case: the sentence, what the reader must do, the route, and in whose hands the days went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from cases.model.silence import remedies_open
from web.case.answers import LONG, Said, answers_of
from web.case.dates import Reopening
from web.case.deadlines import Clock, clock_of_desk
from web.case.desks import desk_in_a_sentence, desk_name
from web.case.path import Milestone
from web.case.reading import Reading
from web.case.route import hands_of, stops
from web.parts.turn import Turn, emphasised
from web.parts.words import Words, in_a_row
from web.site.bodies import in_a_sentence
from web.site.language import in_words
from workflow.calendar import Unit
from workflow.decide import AvailableAction
from workflow.definition import FILER, FieldKind
from workflow.refusal import Message, say


def turn(
    reading: Reading,
    clocks: Sequence[Clock],
    ahead: Sequence[Milestone],
    open_acts: Sequence[AvailableAction],
    again: Reopening | None,
) -> Turn:
    """The card at the head of a case."""
    card = _card(reading, clocks, ahead, open_acts, again)
    return replace(card, stops=tuple(stops(reading, ahead)), hands=hands_of(reading, ahead))


def _card(
    reading: Reading,
    clocks: Sequence[Clock],
    ahead: Sequence[Milestone],
    open_acts: Sequence[AvailableAction],
    again: Reopening | None,
) -> Turn:
    state = reading.state
    if reading.lost:
        return Turn("returned", say("Another bureau has this case now. You read what lay here."))
    if state.final:
        return Turn("closed", _closed(reading), _after_the_end(reading, again), say("Closed"))
    clock = clock_of_desk(reading, clocks)
    if any(one.action.moves and one.role.party is state.desk and one.why_not is None for one in open_acts):
        return Turn("yours", _yours(reading), _yours_by(reading, clocks, clock), say("Your turn"))
    if clock and clock.late:
        return Turn("late", _late(reading, clock), _late_then(reading), say("Late"))
    return Turn("theirs", _theirs(reading, clock), _theirs_by(reading, clock, clocks, ahead))


def _desk(reading: Reading) -> Words:
    name = desk_name(reading, reading.state.desk)
    return in_a_sentence(emphasised(name), reading.state.desk) if isinstance(name, str) else emphasised(in_words(name))


def _closed(reading: Reading) -> Message:
    ended = next(past for past in reversed(reading.past) if past.target != past.source)
    return say("Closed on {day}: {result}", day=ended.on, result=say(reading.state.label))


def _after_the_end(reading: Reading, again: Reopening | None) -> Message | None:
    if not reading.mine:
        return None
    ended, told = next(past for past in reversed(reading.past) if past.target != past.source), []
    if reading.state.adverse:
        told.append(say("The written answer with its reasons and remedies is in your inbox."))
    elif ended.role != FILER.name:
        told.append(say("What came of it is in your inbox, in writing."))
    if again:
        told.append(say("{act}: possible until {day}.", act=again.label, day=again.until))
    return in_a_row(told) if told else None


def _yours(reading: Reading) -> Message:
    asked = asked_of_firm(reading)
    if asked and len(str(asked.words)) <= LONG:
        return say("It is your turn to {work}: {what}", work=say(reading.state.work), what=asked.words)
    return say("It is your turn to {work}.", work=say(reading.state.work))


def asked_of_firm(reading: Reading) -> Said | None:
    """What was written to the firm when the case was laid on its desk, in the words of whoever wrote it."""
    last = reading.last_move
    if not reading.mine or last is None:
        return None
    return next((said for said in answers_of(reading, last) if said.field.kind is FieldKind.TEXT), None)


def _yours_by(reading: Reading, clocks: Sequence[Clock], clock: Clock | None) -> Message | None:
    asked = asked_of_firm(reading)
    told = [asked.line] if asked and len(str(asked.words)) > LONG else []
    told += [_by_when(reading, clock)] if clock else []
    waiting = next((one for one in clocks if one.held), None)
    if reading.mine and waiting and clock:
        told.append(
            say(
                "Until you send it the time of {desk} stands still, with {left} left.",
                desk=desk_in_a_sentence(reading, waiting.owner),
                left=waiting.span,
            )
        )
    return in_a_row(told) if told else None


def _by_when(reading: Reading, clock: Clock) -> Message:
    if clock.late:
        return say("This was due on {day}; you are {span} late.", day=clock.due, span=clock.span)
    if clock.due is None or not reading.mine:
        return say("{sentence}.", sentence=clock.words)
    return say("At the latest {day}; {left} left.", day=clock.due, left=clock.span)


def _theirs(reading: Reading, clock: Clock | None) -> Message:
    values: dict[str, object] = {"desk": _desk(reading), "work": say(reading.state.work)}
    if clock is None or clock.held or not clock.day_number:
        return say("It is the turn of {desk} to {work}.", **values)
    values |= {"n": clock.day_number, "of": clock.timer.budget}
    if clock.timer.unit is Unit.WORKDAY:
        return say("It is the turn of {desk} to {work}. This is working day {n} of {of}.", **values)
    if clock.timer.unit is Unit.DAY:
        return say("It is the turn of {desk} to {work}. This is day {n} of {of}.", **values)
    return say("It is the turn of {desk} to {work}.", **values)


def _theirs_by(
    reading: Reading, clock: Clock | None, clocks: Sequence[Clock], ahead: Sequence[Milestone]
) -> Message | None:
    """The last day of this stage, and that of the whole: of the steps that are left, or of the case where the limit of
    the whole is over before they would be."""
    told = [say("You need do nothing now.")] if reading.mine else []
    if clock and clock.due:
        told.append(_by(say(clock.deadline.label), clock.due, clock.provisional))
    last = ahead[-1] if ahead else None
    whole = next((one for one in clocks if one.deadline.name == "whole"), None)
    if last and whole and whole.due and whole.due < last.day:
        told.append(_by(say(whole.deadline.label), whole.due, whole.provisional))
    elif last and (clock is None or last.deadline != clock.deadline):
        told.append(_by(say(last.deadline.label), last.day, last.provisional))
        if reading.mine and whole and whole.due and last.day < whole.due:
            told.append(
                say(
                    "That is if each step takes all its time; "
                    "the limit of the whole case is {day}, whichever comes first.",
                    day=whole.due,
                )
            )
    return in_a_row(told) if told else None


def _by(what: Message, day: date, provisional: bool) -> Message:
    if provisional:
        return say("{what}: provisionally by {day}.", what=what, day=day)
    return say("{what}: by {day}.", what=what, day=day)


def _late(reading: Reading, clock: Clock) -> Message:
    return say(
        "It was for {desk} to {work} by {day}. It is {span} late.",
        desk=_desk(reading),
        work=say(reading.state.work),
        day=clock.due,
        span=clock.span,
    )


def _late_then(reading: Reading) -> Message:
    head = say("The head of {body} is responsible now.", body=desk_in_a_sentence(reading, reading.state.desk))
    opens = remedies_open(reading.world, reading.definition, reading.file.snapshot, reading.state.desk)
    if opens is None or not reading.mine:
        return head
    return in_a_row([head, say("The law's remedies for failure to act open on {day}, not earlier.", day=opens)])
