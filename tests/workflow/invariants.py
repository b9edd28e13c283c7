"""What must hold at every step of every case, each as a sentence. One pass looks at all of them.

They are read from procedures.md and not from the definitions, and speak of no kind: what an act is shows in what it
does, what it asks and whose desk the case leaves.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from tests.workflow.people import THE_CHIEF
from tests.workflow.step import Step
from tests.workflow.strolling import Stroll
from workflow.answers import SAID_BY_THE_CLOCK
from workflow.decide import Move, choices
from workflow.definition import CALLS_BACK, DECIDES, PROPOSES, SENDS_BACK, START, Addressee, Party
from workflow.guards import HasRemedy, Once
from workflow.snapshot import Snapshot
from workflow.timing import Timer

OFFICIALS = (Party.OFFICE, Party.BUREAU)


def a_closed_case_runs_no_timer_and_an_open_one_does(step: Step) -> bool:
    return bool(step.running) is not step.state.final


def an_open_case_lies_on_a_desk_with_a_day_to_come(step: Step) -> bool:
    return step.state.final or (step.state.desk is not None and any(step.due(timer) for timer in step.running))


def a_bureau_s_desk_is_a_bureau_s(step: Step) -> bool:
    return step.state.desk is not Party.BUREAU or step.after.bureau is not None


def nobody_s_silence_decides(step: Step) -> bool:
    """The clock moves a case only where somebody's time is over who is no official, to a desk and never to an end."""
    if step.move.role.party is not Party.CLOCK or step.move.source == step.state.name:
        return True
    waited = [timer.owner for timer in step.before.timers if _is_of(step, timer)]
    return bool(waited) and not set(waited) & set(OFFICIALS) and step.state.desk in OFFICIALS


def nobody_s_silence_answers(step: Step) -> bool:
    move = step.move
    said = set(move.codes) | set(move.words)
    return move.role.party is not Party.CLOCK or not (said - set(SAID_BY_THE_CLOCK) or move.effects or move.action.part)


def every_end_is_told_in_writing(step: Step) -> bool:
    return not step.move.closes or Addressee.FILER in {notice.to for notice in step.move.tells}


def an_adverse_end_names_its_remedy(step: Step) -> bool:
    """D11: what ends a case against the enterprise needs review body and court of whoever ends it."""
    if not (step.move.closes and step.state.adverse):
        return True
    of = [guard.of for guard in step.move.action.guard if isinstance(guard, HasRemedy)]
    return bool(of) and all(step.before.remedies[party] for party in of)


def a_bureau_decides_only_with_its_remedy(step: Step) -> bool:
    by_bureau = step.move.action.part is DECIDES and step.move.role.party is Party.BUREAU
    return not by_bureau or step.before.remedies["bureau"]


def nobody_decides_what_they_proposed(step: Step) -> bool:
    """D10, deputies included: whoever sent back or decided meanwhile, the last proposal is somebody else's."""
    proposal = _standing_proposal(step)
    return step.move.action.part is not DECIDES or proposal is None or proposal.person.id != step.move.person.id


def nobody_proposes_or_approves_on_a_record_of_their_own(step: Step) -> bool:
    """D10: neither who entered it nor whom it names as handler; of a bureau, as the tables have it."""
    record, move = step.before.record, step.move
    approves = move.action.part is DECIDES and _standing_proposal(step) is not None
    if record is None or move.role.party is not Party.BUREAU or not (approves or move.action.part is PROPOSES):
        return True
    return move.person.id != record.entered_by and move.person.name != record.handler


def _standing_proposal(step: Step) -> Move | None:
    parts = {PROPOSES, DECIDES, SENDS_BACK, CALLS_BACK}
    made = (move for move in reversed(step.walk.moves[:-1]) if move.action.part in parts)
    last = next(made, None)
    return last if last and last.action.part is PROPOSES and last.round == step.before.round else None


