"""A database that goes away, in the middle of a request, of a sweep and of a commit, and comes back."""

import logging
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Response
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from cases.engine.sweep import sweep
from cases.model.tables import Event
from cases.scheduler.tasks import last_beat, note_beat
from commands.clockwork import first_beat, works
from database import Unknown
from extensions import db, transaction
from registry.people import User
from tests.bench.faults.line import Line
from tests.bench.faults.troubled import FROM_HERE, Site, offered, site_on
from tests.builders import WORLD, day
from tests.conftest import NOW
from tests.databases import empty
from tests.web.filing.test_filing import to_the_check

LATE = day(2026, 11, 10)
TYPED = "写了很久的 话"
ENDED = "PERFORM pg_terminate_backend(pg_backend_pid(), 5000)"


def test_while_it_is_away_pages_say_so_and_the_first_after_it_is_back_works(site: Site) -> None:
    case = site.walk()
    assert site.browser("office").get("/desk").status_code == 200
    with site.away():
        read = site.browser("office").get("/desk")
        sent = site.send("office", case, "note", words=TYPED)
        health, watched = (site.app.test_client().get(path) for path in ("/health", "/health/scheduler"))
        assert not (site.is_file and site.path.exists())
    for answer in (read, sent):
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "30"
        assert 'data-trouble="gone"' in answer.text
        assert answer.text.count("<h1") == 1
        assert "Sign out" in answer.text
        assert "/sign-in" not in answer.text
    assert "Try again" in read.text
    assert 'data-recorded="no"' in sent.text
    assert TYPED in sent.text
    assert (health.status_code, health.json["database"], watched.status_code) == (503, "failed", 503)
    assert site.browser("office").get("/desk").status_code == 200
    assert site.browser("office").post(sent.request.path, data=offered(sent)).status_code == 302
    assert site.events(case, "note") == ["note"]


def test_a_scheduler_that_starts_while_it_is_away_does_not_end_and_with_it_the_site(site: Site) -> None:
    site.close()
    with site.away():
        first_beat(site.app)
    with site.app.app_context():
        assert last_beat(db.session()) is None
        db.session.remove()
    first_beat(site.app)
    with site.app.app_context():
        assert last_beat(db.session()) is not None
        db.session.remove()


def test_the_page_speaks_the_language_of_who_signed_in_though_nobody_can_read_who_that_is(filed: Site) -> None:
    filed.close()
    browser = filed.browser("office")
    browser.delete_cookie("language")
    with browser.session_transaction() as session:
        session["language"] = "en"
    with filed.away():
        assert "The database cannot be reached at the moment" in browser.get("/desk").text
        assert "数据库现在连不上" in filed.app.test_client().get("/sign-in/none").text


def test_one_signs_out_while_it_is_away(site: Site) -> None:
    site.close()
    browser = site.browser("office")
    with site.away():
        assert browser.post("/sign-out").status_code == 302
        with browser.session_transaction() as session:
            assert "_user_id" not in session


def test_connections_that_the_server_ended_meet_nobody(served: Site) -> None:
    case = served.walk()
    browser = served.browser("office")
    assert browser.get("/desk").status_code == 200
    served.cut_off()
    assert browser.get("/desk").status_code == 200
    served.cut_off()
    assert served.send("office", case, "note", words=TYPED).status_code == 302


def test_a_connection_ended_once_the_page_is_made_does_not_take_the_page_away(served: Site) -> None:
    case = served.walk()

    def cut(response: Response) -> Response:
        served.cut_off()
        return response

    served.app.after_request_funcs.setdefault(None, []).append(cut)
    assert served.browser("office").get(f"/cases/{case.number}").status_code == 200
    assert served.send("office", case, "note", words=TYPED).status_code == 302
    assert served.events(case, "note") == ["note"]


def test_a_connection_ended_between_reading_and_writing_costs_nothing(served: Site) -> None:
    session = db.session()
    session.commit()
    assert session.scalars(select(User.id)).all()
    served.cut_off()
    with transaction() as writing:
        note_beat(writing, NOW, "sweep")
    assert last_beat(session) is None


def test_another_file_put_in_its_place_is_the_one_that_is_written(filed: Site) -> None:
    """A backup put back under a running site: SQLite would go on writing into the file that was there before."""
    case = filed.walk()
    assert filed.browser("office").get("/desk").status_code == 200
    filed.close()
    shutil.copy(filed.path, filed.path.with_suffix(".backup"))
    assert filed.browser("office").get("/desk").status_code == 200
    filed.path.with_suffix(".backup").replace(filed.path)
    for left in ("-wal", "-shm"):
        filed.path.with_name(filed.path.name + left).unlink(missing_ok=True)
    assert filed.send("office", case, "note", words=TYPED).status_code == 302
    assert filed.events(case, "note") == ["note"]


