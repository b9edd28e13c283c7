"""What the bench itself looks at once all is still: words that were said, evidence on disk, letters and mails."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa

from tests.faults.acknowledged import DONE, NOT_DONE, Act


def faults_of(engine: sa.Engine, folder: Path, acts: Sequence[Act], mailed: Sequence[str]) -> list[str]:
    """What is lost, twice, or there against what was said; empty where all is sound."""
    with engine.connect() as connection:
        return [
            *_words(connection, acts), *_evidence(connection, folder / "evidence"), *_letters(connection, mailed),
            *_moves_without_letters(connection),
        ]  # fmt: skip


def there(engine: sa.Engine, acts: Sequence[Act], state: str) -> tuple[int, int]:
    """Of the acts in that state that bear a word: how many there are, and how many are in the database."""
    with engine.connect() as connection:
        found = _found(connection)
    words = [act.nonce for act in acts if act.nonce and act.state == state]
    return len(words), sum(found[word] > 0 for word in words)


def _found(connection: sa.Connection) -> Counter[str]:
    """In how many events of one case each word stands: that a case which is opened quotes it is no repetition."""
    rows = connection.execute(sa.text("SELECT case_id, event_id, text FROM event_text WHERE text LIKE '% n%'"))
    events = Counter((word, case_id) for word, case_id, _ in {(_word(text), case, event) for case, event, text in rows})
    found: Counter[str] = Counter()
    for (word, _case_id), times in events.items():
        found[word] = max(found[word], times)
    return found


def _word(text: str) -> str:
    return text.rpartition(" ")[2]


def _words(connection: sa.Connection, acts: Sequence[Act]) -> Iterator[str]:
    found = _found(connection)
    for act in acts:
        times = found[act.nonce] if act.nonce else None
        if times is None:
            continue
        said = f"{act.action} of {act.who} on {act.case} ({act.nonce}, {act.tries} tries)"
        if act.state == DONE and times == 0:
            yield f"lost: {said} was acknowledged and is not there"
        if act.state == NOT_DONE and times:
            yield f"said wrongly: of {said} a page said that nothing was changed, and it is there"
        if times > 1:
            yield f"twice: {said} is there {times} times"


def _evidence(connection: sa.Connection, store: Path) -> Iterator[str]:
    for (sha256,) in connection.execute(sa.text("SELECT DISTINCT sha256 FROM attachment")):
        path = store / sha256[:2] / sha256
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            yield f"evidence {sha256} is not whole in the store"


def _letters(connection: sa.Connection, mailed: Sequence[str]) -> Iterator[str]:
    taken = {name.partition("-")[2].partition("-")[0] for name in mailed}
    for letter_id, state in connection.execute(sa.text("SELECT id, mail_state FROM letter WHERE mail <> ''")):
        if state != "sent":
            yield f"letter {letter_id} is {state} once all is still"
        elif str(letter_id) not in taken:
            yield f"letter {letter_id} is recorded as sent, and no server ever took it"


def _moves_without_letters(connection: sa.Connection) -> Iterator[str]:
    """Every case was told of to somebody: an opening without a letter has lost it."""
    rows = connection.execute(sa.text("SELECT number FROM case_ WHERE number NOT IN (SELECT case_number FROM letter)"))
    for (number,) in rows:
        yield f"nobody was told of {number}"
