"""What the pages of accounts read: letters whose mail was given up, places, mail addresses, demo accounts.

Of a case that the reader may not open nothing is said (D16).
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from cases.kinds import all_kinds
from cases.letters.overtaken import letters_new_to
from cases.model.tables import Case
from cases.model.visibility import alone, visible_to
from extensions import db
from notifications.deliver import given_up
from notifications.letters import DIGEST, PERSON, Letter
from notifications.papers import Paper
from registry.identity import Identity, identity_of
from registry.organisations import Bureau, Enterprise, Office
from registry.people import User
from web.site.access import NOBODY, identity, today
from web.site.language import bureau_short, in_words, language, office_short
from workflow.definition import AUDITOR, FILER, Party
from workflow.refusal import Message, say

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
    found = given_up(db.session(), max(most, MOST))
    numbers = _numbers(found)
    known = _kinds(set(numbers.values()))
    seen = [letter for letter in found if _may_know(letter) or numbers[letter.id] in known][:most]
    return [_told(letter, numbers[letter.id], known.get(numbers[letter.id], "")) for letter in seen]


def may_see(letter: Letter) -> bool:
    """Whether the reader may open the case that a letter is about; a digest is about all that its addressee reads."""
    return _may_know(letter) or bool(readable(set(_numbers([letter]).values())))


def _may_know(digest: Letter) -> bool:
    """Whether it is a digest that names no case that this reader may not open: sent to another address, it is read."""
    if digest.name != DIGEST:
        return False
    person = db.session().get(User, digest.to_id)
    theirs = identity_of(db.session(), person, today()) if person else NOBODY
    return alone(identity()) or (bool(theirs.roles) and not (alone(theirs) or theirs.holds(AUDITOR)))


def readable(numbers: set[str]) -> set[str]:
    """Those of the cases that the reader may open."""
    return set(_kinds(numbers))


def _kinds(numbers: set[str]) -> dict[str, str]:
    """The kind of each of the cases that the reader may open."""
    found = select(Case.number, Case.kind).where(Case.number.in_(numbers), visible_to(identity()))
    return {row.number: row.kind for row in db.session().execute(found)}


def _numbers(letters: Sequence[Letter]) -> dict[int, str]:
    """The case of each letter; one that may not name its case has it by its paper."""
    papers = [letter.paper_id for letter in letters if letter.paper_id and not letter.case_number]
    of_papers = select(Paper.id, Paper.case_number).where(Paper.id.in_(papers))
    by_paper = {row.id: row.case_number for row in db.session().execute(of_papers)} if papers else {}
    return {letter.id: letter.case_number or by_paper.get(letter.paper_id or 0, "") for letter in letters}


def _told(letter: Letter, number: str, kind: str) -> LostLetter:
    veiled = letter.to_party in (Party.ENTERPRISE, PERSON) and bool(kind and all_kinds()[kind].closed_to)
    to = in_words(say("open it to see whose")) if veiled else _addressee(letter)
    why = why_lost(letter.last_error)
    return LostLetter(letter.id, letter.subject(language()), to, letter.mail, number, why, letter.last_error, veiled)


def why_lost(code: str) -> Message:
    """Why a mail was given up, from the code that is kept of it: never a server's words."""
    if code in WHY:
        return WHY[code]
    if code.startswith("server_"):
        return say("the mail server refuses to serve this platform")
    if code.startswith("5"):
        return say("the mail server refuses this address or this letter for good")
    return say("the mail server put it off at every try for a day")


def _addressee(letter: Letter) -> str:
    session = db.session()
    match letter.to_party:
        case Party.ENTERPRISE:
            firm = session.get(Enterprise, letter.to_id)
            return firm.name if firm else ""
        case Party.BUREAU:
            bureau = session.get(Bureau, letter.to_id)
            return bureau_short(bureau) if bureau else ""
        case Party.OFFICE:
            return office_short()
        case Party.THIRD:
            return in_words(say("the third party"))
        case _ if letter.to_party == PERSON:
            person = session.get(User, letter.to_id)
            return person.name if person else ""
    return in_words(say("the leading group"))


def places_of(here: Identity) -> list[str]:
    """The name of the bureau or of each enterprise; none at the office."""
    reading = db.session()
    if here.bureau_id is not None:
        return [reading.get_one(Bureau, here.bureau_id).name]
    return [reading.get_one(Enterprise, id).name for id in sorted(here.enterprise_ids)]


def papers_go_to(here: Identity) -> list[str]:
    """The addresses to which the official papers of the reader's body, or firms, are mailed."""
    reading = db.session()
    if here.bureau_id is not None:
        return [mail] if (mail := reading.get_one(Bureau, here.bureau_id).email) else []
    if not here.holds(FILER):
        return [office.email for office in reading.scalars(db.select(Office)) if office.email]
    firms = [reading.get_one(Enterprise, id).email for id in sorted(here.enterprise_ids)]
    return [mail for mail in dict.fromkeys(firms) if mail]


def lenders_of(here: Identity) -> dict[int, str]:
    """The names of those for whom the reader stands in."""
    return {id: db.session().get_one(User, id).name for id in here.acts_for.values()}


def demo_accounts() -> list[tuple[User, Identity, list[str]]]:
    """Whoever in the demo can sign in, the firms first: the person, what they may do and where."""
    can = db.select(User).where(User.demo, User.ended_at.is_(None), User.password_hash != "")
    found = [(user, identity_of(db.session(), user, today())) for user in db.session().scalars(can.order_by(User.id))]
    found.sort(key=lambda pair: (not pair[1].enterprise_ids, pair[1].bureau_id is None))
    return [(user, here, places_of(here)) for user, here in found]


def fresh_letters(letters: Sequence[Letter]) -> Set[int]:
    """Those that are counted beside the word inbox: nobody has opened them, and they still ask something."""
    unread = [one.id for one in letters if one.read_at is None]
    return set(db.session().scalars(select(Letter.id).where(Letter.id.in_(unread), letters_new_to(identity()))))