def test_an_act_cut_off_in_the_middle_is_not_recorded_and_says_so(served: Site) -> None:
    case = served.walk()
    before = served.events(case)
    with served.when(ENDED, "letter"):
        answer = served.send("enterprise", case, "add", words=TYPED)
    assert answer.status_code == 503
    assert 'data-recorded="no"' in answer.text
    assert [name for name in served.events(case) if name not in before] in ([], ["remind"])
    assert served.browser("enterprise").post(answer.request.path, data=offered(answer)).status_code == 302
    assert served.events(case, "add") == ["add"]


def test_an_act_cut_off_as_it_is_committed_is_called_unknown(served: Site) -> None:
    case = served.walk()
    with served.when(ENDED, "event_text", at_commit=True):
        answer = served.send("office", case, "note", words=TYPED)
    assert answer.status_code == 503
    assert 'data-recorded="unknown"' in answer.text
    assert "Nothing" not in answer.text.partition("<main")[2].partition("</main>")[0]
    assert f'href="/cases/{case.number}"' in answer.text
    assert served.events(case, "note") == []
    assert served.browser("office").post(answer.request.path, data=offered(answer)).status_code == 302
    assert served.events(case, "note") == ["note"]


@pytest.fixture
def lined(postgres_url: str, tmp_path: Path) -> Iterator[tuple[Site, Line]]:
    """A site that reaches its server over a line that can be cut; what the line carried can be seen."""
    with Line(postgres_url) as line, site_on(line.url, tmp_path) as built:
        yield built, line
    empty(postgres_url)


def test_where_the_answer_to_a_commit_is_lost_sending_again_records_nothing_twice(lined: tuple[Site, Line]) -> None:
    site, line = lined
    case = site.walk(filed=NOW - timedelta(hours=1))
    with line.losing_the_answer_to("event_text"):
        answer = site.send("office", case, "note", words=TYPED)
    assert (answer.status_code, 'data-recorded="unknown"' in answer.text) == (503, True)
    assert site.events(case, "note") == ["note"]
    again = site.browser("office").post(answer.request.path, data=offered(answer))
    assert again.status_code == 409
    assert TYPED in again.text
    assert site.events(case, "note") == ["note"]


def test_where_the_answer_to_a_filing_is_lost_sending_again_leads_to_the_one_case(lined: tuple[Site, Line]) -> None:
    site, line = lined
    browser, address = site.browser("enterprise"), f"/records/{site.place.record.id}/objection/check"
    key = to_the_check(browser, site.place)
    site.close()
    with line.losing_the_answer_to("event_text"):
        answer = browser.post(address, data={"draft": key, "declared": "y"}, headers=FROM_HERE)
    assert (answer.status_code, 'data-recorded="unknown"' in answer.text) == (503, True)
    again = browser.post(address, data=offered(answer))
    assert again.status_code == 302
    assert again.location.endswith("/receipt")
    with site.owner() as owner:
        assert len(owner.scalars(select(Event.id).where(Event.action == "file")).all()) == 1


def test_a_sweep_cut_off_in_the_middle_blames_no_case_and_the_next_fires_each_once(served: Site) -> None:
    place = served.place
    second = place.file(LATE, place.other_record, by="enterprise2")
    second_id = second.id
    case = served.walk(filed=LATE)
    with served.when(f"IF NEW.case_id = {second_id} THEN {ENDED}; END IF"), pytest.raises(OperationalError):
        sweep(WORLD, NOW)
    assert served.set_aside() == []
    assert served.events(case) == ["file"]
    served.close()
    done = sweep(WORLD, NOW)
    assert {written.case_id for written in done} == {case.id, second_id}
    served.close()
    assert sweep(WORLD, NOW) == []
    assert served.events(case).count("remind") == 1


def test_a_sweep_cut_off_as_it_commits_does_not_know_and_the_next_fires_each_once(served: Site) -> None:
    case = served.walk(filed=LATE)
    with served.when(ENDED, at_commit=True), pytest.raises(Unknown):
        sweep(WORLD, NOW)
    assert served.set_aside() == []
    served.close()
    assert sweep(WORLD, NOW)
    assert served.events(case).count("remind") == 1


def test_a_scheduler_lives_through_it_says_so_and_notes_no_beat(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    case = site.walk(filed=LATE)
    with transaction() as session:
        note_beat(session, NOW - timedelta(minutes=9))
    site.close()
    caplog.set_level(logging.ERROR, "redress.scheduler")
    beats = works(site.app)
    with site.away():
        for beat in beats.values():
            beat()
    told = [record for record in caplog.records if record.name == "redress.scheduler"]
    assert len(told) == len(beats)
    assert all("the database is gone" in record.getMessage() and not record.exc_info for record in told)
    assert site.app.test_client().get("/health/scheduler").status_code == 503
    for beat in beats.values():
        beat()
    assert "overdue" in site.events(case)
    assert site.app.test_client().get("/health/scheduler").json["scheduler"] == "beating"
    assert site.set_aside() == []
