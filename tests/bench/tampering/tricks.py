"""The tricks: what is changed behind the platform's back, and what names it, or that nothing does."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from cases.ledger.checkpoints import kept_heads, root_of, said_by, sealed_root, sm3_root_of
from cases.ledger.register import enter, entry_hash, form
from cases.ledger.sealing import GENESIS, canonical, instant, salted, seal
from cases.ledger.seals import SEALED
from cases.ledger.witness import Signed, Witness, hash_of
from cases.model.tables import Checkpoint, Event, RungFired, SealedRow
from extensions import Base
from notifications.letters import Letter
from registry.tokens import ApiToken
from tests.bench.tampering.stage import BACKUP, LOG, PRIVATE, Hand
from tests.played import DATABASE


@dataclass(frozen=True)
class Trick:
    """What one does, with the database alone, the folder too, or the private key, and what a check says of it.

    `here` is a word of what names it by what stands on this machine, `beside` with a copy of the log kept elsewhere;
    nothing of the sort where nobody finds it.
    """

    deed: Callable[[Hand], object]
    here: str
    hands: str = "database"
    beside: str = ""


def _set(table: str, values: str, where: str = "1 = 1", key: str = "id") -> Callable[[Hand], None]:
    """Change one row of a table."""

    def deed(hand: Hand) -> None:
        row = hand.row_of(table, where)
        hand.run(f'UPDATE "{table}" SET {values} WHERE {key} = :key', key=getattr(row, key))

    return deed


def _remove(table: str) -> Callable[[Hand], None]:
    """Take one row away."""
    return lambda hand: hand.run(f'DELETE FROM "{table}" WHERE id = :key', key=hand.row_of(table).id)


def _record_with_its_change(hand: Hand) -> None:
    change = hand.row_of("record_change", "what IN ('imported', 'entered')")
    said = json.loads(change.after)
    name = hand.lot.choice(sorted(name for name, value in said["values"].items() if value and name != "uscc"))
    said["values"][name] = "forged"
    hand.run("UPDATE record_change SET after = :after WHERE id = :id", after=json.dumps(said), id=change.id)
    hand.run('UPDATE credit_record SET "values" = :values WHERE id = :id', values=json.dumps(said["values"]),
             id=change.record_id)  # fmt: skip


def _due_later(hand: Hand) -> None:
    timer = hand.row_of("timer", "stopped_on IS NULL AND due_on IS NOT NULL")
    hand.run("UPDATE timer SET due_on = '2027-03-01' WHERE id = :id", id=timer.id)
    hand.run("UPDATE case_ SET due_on = (SELECT min(due_on) FROM timer WHERE case_id = case_.id AND stopped_on IS NULL)"
             " WHERE id = :id", id=timer.case_id)  # fmt: skip


def _off_the_board(hand: Hand) -> None:
    case = hand.row_of("case_", "closed_at IS NULL AND board_due_on IS NOT NULL")
    hand.run("UPDATE case_ SET board_due_on = '2027-03-01', board_sheet = NOT board_sheet WHERE id = :id", id=case.id)


def _empty_text(hand: Hand) -> None:
    hand.run("UPDATE event_text SET text = NULL WHERE id = :id", id=hand.row_of("event_text").id)


def _entered_properly(hand: Hand) -> None:
    _set("membership", "role = 'chief'", "role <> 'chief'")(hand)
    enter(hand.connection, {"membership": None})


def _token_put_in(hand: Hand) -> None:
    """A token of their own beside another, from anywhere."""
    token = hand.row_of("api_token")._asdict()
    token |= {"id": token["id"] + 1000, "token_hash": "f", "networks": [], "revoked_at": None}
    hand.connection.execute(sa.insert(ApiToken).values(**token))


def _token_entered(hand: Hand) -> None:
    _token_put_in(hand)
    enter(hand.connection, {"api_token": None})


def _register_anew(hand: Hand) -> None:
    _remove("deputy")(hand)
    hand.run("DELETE FROM register_entry WHERE tab = 'deputy'")
    before = GENESIS
    for row in hand.connection.execute(sa.text("SELECT * FROM register_entry ORDER BY id")).all():
        made = entry_hash(before, row.tab, row.row_key, row.digest)
        hand.run("UPDATE register_entry SET previous = :before, hash = :made WHERE id = :id", before=before, made=made,
                 id=row.id)  # fmt: skip
        before = made


def _letter_with_its_seal(hand: Hand) -> None:
    """A letter says something else, and its seal fits."""
    sealed = hand.row_of("sealed_row", "tab = 'letter'")
    hand.run("UPDATE letter SET texts = '{}' WHERE id = :id", id=sealed.row_id)
    columns = [Letter.__table__.c[name] for name in SEALED[Letter]]
    row = hand.connection.execute(sa.select(*columns).where(Letter.id == sealed.row_id)).mappings().one()
    salt, digest = salted(form(row))
    hand.run("UPDATE sealed_row SET salt = :salt, digest = :digest WHERE tab = 'letter' AND row_id = :id", salt=salt,
             digest=digest, id=sealed.row_id)  # fmt: skip


def _exchanged(table: str, columns: tuple[str, ...], where: str = "1 = 1") -> Callable[[Hand], None]:
    """Two rows of a table say what the other said."""

    def deed(hand: Hand) -> None:
        one = hand.row_of(table, where)
        other = hand.row_of(table, f"({where}) AND id <> {one.id} AND {columns[0]} <> "
                            f"(SELECT {columns[0]} FROM \"{table}\" WHERE id = {one.id})")  # fmt: skip
        named = Base.metadata.tables[table]
        for row, said in ((one, other), (other, one)):
            values = {name: getattr(said, name) for name in columns}
            hand.connection.execute(sa.update(named).where(named.c.id == row.id).values(**values))

    return deed


def _rung_taken_away(hand: Hand) -> None:
    table = RungFired.__table__
    rung = hand.row_of("rung_fired", "rung NOT LIKE '%supervise%'")
    hand.connection.execute(sa.delete(table).where(*(table.c[name] == getattr(rung, name) for name in KEY_OF_RUNG)))


def _letter_put_in(hand: Hand) -> None:
    """A letter that nobody wrote, after the last that is sealed."""
    letter = hand.row_of("letter", "served_at IS NOT NULL")._asdict()
    letter |= {"id": hand.connection.execute(sa.text("SELECT max(id) + 1 FROM letter")).scalar_one(), "name": "forged"}
    hand.connection.execute(sa.insert(Letter).values(**letter))


def _letter_put_in_again(hand: Hand) -> None:
    """A letter that the platform wrote stands there twice."""
    letter = hand.row_of("letter", "sig IS NOT NULL")._asdict()
    letter |= {"id": hand.connection.execute(sa.text("SELECT max(id) + 1 FROM letter")).scalar_one()}
    hand.connection.execute(sa.insert(Letter).values(**letter))


def _unsigned(hand: Hand) -> None:
    """As `_letter_put_in`, as if the platform had never signed."""
    _letter_put_in(hand)
    hand.run("UPDATE letter SET sig = NULL WHERE id NOT IN (SELECT row_id FROM sealed_row WHERE tab = 'letter')")


def _lengthened(hand: Hand) -> None:
    """A case has an event more; its hash and the case's row fit."""
    case = hand.row_of("case_", "closed_at IS NOT NULL")
    last = hand.row_of("event", f"case_id = {case.id} AND seq = {case.length}")._asdict()
    event = last | {"id": hand.connection.execute(sa.text("SELECT max(id) + 1 FROM event")).scalar_one()}
    event |= {"seq": case.length + 1, "previous": case.head, "actor": "user:1"}
    event["hash"] = seal(case.head, case.number, case.length + 1, instant(last["at"]), "user:1", last["action"],
                         last["body"])  # fmt: skip
    hand.connection.execute(sa.insert(Event).values(**event))
    hand.run("UPDATE case_ SET head = :head, length = length + 1 WHERE id = :id", head=event["hash"], id=case.id)


