"""To which addresses a letter goes: by what it is, and by how each who reads it wants their mail; over real SMTP."""

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cases.letters import sharing
from cases.letters.sharing import Ways, share_out
from cases.model.evidence import Store
from cases.papers.files import PATIENCE
from cases.scheduler.tasks import Means, run
from notifications.channels import NoMail, channel_for
from notifications.letters import NO_MAIL, PERSON, SHARING, WAITING, Letter
from notifications.papers import Paper, PaperSeal
from registry.organisations import Office
from registry.people import add_person
from tests.builders import LAW, START, WORLD, Place, later
from tests.notifications.mail_servers import MailServer, running

pytestmark = pytest.mark.both_databases

FIRM = "91150699yalkaur84l@firm.example"
AT = later(START, hours=1)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with running(MailServer()) as server:
        yield server


def sent(place: Place, server: MailServer, store: Store | None = None) -> Counter[str]:
    """Let the mail of now go out; gives how many letters each address got. What went before is forgotten."""
    server.taken.clear()
    means = Means(place.session, WORLD, channel_for(server.url), store=store, site="https://redress.example")
    place.session.commit()
    for task in ("sharing", "mail", "sharing", "mail"):  # the second time there is nothing left
        run(task, means, AT)
    place.session.expire_all()
    return Counter(str(mail["To"]) for mail in server.taken)


def wants(place: Place, name: str, mail: str, notices: str = "", language: str = "zh") -> None:
    person = place.people[name]
    person.email, person.notices, person.language = mail, notices, language


def withdrawn(place: Place) -> None:
    """A letter without a paper to the firm: its case is withdrawn, as it asked. What was written before is gone."""
    case = place.file()
    place.session.execute(update(Letter).values(mail_state=NO_MAIL, next_try_at=None))
    place.session.commit()
    place.act(case, "enterprise", "withdraw", AT, confirm=True)


def test_an_official_paper_goes_to_the_body_whatever_anybody_chose(place: Place, mail_server: MailServer) -> None:
    wants(place, "enterprise", "person@firm.example", "inbox")
    place.file()  # the receipt
    assert sent(place, mail_server)[FIRM] == 1
    assert "person@firm.example" not in sent(place, mail_server)


def test_a_paper_for_a_body_without_an_address_goes_to_its_people(place: Place, mail_server: MailServer) -> None:
    wants(place, "enterprise", "person@firm.example", "inbox")
    place.firm.email = ""
    place.file()
    assert sent(place, mail_server)["person@firm.example"] == 1


def test_whoever_wants_papers_enclosed_has_them_as_files_and_nobody_else(
    place: Place, mail_server: MailServer, app: Flask
) -> None:
    wants(place, "enterprise", "person@firm.example", "papers", language="en")
    place.file()
    to = sent(place, mail_server, app.extensions["store"])
    assert (to[FIRM], to["person@firm.example"]) == (1, 1)
    found = {str(mail["To"]): mail for mail in mail_server.taken}
    official, reading = found["person@firm.example"].iter_attachments()
    number = place.session.scalars(select(Paper)).one().number
    assert [one.get_filename() for one in (official, reading)] == [f"{number}.pdf", f"{number}-en.pdf"]
    assert official.get_content().startswith(b"%PDF")
    assert "The document is enclosed as PDF" in found["person@firm.example"].get_body().get_content()
    assert list(found[FIRM].iter_attachments()) == []


def test_a_letter_without_a_paper_encloses_nothing(place: Place, mail_server: MailServer, app: Flask) -> None:
    wants(place, "enterprise", "person@firm.example", "papers")
    withdrawn(place)
    assert sent(place, mail_server, app.extensions["store"])["person@firm.example"] == 1
    assert all("PDF" not in mail.get_body().get_content() for mail in mail_server.taken)


def test_the_firm_s_address_that_is_one_s_own_gets_what_one_wants(
    place: Place, mail_server: MailServer, app: Flask
) -> None:
    wants(place, "enterprise", FIRM, "papers")
    place.file()
    assert sent(place, mail_server, app.extensions["store"])[FIRM] == 1
    mail = next(mail for mail in mail_server.taken if mail["To"] == FIRM)
    assert len(list(mail.iter_attachments())) == 1
    assert "按您的选择" in mail.get_body().get_content()


def test_a_mail_waits_a_while_for_the_seal_of_its_paper_and_then_goes_without_the_file(
    place: Place, mail_server: MailServer, app: Flask
) -> None:
    wants(place, "enterprise", "person@firm.example", "papers")
    place.file()
    paper = place.session.scalars(select(Paper)).one()
    place.session.add(PaperSeal(paper_id=paper.id, next_try_at=AT))
    place.session.execute(update(Letter).values(served_at=AT))
    store: Store = app.extensions["store"]
    assert sent(place, mail_server, store)["person@firm.example"] == 0
    letter = place.session.scalars(select(Letter).where(Letter.mail == "person@firm.example")).one()
    assert (letter.mail_state, letter.tries, letter.failing_since, letter.last_error) == (WAITING, 0, None, "")
    letter.served_at = AT - PATIENCE
    letter.next_try_at = AT
    assert sent(place, mail_server, store)["person@firm.example"] == 1
    mail = next(mail for mail in mail_server.taken if mail["To"] == "person@firm.example")
    assert list(mail.iter_attachments()) == []
    assert "文书 PDF 暂时无法随信附上" in mail.get_body().get_content()