def a_reopened_case_begins_a_round_and_nothing_else_does(step: Step) -> bool:
    was_closed = step.before.state != START and step.walk.definition.state(step.before.state).final
    begins = was_closed and not step.state.final
    return step.after.round == step.before.round + begins and begins is step.move.action.reopens


def in_a_new_round_every_deadline_starts_afresh(step: Step) -> bool:
    if not step.move.action.reopens:
        return True
    return all(timer.round == step.after.round and timer.started == step.move.on for timer in step.running)


def what_counts_from_the_filing_never_restarts_within_a_round(step: Step) -> bool:
    """But for a limit of one variant: another route counts from its own day."""
    counted = {one.name for one in step.walk.definition.deadlines_of(step.after.variant)
               if one.counts_from and one.counts_from.filing and not one.variants}  # fmt: skip
    rounds = Counter((timer.deadline, timer.round) for timer in step.after.timers if timer.deadline in counted)
    same = all(old.started == new.started for old, new in step.kept() if old.deadline in counted)
    return same and all(times == 1 for times in rounds.values())


def what_is_missed_stays_missed(step: Step) -> bool:
    kept = [(step.due(old), step.due(new)) for old, new in step.kept() if new.stopped is None]
    return all(new == old for old, new in kept if old is not None and old < step.move.on)


def what_waits_for_the_enterprise_presses_no_official(step: Step) -> bool:
    if step.state.desk is not Party.ENTERPRISE:
        return True
    return all(timer.open_hold for timer in step.running if timer.owner in OFFICIALS)


def a_bureau_s_time_is_that_of_the_bureau_that_has_the_case(step: Step) -> bool:
    return all(timer.bureau == step.after.bureau for timer in step.running if timer.owner == Party.BUREAU)


def one_rung_fires_once_for_each_due_date(step: Step) -> bool:
    if "rung" not in step.move.codes:
        return True
    fired = (date.fromisoformat(str(step.move.codes["due"])), str(step.move.codes["rung"]))
    return not any(fired in t.fired for t in step.before.timers if _is_of(step, t))


def _is_of(step: Step, timer: Timer) -> bool:
    return timer.stopped is None and timer.deadline == step.move.codes["deadline"]


def a_successor_s_time_goes_on(step: Step) -> bool:
    """D26: in law it is the same body."""
    if not any(effect.name == "succeed" for effect in step.move.effects):
        return True
    return all(step.due(old) == step.due(new) for old, new in step.kept() if new.stopped is None)


def what_the_opening_said_stays(step: Step) -> bool:
    before, after = step.before, step.after
    same = before.filed_on == after.filed_on and before.complained_of == after.complained_of
    return before.state == START or (same and before.enterprise == after.enterprise)


def time_is_taken_once(step: Step) -> bool:
    """D4, D6: what is missing is asked once, a time is extended once, a case is returned once, each by its desk.

    A kind may let each bureau do so once.
    """
    action, moves = step.move.action, step.walk.moves
    if not (_asks_the_filer(step) or _returns(step) or any(effect.name == "extend" for effect in action.does)):
        return True
    by_bureau = any(isinstance(guard, Once) and guard.per == Party.BUREAU for guard in action.guard)
    before = [move for move in moves[:-1] if move.action.name == action.name]
    return not [move for move in before if not by_bureau or move.person.bureau == step.move.person.bureau]


def _asks_the_filer(step: Step) -> bool:
    was = step.walk.definition.state(step.move.source)
    waits = was.desk in OFFICIALS and step.state.desk is Party.ENTERPRISE
    return waits or any(field.name == "missing" for field in step.move.action.asks)


def _returns(step: Step) -> bool:
    """A bureau gives the case back to the office and decides nothing."""
    was, action = step.walk.definition.state(step.move.source), step.move.action
    given = was.desk is Party.BUREAU and step.state.desk is Party.OFFICE
    return given and step.move.role.party is Party.BUREAU and action.part is None