def _register_anew_and_named(hand: Hand) -> None:
    """As `_register_anew`, and every checkpoint names an entry that is there."""
    _register_anew(hand)
    hand.run("UPDATE checkpoint SET register = (SELECT hash FROM register_entry ORDER BY id DESC LIMIT 1)")


def _chain_anew(hand: Hand) -> None:
    """A case's first event says something else; every hash after it, the case's row and the kept head fit."""
    case = hand.row_of("case_", "id IN (SELECT case_id FROM checkpoint_head) AND closed_at IS NOT NULL")
    before = GENESIS
    rows = hand.connection.execute(sa.text("SELECT * FROM event WHERE case_id = :id ORDER BY seq"), {"id": case.id})
    for row in rows.all():
        at = f"{row.at.replace(' ', 'T')}Z"
        body = canonical({**json.loads(row.body), "role": "forged"}) if row.seq == 1 else row.body
        made = seal(before, case.number, row.seq, at, row.actor, row.action, body)
        hand.run("UPDATE event SET body = :body, previous = :before, hash = :made WHERE id = :id", body=body,
                 before=before, made=made, id=row.id)  # fmt: skip
        before = made
    hand.run("UPDATE case_ SET head = :head WHERE id = :id", head=before, id=case.id)
    hand.run("UPDATE checkpoint_head SET head = (SELECT hash FROM event WHERE event.case_id = :id AND"
             " event.seq = checkpoint_head.length) WHERE case_id = :id", id=case.id)  # fmt: skip


