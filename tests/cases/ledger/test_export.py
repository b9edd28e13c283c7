"""The export holds one case whole and nothing of any other; what it leaves out, it leaves out on purpose."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from cases.ledger.checkpoints import make_due
from cases.ledger.export import ExportOptions, export_of
from cases.ledger.sealing import canonical
from cases.ledger.witness import Witness, signed_by
from cases.model.evidence import StoredFile
from cases.model.tables import Attachment, Case, CheckpointHead, Event, EventText
from tests.builders import START, Place, later
from tests.cases.courses import GRANTED, answered

OFFICE = "示范旗信用办"
FILE = StoredFile("a1" * 32, "决定书.pdf", "application/pdf", 77)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path)


def export(place: Place, witness: Witness, number: str, **wanted: bool) -> dict[str, Any]:
    text = export_of(place.session, witness, number, OFFICE, later(START, days=30), ExportOptions(**wanted))
    assert text is not None
    read: dict[str, Any] = json.loads(text)
    return read


def test_every_event_stands_in_it_as_it_was_sealed(place: Place, witness: Witness) -> None:
    case = answered(place, GRANTED)
    found = export(place, witness, case.number)
    rows = place.session.scalars(select(Event).where(Event.case_id == case.id).order_by(Event.seq)).all()
    assert [(e["seq"], e["actor"], e["action"], e["previous"], e["hash"]) for e in found["events"]] == [
        (row.seq, row.actor, row.action, row.previous, row.hash) for row in rows
    ]
    assert [canonical(event["body"]) for event in found["events"]] == [row.body for row in rows]
    assert found["events"][0]["texts"]["words"]["text"] == "决定书写的是八千元，不是八万元。"
    assert (found["format"], found["case"], found["made_by"]) == (1, case.number, OFFICE)
    assert found["made_at"] == "2026-10-07T02:00:00.000000Z"


def test_it_is_sealed_with_the_key_that_signs_checkpoints(place: Place, witness: Witness) -> None:
    case = place.file()
    witness.key()
    found = export(place, witness, case.number)
    seal = found.pop("seal")
    assert seal["key"] == witness.key()
    assert signed_by(witness.key(), canonical(found), seal["signature"])


def test_where_there_is_no_key_none_is_made_and_nothing_is_sealed(
    place: Place, witness: Witness, tmp_path: Path
) -> None:
    assert export(place, witness, place.file().number)["seal"] is None
    assert (list(tmp_path.iterdir()), witness.has_key, witness.trusted()) == ([], False, frozenset())
    given = Witness(tmp_path, "ab" * 32)
    assert given.has_key
    assert export(place, given, place.file(record=place.other_record, by="enterprise2").number)["seal"] is not None


def test_files_stand_in_it_by_name_size_and_hash(place: Place, witness: Witness) -> None:
    case = place.file(files=(FILE,))
    place.file(record=place.other_record, by="enterprise2", files=(StoredFile("b2" * 32, "别家.pdf", "x", 5),))
    assert export(place, witness, case.number)["files"] == [
        {"event": 1, "name": "决定书.pdf", "size": 77, "sha256": "a1" * 32}
    ]


def test_a_text_that_was_lawfully_emptied_is_null_without_its_salt(place: Place, witness: Witness) -> None:
    case = place.file(files=(FILE,))
    place.session.execute(update(EventText).where(EventText.case_id == case.id).values(text=None))
    place.session.execute(Attachment.__table__.delete())
    place.session.commit()
    found = export(place, witness, case.number)
    assert found["events"][0]["texts"]["words"] == {"text": None, "salt": None}
    assert found["files"] == [{"event": 1, "name": None, "size": None, "sha256": "a1" * 32}]


def test_without_texts_no_word_no_name_and_no_salt_travels(place: Place, witness: Witness) -> None:
    case = place.file(files=(FILE,))
    kept = place.session.execute(select(EventText.text, EventText.salt)).all()
    found = export(place, witness, case.number, texts=False)
    text = json.dumps(found["events"], ensure_ascii=False)
    assert len(kept) == 4
    assert not [part for row in kept for part in row if f'"{part}"' in text]
    assert found["with_texts"] is False
    assert found["files"] == [{"event": 1, "name": None, "size": 77, "sha256": "a1" * 32}]


def test_nothing_of_another_case_is_in_it(place: Place, witness: Witness) -> None:
    """A granted objection has opened a correction, which carries its number; neither export names the other."""
    objection = answered(place, GRANTED)
    place.file(record=place.other_record, by="enterprise2", words="别家企业写的一句话。")
    make_due(place.session, witness, later(START, days=20))
    correction = place.session.scalars(select(Case).where(Case.kind == "correction")).one()
    heads = place.session.scalars(select(CheckpointHead.head)).all()
    for case in (objection, correction):
        text = json.dumps(export(place, witness, case.number), ensure_ascii=False)
        assert set(re.findall(r"2026-[A-Z]{2}-\d{6}", text)) == {case.number}
        assert "别家" not in text
        assert [head for head in heads if head in text] == [case.head]


def test_an_event_that_names_another_case_is_withheld_unless_asked_for(place: Place, witness: Witness) -> None:
    objection = answered(place, GRANTED)
    correction = place.session.scalars(select(Case).where(Case.kind == "correction")).one()
    first = export(place, witness, correction.number)["events"][0]
    assert [first[name] for name in ("at", "actor", "action", "body", "texts")] == [None, None, None, None, {}]
    asked = export(place, witness, correction.number, links=True)["events"][0]
    assert asked["hash"] == first["hash"]
    assert asked["body"]["codes"]["opened_by"] == objection.number


def test_the_newest_checkpoint_stands_in_it_with_the_way_to_its_root(place: Place, witness: Witness) -> None:
    case = place.file()
    assert export(place, witness, case.number)["checkpoint"] is None
    made = make_due(place.session, witness, later(START, hours=1))
    assert made
    place.act(case, "office", "accept", later(START, hours=2))
    point = export(place, witness, case.number)["checkpoint"]
    assert canonical(point["statement"]) == made.statement
    assert (point["signature"], point["length"], point["index"], point["proof"]) == (made.signature, 1, 0, [])


def test_of_a_number_that_is_no_case_there_is_none(place: Place, witness: Witness) -> None:
    place.file()
    assert export_of(place.session, witness, "2026-YY-000009", OFFICE, START, ExportOptions()) is None
