"""Papers handed out: a row a rendering, whose file is known again by its bytes alone; a paper without a font alarms."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from cases.model.evidence import Store
from cases.model.tables import PaperFile
from cases.papers.files import NOT_SET, file_of, hand_out
from cases.papers.pdf import RENDERER, NotSet
from extensions import transaction
from notifications.papers import Paper
from tests.builders import Place
from tests.conftest import NOW

pytestmark = pytest.mark.both_databases
SITE = "https://credit.example.cn"


def the_paper(place: Place) -> Paper:
    place.file()
    return place.session.scalars(select(Paper)).one()


def test_each_rendering_handed_out_is_one_row_and_its_file_is_known(place: Place) -> None:
    paper = the_paper(place)
    first = hand_out(paper, SITE, None, "zh", NOW, Store(Path()))
    assert hand_out(paper, SITE, None, "zh", NOW + timedelta(days=400), Store(Path())) == first
    reading = hand_out(paper, SITE, None, "en", NOW, Store(Path()))
    rows = place.session.scalars(select(PaperFile).order_by(PaperFile.id)).all()
    assert [(row.language, row.sha256, row.renderer, row.at) for row in rows] == [
        ("zh", sha256(first).hexdigest(), RENDERER, NOW), ("en", sha256(reading).hexdigest(), RENDERER, NOW)
    ]  # fmt: skip
    known = file_of(place.session, sha256(first).hexdigest())
    assert known
    assert (known.paper_id, known.language) == (paper.id, "zh")
    altered = bytes([first[0] ^ 1]) + first[1:]
    assert file_of(place.session, sha256(altered).hexdigest()) is None


def test_a_paper_without_a_font_alarms_until_it_can_be_set(place: Place) -> None:
    paper = the_paper(place)
    with transaction():
        paper.values = {**paper.values, "enterprise": "\u1820"}
    with pytest.raises(NotSet):
        hand_out(paper, SITE, None, "zh", NOW, Store(Path()))
    assert [one.id for one in place.session.execute(NOT_SET)] == [paper.id]
    with transaction():
        paper.values = {**paper.values, "enterprise": "a font has this"}
    hand_out(paper, SITE, None, "zh", NOW, Store(Path()))
    assert place.session.execute(NOT_SET).all() == []
