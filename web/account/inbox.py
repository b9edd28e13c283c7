"""The inbox: letters served to the addresses that the reader reads; for the office also the mail that was given up.

A letter about a case that its reader may not read bears neither link nor number (D16).
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from cases.kinds import all_kinds
from cases.lists.worklists import count, on_desk_of, others_have, rows
from cases.model.tables import Case
from cases.model.visibility import addresses_of, alone, find_case, letters_new_to, letters_readable_by, visible_to
from extensions import db, transaction
from notifications.deliver import delayed, given_up, send_again
from notifications.languages import LANGUAGES
from notifications.letters import DIGEST, PAGE, PERSON, Letter, find_letter, inbox, mark_all_read, mark_read
from notifications.papers import Paper
from registry.identity import identity_of
from registry.organisations import Bureau, Enterprise
from registry.people import User
from web.account.form import ReadAllForm, SendAgainForm
from web.account.inbox_filters import Shown, column, past_letters
from web.case.list_row import CaseRow
from web.site.access import EVERYBODY, NOBODY, identity, note_read, now, requires, today
from web.site.forms import number_in
from web.site.language import bureau_short, in_words, language, office_short
from web.site.record_words import template_words
from web.site.security import safe_next
from workflow.definition import AUDITOR, CHIEF, OFFICER, Party
from workflow.refusal import Message, say

pages = Blueprint("inbox", __name__, url_prefix="/inbox")
pages.context_processor(template_words)
OFFICIAL = LANGUAGES[0]


@pages.get("")
@requires(roles=EVERYBODY)
def letters() -> ResponseReturnValue:
    """What waits for the reader, then their letters by case, the newest first."""
    return _list_page(SendAgainForm(formdata=None), 200)


@pages.get("/<int:letter_id>")
@requires(roles=EVERYBODY)
def letter(letter_id: int) -> ResponseReturnValue:
    """A letter as it was sent, in the page's language; to open it is to have read it."""
    readable = letters_readable_by(identity())
    found = find_letter(db.session(), addresses_of(identity()), letter_id, now(), readable) or abort(404)
    if found.read_at is None:
        with transaction() as session:
            mark_read(session, session.get_one(Letter, found.id, populate_existing=True), now())
    spoken = OFFICIAL if "official" in request.args else language()
    case = find_case(db.session(), identity(), found.case_number)
    note_read("letter", letter_id, case.id if case else None)
    paper = db.session().get(Paper, found.paper_id) if found.paper_id else None
    return render_template(
        "account/inbox/letter.html",
        letter=found,
        spoken=spoken,
        official=OFFICIAL,
        case=case,
        paper=paper,
        subject=found.subject(spoken),
        paragraphs=[part for part in found.body(spoken).split("\n") if part.strip()],
    )


@pages.post("/<int:letter_id>/send-again")
@requires(roles={OFFICER, CHIEF})
def again(letter_id: int) -> ResponseReturnValue:
    """Lets a mail that was given up go out again."""
    form = SendAgainForm()
    asked = db.session().get(Letter, letter_id)
    if asked is None or not _may_see(asked):
        abort(404)
    if not form.sent():
        return _list_page(form, 422, letter_id)
    with transaction() as session:
        done = send_again(session, letter_id, now(), (form.mail.data or "").strip())
    flash(gettext("The mail goes out again.") if done else gettext("This mail is no longer given up: nothing to do."))
    return redirect(safe_next(request.form.get("next"), url_for("inbox.letters")))


@dataclass(frozen=True)
class Correspondence:
    """The letters of one case on a page, newest first; `case` is None where the reader may not open it, or there is
    none."""

    letters: Sequence[Letter]
    case: CaseRow | None
    unread: int

    @property
    def newest(self) -> str:
        """What the newest letter says, without the number that stands beside it."""
        subject = self.letters[0].subject(language())
        return subject.partition(self.case.number if self.case else subject)[2].lstrip(gettext(": ")) or subject


@pages.post("/read")
@requires(roles=EVERYBODY)
def read_all() -> ResponseReturnValue:
    """Marks what is older than the newest letter shown as read; what waits for an act goes on waiting."""
    form = ReadAllForm()
    if form.sent():
        with transaction() as session:
            scope = letters_readable_by(identity())
            mark_all_read(session, addresses_of(identity()), number_in(form.newest.data, 0), now(), scope)
    return redirect(url_for("inbox.letters"))


def _list_page(form: SendAgainForm, status: int, about: int = 0) -> ResponseReturnValue:
    session, before = db.session(), number_in(request.args.get("before"), 0)
    shown, past = Shown.asked(), past_letters()
    found = inbox(session, addresses_of(identity()), now(), before or None, PAGE + 1, shown.condition())
    at_office = identity().holds(OFFICER, CHIEF)
    unread = [one.id for one in found if one.read_at is None]
    asking = select(Letter.id).where(Letter.id.in_(unread), letters_new_to(identity()))
    fresh = set(session.scalars(asking))  # as they are counted beside the word inbox
    asked = (on_desk_of(identity()), ~others_have(identity()))
    waiting = [] if before or shown.query() else rows(session, identity(), *asked, most=WAITING_SHOWN)
    in_all = count(session, identity(), *asked) if len(waiting) == WAITING_SHOWN else len(waiting)
    return render_template(
        "account/inbox/list.html",
        waiting=CaseRow.of(waiting),
        waiting_more=in_all - len(waiting),
        cases=_by_case(found[:PAGE], fresh),
        newest=found[0].id if found and not before else 0,
        fresh=fresh,
        shown=shown,
        column=column(shown, past),
        past=past,
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        lost=lost_letters() if at_office else (),
        delay=delayed(session) if at_office else None,
        form=form,
        about=about,
    ), status