def _sign_anew(hand: Hand, signer: Witness, log: bool) -> None:
    """Every checkpoint over what now stands, chained and signed again; the log beside too."""
    table, before, lines = Checkpoint.__table__, GENESIS, []
    newest = hand.newest().id
    for row in hand.connection.execute(sa.select(table).order_by(table.c.id)).all():
        made: dict[str, Any] = {"previous": before, "key": signer.key(), "sealed": _root_of_seals(hand, row.id)}
        if row.id == newest:
            made |= {"root": root_of(kept_heads(hand.connection)), "root_sm3": sm3_root_of(kept_heads(hand.connection))}
        hand.connection.execute(sa.update(table).where(table.c.id == row.id).values(**made))
        statement = said_by(hand.connection.execute(sa.select(table).where(table.c.id == row.id)).one())
        signature = signer.sign(statement)
        before = hash_of(statement, signature)
        hand.connection.execute(sa.update(table).where(table.c.id == row.id).values(signature=signature, hash=before))
        lines.append(Signed(row.id, statement, signature, before))
    if log:
        (hand.folder / LOG).unlink()
        for line in lines:
            signer.log(line)


def _root_of_seals(hand: Hand, checkpoint: int) -> str:
    table = SealedRow.__table__
    rows = sa.select(table).where(table.c.checkpoint_id == checkpoint)
    return sealed_root(row._mapping for row in hand.connection.execute(rows))


def _with_a_strangers_key(deed: Callable[[Hand], object]) -> Callable[[Hand], None]:
    def both(hand: Hand) -> None:
        deed(hand)
        stranger = Witness(hand.folder)
        _sign_anew(hand, stranger, log=True)
        (hand.folder / "checkpoint.pub").write_text(stranger.key())

    return both


def _with_the_key(deed: Callable[[Hand], object]) -> Callable[[Hand], None]:
    def both(hand: Hand) -> None:
        deed(hand)
        _sign_anew(hand, Witness(hand.folder, PRIVATE), log=True)

    return both


def _without_checkpoints(hand: Hand, log: bool = False) -> None:
    hand.run("DELETE FROM checkpoint")
    hand.run("DELETE FROM checkpoint_head")
    hand.run("DELETE FROM sealed_row")
    if log:
        (hand.folder / LOG).unlink()


def _put_back(hand: Hand, cut: bool) -> None:
    """Every table as it was in the backup."""
    with closing(sqlite3.connect(hand.folder / BACKUP / DATABASE)) as older:
        kept = list(older.iterdump())
    raw = hand.connection.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    raw.execute("PRAGMA defer_foreign_keys = ON")
    for name in Base.metadata.tables:
        raw.execute(f'DELETE FROM "{name}"')
    for statement in kept:
        if statement.startswith("INSERT INTO") and not statement.startswith('INSERT INTO "alembic_version"'):
            raw.execute(statement)
    if cut:
        shutil.copy(hand.folder / BACKUP / LOG, hand.folder / LOG)


