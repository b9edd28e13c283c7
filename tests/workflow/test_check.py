"""Each fault that `check` refuses is planted in a sound definition and named with its place and its mend."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.workflow.builders import (
    ACTIONS,
    DEADLINES,
    OUTCOME,
    RULES,
    act,
    place,
    plus,
    rule,
    sound,
    with_action,
    with_deadline,
    with_state,
    without_action,
)
from workflow.check import Unsound, check, check_all, refuse_unsound
from workflow.definition import (
    AUDITOR,
    CASE,
    CHIEF,
    CLOCK,
    FILER,
    HEAD,
    OFFICER,
    REVIEWER,
    START,
    STAY,
    Addressee,
    By,
    Choice,
    Deadline,
    Definition,
    Effect,
    Field,
    FieldKind,
    Notice,
    Party,
    Question,
    Role,
    Rung,
    State,
    asked,
    correct,
    extend,
    open_case,
    route,
    set_variant,
    taken,
)
from workflow.guards import Guard, after, before_due, came_from, has_remedy, not_by, once, within
from workflow.rules import Jurisdiction

NAMED = Question("named", ("granted", "refused"), lambda facts: "granted")
KEPT_ON = Deadline("keep", "Keep", "request.keep", Party.OFFICE, ("keeping",), (Rung(0, "overdue"),))


def faults(definition: Definition, *places: Jurisdiction) -> list[str]:
    return [str(fault) for fault in check(definition, places or [place()])]


def assert_fault(definition: Definition, where: str, *words: str, at: Jurisdiction | None = None) -> None:
    """One of the faults names the file, the place, and each of the words; the mend included."""
    found = faults(definition, at or place())
    start = f"request.py: {where}: "
    hits = [line for line in found if line.startswith(start) and all(word in line for word in words)]
    assert hits, "\n".join([f"expected {start} … {words}", *found])


# A sound definition


def test_a_sound_definition_has_no_faults() -> None:
    assert faults(sound()) == []


def test_a_sound_definition_may_start() -> None:
    refuse_unsound([sound()], [place(), place(code="there")])


def test_every_fault_is_raised_at_once_with_its_sentence() -> None:
    unsound = replace(with_state("filed", label=""), letters="Q")
    with pytest.raises(Unsound) as raised:
        refuse_unsound([unsound], [place()])
    assert len(raised.value.faults) == 2
    assert "request.py: state filed: it has no label; say how people call it." in str(raised.value)


def test_a_fault_names_the_kind_where_there_is_no_file() -> None:
    assert faults(replace(with_state("filed", label=""), file=""))[0].startswith("kind request: state filed: ")


# Names


@pytest.mark.parametrize(
    ("changes", "unknown"),
    [({"source": ("filed", "nowhere")}, "nowhere"), ({"target": "nirvana"}, "nirvana"), ({"target": START}, START)],
)
def test_an_unknown_state_of_an_action(changes: dict[str, object], unknown: str) -> None:
    assert_fault(with_action("refer", **changes), "action refer", f"there is no state '{unknown}'", "name one of")


def test_an_unknown_state_of_a_branch() -> None:
    definition = with_action("decide", target=By(OUTCOME, granted="granted", refused="denied"))
    assert_fault(definition, "action decide", "there is no state 'denied'", "name one of")


@pytest.mark.parametrize("changes", [{"over": ("with_bureau", "nowhere")}, {"paused_in": ("nowhere",)}])
def test_an_unknown_state_of_a_deadline(changes: dict[str, object]) -> None:
    assert_fault(with_deadline("verify", **changes), "deadline verify", "there is no state 'nowhere'")


def test_a_state_called_like_the_start() -> None:
    assert_fault(plus(sound(), State(START, "Start", Party.OFFICE)), "state start", "rename the state")


def test_an_unknown_action_of_a_rung() -> None:
    definition = with_deadline("verify", rungs=(Rung(0, "overdue"), Rung(4, "shout")))
    assert_fault(definition, "deadline verify, rung +4", "there is no action 'shout'", "name an action of the clock")


def test_an_unknown_role() -> None:
    definition = with_action("refer", by=(OFFICER, Role(Party.OFFICE, "clerk")))
    assert_fault(definition, "action refer", "there is no role 'clerk'", "name one of approver, ")


def test_a_role_of_another_party() -> None:
    definition = with_action("refer", by=(Role(Party.BUREAU, "officer"),))
    assert_fault(definition, "action refer", "the role 'officer' belongs to the office, not to the bureau")


def test_an_auditor_who_would_act() -> None:
    assert_fault(with_action("refer", by=(OFFICER, AUDITOR)), "action refer", "the auditor reads and never writes")


def test_an_unknown_role_of_a_reader() -> None:
    assert_fault(replace(sound(), readers=("auditor", "press")), "readers", "there is no role 'press'")


def test_a_deadline_whose_owner_cannot_be_late() -> None:
    assert_fault(with_deadline("verify", owner=Party.CLOCK), "deadline verify", "nobody who can be late")


def test_an_unknown_variant() -> None:
    definition = replace(with_action("refer", variants=("fast", "slow")), variants=("fast",))
    assert_fault(definition, "action refer", "there is no variant 'slow'", "name one of fast")
    assert_fault(with_deadline("verify", variants=("slow",)), "deadline verify", "leave variants out")


@pytest.mark.parametrize(
    ("definition", "where", "name"),
    [
        (plus(sound(), State("filed", "Again", Party.OFFICE)), "states", "filed"),
        (replace(sound(), variants=("a", "a")), "variants", "a"),
        (replace(sound(), windows=("request.appeal",) * 2), "windows", "request.appeal"),
        (with_action("refer", source=("filed", "filed")), "action refer, its sources", "filed"),
        (with_action("refer", by=(OFFICER, OFFICER)), "action refer, its roles", "officer"),
        (with_action("refer", asks=(Field("word", "A"), Field("word", "B"))), "action refer, its fields", "word"),
        (
            with_action("refer", asks=(Field("how", "How", FieldKind.CHOICE, choices=(Choice("a", "A"),) * 2),)),
            "action refer, choices of how",
            "a",
        ),
        (with_deadline("verify", over=("with_bureau",) * 2), "deadline verify, its states", "with_bureau"),
        (with_deadline("verify", rungs=(Rung(0, "overdue"),) * 2), "deadline verify, its rungs", "+0 overdue"),
    ],
)
def test_a_name_that_stands_twice(definition: Definition, where: str, name: str) -> None:
    assert_fault(definition, where, f"'{name}' stands 2 times", "keep one of them")


def test_a_branch_that_stands_twice() -> None:
    branch = By(OUTCOME, granted="granted", refused="refused")
    definition = with_action("decide", target=replace(branch, targets=(*branch.targets, ("granted", STAY))))
    assert_fault(definition, "action decide, its branches", "'granted' stands 2 times")


def test_two_actions_of_one_name_from_one_state() -> None:
    definition = plus(sound(), act("refer", "Refer", (CHIEF,), ("filed",), "with_bureau"))
    assert_fault(definition, "action refer", "two actions of this name leave filed", "join them in one row or rename")


def test_two_actions_of_one_name_may_leave_one_state_in_different_variants() -> None:
    rows = tuple(replace(action, variants=("a",)) if action.name == "refer" else action for action in ACTIONS)
    more = replace(next(action for action in ACTIONS if action.name == "refer"), variants=("b",), by=(CHIEF,))
    assert faults(replace(sound(), actions=(*rows, more), variants=("a", "b"))) == []


def test_two_deadlines_of_one_name() -> None:
    definition = plus(sound(), next(deadline for deadline in DEADLINES if deadline.name == "verify"))
    assert_fault(definition, "deadline verify", "two deadlines of this name", "rename one")


# States


def test_a_state_without_label() -> None:
    assert_fault(with_state("filed", label=""), "state filed", "it has no label")


def test_an_open_state_that_does_not_say_what_there_is_to_do() -> None:
    assert_fault(
        with_state("filed", work=""), "state filed", "it does not say what its desk has to do", "say it in work="
    )


def test_a_final_state_on_a_desk() -> None:
    assert_fault(with_state("granted", desk=Party.OFFICE), "state granted", "it is final and lies on a desk")


def test_an_adverse_state_that_is_no_end() -> None:
    assert_fault(with_state("filed", adverse=True), "state filed", "adverse without being an end")


@pytest.mark.parametrize("desk", [None, Party.CLOCK])
def test_an_open_state_with_no_desk(desk: Party | None) -> None:
    assert_fault(with_state("filed", desk=desk), "state filed", "it lies on no desk", "name the enterprise")


def test_an_unreachable_state() -> None:
    definition = plus(sound(), State("lost", "Lost", Party.OFFICE))
    assert_fault(definition, "state lost", "no case can reach it", "let an action lead there or take it out")


def test_a_state_that_is_reached_only_in_a_variant_that_leaves_it_out() -> None:
    definition = plus(sound(), State("kept", "Kept", outcome="kept"))
    row = act("keep", "Keep", (OFFICER,), ("with_bureau",), "kept", tells=(Notice(Addressee.FILER, "kept"),))
    only_a = replace(row, variants=("a",))
    rows = tuple(replace(action, variants=("b",)) if action.name == "refer" else action for action in ACTIONS)
    definition = replace(definition, actions=(*rows, only_a), variants=("a", "b"))
    assert_fault(definition, "state kept", "no case can reach it")


def test_a_variant_that_no_case_can_have() -> None:
    rows = tuple(replace(action, variants=("a",)) if action.name == "file" else action for action in ACTIONS)
    definition = replace(sound(), actions=rows, variants=("a", "b"))
    assert_fault(definition, "variant b", "no case can have it", "let an opening or set_variant lead there")


def test_a_state_without_a_way_out() -> None:
    definition = plus(
        sound(),
        State("keeping", "Keeping", Party.OFFICE),
        act("keep", "Keep", (OFFICER,), ("filed",), "keeping"),
        act("muse", "Muse", (OFFICER,), ("keeping",), STAY),
    )
    assert_fault(
        definition, "state keeping", "there is no way out of it", "give it an action that moves, or an outcome"
    )


def test_a_state_without_a_way_out_in_one_variant_only() -> None:
    rows = tuple(replace(a, variants=("a",)) if a.name in ("decide", "withdraw") else a for a in ACTIONS)
    definition = replace(sound(), actions=rows, variants=("a", "b"))
    assert_fault(definition, "state with_bureau, variant b", "there is no way out of it")
    assert not any("variant a" in line for line in faults(definition))


def test_a_state_that_never_reaches_an_end() -> None:
    definition = plus(
        sound(),
        State("here", "Here", Party.OFFICE),
        State("there", "There", Party.OFFICE),
        act("go", "Go", (OFFICER,), ("filed", "there"), "here"),
        act("come", "Come", (OFFICER,), ("here",), "there"),
    )
    assert_fault(definition, "state here", "it never reaches an end", "let a way from it lead to a final state")


def test_an_open_state_in_which_no_deadline_runs() -> None:
    paused = with_deadline("verify", over=("with_bureau", "filed"), paused_in=("with_bureau",))
    assert_fault(paused, "state with_bureau", "no deadline runs in it", "let one run over it")


def test_a_state_that_only_the_clock_can_move() -> None:
    definition = with_action("supply", by=(CLOCK,))
    rows = tuple(a for a in definition.actions if a.name not in ("withdraw", "papers_late"))
    supplied = replace(DEADLINES[1], rungs=(Rung(0, "supply"),))
    definition = replace(definition, actions=rows, deadlines=(DEADLINES[0], supplied, DEADLINES[2]))
    assert_fault(definition, "state awaiting_papers", "only the clock can move it")


def test_a_desk_that_cannot_move_what_lies_on_it() -> None:
    definition = with_state("with_bureau", desk=Party.OFFICE)
    assert_fault(
        definition, "state with_bureau", "its desk, the office, cannot move what lies on it", "change the desk"
    )


def test_an_enterprises_desk_without_a_way_out_by_the_clock() -> None:
    definition = replace(
        without_action("papers_late"), deadlines=(DEADLINES[0], replace(DEADLINES[1], rungs=(Rung(0, "overdue"),)))
    )
    assert_fault(definition, "state awaiting_papers", "the enterprise's silence would keep it for ever", "a rung whose")


def test_an_enterprises_desk_whose_clock_action_no_rung_calls() -> None:
    definition = with_deadline("supplement", rungs=(Rung(0, "overdue"),))
    assert_fault(definition, "state awaiting_papers", "the enterprise's silence would keep it for ever")


def test_a_bureaus_desk_before_any_bureau_is_named() -> None:
    assert_fault(
        with_action("refer", does=()), "state with_bureau", "on a way there no bureau is named", "put route(…)"
    )


def test_a_route_by_a_field_that_may_be_left_empty_names_no_bureau_for_certain() -> None:
    to = Field("to", "To", FieldKind.BUREAU, required=False)
    definition = with_action("refer", does=(route("to"),), asks=(to,))
    assert_fault(definition, "state with_bureau", "on a way there no bureau is named")
    assert faults(with_action("refer", does=(route("to"),), asks=(replace(to, required=True),))) == []


def test_a_bureaus_deadline_before_any_bureau_is_named() -> None:
    assert_fault(with_deadline("accept", owner=Party.BUREAU), "deadline accept", "it runs for a bureau in 'filed'")


# Actions


def test_a_definition_that_opens_no_case() -> None:
    assert_fault(without_action("file"), "actions", "none opens a case", "give one of them the source start")


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"label": ""}, "it has no label"),
        ({"done": ""}, "the time line has no words for it"),
        ({"by": ()}, "nobody may take it"),
        ({"source": ()}, "it leaves no state"),
    ],
)
def test_an_action_that_is_not_written_out(changes: dict[str, object], what: str) -> None:
    assert_fault(with_action("refer", **changes), "action refer", what)


def test_a_branch_without_target() -> None:
    definition = with_action("decide", target=By(OUTCOME, granted="granted"))
    assert_fault(definition, "action decide", "the branch for 'refused' has no target", "say where the case goes then")


def test_a_branch_for_a_value_that_its_function_never_gives() -> None:
    definition = with_action("decide", target=By(OUTCOME, granted="granted", refused="refused", lost="filed"))
    assert_fault(definition, "action decide", "'lost' is no value of the question 'outcome'", "granted, refused")


def test_a_question_that_names_no_values() -> None:
    definition = with_action("decide", target=By(replace(NAMED, values=()), granted="granted"))
    assert_fault(definition, "action decide", "the question 'named' names no values")


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"source": (START, "filed")}, "it opens a case and also leaves states"),
        ({"target": STAY}, "it opens a case and names no state for it"),
        ({"by": (FILER, CLOCK)}, "the clock cannot open a case"),
        ({"target": "granted"}, "it opens a case in the end 'granted'"),
    ],
)
def test_an_opening_that_opens_nothing_sound(changes: dict[str, object], what: str) -> None:
    assert_fault(with_action("file", **changes), "action file", what)


def test_an_action_of_another_case_on_an_open_case() -> None:
    assert_fault(with_action("refer", by=(OFFICER, CASE)), "action refer", "another case can only open a case")


def test_an_action_that_leaves_an_end_without_reopening() -> None:
    definition = with_action("appeal", reopens=False)
    assert_fault(definition, "action appeal", "it leaves the end refused without reopening", "mark it reopens=True")


def test_an_action_that_stays_in_an_end_needs_neither() -> None:
    assert any(action.name == "rate" and not action.reopens for action in sound().actions)
    assert faults(sound()) == []


def test_a_reopening_without_within() -> None:
    assert_fault(with_action("appeal", guard=(once(),)), "action appeal", "it reopens a case for ever", "within guard")


def test_a_reopening_that_leaves_no_end() -> None:
    assert_fault(with_action("rate", reopens=True), "action rate", "it reopens a case and leaves no end")
    assert_fault(with_action("refer", reopens=True), "action refer", "it reopens a case that is still open")


def test_a_reopening_into_an_end() -> None:
    definition = with_action("appeal", target="granted", tells=(Notice(Addressee.FILER, "answer"),))
    assert_fault(definition, "action appeal", "it reopens a case into the end 'granted'")


def test_an_action_that_can_never_be_taken() -> None:
    definition = plus(
        sound(),
        State("lost", "Lost", Party.OFFICE),
        act("find", "Find", (OFFICER,), ("lost",), "filed"),
    )
    assert_fault(definition, "action find", "it can never be taken: no case stands in its states")


def test_an_action_that_can_never_be_taken_in_one_of_its_states() -> None:
    definition = plus(sound(), State("lost", "Lost", Party.OFFICE))
    rows = tuple(replace(a, source=("filed", "lost")) if a.name == "refer" else a for a in definition.actions)
    assert_fault(replace(definition, actions=rows), "action refer", "it can never be taken in 'lost'", "out of source=")


def test_a_bureaus_action_where_no_bureau_has_been_named() -> None:
    definition = plus(sound(), act("look", "Look", (REVIEWER, HEAD), ("filed",), STAY))
    assert_fault(definition, "action look", "it can never be taken: no bureau has been named")


def test_an_action_of_the_clock_that_no_rung_names() -> None:
    definition = plus(sound(), act("nudge", "Nudge", (CLOCK,), ("filed",), STAY))
    assert_fault(definition, "action nudge", "it can never be taken: no rung of a deadline that runs there names it")


# Effects


def test_an_unknown_effect() -> None:
    assert_fault(with_action("file", does=(Effect("burn"),)), "action file", "there is no effect 'burn'", "use one of")


def test_an_effect_given_what_it_does_not_take() -> None:
    definition = with_action("file", does=(Effect("flag", "red"),))
    assert_fault(definition, "action file", "the effect flag takes nothing and was given 'red'")


@pytest.mark.parametrize(
    ("effect", "what"),
    [
        (correct("reasons"), "the effect correct(reasons) reads a field that asks no findings"),
        (Effect("end_display", "reasons"), "the effect end_display(reasons) reads a field that asks no findings"),
        (route("nobody"), "the effect route(nobody) names no bureau"),
        (set_variant("reasons"), "the effect set_variant(reasons) names no choice"),
        (extend("later"), "the effect extend(later) names no deadline that runs in 'with_bureau'"),
        (extend("accept"), "the effect extend(accept) names no deadline that runs in 'with_bureau'"),
        (open_case(""), "the effect open_case() opens no kind"),
    ],
)
def test_an_effect_whose_argument_names_nothing(effect: Effect, what: str) -> None:
    reasons = Field("reasons", "Reasons")
    definition = with_action("extend", does=(extend("verify"), effect), asks=(reasons,))
    assert_fault(definition, "action extend", what)


def test_a_variant_set_to_what_is_no_variant() -> None:
    choices = (Choice("a", "A"), Choice("c", "C"))
    ways = Field("way", "Way", FieldKind.CHOICE, choices=choices)
    definition = replace(
        with_action("refer", does=(route("supplied_by"), set_variant("way")), asks=(ways,)), variants=("a",)
    )
    assert_fault(definition, "action refer", "the effect set_variant(way) may set 'c', which is no variant")


def test_a_variant_that_is_set_on_the_way_is_walked_from_there() -> None:
    choices = (Choice("slow", "Slow"),)
    ways = Field("way", "Way", FieldKind.CHOICE, choices=choices)
    definition = with_action("refer", does=(route("supplied_by"), set_variant("way")), asks=(ways,))
    rows = tuple(replace(a, variants=("new",)) if a.name in ("file", "refer") else a for a in definition.actions)
    definition = replace(definition, actions=rows, variants=("new", "slow"))
    assert faults(definition) == []
    lame = tuple(a for a in rows if a.name not in ("decide", "withdraw", "appeal", "rate"))
    assert_fault(replace(definition, actions=lame), "state with_bureau, variant slow", "there is no way out of it")


# Guards


@pytest.mark.parametrize(
    ("guard", "where", "what"),
    [
        (not_by("dream"), "NotBy", "there is no action 'dream'"),
        (once("colour"), "Once", "there is no field 'colour'"),
        (within("request.never", "refer"), "Within", "there is no rule 'request.never'"),
        (before_due("supper"), "BeforeDue", "there is no deadline 'supper'"),
        (came_from("limbo", by="refer"), "CameFrom", "there is no state 'limbo'"),
        (before_due("accept"), "BeforeDue", "the deadline 'accept' runs in none of its states"),
        (came_from("with_bureau", by="refer"), "CameFrom", "refer never brings a case here from with_bureau"),
    ],
)
def test_a_guard_that_names_nothing(guard: Guard, where: str, what: str) -> None:
    assert_fault(with_action("extend", guard=(guard,)), f"action extend, guard {where}", what)


def test_a_guard_that_waits_for_what_cannot_come_before() -> None:
    definition = with_action("file", guard=(after("decide", "appeal"),))
    assert_fault(definition, "action file, guard After", "appeal, decide cannot come before it", "take the guard out")
    window = with_action("ask_papers", guard=(within("request.appeal", "appeal"),), source=("filed",))
    assert_fault(window, "action ask_papers, guard Within", "appeal cannot come before it")


def test_a_bureaus_remedy_before_any_bureau_is_named() -> None:
    definition = with_action("ask_papers", guard=(has_remedy(Party.BUREAU),))
    assert_fault(definition, "action ask_papers, guard HasRemedy", "no bureau has been named where it stands")


# Fields


@pytest.mark.parametrize(
    ("field", "what"),
    [
        (Field("version", "Version"), "no form can carry this name"),
        (Field("what is it", "What"), "no form can carry this name"),
        (Field("word", ""), "it has no label"),
        (Field("word", "Word", "song"), "there is no way to ask 'song'"),  # type: ignore[arg-type]
        (Field("word", "Word", FieldKind.CHOICE), "it is a choice between nothing"),
        (Field("word", "Word", choices=(Choice("a", "A"),)), "a field of kind text shows no choices"),
        (Field("word", "Word", settles=True), "only findings settle or review"),
        (Field("word", "Word", by=(CHIEF,)), "it is asked of chief, who may not take the action"),
    ],
)
def test_a_field_that_no_form_can_ask(field: Field, what: str) -> None:
    assert_fault(with_action("refer", asks=(field,)), f"action refer, field {field.name}", what)


def test_findings_twice_in_one_form() -> None:
    twice = (Field("one", "One", FieldKind.FINDINGS), Field("two", "Two", FieldKind.FINDINGS))
    assert_fault(
        with_action("decide", asks=twice), "action decide", "it asks findings 2 times in one form", "ask them once"
    )


def test_claims_twice_in_one_form() -> None:
    twice = (Field("one", "One", FieldKind.CLAIMS), Field("two", "Two", FieldKind.CLAIMS))
    assert_fault(with_action("file", asks=twice), "action file", "it asks claims 2 times in one form")


def test_findings_on_what_nobody_claimed() -> None:
    assert_fault(with_action("file", asks=()), "action decide, field findings", "nothing is ever claimed", "ask CLAIMS")


def test_a_deadline_to_choose_where_none_runs() -> None:
    choice = Field("deadline", "Deadline", FieldKind.DEADLINE)
    assert_fault(with_action("rate", asks=(choice,)), "action rate, field deadline", "no deadline runs in 'granted'")


def test_a_field_that_the_clock_would_have_to_answer() -> None:
    definition = with_action("supervise", asks=(Field("word", "Word"),))
    assert_fault(definition, "action supervise, field word", "the clock answers nothing", "limit the field to people")


# Letters


def test_an_end_of_which_the_enterprise_hears_nothing() -> None:
    definition = with_action("withdraw", tells=(Notice(Addressee.OFFICE, "withdrawn"),))
    assert_fault(definition, "action withdraw", "the case ends in 'withdrawn' and the enterprise is told nothing")


def test_an_end_by_one_branch_of_which_the_enterprise_hears_nothing() -> None:
    definition = with_action("decide", target=By(OUTCOME, granted="filed", refused="refused"), tells=())
    assert_fault(definition, "action decide", "the case ends in 'refused'", "add a Notice to FILER")


def test_an_adverse_end_without_remedy() -> None:
    definition = with_action("decide", guard=(not_by("refer"),))
    assert_fault(
        definition, "action decide", "the adverse end 'refused' comes without remedy", "guard it with has_remedy"
    )


@pytest.mark.parametrize(
    ("action", "notice", "what"),
    [
        ("refer", Notice(Addressee.OFFICE, ""), "it names no letter"),
        ("refer", Notice("uncle", "hello"), "nobody is called so"),  # type: ignore[arg-type]
        ("ask_papers", Notice(Addressee.BUREAU, "asked"), "it always goes to nobody"),
        ("withdraw", Notice(Addressee.DESK, "withdrawn"), "the case lies on no desk then"),
        ("refer", Notice(Addressee.COMPLAINED_OF, "reply"), "this kind complains of nobody"),
        ("rate", Notice(Addressee.OWNER, "rated"), "no deadline runs where it is sent"),
        ("refer", Notice(Addressee.OFFICE, "referred", once=True), "once is counted for a running deadline"),
    ],
)
def test_an_addressee_that_names_nobody(action: str, notice: Notice, what: str) -> None:
    told = (Notice(Addressee.FILER, "answer"), notice)
    assert_fault(with_action(action, tells=told), f"action {action}, notice to {notice.to}", what)


def test_a_kind_that_asks_of_whom_one_complains_may_tell_it() -> None:
    claims = Field("claims", "Claims", FieldKind.CLAIMS)
    definition = with_action("file", asks=(claims, Field("complained_of", "Complained of", FieldKind.BUREAU)))
    rows = tuple(
        replace(a, tells=(*a.tells, Notice(Addressee.COMPLAINED_OF, "reply"))) if a.name == "refer" else a
        for a in definition.actions
    )
    assert faults(replace(definition, actions=rows)) == []


# Deadlines and their ladders


def test_a_deadline_over_an_end() -> None:
    definition = with_deadline("verify", over=("with_bureau", "granted"))
    assert_fault(definition, "deadline verify", "it runs over the end granted", "take the end out of over=")


def test_a_deadline_paused_where_it_does_not_run() -> None:
    definition = with_deadline("verify", paused_in=("filed",))
    assert_fault(definition, "deadline verify", "it is paused in filed, where it does not run")


def test_a_deadline_that_never_runs() -> None:
    definition = plus(sound(), State("keeping", "Keeping", Party.OFFICE), KEPT_ON)
    assert_fault(definition, "deadline keep", "it never runs")
    assert_fault(with_deadline("verify", paused_in=("with_bureau",)), "deadline verify", "it never runs")


def test_a_deadline_that_does_not_bear_its_rules_name() -> None:
    assert_fault(
        with_deadline("verify", rule="request.check"), "deadline verify", "it does not bear the name of its rule"
    )


def test_a_deadline_that_passes_in_silence() -> None:
    definition = with_deadline("verify", rungs=(Rung(3, "supervise"),))
    assert_fault(definition, "deadline verify", "it passes in silence", "give it a rung 0")


def test_a_rung_that_the_clock_may_not_take() -> None:
    definition = with_deadline("verify", rungs=(Rung(0, "overdue"), Rung(4, "refer")))
    assert_fault(definition, "deadline verify, rung +4", "the clock may not take 'refer' in with_bureau", "add CLOCK")


def test_a_rung_that_the_clock_may_not_take_in_one_of_the_states_where_it_can_fire() -> None:
    definition = with_action("overdue", source=("filed", "awaiting_papers"))
    assert_fault(definition, "deadline verify, rung +0", "the clock may not take 'overdue' in with_bureau")
    paused = with_action("remind", source=("filed", "with_bureau"))
    assert_fault(paused, "deadline supplement, rung -1", "the clock may not take 'remind' in awaiting_papers")
    assert not any("deadline accept" in line for line in faults(paused)), "no rung fires while its deadline is paused"


def test_an_exact_rung_on_another_day_than_the_due_one() -> None:
    definition = with_deadline("verify", rungs=(Rung(0, "overdue"), Rung(2, "supervise", exact=True)))
    assert_fault(definition, "deadline verify, rung +2", "only the due day itself has an end at which to fire")


@pytest.mark.parametrize(
    ("counts", "what"),
    [
        (asked("colour"), "no action asks a date 'colour'"),
        (asked("missing"), "no action asks a date 'missing'"),
        (taken("dream"), "there is no action 'dream'"),
        (replace(asked("missing"), taken="refer"), "from a date or from an action"),
    ],
)
def test_counting_from_what_names_nothing(counts: object, what: str) -> None:
    assert_fault(with_deadline("verify", counts_from=counts), "deadline verify, counts_from", what)


def test_a_deadline_that_counts_from_an_event_after_which_it_does_not_run() -> None:
    definition = with_deadline("verify", counts_from=taken("ask_papers"))
    assert_fault(
        definition, "deadline verify, counts_from", "it does not run in awaiting_papers", "add the state to over="
    )


# The law


def test_a_deadline_without_rule() -> None:
    without = place(*(one for one in RULES if one.name != "request.verify"))
    assert_fault(sound(), "rule request.verify", "here has none on 2020-01-01", "rules.toml", at=without)


def test_a_place_without_any_rule_of_the_kind() -> None:
    elsewhere = place(rule("accept").model_copy(update={"name": "other.accept"}))
    assert_fault(sound(), "rule request.accept", "here has none; add it", at=elsewhere)


def test_a_deadline_without_rule_in_one_place_only() -> None:
    bare = place(*RULES[1:], code="bare")
    found = faults(sound(), place(), bare)
    assert found == ["request.py: rule request.accept: bare has none on 2020-01-01; add it to rules.toml of bare."]


def test_a_deadline_without_rule_in_one_variant_only() -> None:
    definition = replace(sound(), variants=("a", "b"))
    split = place(*RULES[1:], rule("accept", 2, variant="a"))
    assert_fault(definition, "rule request.accept, variant b", "here has none", at=split)
    assert not any("variant a" in line for line in faults(definition, split))


def test_a_rule_that_ends_with_nothing_after_it() -> None:
    ended = place(*RULES[1:], rule("accept", 2, valid_until=date(2025, 12, 31)))
    assert_fault(sound(), "rule request.accept", "here has none on 2026-01-01", at=ended)
    followed = rule("accept", 3, valid_from=date(2026, 1, 1))
    assert faults(sound(), place(*ended.rules, followed)) == []


def test_a_window_without_rule() -> None:
    assert_fault(sound(), "rule request.appeal", "here has none", at=place(*RULES[:-1]))


def test_a_rule_that_nothing_uses() -> None:
    more = place(*RULES, rule("dream"))
    assert_fault(sound(), "rule request.dream", "nothing uses it, and here has it", at=more)


def test_a_rule_of_a_variant_that_does_not_exist() -> None:
    more = place(*RULES, rule("accept", variant="slow"))
    assert_fault(sound(), "rule request.accept, variant slow", "nothing uses it", at=more)


def test_rules_of_other_kinds_are_left_alone() -> None:
    other = rule("dream").model_copy(update={"name": "requests.dream"})
    assert faults(sound(), place(*RULES, other)) == []


def test_a_window_that_no_guard_reads() -> None:
    definition = replace(sound(), windows=("request.appeal", "request.idle", "other.idle"))
    assert_fault(definition, "window request.idle", "no guard reads it")
    assert_fault(definition, "window other.idle", "it is a rule of another kind")


def test_a_window_by_which_a_deadline_runs_and_the_reverse() -> None:
    window = place(*RULES[1:], rule("accept", 2, window=True))
    assert_fault(sound(), "rule request.accept", "calls it a window, and a deadline runs by it", at=window)
    deadline = place(*RULES[:-1], rule("appeal", 15))
    assert_fault(sound(), "rule request.appeal", "it is a window, and here does not say so", at=deadline)


def test_an_extension_that_no_action_gives() -> None:
    longer = place(*RULES[1:], rule("accept", 2, extension=3))
    assert_fault(
        sound(), "deadline accept", "here lets it be extended and no action does", 'extend("accept")', at=longer
    )


def test_an_extension_that_the_rule_does_not_have() -> None:
    shorter = place(*(one for one in RULES if one.name != "request.verify"), rule("verify", 7))
    assert_fault(sound(), "deadline verify", "an action extends it and here has no extension", at=shorter)


def test_an_extension_that_the_rule_lost_on_a_later_day() -> None:
    others = tuple(one for one in RULES if one.name != "request.verify")
    old = rule("verify", 7, extension=10, valid_until=date(2025, 12, 31))
    changed = place(*others, old, rule("verify", 7, valid_from=date(2026, 1, 1)))
    assert_fault(sound(), "deadline verify", "an action extends it and here has no extension", at=changed)


def test_a_rung_before_the_start() -> None:
    early = with_deadline("accept", rungs=(Rung(-2, "remind"), Rung(0, "overdue")))
    assert_fault(early, "deadline accept, rung -2", "with 2 workday it fires before the start", "at_least=3 or more")
    left_out = with_deadline("accept", rungs=(Rung(-2, "remind", at_least=3), Rung(0, "overdue"), Rung(3, "supervise")))
    assert faults(left_out) == []


# All kinds side by side


def together(*definitions: Definition) -> list[str]:
    return [str(fault) for fault in check_all(definitions, [])]


def test_two_kinds_of_one_name_or_with_the_same_letters() -> None:
    lines = together(sound(), replace(sound(), file="again.py"))
    assert any("again.py: kind request: another file defines a kind of this name" in line for line in lines)
    assert any("request.py: letters QQ: another kind has the same letters" in line for line in lines)


def test_letters_that_no_case_number_can_carry() -> None:
    assert any("case numbers carry two capital letters" in line for line in together(replace(sound(), letters="q1")))


def test_a_case_opened_of_a_kind_that_is_not_there() -> None:
    opener = with_action("refer", does=(route("supplied_by"), open_case("dream")))
    assert any("action refer: it opens a case of the kind 'dream'" in line for line in together(opener))


def test_an_opening_by_a_case_that_no_kind_opens() -> None:
    opened = plus(sound(), act("opened", "Opened", (CASE,), (START,), "filed"))
    assert any("action opened: it can never be taken: no kind opens" in line for line in together(opened))
    opener = replace(
        with_action("refer", does=(route("supplied_by"), open_case("request"))), kind="other", letters="OO", file="o.py"
    )
    assert not any("no kind opens" in line or "opens a case of the kind" in line for line in together(opened, opener))
