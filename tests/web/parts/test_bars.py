"""Shares by month as bars: one base for all, the newest month last, a gap where there is no share."""

from web.parts.bars import TALL, share_bars


def test_all_bodies_stand_on_one_base_and_a_month_without_a_share_leaves_a_gap() -> None:
    base, (whole, small, none) = share_bars([[100, 86], [None, 77], [None, None]])
    assert base == 70
    assert [x for x, _wide, _high in whole.bars] == [83.33, 91.67]
    assert whole.bars[0][2] == TALL
    assert [(x, high) for x, _wide, high in small.bars] == [(91.67, 6.1)]
    assert (whole.known, small.known, none.known, none.bars) == ((100, 86), (77,), (), ())


def test_where_nobody_has_a_share_nothing_is_drawn() -> None:
    assert share_bars([]) == (0, ())
    assert share_bars([[0]])[1][0].bars[0][2] == 0