def _log_edited(hand: Hand) -> None:
    lines = (hand.folder / LOG).read_text().splitlines(keepends=True)
    line = hand.lot.randrange(len(lines) - 1)
    said = json.loads(lines[line])
    said["statement"] = said["statement"].replace('"cases":', '"cases":1')
    said["hash"] = hash_of(said["statement"], said["signature"])
    lines[line] = json.dumps(said, ensure_ascii=False) + "\n"
    (hand.folder / LOG).write_text("".join(lines))


def _log_cut(hand: Hand) -> None:
    lines = (hand.folder / LOG).read_text().splitlines(keepends=True)
    (hand.folder / LOG).write_text("".join(lines[: len(lines) - 2]))


KEY_OF_RUNG: Final = ("timer_id", "due_on", "rung")
SEALED_LETTER: Final = "id IN (SELECT row_id FROM sealed_row WHERE tab = 'letter')"
FOLDER, KEY = "database and folder", "the private key too"

TRICKS: Final[Mapping[str, Trick]] = {
    "a letter's text": Trick(_set("letter", "texts = '{}'", SEALED_LETTER), "seal"),
    "the day a letter was served": Trick(
        _set("letter", "served_at = '2026-01-01 00:00:00.000000'", SEALED_LETTER), "seal"),
    "a paper's values": Trick(_set("paper", "\"values\" = '{}'"), "seal"),
    "a paper's check code": Trick(_set("paper", "check_code = 'XXXXXXXXXX'"), "seal"),
    "the bytes by which a paper's file is known": Trick(_set("paper_file", "sha256 = 'f'"), "seal"),
    "who sealed a paper's file": Trick(_set("paper_file", "sealer = 'local'"), "seal"),
    "that a paper waits for its seal, taken away": Trick(_remove("paper_seal"), "seal"),
    "a record's value, with its first change": Trick(_record_with_its_change, "seal"),
    "a due day, in the deadline and in the case": Trick(_due_later, "running deadlines"),
    "by when the overdue board has a case": Trick(_off_the_board, "case row"),
    "how long a letter of authority holds": Trick(_set("authority", "until_day = '2036-01-01'"), "register"),
    "a role": Trick(_set("membership", "role = 'auditor'", "role <> 'auditor'"), "register"),
    "how long a deputy stands in": Trick(_set("deputy", "until_day = '2036-01-01'"), "register"),
    "a deputy, taken away": Trick(_remove("deputy"), "register"),
    "a person's name": Trick(_set("user_", "name = 'x'"), "register"),
    "a firm's name": Trick(_set("enterprise", "name = 'x'"), "register"),
    "what was done to an account, taken away": Trick(_remove("account_act"), "seal"),
    "that a sign-in link was used": Trick(
        _set("sign_in_link", "used_at = '2026-01-01 00:00:00.000000'", key="token_hash"), "register"),
    "who read, in the log of readings": Trick(_set("reading", "user_id = user_id + 1"), "seal"),
    "a reading, taken away": Trick(_remove("reading"), "seal"),
    "a holiday notice, put in": Trick(
        lambda hand: hand.run("INSERT INTO calendar_file (name, text, loaded_at)"
                              " VALUES ('x', 'x', '2026-01-01 00:00:00.000000')"), "register"),
    "a body's review body": Trick(_set("bureau", "review_body = 'x'"), "register"),
    "what a place was to show": Trick(_set("delivery", "image = '{}'"), "seal"),
    "the day by which a place was to show it": Trick(_set("delivery", "due_on = '2036-01-01'"), "seal"),
    "that a place was seen to agree": Trick(
        _set("delivery", "state = 'confirmed'", "state IN ('by_hand', 'acknowledged', 'differs')"), "delivery"),
    "who saw it": Trick(_set("delivery_act", "actor = 'user:9999'"), "seal"),
    "a text, emptied": Trick(_empty_text, "register"),
    "an attachment's media type": Trick(_set("attachment", "media_type = 'x'"), "seal"),
    "a letter with its seal": Trick(_letter_with_its_seal, "seal"),
    "a deputy with every entry, the register chained anew": Trick(_register_anew, "register"),
    "a role, entered as the platform would": Trick(_entered_properly, "signature"),
    "what a token may do, widened": Trick(_set("api_token", "scopes = '[\"cases:read\", \"cases:act\"]'"), "register"),
    "until when a token opens, moved": Trick(
        _set("api_token", "until = '2036-01-01 00:00:00.000000'"), "register"),
    "the networks of a token, emptied": Trick(_set("api_token", "networks = '[]'"), "register"),
    "that a token was revoked, taken back": Trick(
        _set("api_token", "revoked_at = NULL", "revoked_at IS NOT NULL"), "register"),
    "the secret of a token, one of their own": Trick(_set("api_token", "token_hash = 'f'"), "register"),
    "a token, put in": Trick(_token_put_in, "register"),
    "a token, put in and entered as the platform would": Trick(_token_entered, "signature"),
    "where a system is told": Trick(_set("webhook_endpoint", "address = 'https://elsewhere.example/'"), "register"),
    "the secret of an endpoint": Trick(_set("webhook_endpoint", "secret = secret_before"), "register"),
    "that an endpoint is stopped, taken back": Trick(
        _set("webhook_endpoint", "suspended_at = NULL", "suspended_at IS NOT NULL"), "register"),
    "a person's password": Trick(_set("user_", "password_hash = 'x'"), "register"),
    "a role, given to somebody else": Trick(_exchanged("membership", ("user_id",)), "register"),
    "the texts of two letters, exchanged": Trick(_exchanged("letter", ("texts",), SEALED_LETTER), "seal"),
    "the words of two events, exchanged with their salts": Trick(_exchanged("event_text", ("text", "salt")), "text"),
    "when an event happened": Trick(_set("event", "at = '2026-01-01 00:00:00.000000'"), "does not give its hash"),
    "that a rung of a deadline fired, taken away": Trick(_rung_taken_away, "case row"),
    "a seal, put under another checkpoint": Trick(
        lambda hand: hand.run("UPDATE sealed_row SET checkpoint_id = checkpoint_id + 1 WHERE tab = 'letter'"
                              " AND row_id = (SELECT max(row_id) FROM sealed_row WHERE tab = 'letter')"), "seal"),
    "the seals of a table, under another name": Trick(
        lambda hand: hand.run("UPDATE sealed_row SET tab = 'lettre' WHERE tab = 'letter'"), "seal"),
    "the register chained anew, each checkpoint naming its last entry": Trick(_register_anew_and_named, "checkpoint"),
    "a letter that nobody wrote, put in after the last that is sealed": Trick(_letter_put_in, "signature"),
    "a letter of ours, put in once more": Trick(_letter_put_in_again, "signature"),
    "a chain, longer by an event of their own": Trick(_lengthened, "signature"),
    "a letter that nobody wrote, without the signatures of any": Trick(_unsigned, "signature"),
    "all checkpoints, taken away": Trick(_without_checkpoints, "checkpoint"),
    "all checkpoints and the log, taken away": Trick(lambda hand: _without_checkpoints(hand, log=True), "checkpoint",
                                                     FOLDER),
    "a chain written anew, all signed with a key appended to checkpoint.pub": Trick(
        _with_a_strangers_key(_chain_anew), "checkpoint", FOLDER, "checkpoint"),
    "a letter with its seal, all signed with a key appended to checkpoint.pub": Trick(
        _with_a_strangers_key(_letter_with_its_seal), "checkpoint", FOLDER, "checkpoint"),
    "an older backup put back": Trick(lambda hand: _put_back(hand, cut=False), "checkpoint"),
    "an older backup put back, the log cut": Trick(lambda hand: _put_back(hand, cut=True), "", FOLDER, "checkpoint"),
    "a line in the middle of the log": Trick(_log_edited, "checkpoint", FOLDER),
    "the end of the log, cut": Trick(_log_cut, "checkpoint", FOLDER, "checkpoint"),
    "a chain written anew, all signed with the key": Trick(_with_the_key(_chain_anew), "", KEY, "checkpoint"),
    "a letter with its seal, all signed with the key": Trick(
        _with_the_key(_letter_with_its_seal), "", KEY, "checkpoint"),
}  # fmt: skip


def found(faults: Any, words: str) -> bool:
    """Whether a fault says so; without words, whether there is none."""
    if not words:
        return not faults
    return any(words in f"{fault.case_number}: {fault.what.id}" for fault in faults)