def test_who_hears_at_once_has_each_letter_at_their_own_address_once(place: Place, mail_server: MailServer) -> None:
    """A firm's people hear at once unless they chose otherwise; the firm's address has the paper besides."""
    wants(place, "enterprise", "Person@firm.example", language="en")
    place.file()
    assert sent(place, mail_server) == {FIRM: 1, "Person@firm.example": 1, **office_mail(place)}
    english = next(mail for mail in mail_server.taken if mail["To"] == "Person@firm.example")
    assert "objection" in str(english["Subject"]).lower()
    copies = place.session.scalars(select(Letter).where(Letter.to_party == PERSON)).all()
    assert [(copy.to_id, copy.language) for copy in copies] == [(place.people["enterprise"].id, "en")]


def office_mail(place: Place) -> dict[str, int]:
    mails = Counter(letter.mail for letter in place.session.scalars(select(Letter).where(Letter.to_party == "office")))
    return {mail: n for mail, n in mails.items() if mail}


def test_one_address_gets_a_letter_once_in_its_owners_language(place: Place, mail_server: MailServer) -> None:
    wants(place, "enterprise", FIRM.upper(), language="en")
    place.file()
    assert sent(place, mail_server)[FIRM] == 1
    [english] = [mail for mail in mail_server.taken if mail["To"] == FIRM]
    assert english["Content-Language"] == "en"


@pytest.mark.parametrize("chosen", ["digest", "inbox"])
def test_what_is_no_paper_spares_who_does_not_want_it(place: Place, mail_server: MailServer, chosen: str) -> None:
    """Neither their own address gets it, nor the firm's, which would be for nobody else."""
    wants(place, "enterprise", FIRM, chosen)
    withdrawn(place)
    assert FIRM not in sent(place, mail_server)


@pytest.mark.parametrize("colleague", [False, True])
def test_the_bodys_address_stands_for_who_has_none(place: Place, mail_server: MailServer, colleague: bool) -> None:
    """A colleague without an address reads the firm's: it gets the letter, and who wants a digest does not."""
    if colleague:
        add_person(place.session, "second", "第二人", ["filer"], enterprise_id=place.firm.id)
        wants(place, "enterprise", "own@firm.example", "digest")
    withdrawn(place)
    mails = sent(place, mail_server)
    assert mails[FIRM] == 1
    assert "own@firm.example" not in mails


def test_nobody_gets_a_letter_that_they_could_not_open(place: Place, mail_server: MailServer) -> None:
    """A complaint about an officer is mailed to no officer; another firm's people and another bureau hear nothing."""
    for name in ("office", "officer2", "chief", "enterprise", "enterprise2", "reviewer", "reviewer2", "auditor"):
        wants(place, name, f"{name}@person.example", "at_once")
    place.complain(complained_of="officer", body=None)
    mails = set(sent(place, mail_server))
    assert "chief@person.example" in mails
    assert not {mail for mail in mails if mail.startswith(("office@person", "officer2", "enterprise2", "reviewer"))}


@pytest.mark.parametrize("own", ["", "chief@person.example"])
def test_what_is_the_heads_alone_never_goes_to_the_address_that_the_whole_office_reads(
    place: Place, mail_server: MailServer, own: str
) -> None:
    """A complaint about an officer, also where the head has no address of their own: it stands in their inbox."""
    place.session.execute(update(Office).values(email="office@banner.example"))
    wants(place, "chief", own, "at_once")
    place.complain(complained_of="officer", body=None)
    mails = sent(place, mail_server)
    assert "office@banner.example" not in mails
    assert ("chief@person.example" in mails) is bool(own)


def test_each_letter_is_decided_on_once_also_without_a_mail_server(place: Place, session: Session) -> None:
    place.file()
    session.commit()
    assert set(session.scalars(select(Letter.mail_state))) == {SHARING}
    written = len(session.scalars(select(Letter.id)).all())
    session.commit()
    assert run("sharing", Means(session, WORLD, NoMail()), AT) == [f"letters shared {written}"]
    session.expire_all()
    assert set(session.scalars(select(Letter.mail_state))) <= {WAITING, NO_MAIL}
    assert share_out(LAW, AT) == 0


def test_a_reminder_is_shared_in_office_hours(place: Place, session: Session) -> None:
    """What waits for the office to open is not decided on before: who reads it then is asked then."""
    place.file()
    letter = session.scalars(select(Letter)).first()
    assert letter
    letter.served_at = later(AT, hours=10)
    session.commit()
    share_out(LAW, AT)
    session.expire_all()
    assert session.get_one(Letter, letter.id).mail_state == SHARING


def test_a_letter_that_cannot_be_decided_on_holds_up_no_other_and_is_tried_again(
    place: Place, session: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    place.file()
    session.commit()
    ids = sorted(session.scalars(select(Letter.id)))
    session.commit()
    decide = sharing.ways_of

    def broken(letter: Letter, readers: Sequence[sharing.Reader]) -> Ways:
        if letter.id == ids[0]:
            raise ValueError("invented")
        return decide(letter, readers)

    monkeypatch.setattr(sharing, "ways_of", broken)
    assert share_out(LAW, AT) == len(ids) - 1
    assert f"letter {ids[0]} cannot be given an address" in caplog.text
    session.expire_all()
    assert session.scalars(select(Letter.id).where(Letter.mail_state == SHARING)).all() == [ids[0]]
    session.commit()
    monkeypatch.undo()
    assert share_out(LAW, AT) == 1