def who_has_it_in_hand_was_given_it(step: Step) -> bool:
    held = step.move.holder
    effects = [(move, effect) for move in step.walk.moves for effect in move.effects]
    given = {move.person.id for move, effect in effects if effect.name == "take"}
    given |= {effect.value for _, effect in effects if effect.name == "hand_to"}
    return held is None or (held in given and not step.state.final)


def a_closed_case_marks_no_record(step: Step) -> bool:
    """D22: the flag is held by the case that set it until that case ends."""
    if not step.state.final:
        return True
    marks = [effect.name for move in step.walk.moves for effect in move.effects if effect.name in ("flag", "unflag")]
    return marks[-1:] != ["flag"]


def no_deadline_of_another_variant_runs(step: Step) -> bool:
    own = {deadline.name for deadline in step.walk.definition.deadlines_of(step.after.variant)}
    return all(timer.deadline in own for timer in step.running)


def a_complaint_about_the_office_is_answered_by_neither(step: Step) -> bool:
    """It is led to where it belongs."""
    own = step.after.complained_of in ("office", "chief")
    return not own or (step.move.action.part is None and not step.state.adverse)


def a_complaint_about_an_officer_is_the_chief_s_alone(step: Step) -> bool:
    """No officer proposes an opinion on it or approves one (D10, D16): the chief decides."""
    if step.after.complained_of != "officer" or step.move.action.part is None:
        return True
    return step.move.action.part is DECIDES and step.move.person.id == THE_CHIEF.id


def the_bureau_complained_of_never_has_it(step: Step) -> bool:
    mine = step.after.complained_bureau
    return mine is None or step.state.desk is not Party.BUREAU or step.after.bureau != mine


def what_was_done_was_offered(step: Step) -> bool:
    """A page shows what can be done; looked at now and then, since it asks every guard."""
    move, walk = step.move, step.walk
    if move.role.party not in OFFICIALS or not move.action.offered or step.before.version % 7:
        return True
    acts = choices(walk.definition, step.before, walk.world, move.person, move.at)
    return any(act.action is move.action and act.why_not is None for act in acts)


INVARIANTS: tuple[Callable[[Step], bool], ...] = (
    a_closed_case_runs_no_timer_and_an_open_one_does, an_open_case_lies_on_a_desk_with_a_day_to_come,
    a_bureau_s_desk_is_a_bureau_s, nobody_s_silence_decides, nobody_s_silence_answers,
    every_end_is_told_in_writing, an_adverse_end_names_its_remedy, a_bureau_decides_only_with_its_remedy,
    nobody_decides_what_they_proposed, nobody_proposes_or_approves_on_a_record_of_their_own,
    a_reopened_case_begins_a_round_and_nothing_else_does, in_a_new_round_every_deadline_starts_afresh,
    what_counts_from_the_filing_never_restarts_within_a_round, what_is_missed_stays_missed,
    what_waits_for_the_enterprise_presses_no_official, a_bureau_s_time_is_that_of_the_bureau_that_has_the_case,
    one_rung_fires_once_for_each_due_date, a_successor_s_time_goes_on, what_the_opening_said_stays,
    time_is_taken_once, who_has_it_in_hand_was_given_it, a_closed_case_marks_no_record,
    no_deadline_of_another_variant_runs, a_complaint_about_the_office_is_answered_by_neither,
    a_complaint_about_an_officer_is_the_chief_s_alone, the_bureau_complained_of_never_has_it,
    what_was_done_was_offered,
)  # fmt: skip


@dataclass
class Watch:
    """Every step looked at once; where something does not hold, the way there, three times at most."""

    broken: dict[str, list[str]] = field(default_factory=dict)

    def __call__(self, walk: Stroll, before: Snapshot, move: Move) -> None:
        step = Step(walk, before, move)
        for holds in INVARIANTS:
            if not holds(step):
                ways = self.broken.setdefault(holds.__name__, [])
                if len(ways) < 3:
                    trail = " ".join(f"{done.action.name}>{done.target.name}" for done in walk.moves)
                    ways.append(f"seed {walk.seed}: {trail}")
