"""The letters of played cases: every notice of every kind is written, in both languages, and says what it must."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.kinds import all_kinds
from extensions import transaction
from notifications.languages import day_in_words
from notifications.letters import Address, Letter, find_letter, inbox, mark_read, unread_count
from notifications.post import NewLetter, post
from tests.builders import Place
from tests.conftest import NOW
from tests.notifications.post_office import FIRM, OTHER_FIRM, new_letter, posted, stands

NAMED = {notice.letter for action in all_kinds()["objection"].actions for notice in action.tells}
ELSEWHERE = {"recounted", "objection_opened", "joined", "joined_later", "succeeded"}
"""Written where a calendar is loaded, another case acts or a body becomes another; those of the other kinds are
written from invented values (`test_wording_of_kinds.py`)."""

CHINESE = re.compile("[\u3400-\u9fff]")
ENGLISH = re.compile("[a-z]{4,}(?!人)\\b")
TODAY = date(2026, 11, 24)


def letters(place: Place, name: str) -> list[Letter]:
    """The letters of that name about objections: carrying one out opens a correction, which has letters too."""
    objections = Letter.case_number.contains("-YY-")
    return list(place.session.scalars(select(Letter).where(Letter.name == name, objections)))


def test_every_notice_is_written_whole_in_both_languages(lived_in: Place) -> None:
    written = lived_in.session.scalars(select(Letter)).all()
    assert {letter.name for letter in written if "-YY-" in letter.case_number} == NAMED - ELSEWHERE
    for letter in written:
        for language in ("zh", "en"):
            text = f"{letter.subject(language)}\n{letter.body(language)}"
            assert text.strip()
            assert "{" not in text, text
            assert "None" not in text, text
        assert not ENGLISH.search(f"{letter.subject('zh')}\n{letter.body('zh')}"), letter.body("zh")
        assert not CHINESE.search(letter.subject("en")), letter.subject("en")


def test_the_enterprise_is_told_of_a_missed_deadline_as_the_law_has_it(lived_in: Place) -> None:
    [first, *_] = letters(lived_in, "overdue_filer")
    body = first.body("zh")
    assert "拟定期限，尚未公布" in body
    assert "承诺" not in body
    assert "示范旗信用办负责人" in body
    assert re.search(r"法律对不履职的救济 .*起可用，不会更早", body)
    assert "proposed, not yet published" in first.body("en")
    assert "promise" not in first.body("en")


def test_remedies_for_silence_open_two_months_after_filing_and_never_earlier(lived_in: Place) -> None:
    [letter, *_] = letters(lived_in, "overdue_filer")
    filed = next(told for told in letters(lived_in, "filed") if told.case_number == letter.case_number)
    opens = re.search(r"open on (\w+ \d+ \w+)", letter.body("en"))
    assert opens
    last = date(2026, filed.written_at.month + 2, filed.written_at.day)
    assert last.weekday() < 5  # else the time would roll over the days off
    assert opens[1] == day_in_words(last + timedelta(days=1), "en", TODAY)


def test_whoever_is_late_its_head_and_the_office_are_told_and_the_filer_once_a_deadline(lived_in: Place) -> None:
    late = letters(lived_in, "overdue")
    assert {letter.to_role for letter in late} >= {"officer", "chief"}
    told = [(letter.case_number, letter.body("en")) for letter in letters(lived_in, "overdue_filer")]
    assert len(told) == len(set(told))


def test_an_adverse_end_is_told_with_reasons_and_remedies(lived_in: Place) -> None:
    for name in ("refused", "lapsed", "transferred", "review_withdrawn"):
        for letter in letters(lived_in, name):
            body = letter.body("zh")
            assert "理由" in body, name
            assert "申请行政复议" in body, name
            assert "提起行政诉讼" in body, name


def test_a_move_that_is_undone_takes_its_letters_and_papers_with_it(session: Session) -> None:
    def undone() -> None:
        with transaction() as open_session:
            post(open_session, [new_letter()], NOW)
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        undone()
    assert session.scalars(select(Letter)).all() == []


def test_an_inbox_shows_its_own_letters_newest_first_a_page_at_a_time(session: Session) -> None:
    mine = posted(NOW, *(new_letter() for _ in range(5)), new_letter(OTHER_FIRM))[:5]
    first = inbox(session, [FIRM], NOW, limit=3)
    assert [letter.id for letter in first] == mine[:1:-1]
    assert [letter.id for letter in inbox(session, [FIRM], NOW, first[-1].id, 3)] == mine[1::-1]
    assert inbox(session, [], NOW) == []


def test_a_letter_is_found_by_its_addressee_alone(session: Session) -> None:
    [id] = posted(NOW, new_letter())
    assert find_letter(session, [FIRM], id, NOW) is not None
    same_firm_other_desk = Address("enterprise", 1, "reviewer")
    for others in ([OTHER_FIRM], [same_firm_other_desk], [Address("bureau", 1, "filer")], []):
        assert find_letter(session, others, id, NOW) is None


def test_new_letters_are_counted_as_far_as_is_asked(session: Session) -> None:
    posted(NOW, *(new_letter() for _ in range(3)))
    assert [unread_count(session, [FIRM], NOW, most=most) for most in (2, 3, 4, None)] == [2, 3, 3, 3]


def test_a_letter_once_read_stays_read_since_then(session: Session) -> None:
    [id] = posted(NOW, new_letter())
    assert unread_count(session, [FIRM], NOW) == 1
    mark_read(session, stands(session, id), NOW)
    mark_read(session, stands(session, id), NOW.replace(year=2027))
    assert unread_count(session, [FIRM], NOW) == 0
    assert stands(session, id).read_at == NOW


def test_posting_nothing_writes_nothing(session: Session) -> None:
    assert post(session, iter(list[NewLetter]()), NOW) == 0
