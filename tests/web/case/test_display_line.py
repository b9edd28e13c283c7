"""The line of a record's display: which dates it names, and that it claims nothing the sheet does not."""

from datetime import date

from web.parts.display_facts import DisplayLine, RepairDay, display_line

TODAY = date(2026, 11, 24)
DECIDED, SHEET = date(2026, 3, 18), date(2029, 3, 18)


def said(line: DisplayLine) -> list[str]:
    return [str(label.words) for label in line.labels]


def test_what_is_passed_ends_today() -> None:
    line = display_line(DECIDED, SHEET, TODAY)
    assert 0 < line.passed < 100
    assert line.today == line.passed
    assert said(line) == ["18 Mar 2026 decided", "18 Mar 2029 end of display", "today"]


def test_without_a_class_each_class_has_its_tick_on_a_line_of_its_own() -> None:
    first = [RepairDay(date(2027, 9, 9), "serious"), RepairDay(date(2026, 12, 9), "general")]
    line = display_line(date(2026, 9, 8), date(2029, 9, 8), TODAY, first_days=first)
    words = [label for label in line.labels if label.how == "first"]
    assert [str(label.words) for label in words] == ["general: from 9 Dec 2026", "serious: from 9 Sep 2027"]
    assert words[0].y < words[1].y


def test_the_earlier_of_two_ends_is_acted_on_and_dots_lead_to_the_sheets() -> None:
    line = display_line(DECIDED, SHEET, TODAY, acted_on=date(2027, 3, 18))
    assert line.end < 100 == line.beyond
    assert "18 Mar 2027 display ends" in said(line)
    assert "18 Mar 2029 as the sheet has it" in said(line)
    assert "earlier than the sheet's 2029-03-18" in str(line.sentence)


def test_a_record_whose_display_has_ended_stops_at_its_end_and_asks_nothing() -> None:
    line = display_line(date(2025, 11, 20), date(2026, 11, 20), TODAY, ended_on=date(2026, 11, 20))
    assert line.passed == 100
    assert line.today is None
    assert not line.over
    assert said(line) == ["20 Nov 2025 decided", "20 Nov 2026 display ended by itself"]


def test_a_display_that_a_case_ended_did_not_end_by_itself() -> None:
    line = display_line(DECIDED, SHEET, TODAY, ended_on=date(2026, 11, 20), by_itself=False)
    assert said(line) == ["18 Mar 2026 decided", "20 Nov 2026 display ended by a case"]
    assert str(line.sentence) == "Decided on 2026-03-18; a case ended the display on 2026-11-20."


def test_a_display_that_ended_late_names_both_days_and_how_late() -> None:
    """D49: nothing is made up, and nothing is hidden."""
    line = display_line(
        date(2025, 9, 15), date(2026, 9, 15), TODAY, ended_on=date(2026, 9, 15), stopped_on=date(2026, 9, 18)
    )
    said_so = str(line.sentence)
    assert "to end on 2026-09-15 and ended on 2026-09-18, 3 days late" in said_so
    assert "by itself" not in " ".join([said_so, *said(line)])


def test_an_entry_of_a_list_is_listed_and_not_decided() -> None:
    line = display_line(DECIDED, SHEET, TODAY, listed=True)
    assert str(line.sentence).startswith("Listed on 2026-03-18; ")
    assert "18 Mar 2026 listed" in said(line)


def test_red_stands_only_past_the_sheets_own_end() -> None:
    past_the_sheet = display_line(date(2025, 11, 20), date(2026, 11, 20), TODAY)
    past_a_class = display_line(date(2025, 3, 18), date(2028, 3, 18), TODAY, acted_on=date(2026, 3, 18))
    on_the_day = display_line(date(2025, 11, 20), TODAY, TODAY)
    assert past_the_sheet.over
    assert "should have ended" in str(past_the_sheet.sentence)
    assert not past_a_class.over
    assert not on_the_day.over


def test_two_words_over_the_line_turn_away_from_each_other() -> None:
    line = display_line(DECIDED, SHEET, TODAY, acted_on=date(2027, 3, 18))
    over = {label.how: label.anchor for label in line.labels if label.y == 10}
    assert over == {"today": "end", "acted": "start"}


def test_a_word_near_the_end_stands_left_of_its_tick() -> None:
    line = display_line(DECIDED, SHEET, TODAY, first_days=[RepairDay(date(2029, 1, 1))])
    assert next(label.anchor for label in line.labels if label.how == "first") == "end"


def test_everything_said_lies_inside_the_picture() -> None:
    first = [RepairDay(date(2026, 12, 9), "general"), RepairDay(date(2027, 9, 9), "serious")]
    line = display_line(DECIDED, SHEET, TODAY, first_days=first, acted_on=date(2027, 3, 18))
    assert all(0 <= label.x <= 100 and 0 < label.y < line.height for label in line.labels)
