"""Guards that let nobody through, decisions that one person makes alone, ends that nobody is told in writing."""

import re
from collections.abc import Iterable, Iterator, Mapping

from workflow.checks.walk import Complaints, Walk, asked_field, humans, listed, meet
from workflow.definition import (
    CLOCK,
    DECIDES,
    PROPOSES,
    SENDS_BACK,
    START,
    Action,
    Addressee,
    Definition,
    Guard,
    Notice,
    Party,
)
from workflow.guards import About, After, CameFrom, HasRemedy, NamesLaw, NotBy, NotHandler, Within
from workflow.letters import Wording


def guard_faults(walk: Walk) -> Complaints:
    for action in walk.definition.actions:
        for guard in action.guard:
            yield from _names_nothing(walk, action, guard)
            yield from _lets_nobody_through(walk, action, guard)
        yield from _decides_alone(walk.definition, action)
        yield from _sends_back_what_it_may_not_approve(walk.definition, action)
        yield from _proposes_on_own_record(walk.definition, action)


def _decides_alone(definition: Definition, action: Action) -> Complaints:
    """D10: who proposes does not decide."""
    if action.part is not DECIDES:
        return
    kept_apart = {name for guard in action.guard if isinstance(guard, NotBy) for name in guard.actions}
    proposing = (row for row in definition.actions if row.part is PROPOSES and set(row.targets) & set(action.source))
    for name in dict.fromkeys(row.name for row in proposing if meet(row, action) and row.name not in kept_apart):
        what = f"whoever takes '{name}' could decide on it alone"
        yield f"action {action.name}", what, f'guard it with not_by("{name}")'


def _sends_back_what_it_may_not_approve(definition: Definition, action: Action) -> Complaints:
    """D32: to send back decides too, so what keeps somebody from approving keeps them from that; but for the remedy."""
    if action.part is not SENDS_BACK or not humans(action):
        return
    approving = (row for row in definition.actions if row.part is DECIDES and set(row.source) & set(action.source))
    for row in approving:
        for guard in row.guard if meet(row, action) else ():
            if guard not in action.guard and not isinstance(guard, (HasRemedy, NamesLaw)):
                what = f"whoever may not take '{row.name}' in '{row.source[0]}' could send it back"
                yield f"action {action.name}", what, f"guard it with the same {type(guard).__name__}"


def _proposes_on_own_record(definition: Definition, action: Action) -> Complaints:
    """D27: at a bureau, neither who entered the record nor whom it names as handler proposes."""
    if action.part is not PROPOSES or definition.without_record:
        return
    at_bureau = any(role.party is Party.BUREAU for role in action.by)
    if at_bureau and not any(isinstance(guard, NotHandler) for guard in action.guard):
        what = "whoever entered the record, or is its handler, could propose what becomes of it"
        yield f"action {action.name}", what, "guard it with not_handler()"


def _names_nothing(walk: Walk, action: Action, guard: Guard) -> Complaints:
    definition, where = walk.definition, _where(action, guard)
    fields = {field.name for row in definition.actions for field in row.asks}
    rules = {*definition.windows, *(deadline.rule for deadline in definition.deadlines)}
    for sort, known in (
        ("action", {row.name for row in definition.actions}),
        ("state", set(definition.by_state)),
        ("field", fields),
        ("rule", rules),
        ("deadline", {deadline.name for deadline in definition.deadlines}),
    ):
        for name in _missing(guard.named(sort), known):
            mend = f"name one of {listed(known)}" if known else "take the guard out"
            yield where, f"there is no {sort} '{name}'", mend


def _missing(named: Iterable[str], known: set[str]) -> list[str]:
    return [name for name in dict.fromkeys(named) if name not in known]


def _lets_nobody_through(walk: Walk, action: Action, guard: Guard) -> Complaints:
    nodes = walk.nodes_of(action)
    if not nodes:
        return
    where = _where(action, guard)
    if isinstance(guard, After | Within):
        earlier = guard.named("action")
        if not any(walk.after(name) & nodes for name in earlier):
            what = f"{listed(earlier)} cannot come before it"
            yield where, what, "name an action that can, or take the guard out"
    if isinstance(guard, CameFrom):
        edges = [e for e in walk.edges if e.action.name == guard.by and e.source.state in guard.states]
        if not walk.onward(edge.target for edge in edges) & nodes:
            what = f"{guard.by} never brings a case here from {listed(guard.states)}"
            yield where, what, "name the states in which that action is taken"
    if isinstance(guard, About):
        offered = {
            choice.code
            for row in walk.definition.actions
            if START in row.source
            for field in row.asks
            if field.name == guard.field
            for choice in field.choices
        }
        for code in _missing(guard.codes, offered):
            what = f"no opening can say '{code}' of '{guard.field}'"
            yield where, what, f"name one of {listed(offered)}" if offered else "take it out"
    if isinstance(guard, HasRemedy) and guard.of is Party.BUREAU and not any(node.routed for node in nodes):
        what = "no bureau has been named where it stands, so it has no remedy"
        yield where, what, "ask for the office's remedy, or put route(…) before it"
    for name in guard.named("deadline"):
        running = {d.name for node in nodes for d in walk.running(node.variant, node.state)}
        if name not in running and any(deadline.name == name for deadline in walk.definition.deadlines):
            what = f"the deadline '{name}' runs in none of its states"
            yield where, what, "name one that does, or take the guard out"


def _where(action: Action, guard: Guard) -> str:
    return f"action {action.name}, guard {type(guard).__name__}"


