"""One test for each kind of mess in a cell: what is understood, and what is refused rather than guessed."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.languages import Amount
from registry.cleaning import (
    EPOCH_1904,
    WAN,
    YUAN,
    Cell,
    Unfit,
    clean,
    clean_amount,
    clean_code,
    clean_date,
    clean_document_number,
    clean_severity,
    clean_text,
    sums_in,
)
from registry.columns import KINDS, Column, Type


@pytest.mark.parametrize(
    "cell", ["", "-", "— —", "——", "－", "/", "／", "无", " 无 ", "N/A", "null", "\\", "…", None, "　"]
)
def test_a_dash_or_a_word_for_nothing_is_nothing(cell: str | None) -> None:
    assert clean_text(cell) == ""


@pytest.mark.parametrize("cell", ["无锡", "0", "无组织排放粉尘", "-5"])
def test_what_only_begins_like_nothing_stays(cell: str) -> None:
    assert clean_text(cell) == cell


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" 北苑镇蒙金电石有限责任公司（演示）\u3000", "北苑镇蒙金电石有限责任公司（演示）"),
        ("公司（演示）\n于\t2026年7月超限运输。", "公司（演示）于2026年7月超限运输。"),
        ("食品经营许可证 JY1150699315610", "食品经营许可证 JY1150699315610"),
        ("ＪＹ１１５０", "JY1150"),
        ("甲\x00乙\u202e丙\ufeff", "甲乙丙"),
        (5.0, "5"),
    ],
)
def test_text_loses_what_cannot_be_seen_and_keeps_what_can(cell: str | float, text: str) -> None:
    assert clean_text(cell) == text


def test_text_that_looks_like_a_formula_is_text() -> None:
    assert clean_text('=HYPERLINK("http://127.0.0.1/x","点此")') == '=HYPERLINK("http://127.0.0.1/x","点此")'


def test_an_error_of_the_spreadsheet_is_refused() -> None:
    with pytest.raises(Unfit, match="error of the spreadsheet"):
        clean_text("#REF!")


@pytest.mark.parametrize(
    "cell",
    ["2026-06-06", "2026-6-6", "2026.06.06", "2026/06/06", "2026年6月6日", "２０２６年６月６日", "20260606", 20260606.0,
     "2026-06-06 00:00:00", date(2026, 6, 6), datetime(2026, 6, 6, 13, 5),  # noqa: DTZ001 -- sheets know no zone
     46179.0, "46179", 46179.5],
)  # fmt: skip
def test_a_day_is_read_in_every_way_it_is_written(cell: str | float | date) -> None:
    assert clean_date(cell) == "2026-06-06"


def test_a_serial_date_counts_from_the_workbooks_own_epoch() -> None:
    assert (clean_date(45267.0), clean_date(45267.0 - 1462, EPOCH_1904)) == ("2023-12-07", "2023-12-07")


@pytest.mark.parametrize(
    "cell",
    [
        "2026-02-30",
        "06/07/2026",
        "2026-06",
        "26-06-06",
        2026.0,
        1.5,
        True,
        time(9, 0),
        "长期",
        "0001-01-01",
        "2026-13-01",
    ],
)
def test_what_is_not_for_certain_a_day_is_refused(cell: object) -> None:
    with pytest.raises(Unfit, match="is not a day"):
        clean_date(cell)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        (0.5, "0.50"), (8.5, "8.50"), (30.0, "30.00"), (0.005, "0.005"), (0.0781, "0.0781"), ("8.5", "8.50"),
        (0, "0.00"), (0.1 + 0.2, "0.30"), ("５．５", "5.50"), ("1,000", "1000.00"), ("30000元", "3.00"),
        ("5,000.00元", "0.50"), ("8.5万元", "8.50"), ("3千元", "0.30"), ("￥30000元", "3.00"), ("壹万元整", "1.00"),
        ("伍仟元", "0.50"),
        ("人民币壹拾贰万叁仟元整", "12.30"), ("5万8千元", "5.80"), ("十万元", "10.00"), ("叁万零伍元", "3.0005"),
        ("壹佰元零伍分", "0.010005"), ("零元", "0.00"), ("—", ""), (None, ""),
    ],
)  # fmt: skip
def test_an_amount_in_yuan_or_in_words_becomes_wan_yuan(cell: str | float | None, amount: str) -> None:
    assert clean_amount(cell) == amount


def test_a_bare_number_counts_what_its_heading_says() -> None:
    assert clean_amount(5000, YUAN) == "0.50"


@pytest.mark.parametrize("typed", ["¥85,000", "￥85,000.00", "¥ 85000", "RMB 85,000", "cny85000", "人民币85000"])
def test_a_sum_with_its_sign_is_yuan_and_never_units_of_ten_thousand(typed: str) -> None:
    assert (clean_amount(typed), clean_amount(typed, YUAN)) == ("8.50", "8.50")
    with pytest.raises(Unfit, match="does not say its unit"):
        clean_amount(typed, WAN)


@given(st.decimals(0, 100_000, places=6))
def test_what_a_page_shows_of_an_amount_is_read_as_that_amount_in_both_languages(kept: Decimal) -> None:
    amount = clean_amount(f"{kept:f}")
    assert (clean_amount(Amount(amount)["en"]), clean_amount(Amount(amount)["zh"])) == (amount, amount)


@pytest.mark.parametrize("cell", ["-5", -5.0, "5万", "三万五元", "若干", "约5000元", "1,0", "元", "万元", "12万5千元"])
def test_what_is_not_for_certain_an_amount_is_refused(cell: str | float) -> None:
    with pytest.raises(Unfit, match="is not an amount"):
        clean_amount(cell)


def test_an_amount_finer_than_a_fen_is_refused() -> None:
    with pytest.raises(Unfit, match="fraction of a fen"):
        clean_amount("0.0000001")


DIGITS, PLACES = "零壹贰叁肆伍陆柒捌玖", ((1000, "仟"), (100, "佰"), (10, "拾"), (1, ""))


def in_words(yuan: int) -> str:
    """Formal numerals as cheques bear them, for amounts below a hundred million."""

    def section(number: int) -> str:
        words, gap = "", False
        for place, name in PLACES:
            digit = number // place % 10
            if digit:
                words += ("零" if gap and words else "") + DIGITS[digit] + name
            gap = digit == 0
        return words

    high, low = divmod(yuan, 10_000)
    zero = "零" if high and low and low < 1000 else ""
    return (f"{section(high)}万{zero}" if high else "") + section(low) + "元整"


@settings(deadline=None)
@given(st.integers(1, 99_999_999))
def test_every_amount_in_formal_words_is_read_as_it_is_written(yuan: int) -> None:
    assert Decimal(clean_amount(in_words(yuan))) * 10_000 == yuan


@pytest.mark.parametrize(
    "cell",
    ["91150699 FCTC5CD420", "９１１５０６９９ＦＣＴＣ５ＣＤ４２０", "91150699fctc5cd420", "'91150699FCTC5CD420",
     '="91150699FCTC5CD420"', "91150699-FCTC5CD420", "91150699FCTC5CD420\t"],
)  # fmt: skip
def test_a_code_is_read_in_half_width_capitals(cell: str) -> None:
    assert clean_code(cell, checked=True) == "91150699FCTC5CD420"


@pytest.mark.parametrize("cell", ["911506990U0QK8EE80", "91150699OU0QK8EE8L", "91150699UGT98WDW3I"])
def test_a_code_that_disagrees_with_its_check_character_is_refused(cell: str) -> None:
    with pytest.raises(Unfit, match="check character"):
        clean_code(cell, checked=True)


@pytest.mark.parametrize("cell", ["9" * 60, "9" * 5000, f"{'9' * 60}元", "99999999999999999999亿元"])
def test_an_amount_beyond_all_money_is_none(cell: str) -> None:
    with pytest.raises(Unfit, match="is not an amount"):
        clean_amount(cell)


def test_a_code_of_another_length_is_refused() -> None:
    with pytest.raises(Unfit, match="18 characters"):
        clean_code("91150699", checked=True)


@pytest.mark.parametrize("cell", [9.115069900000001e17, "9.11507E+17"])
def test_a_code_that_was_kept_as_a_number_is_refused(cell: str | float) -> None:
    with pytest.raises(Unfit, match="lost its last digits"):
        clean_code(cell, checked=True)


@pytest.mark.parametrize(
    "cell",
    [
        "示住建罚〔2025〕33号",
        "示住建罚（2025]33号",
        "示住建罚[2025】33号",
        "示住建罚(2025)33号",
        "示住建罚〔２０２５〕３３号",
        " 示住建罚 [2025] 33号",
    ],
)
def test_brackets_of_a_document_number_are_made_those_of_official_documents(cell: str) -> None:
    assert clean_document_number(cell) == "示住建罚〔2025〕33号"


def test_a_class_is_kept_as_its_code() -> None:
    assert [clean_severity(cell) for cell in ("轻微", "一般", " 严重", "—")] == ["minor", "general", "serious", ""]


def test_a_word_that_is_no_class_is_refused() -> None:
    with pytest.raises(Unfit, match="is not a class"):
        clean_severity("较重")


ANYTHING = (
    st.text(st.characters(codec="utf-8"), max_size=20)
    | st.text("0123456789.,-/年月日万元千百十壹贰零整亿角分 ()〔〕[]", max_size=14)
    | st.sampled_from([float("inf"), float("nan"), -1.0, 1e300, True, None])
    | st.floats(0.001, 1e14) | st.integers() | st.dates() | st.datetimes() | st.times() | st.timedeltas()
)  # fmt: skip


@settings(deadline=None)
@given(st.sampled_from(sorted({column for columns in KINDS.values() for column in columns}, key=str)), ANYTHING)
def test_whatever_stands_in_a_cell_it_is_read_for_good_or_refused(column: Column, cell: Cell) -> None:
    try:
        value = clean(column, cell)
    except Unfit:
        return
    if value and column.type is Type.AMOUNT:
        assert Decimal(value) >= 0
    if value and column.type is Type.DATE:
        assert date.fromisoformat(value)
    if not (column.type is Type.CODE and isinstance(cell, float)):
        assert clean(column, value) == value


@pytest.mark.parametrize(
    ("text", "sums"),
    [("罚款人民币30000元", ["3"]), ("罚款3万元，没收违法所得５００．５元", ["3", "0.05005"]), ("处罚款叁万元整", ["3"]),
     ("合计30,000.00元；5万8千元", ["3", "5.8"]), ("第30000号，三十日内缴纳，2026年", []), ("", [])],
)  # fmt: skip
def test_sums_are_found_within_a_sentence_whatever_their_unit(text: str, sums: list[str]) -> None:
    assert [sum for _words, sum in sums_in(text)] == [Decimal(sum) for sum in sums]