WAITING_SHOWN: Final = 12


def _by_case(letters: Sequence[Letter], fresh: Set[int]) -> list[Correspondence]:
    """The letters of a page, those of a case together, where the newest of them stands."""
    found = rows(db.session(), identity(), Case.number.in_({one.case_number for one in letters}), most=PAGE)
    known = {row.number: row for row in CaseRow.of(found)}
    together: dict[str, list[Letter]] = {}
    for one in letters:
        together.setdefault(one.case_number if one.case_number in known else "", []).append(one)
    return [
        Correspondence(own, known.get(number), sum(1 for one in own if one.id in fresh))
        for number, own in together.items()
    ]


MOST: Final = 1000
"""Letters looked at, before those of cases that the reader may not open are left out."""
WHY: Final[dict[str, Message]] = {
    "bad_address": say("this is no mail address"),
    "cannot_be_written": say("this letter cannot be put into a mail"),
    "address_not_supported": say("the mail server cannot write to such an address"),
    "unreachable": say("the mail server could not be reached for a day"),
    "timeout": say("the mail server did not answer for a day"),
    "disconnected": say("the mail server hung up at every try for a day"),
    "bad_tls": say("the mail server's certificate is not to be trusted"),
    "no_tls": say("the mail server offers no encryption, and the password is not sent without"),
}


@dataclass(frozen=True)
class LostLetter:
    """One letter that its addressee has in the inbox alone. `number` is that of its case.

    `veiled`: a list names neither whom it is for nor the address.
    """

    id: int
    subject: str
    to: str
    mail: str
    number: str
    why: Message
    code: str
    veiled: bool = False


def lost_letters(most: int = 50) -> list[LostLetter]:
    """Those of cases that the reader may open, the newest first, at most `most`; those kept from them fill no place."""
    return lost_among(given_up(db.session(), max(most, MOST)), most)


def lost_among(found: Sequence[Letter], most: int) -> list[LostLetter]:
    """The same of letters that were given up."""
    numbers = _numbers(found)
    known = _readable(set(numbers.values()))
    seen = [letter for letter in found if _may_know(letter) or numbers[letter.id] in known][:most]
    lost = []
    for letter in seen:
        number, code = numbers[letter.id], letter.last_error
        kind = known.get(number, "")
        veiled = letter.to_party in (Party.ENTERPRISE, PERSON) and bool(kind and all_kinds()[kind].closed_to)
        to = in_words(say("open to view")) if veiled else _addressee(letter)
        subject = letter.subject(language())
        lost.append(LostLetter(letter.id, subject, to, letter.mail, number, _why_lost(code), code, veiled))
    return lost


def _may_see(letter: Letter) -> bool:
    """Whether the reader may open the case that a letter is about; a digest is about all that its addressee reads."""
    return _may_know(letter) or bool(_readable(set(_numbers([letter]).values())))


def _may_know(digest: Letter) -> bool:
    """Whether it is a digest that names no case that this reader may not open: sent to another address, it is read."""
    if digest.name != DIGEST:
        return False
    person = db.session().get(User, digest.to_id)
    theirs = identity_of(db.session(), person, today()) if person else NOBODY
    return alone(identity()) or (bool(theirs.roles) and not (alone(theirs) or theirs.holds(AUDITOR)))


def _readable(numbers: set[str]) -> dict[str, str]:
    """Those of the cases that the reader may open, with their kind."""
    found = select(Case.number, Case.kind).where(Case.number.in_(numbers), visible_to(identity()))
    return {row.number: row.kind for row in db.session().execute(found)} if numbers else {}


def _numbers(letters: Sequence[Letter]) -> dict[int, str]:
    """The case of each letter; one that may not name its case has it by its paper."""
    papers = [letter.paper_id for letter in letters if letter.paper_id and not letter.case_number]
    of_papers = select(Paper.id, Paper.case_number).where(Paper.id.in_(papers))
    by_paper = {row.id: row.case_number for row in db.session().execute(of_papers)} if papers else {}
    return {letter.id: letter.case_number or by_paper.get(letter.paper_id or 0, "") for letter in letters}


def _why_lost(code: str) -> Message:
    """Why a mail was given up, from the code that is kept of it: never a server's words."""
    if code in WHY:
        return WHY[code]
    if code.startswith("server_"):
        return say("the mail server refuses to serve this platform")
    if code.startswith("5"):
        return say("the mail server refuses this address or this letter for good")
    return say("the mail server put it off at every try for a day")


def _addressee(letter: Letter) -> str:
    match letter.to_party:
        case Party.BUREAU:
            bureau = db.session().get(Bureau, letter.to_id)
            return bureau_short(bureau) if bureau else ""
        case Party.OFFICE:
            return office_short()
        case Party.THIRD:
            return in_words(say("the third party"))
        case Party.ENTERPRISE:
            firm = db.session().get(Enterprise, letter.to_id)
            return firm.name if firm else ""
        case "person":
            person = db.session().get(User, letter.to_id)
            return person.name if person else ""
    return in_words(say("the leading group"))
