"""What an owner could do to a database, or a crash leave in it: SQL for both sorts, and what must then be said."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Damage:
    """A planted damage: its name, the statements, and words of the fault that must be among those found."""

    name: str
    statements: tuple[str, ...]
    says: str


def _one(table: str, where: str = "1 = 1") -> str:
    """The first row of a table for which something holds, as a condition on it."""
    return f"id = (SELECT MIN(id) FROM {table} WHERE {where})"


def _change(table: str, sets: str, where: str = "1 = 1") -> str:
    return f"UPDATE {table} SET {sets} WHERE {_one(table, where)}"


def _remove(table: str, where: str = "1 = 1") -> str:
    return f"DELETE FROM {table} WHERE {_one(table, where)}"


LAST = "seq = (SELECT length FROM case_ WHERE case_.id = event.case_id)"
CLOSED = "case_id IN (SELECT id FROM case_ WHERE closed_at IS NOT NULL)"
OPEN = "case_id IN (SELECT id FROM case_ WHERE closed_at IS NULL)"
FIRST = "2000-01-01"
DRAFT = (
    "INSERT INTO draft (key, user_id, kind, action, variant, answers, files, saved_at, case_id)"
    " SELECT '{key}', 1, kind, 'file', '', '{{}}', '[]', opened_at, id FROM case_"
    " WHERE id = (SELECT MIN(id) FROM case_)"
)

CHAINS = (
    Damage("the body of an event changed", (
        _change("event", """body = replace(body, '"round":1', '"round":2')""", "seq = 2"),), "does not give its hash"),
    Damage("another actor of an event", (_change("event", "actor = 'user:99'"),), "does not give its hash"),
    Damage("another action", (_change("event", "action = 'approve'"),), "does not give its hash"),
    Damage("another time of an event", (
        _change("event", "at = (SELECT MAX(at) FROM event)", "seq = 1"),), "does not give its hash"),
    Damage("a body spelled otherwise", (
        _change("event", "body = replace(body, ':', ': ')", "seq = 2"),), "not canonical JSON"),
    Damage("another hash quoted", (_change("event", "previous = hash", "seq = 2"),), "quotes another hash"),
    Damage("an event removed", (_remove("event", "seq = 2"),), "stands where event 2 should"),
    Damage("the last event removed", (_remove("event", f"{LAST} AND seq > 2"),), "its chain has"),
    Damage("an event added", (
        "INSERT INTO event (id, case_id, seq, at, actor, action, body, previous, hash) SELECT 1000000, case_id,"
        f" seq + 1, at, actor, 'note', body, hash, hash FROM event WHERE {_one('event', LAST)}",), "its chain has"),
    Damage("another head", (_change("case_", f"head = '{'0' * 64}'"),), "head is not the hash"),
    Damage("another length", (_change("case_", "length = length + 1"),), "the case counts"),
    Damage("a case removed", (_remove("case_"),), "events belong to no case"),
    Damage("a text changed", (_change("event_text", "text = '别的话'"),), "does not give its hash"),
    Damage("a text removed", (_remove("event_text"),), "is missing"),
    Damage("a text added", (
        "INSERT INTO event_text (id, event_id, case_id, name, text, salt) SELECT 1000000, event_id, case_id, 'added',"
        f" text, salt FROM event_text WHERE {_one('event_text')}",), "was never sealed"),
    Damage("letters moved from a salt into its text", (
        _change("event_text", "text = substr(salt, 32) || text, salt = substr(salt, 1, 31)"),),
        "does not give its hash"),
    Damage("a text of no event", (_change("event_text", "event_id = 1000000"),), "of no event"),
    Damage("a file renamed", (_change("attachment", "name = '别的.pdf'"),), "another name than was sealed"),
    Damage("a file removed", (_remove("attachment"),), "is missing"),
)  # fmt: skip

CASES = (
    Damage("another state", (_change("case_", "state = 'filed'", "state = 'with_bureau'"),), "says state filed"),
    Damage("another desk", (_change("case_", "desk = 'bureau'", "desk = 'office'"),), "says desk bureau"),
    Damage("another bureau", (_change("case_", "bureau_id = bureau_id + 1", "bureau_id = 1"),), "says bureau_id"),
    Damage("another round", (_change("case_", "round = 7"),), "says round 7"),
    Damage("another outcome", (_change("case_", "outcome = 'own_error'", "outcome = 'kept'"),), "says outcome"),
    Damage("a holder", (_change("case_", "holder_id = 1", "holder_id IS NULL"),), "says holder_id"),
    Damage("another day of filing", (_change("case_", f"filed_on = '{FIRST}'"),), "says filed_on"),
    Damage("another closing", (_change("case_", "closed_at = opened_at", "closed_at IS NOT NULL"),), "says closed_at"),
    Damage("the first closing forgotten", (
        _change("case_", "first_closed_at = NULL", "closed_at IS NOT NULL"),), "says first_closed_at"),
    Damage("another due day", (_change("case_", f"due_on = '{FIRST}'", "due_on IS NOT NULL"),), "due day"),
    Damage("a route removed", (
        "DELETE FROM case_bureau WHERE case_id = (SELECT MIN(case_id) FROM case_bureau)",),
        "which bureau had the case"),
    Damage("a link removed", (
        "DELETE FROM case_link WHERE to_case_id = (SELECT MIN(to_case_id) FROM case_link)",), "which case opened"),
)  # fmt: skip

TIMERS = (
    Damage("a fired rung forgotten", (
        "DELETE FROM rung_fired WHERE timer_id = (SELECT MIN(timer_id) FROM rung_fired)",), "a rung that never fired"),
    Damage("a rung fired without an event", (
        "INSERT INTO rung_fired (timer_id, due_on, rung, event_seq) SELECT timer_id, '2030-01-02', rung, 999"
        " FROM rung_fired WHERE timer_id = (SELECT MIN(timer_id) FROM rung_fired)",), "fired without an event"),
    Damage("a rung fired twice by one event", (
        "INSERT INTO rung_fired (timer_id, due_on, rung, event_seq) SELECT timer_id, '2030-01-02', rung, event_seq"
        " FROM rung_fired WHERE timer_id = (SELECT MIN(timer_id) FROM rung_fired)",), "stands for 2 rungs"),
    Damage("a rung that names another event", (
        "UPDATE rung_fired SET event_seq = 1 WHERE timer_id = (SELECT MIN(timer_id) FROM rung_fired)",),
        "is not that of"),
    Damage("a deadline of a closed case that runs", (
        _change("timer", "stopped_on = NULL", CLOSED),), "is closed and"),
    Damage("an open case without a deadline", (
        f"UPDATE timer SET stopped_on = started_on, next_at = NULL, next_rung = '' WHERE case_id ="
        f" (SELECT MIN(case_id) FROM timer WHERE {OPEN})",), "no deadline runs"),
    Damage("a deadline that runs twice", (
        "UPDATE timer SET deadline = 'whole' WHERE stopped_on IS NULL",), "runs 2 times"),
    Damage("a deadline that is stopped and would fire", (
        _change("timer", "next_rung = '+0:overdue', next_at = (SELECT MAX(at) FROM event)", CLOSED),),
        "would still fire"),
    Damage("a deadline that nobody will fire", (
        _change("timer", "next_rung = '', next_at = NULL", "next_at IS NOT NULL AND id NOT IN"
                " (SELECT timer_id FROM rung_fired)"),), "neither has fired nor will"),
    Damage("a rung that would fire again", (
        "UPDATE timer SET next_rung = (SELECT MIN(rung) FROM rung_fired WHERE timer_id = timer.id AND"
        " rung_fired.due_on = timer.due_on) WHERE next_at IS NOT NULL AND id IN (SELECT timer_id FROM rung_fired"
        " WHERE rung_fired.due_on = timer.due_on)",), "a second time"),
    Damage("a deadline long due", (
        _change("timer", "next_at = (SELECT MIN(at) FROM event)", "next_at IS NOT NULL"),), "nobody fired it"),
)  # fmt: skip

RECORDS = (
    Damage("a value of a record changed", (
        """UPDATE credit_record SET "values" = '{"document_number": "x", "decided_on": "2026-01-01"}' WHERE """
        + _one("credit_record"),), "its changes lead to"),
    Damage("a column that repeats a value changed", (
        _change("credit_record", "document_number = 'x'"),), "document_number is x"),
    Damage("a display brought back", (
        _change("credit_record", "displayed = (1 = 1)", "display_ended_on IS NOT NULL"),), "displayed is True"),
    Damage("another day on which a display ended", (
        _change("credit_record", f"display_ended_on = '{FIRST}'", "display_ended_on IS NOT NULL"),),
        "display_ended_on is"),
    Damage("a change forgotten", (_remove("record_change", "what = 'corrected'"),), "other changes of the record"),
    Damage("a change that begins a record forgotten", (_remove("record_change", "what = 'imported'"),), "begins it"),
    Damage("what stood before changed", (
        _change("record_change", "before = 'x'", "what = 'corrected'"),), "is said to have been 'x'"),
    Damage("a change by an event that is not there", (
        _change("record_change", "event_seq = 999", "what = 'flagged'"),), "by event 999, which is not there"),
    Damage("a change at another time", (
        _change("record_change", "at = (SELECT MIN(at) FROM record_change)", "what = 'flagged'"),),
        "another time or hand"),
    Damage("a flag taken away", (
        "DELETE FROM record_flag WHERE case_id = (SELECT MIN(case_id) FROM record_flag)",), "the flag is gone"),
    Damage("a flag of a closed case", (
        "INSERT INTO record_flag (record_id, case_id) SELECT record_id, id FROM case_ WHERE"
        f" {_one('case_', 'closed_at IS NOT NULL AND record_id IS NOT NULL')}",), "is not an open case"),
    Damage("a statement removed", ("DELETE FROM record_statement",), "the statements kept beside it"),
)  # fmt: skip

LETTERS = (
    Damage("a letter written twice", (
        "INSERT INTO letter (id, to_party, to_id, to_role, mail, language, name, case_number, texts, paper_id,"
        " written_at, served_at, mail_state, tries, last_error) SELECT 1000000, to_party, to_id, to_role, mail,"
        " language, name, case_number, texts, paper_id, written_at, served_at, mail_state, tries, last_error"
        f" FROM letter WHERE {_one('letter')}",), "was written 2 times"),
    Damage("a letter of no case", (
        _change("letter", "case_number = '2026-YY-999999'"),), "of a case that does not exist"),
    Damage("a letter of nothing that happened", (
        _change("letter", "written_at = '2035-01-02 03:04:05.000006'"),), "something that did not happen"),
    Damage("an end that nobody was told of", (
        "DELETE FROM letter WHERE name = 'answered' AND to_party = 'enterprise'",), "no letter told whoever filed it"),
    Damage("a paper that went out with no letter", (
        _change("letter", "paper_id = NULL", "name = 'referral'"),), "went out with no letter"),
    Damage("a paper removed", (_remove("paper"),), "missing: [1]"),
    Damage("a mail that is sent at no time", (
        _change("letter", "mail = 'a@firm.example', mail_state = 'sent', tries = 1"),), "sent at None"),
    Damage("a mail that is sent and never tried", (
        _change("letter", "mail = 'a@firm.example', mail_state = 'sent', sent_at = written_at"),), "never tried"),
    Damage("a mail that waits for no time", (
        _change("letter", "mail = 'a@firm.example', mail_state = 'waiting'"),), "next tried at None"),
    Damage("an address without mail", (_change("letter", "mail = 'a@firm.example'"),), "an address and no mail"),
    Damage("a mail that no server took", (
        _change("letter", "mail = 'a@firm.example', mail_state = 'sent', sent_at = written_at, tries = 1"),),
        "the mail server never took it"),
)  # fmt: skip

NUMBERS = (
    Damage("a number drawn for no case", ("UPDATE case_series SET last = last + 1",), "missing"),
    Damage("a series set back", ("UPDATE case_series SET last = last - 1",), "the series counts"),
    Damage("a paper's number drawn for nothing", ("UPDATE paper_series SET last = last + 1",), "missing"),
    Damage("two drafts that became one case", (DRAFT.format(key="a"), DRAFT.format(key="b")), "2 drafts became"),
    Damage("a draft that keeps its words", (
        DRAFT.format(key="a").replace("'{}'", """'{"words": "x"}'"""),), "still holds its words"),
    Damage("a draft that became no case", (
        DRAFT.format(key="a"), "UPDATE draft SET case_id = 1000000"), "a case that does not exist"),
)  # fmt: skip

CHECKPOINTS = (
    Damage("a checkpoint removed", ("DELETE FROM checkpoint WHERE id = 1",), "does not follow the one before"),
    Damage("another time of a checkpoint", (
        "UPDATE checkpoint SET at = (SELECT MIN(at) FROM event) WHERE id = 2",), "checkpoint 2 is not signed"),
    Damage("another hash of a checkpoint", (
        f"UPDATE checkpoint SET hash = '{'1' * 64}' WHERE id = 2",), "checkpoint 2 does not give its hash"),
    Damage("a head kept otherwise", (
        "UPDATE checkpoint_head SET head = '' WHERE case_id = 1",), "not the one that the newest checkpoint has"),
    Damage("a head not kept", (
        "DELETE FROM checkpoint_head WHERE case_id = 1",), "do not give its root"),
)  # fmt: skip

DAMAGES = (*CHAINS, *CHECKPOINTS, *CASES, *TIMERS, *RECORDS, *LETTERS, *NUMBERS)
