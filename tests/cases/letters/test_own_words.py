"""Words for the body complained of: what would tell who complains is found, whatever stands between its characters."""

from sqlalchemy.orm import Session

from cases.letters.own_words import given_away
from cases.model.reading import read_cases
from tests.builders import START, Place

FACTS = "9月14日我去报工业园区二号库房的施工许可，窗口说先去修复再来。"


def test_what_tells_who_complains_is_found(place: Place, session: Session) -> None:
    file = read_cases(session, [place.complain(START, facts=FACTS).id])[0]
    for words, found in (
        ("请说明恒源洗煤一事。", "恒源洗煤"),
        ("编号 91150699 YALKAUR84L", "91150699YALKAUR84L"),
        ("enterprise人反映，请说明。", "enterprise人"),
        ("关于示环罚〔2026〕18号，请说明。", "示环罚〔2026〕18号"),
        (f"案号{file.number}，请说明。", file.number),
        ("请致电 13912345678。", "13912345678"),
        (f"请致电 13912345678，案号{file.number}。", f"{file.number}” “13912345678"),
        ("反映工业园区，二号库房的施工许可没有受理。", "工业园区二号库房的施工许可"),
        ("我办收到反映：办理施工许可时要求先做信用修复。请说明依据和今年以来的件数。", ""),
    ):
        assert given_away(session, file, words) == found, words
