"""Files made to kill whoever reads them, sent as people send them: a sentence comes back, and the site goes on."""

import io
import struct
import zipfile
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.model.tables import Attachment
from registry.credit_records import CreditRecord
from tests.builders import Place
from tests.registry.sheets import csv_of, row
from tests.registry.test_opening import far_apart, workbook
from tests.web.signing import sign_in

DIED = "占用的内存、时间超出了一张表的限度"
ENTITIES = '<!DOCTYPE a [<!ENTITY a "{}">]>'.format("x" * 60_000) + "<sst><si><t>" + "&a;" * 60_000 + "</t></si></sst>"


def bomb() -> bytes:
    """Some hundred kilobytes that unpack to hundreds of megabytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as one,
    ):
        for _ in range(100):
            one.write(b"0" * 1_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (far_apart, "XFD1048576"),
        (lambda: far_apart('<c t="inlineStr" x=">" r="{}">'), DIED),
        (bomb, "太大"),
        (lambda: workbook("", **{"xl/sharedStrings.xml": ENTITIES}), ""),
        (lambda: b"%PDF-1.7\n" + b"1 0 obj<</Length 1 0 R>>stream\n" * 9999, ""),
    ],
    ids=["far apart", "far apart, unseen", "bomb", "entities", "pdf"],
)
def test_a_deadly_sheet_is_refused_in_words_and_the_next_one_is_read(
    client: FlaskClient, place: Place, session: Session, content: Callable[[], bytes], said: str
) -> None:
    office = sign_in(client, place, "office")
    before = session.scalar(select(func.count(CreditRecord.id)))
    answer = office.post("/records/import", data={"sheet": (io.BytesIO(content()), "a.xlsx")})
    assert answer.status_code == 422
    assert 'id="sheet-fault"' in answer.text or 'role="alert"' in answer.text
    assert said in answer.text
    good = office.post("/records/import", data={"sheet": (io.BytesIO(csv_of(row())), "处罚.csv")})
    assert good.status_code == 200
    assert session.scalar(select(func.count(CreditRecord.id))) == before


HUGE_PICTURE = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBBI", 13, b"IHDR", 2**31 - 1, 2**31 - 1, 8, 6, 0, 0, 0, 0)
LOOP = b"%PDF-1.7\n" + b"1 0 obj<</Type/Page/Parent 1 0 R/Length 1 0 R>>stream\n" * 5000


def test_a_deadly_pdf_or_picture_is_kept_as_it_came_and_read_by_nobody(
    client: FlaskClient, place: Place, session: Session
) -> None:
    filer, case = sign_in(client, place, "enterprise"), place.file()
    files = [(io.BytesIO(LOOP), "甲.pdf"), (io.BytesIO(HUGE_PICTURE), "乙.png")]
    form = {"shown": str(case.length), "words": "补充。", "files": files}
    assert filer.post(f"/cases/{case.number}/add", data=form).status_code == 302
    kept = session.scalars(select(Attachment.id).where(Attachment.case_id == case.id)).all()
    assert {filer.get(f"/files/{id}").data for id in kept} == {LOOP, HUGE_PICTURE}
