"""Letters: each written once, with an event of its case, mailed where it has an address, and recorded once."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.bench.faults.cases_replayed import closing_events
from tests.bench.faults.stored import Row, Stored, grouped

FILER = "enterprise"


def letters_once(stored: Stored, mailed: Sequence[str] | None, drained_at: str | None) -> Iterator[str]:
    """What was told twice, of nothing, or not at all. `mailed`: the Message-IDs that the mail server took."""
    yield from _written_once(stored)
    yield from _of_something(stored)
    yield from _told_of_the_end(stored)
    yield from _papers(stored)
    for letter in stored["letter"]:
        yield from (f"letter {letter.id} of {letter.case_number or 'no case'}: {what}" for what in _state(letter))
    if mailed is not None:
        yield from _mailed(stored, mailed, drained_at)


def _written_once(stored: Stored) -> Iterator[str]:
    """No two letters of one moment say the same to the same, unless two events of that moment did the same."""
    same = Counter(
        (row.case_number, row.written_at, row.name, row.to_party, row.to_id, row.to_role, row.texts)
        for row in stored["letter"]
    )
    for (number, written_at, name, party, of, role, _), n in same.items():
        case = stored.by_number.get(number)
        events = stored.events.get(case.id, ()) if case else ()
        acts = Counter(event.action for event in events if event.at == written_at)
        if n > max(acts.values(), default=1):
            yield f"{number or 'no case'}: the letter {name} to {party} {of} {role} was written {n} times"


def _of_something(stored: Stored) -> Iterator[str]:
    """A letter of a case was written as something happened: an event of it, or a change of its record."""
    moments = {case.number: {event.at for event in stored.events.get(case.id, ())} for case in stored["case_"]}
    changed = grouped(stored["record_change"], "record_id")
    for letter in stored["letter"]:
        if not letter.case_number:
            continue
        case = stored.by_number.get(letter.case_number)
        if case is None:
            yield f"{letter.case_number}: the letter {letter.name} is of a case that does not exist"
            continue
        beside = {row.at for row in changed.get(case.record_id, ())}
        if letter.written_at not in moments[case.number] | beside:
            yield f"{case.number}: the letter {letter.name} tells of something that did not happen"


def _told_of_the_end(stored: Stored) -> Iterator[str]:
    """Whoever filed is told of each end of their case, in the very transaction that ended it."""
    told = {(row.case_number, row.written_at) for row in stored["letter"] if row.to_party == FILER}
    filers = {(row.case_number, row.to_id) for row in stored["letter"] if row.to_party == FILER}
    for case in stored["case_"]:
        for event in closing_events(stored.events.get(case.id, ())):
            if (case.number, event.at) not in told or (case.number, case.enterprise_id) not in filers:
                yield f"{case.number}: event {event.seq} ended the case and no letter told whoever filed it"


def _papers(stored: Stored) -> Iterator[str]:
    papers = {paper.id: paper for paper in stored["paper"]}
    sent = {letter.paper_id for letter in stored["letter"] if letter.paper_id is not None}
    yield from (f"{papers[id].case_number}: paper {id} went out with no letter" for id in papers.keys() - sent)
    yield from (f"a letter goes out with paper {id}, which does not exist" for id in sent - papers.keys())
    for letter in stored["letter"]:
        paper = papers.get(letter.paper_id)
        if paper and letter.case_number and paper.case_number not in ("", letter.case_number):
            yield f"{letter.case_number}: the letter {letter.name} goes out with a paper of {paper.case_number}"


def _state(letter: Row) -> Iterator[str]:
    """How far its mail is: said once, and in a way that can be."""
    if letter.mail_state != "sharing" and bool(letter.mail) != (letter.mail_state != "none"):
        yield "it has an address and no mail, or mail and no address"
    if (letter.mail_state == "sent") != (letter.sent_at is not None):
        yield f"its mail is {letter.mail_state}, sent at {letter.sent_at}"
    if (letter.mail_state == "waiting") != (letter.next_try_at is not None):
        yield f"its mail is {letter.mail_state}, next tried at {letter.next_try_at}"
    if letter.mail_state == "sent" and letter.tries < 1:
        yield "its mail is sent and was never tried"
    if letter.mail_state not in ("none", "sharing", "waiting", "sent", "given_up"):
        yield f"its mail is {letter.mail_state}"


def message_id(letter: Row) -> str:
    """The part of its Message-ID before the sender's domain."""
    digits = "".join(character for character in letter.written_at if character.isdigit())
    return f"letter-{letter.id}-{digits}"


def _mailed(stored: Stored, mailed: Sequence[str], drained_at: str | None) -> Iterator[str]:
    """What is recorded as sent was taken by the server; what the server took is a letter that stands."""
    taken = {line.strip("<>").partition("@")[0] for line in mailed}
    letters = {message_id(letter): letter for letter in stored["letter"]}
    yield from (f"a mail went out of a letter that was never written: {id}" for id in taken - letters.keys())
    for id, letter in letters.items():
        told = f"letter {letter.id} of {letter.case_number or 'no case'}"
        if letter.mail_state == "sent" and id not in taken:
            yield f"{told}: it is recorded as sent, and the mail server never took it"
        if drained_at and letter.mail_state == "sharing" and letter.served_at <= drained_at:
            yield f"{told}: it was served at {letter.served_at} and nobody has said where it is mailed"
        if drained_at and letter.mail_state == "waiting" and (letter.next_try_at or "") <= drained_at:
            yield f"{told}: its mail was due at {letter.next_try_at} and still waits"