OF_A_DEADLINE = frozenset({Addressee.OWNER, Addressee.OWNER_HEAD})
BODIES = {Party.BUREAU, Party.OFFICE}
"""Whose decisions have remedies."""


def letter_faults(walk: Walk) -> Complaints:
    yield from _untold_ends(walk)
    yield from _ends_without_remedy(walk)
    yield from _ends_without_law(walk)
    for action in walk.definition.actions:
        for notice in action.tells:
            for what, mend in _addressee(walk, action, notice):
                yield f"action {action.name}, notice to {notice.to}", what, mend


def unworded_letters(definition: Definition, worded: Mapping[str, Wording]) -> Complaints:
    """A letter that nothing words would go out as the general one, and a slip of the pen with it."""
    named = {notice.letter for action in definition.actions for notice in action.tells}
    for action in definition.actions:
        for name in dict.fromkeys(notice.letter for notice in action.tells):
            if name and name not in {*worded, *definition.wordings, *definition.general_letters}:
                what = f"nothing words the letter '{name}'"
                yield f"action {action.name}", what, "mend the name, give it words, or name it in general_letters="
    for name in definition.general_letters:
        if name not in named:
            yield f"letter {name}", "no action sends it", "take it out of general_letters="


SPEAKS_OF_A_RECORD = re.compile(r"\brecords?\b")


def letters_of_a_record(definition: Definition, worded: Mapping[str, Wording]) -> Complaints:
    """What several kinds send may speak of a record only where there is one."""
    for action in definition.actions if definition.without_record else ():
        for name in dict.fromkeys(notice.letter for notice in action.tells):
            shared = worded.get(name) if name not in definition.wordings else None
            parts = (part for part in shared.body if part.needs != "record" or part.absent) if shared else ()
            said = [part.message.id for part in parts if SPEAKS_OF_A_RECORD.search(part.message.id)]
            if said:
                what = f"the letter '{name}' speaks of a record, and these cases have none: “{said[0]}”"
                yield f"action {action.name}", what, 'give the kind words of its own, or say it only when("record", …)'


def _ends_without_law(walk: Walk) -> Complaints:
    """D60: whoever proposes or decides an adverse end is asked for the article that it rests on."""
    named = {end for action in walk.definition.actions for field in action.asks for end in field.ends}
    for state in walk.definition.states:
        if state.adverse and state.name not in named:
            what = "nobody is asked which article this adverse end rests on"
            yield f"state {state.name}", what, f'ask *law("{state.name}") where it is proposed or decided'


def _untold_ends(walk: Walk) -> Complaints:
    for state in walk.definition.states:
        for action in walk.entering(state.name) if state.final else ():
            if not any(notice.to is Addressee.FILER for notice in action.tells):
                what = f"the case ends in '{state.name}' and the enterprise is told nothing in writing"
                yield f"action {action.name}", what, "add a Notice to FILER"


def _ends_without_remedy(walk: Walk) -> Complaints:
    """D11: an adverse end comes with the remedies of the body that decides, not of another one."""
    for state in walk.definition.states:
        for action in walk.entering(state.name) if state.adverse else ():
            where, given = f"action {action.name}", {guard.of for guard in action.guard if isinstance(guard, HasRemedy)}
            if not given:
                what = f"the adverse end '{state.name}' comes without remedy, body and period"
                yield where, what, "guard it with has_remedy(…)"
            for body in sorted(_deciders(walk, action) - given) if given else ():
                what = f"the {body} decides on the adverse end '{state.name}', and its remedy is another body's"
                yield where, what, f"guard it with has_remedy({body.name})"


def _deciders(walk: Walk, action: Action) -> set[Party]:
    """The body of the row itself where it decides; else the bodies of the decisions that lead to it, or its own."""
    own = {role.party for role in action.by} & BODIES
    if action.part is DECIDES:
        return own
    before = walk.nodes_of(action)
    rows = (row for row in walk.definition.actions if row.part is DECIDES and walk.targets_of(row) & before)
    return {role.party for row in rows for role in row.by} & BODIES or own


def _addressee(walk: Walk, action: Action, notice: Notice) -> Iterator[tuple[str, str]]:
    """D25: a notice to the bureau before any route goes to nobody; refused is one that always would."""
    nodes, after = walk.nodes_of(action), walk.targets_of(action)
    if not notice.letter:
        yield "it names no letter", "name the letter"
    if notice.to not in list(Addressee):
        yield "nobody is called so", "use an Addressee"
    if notice.to is Addressee.BUREAU and after and not any(node.routed for node in after):
        yield "it always goes to nobody: no bureau has been named by then", "put route(…) before it or take it out"
    if notice.to is Addressee.DESK and after and not any(walk.definition.state(node.state).desk for node in after):
        yield "the case lies on no desk then", "name the party that is meant"
    if notice.to is Addressee.COMPLAINED_OF and not walk.definition.closed_to:
        yield "this kind complains of nobody", "say in closed_to who is complained of, or name another addressee"
    if notice.to is Addressee.THIRD and not any(asked_field(row, "third_mail") for row in walk.definition.actions):
        yield "nobody is asked how a third party is reached", "ask a LINE field third_mail where it is asked"
    if notice.to in OF_A_DEADLINE and nodes and not any(walk.running(node.variant, node.state) for node in nodes):
        yield "no deadline runs where it is sent, so it has no owner", "name another addressee"
    if notice.once and CLOCK not in action.by:
        yield "once is counted for a running deadline, and the clock does not send this", "take once out"
