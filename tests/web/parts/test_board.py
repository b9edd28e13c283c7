"""The overdue board: the order of its rows, where a mark stands, and that none hides another."""

from collections import Counter
from dataclasses import dataclass

from web.parts.bars import BarValue, bars
from web.parts.board import Board, BoardBody, board, drawn_singly
from workflow.refusal import say


@dataclass(frozen=True)
class Place:
    """An open case as the board asks for it."""

    number: str
    href: str
    kind: str
    kind_words: str
    firm: str
    left: int
    held: bool = False


def place(left: int, kind: str = "objection", *, held: bool = False, number: str = "2026-YY-000001") -> Place:
    return Place(number, f"/cases/{number}", kind, "objection", "A firm", left, held)


def body(name: str, *cases: Place, ours: bool = False) -> BoardBody:
    row = BoardBody(name, Counter((case.left, case.held) for case in cases), ours=ours)
    row.cases.extend(case for case in cases if (case.left, case.held) in drawn_singly([row])[0])
    return row


def plot(*lefts: int, held: bool = False) -> Board:
    return board([body("A bureau", *(place(left, held=held, number=str(n)) for n, left in enumerate(lefts)))])


def test_most_late_first_then_by_open_cases_and_the_office_last() -> None:
    rows = [body("office", place(-5), place(-6), ours=True), body("calm", place(4)), body("busy", place(4), place(5)),
            body("late", place(-1))]  # fmt: skip
    assert [line.body.name for line in board(rows).lines] == ["late", "busy", "calm", "office"]


def test_left_of_the_line_stands_what_is_late_and_right_of_it_what_is_due_today() -> None:
    found = plot(-1, 0)
    late, due = found.lines[0].marks
    assert late.x < found.today < due.x
    assert (late.how, late.n) == ("late", 1)
    assert due.how == "soon"


def test_within_three_days_is_amber_and_later_is_hollow_and_a_hold_is_neither() -> None:
    assert [mark.how for mark in plot(3, 4).lines[0].marks] == ["soon", "later"]
    assert [mark.how for mark in plot(1, held=True).lines[0].marks] == ["hold"]


def test_the_shape_says_the_kind() -> None:
    kinds = ("objection", "correction", "repair", "complaint")
    row = body("A bureau", *(place(n, kind) for n, kind in enumerate(kinds)))
    assert [mark.shape for mark in board([row]).lines[0].marks] == ["circle", "square", "diamond", "triangle"]


def test_marks_of_one_day_never_overlap() -> None:
    for n in range(1, 9):
        marks = plot(*[5] * n).lines[0].marks
        places = {(mark.dx, mark.y) for mark in marks}
        assert len(places) == n
        assert all(abs(a[0] - b[0]) >= 14 or abs(a[1] - b[1]) >= 14 for a in places for b in places if a != b)


def test_over_eight_in_a_day_are_a_column_with_its_number() -> None:
    line = plot(*[5] * 9).lines[0]
    assert line.marks == ()
    assert [column.n for column in line.columns] == [9]


def test_the_last_column_holds_all_beyond_and_nothing_leaves_the_plot() -> None:
    line = plot(14, 200, -300).lines[0]
    assert len({mark.x for mark in line.marks if mark.how == "later"}) == 1
    assert all(0 < mark.x < 100 for mark in line.marks)


def test_each_mark_is_named_by_bureau_kind_and_days() -> None:
    assert str(plot(-2).lines[0].marks[0].label).startswith("A bureau, objection, 2 working days late")
    assert "due today" in str(plot(0).lines[0].marks[0].label)


def test_a_row_says_its_numbers_in_words_and_for_the_table() -> None:
    line = board([body("A", place(-1), place(0), place(2), place(2, held=True), place(9))]).lines[0]
    assert (line.body.late, line.body.soon, line.body.held, line.body.open) == (1, 2, 1, 5)
    assert str(line.said) == "1 late, 5 open"


def test_an_empty_board_can_be_drawn() -> None:
    assert board([]).lines == ()
    assert board([body("A")]).lines[0].marks == ()


def test_bars_share_the_scale_of_the_longest() -> None:
    short, long = bars(
        [BarValue("a", (("office", 2), ("bureau", 3)), say("5")), BarValue("b", (("bureau", 10),), say("10"))]
    )
    assert [(x, width) for x, width, _ in short.pieces] == [(0, 20), (20, 30)]
    assert long.pieces[0][1] == 100


def test_bars_of_nothing_are_empty() -> None:
    assert bars([BarValue("a", (("office", 0),), say("0"))])[0].pieces == ()
