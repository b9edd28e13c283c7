"""A database that others hold for too long: a page says so and keeps what was typed, a sweep leaves it for later."""

import io
import logging

import pytest
from sqlalchemy.exc import OperationalError

from cases.engine.sweep import sweep
from commands.clockwork import works
from tests.bench.faults.troubled import FROM_HERE, Site, offered
from tests.builders import WORLD, day
from tests.conftest import NOW
from tests.web.stage import PDF

LATE = day(2026, 11, 10)
TYPED = "写了很久的 话 <b>"


def test_a_request_that_waited_too_long_says_so_and_offers_what_was_typed_again(site: Site) -> None:
    case = site.walk()
    before = site.events(case)
    with site.locked(case):
        answer = site.send("office", case, "note", words=TYPED)
    assert answer.status_code == 503
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert 'data-trouble="busy"' in answer.text
    assert 'data-recorded="no"' in answer.text
    assert "Nothing of what you sent was recorded." in answer.text
    assert "写了很久的 话 &lt;b&gt;" in answer.text
    assert answer.text.count("<h1") == 1
    assert site.events(case) == before
    assert site.set_aside() == []
    again = offered(answer)
    assert again["words"] == TYPED
    assert site.browser("office").post(answer.request.path, data=again).status_code == 302
    assert site.events(case, "note") == ["note"]


def test_the_page_speaks_chinese_to_who_reads_chinese(filed: Site) -> None:
    case = filed.walk()
    browser = filed.browser("office", "zh")
    with filed.locked(case):
        answer = browser.post(f"/cases/{case.number}/note", data={"words": TYPED, "shown": "1"}, headers=FROM_HERE)
    assert "您提交的内容一项都没有记录" in answer.text
    assert "重新提交" in answer.text


def test_files_that_reached_the_store_need_not_be_chosen_again(filed: Site) -> None:
    case = filed.walk()
    with filed.locked(case):
        answer = filed.send("enterprise", case, "add", words=TYPED, files=(io.BytesIO(PDF), "授权书.pdf"))
    assert answer.status_code == 503
    assert "Files cannot be kept" not in answer.text
    again = filed.browser("enterprise").post(answer.request.path, data=offered(answer))
    assert again.status_code == 302, again.text
    assert filed.events(case)[-1] == "add"


def test_no_password_is_kept_on_a_page(filed: Site) -> None:
    with filed.locked(filed.walk()):
        answer = filed.app.test_client().post(
            "/sign-in", data={"username": "office", "password": "three grey horses"}, headers=FROM_HERE
        )
    assert answer.status_code == 503
    assert "three grey" not in answer.text
    assert offered(answer)["username"] == "office"


def test_a_form_from_elsewhere_is_not_offered_again(filed: Site) -> None:
    case = filed.walk()
    with filed.locked(case):
        answer = filed.browser("office").post(f"/cases/{case.number}/note", data={"words": TYPED, "shown": "1"},
                                             headers={"Sec-Fetch-Site": "cross-site"})  # fmt: skip
    assert answer.status_code == 503
    assert "写了很久" not in answer.text


def test_what_the_server_undoes_for_others_sake_is_no_fault_of_a_case(served: Site) -> None:
    """A deadlock, a transaction that cannot be ordered, a lock not had, a statement cancelled."""
    case = served.walk(filed=LATE)
    for state in ("40P01", "40001", "55P03", "57014"):
        with served.when(f"RAISE EXCEPTION 'undone' USING ERRCODE = '{state}'"):
            answer = served.send("office", case, "note", words=TYPED)
            assert (answer.status_code, 'data-trouble="busy"' in answer.text) == (503, True), state
            with pytest.raises(OperationalError):
                sweep(WORLD, NOW)
    assert served.set_aside() == []
    assert sweep(WORLD, NOW)


def test_a_sweep_kept_out_leaves_all_for_the_next_beat_and_blames_no_case(
    filed: Site, caplog: pytest.LogCaptureFixture
) -> None:
    case = filed.walk(filed=LATE)
    caplog.set_level(logging.INFO, "redress.scheduler")
    with filed.locked(case):
        works(filed.app)["sweep"]()
    [told] = [record for record in caplog.records if record.name == "redress.scheduler"]
    assert "waits for the next beat: the database is busy" in told.getMessage()
    assert told.exc_info is None
    assert filed.set_aside() == []
    works(filed.app)["sweep"]()
    assert "overdue" in filed.events(case)
