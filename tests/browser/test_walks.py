"""An objection from filing to the written answer, and its other ways, in Chromium, in Chinese, as people do it."""

import pytest
from playwright.sync_api import expect

from tests.browser.steps import EVIDENCE, Site, act, choose, file_objection, fill, find, open_case, open_letter, send
from tests.pictures import follow

pytestmark = pytest.mark.browser

CLAIMS = {"fine": "0.01", "decided_on": "2025-01-02", "offence": "未按规定记录台账", "facts": "台账齐全，只漏记一日。"}
FINDINGS = {
    "fine": ("as_claimed", "", "决定书写的是一百元。"), "decided_on": ("other", "2025-01-03", "落款日期如此。"),
    "offence": ("kept", "", "决定书如此认定。"), "facts": ("undecidable", "", "现场笔录已无法核对。"),
}  # fmt: skip


def test_from_filing_to_the_answer_and_its_review(site: Site) -> None:
    firm, office, chief = site.of("enterprise"), site.of("office"), site.of("chief")
    reviewer, approver = site.of("reviewer"), site.of("approver")
    record = free_record(site, "enterprise", "生态环境局")
    number = file_objection(firm, record, CLAIMS, "决定书与记录不一致。")
    assert site.state(number) == "filed"

    act(office, number, "accept")
    act(office, number, "refer", question="请逐项核对。")
    act(reviewer, number, "ask", missing="现场笔录复印件")
    act(firm, number, "supply", words="补上现场笔录。", files=str(EVIDENCE))
    act(reviewer, number, "propose", reasons="逐项核对完毕。", **find(reviewer, FINDINGS))
    act(approver, number, "approve", opinion="同意。")
    assert site.state(number) == "carrying_out"
    act(office, number, "carry_out")
    act(office, number, "answer", letter="一项更正，一项改为查实的日期，一项维持，一项无法核实。")
    assert site.state(number) == "partly"

    firm.goto(f"{site.address}/inbox")
    open_letter(firm, number)
    follow(firm, "a[href^='/papers/']")
    paper = firm.locator("main")
    for said in ("决定书如此认定", "行政复议", "人民法院", "样张"):
        expect(paper).to_contain_text(said)

    firm.goto(f"{site.address}/cases/{number}")
    act(firm, number, "ask_review", words="违法事实一项请再查。")
    act(office, number, "propose_review", reasons="调阅原卷。", **find(office, {
        "offence": ("kept", "", "原卷如此。"), "facts": ("as_claimed", "", "原卷有台账。"),
        "decided_on": ("kept", "", "落款如此。")}))  # fmt: skip
    act(chief, number, "approve_review")
    act(office, number, "carry_out")
    act(office, number, "answer", letter="复核后又更正一项。")
    assert site.state(number) == "partly"

    auditor = site.of("auditor")
    auditor.goto(f"{site.address}/audit")
    auditor.fill("main [name=number]", number)
    auditor.press("main [name=number]", "Enter")
    expect(auditor.locator("main")).to_contain_text(number)
    auditor.goto(f"{site.address}/cases/{number}")
    expect(auditor.locator("main[data-state=partly]")).to_be_visible()
    assert auditor.locator("[data-action]").count() == 0


def test_an_own_error_is_put_right_by_two_people_of_the_office(site: Site) -> None:
    firm, office, chief = site.of("enterprise"), site.of("office"), site.of("chief")
    number = file_objection(firm, free_record(site, "enterprise", "交通运输局"), {"fine": "0.07"}, "小数点错了一位。")
    act(office, number, "accept")
    act(office, number, "correct_own", reasons="我办转录时错了一位。", files=str(EVIDENCE),
        **find(office, {"fine": ("as_claimed", "", "")}))  # fmt: skip
    act(chief, number, "confirm_own")
    act(office, number, "answer", letter="是我办抄错，已经改正。")
    assert site.state(number) == "own_error"


def test_a_case_returned_is_assigned_and_its_time_extended(site: Site) -> None:
    firm, office, chief = site.of("enterprise2"), site.of("office"), site.of("chief")
    number = file_objection(
        firm, free_record(site, "enterprise2", "市场监督管理局"), {"fine": "0.50"}, "金额多写十倍。"
    )
    act(office, number, "accept")
    act(office, number, "refer", question="请核对金额。")
    act(site.of("reviewer2"), number, "return", reasons="处罚由生态环境部门作出。")
    act(chief, number, "assign", bureau="示范市生态环境局示范旗分局", reasons="由该局核查。")
    head = site.of("approver")
    open_case(head, number)
    before = head.locator("[data-deadline=verify]").first.get_attribute("data-due")
    act(head, number, "extend", reasons="需要调阅旧卷。")
    after = head.locator("[data-deadline=verify]").first.get_attribute("data-due")
    assert before
    assert after
    assert after > before


def test_two_people_decide_the_same_case(site: Site) -> None:
    number = site.in_state("proposed", bureau_of="approver")
    first, second = site.of("approver"), site.of("approver9")
    for page, action in ((first, "approve"), (second, "send_back")):
        open_case(page, number)
        choose(page, action)
    fill(first, {"opinion": "同意。"})
    send(first)
    assert site.state(number) in ("carrying_out", "answering")
    fill(second, {"reasons": "变更登记在处罚之前还是之后？"})
    send(second)
    expect(second.locator("#merge")).to_be_focused()
    expect(second.get_by_role("alert")).to_contain_text("高建军")
    expect(second.locator("main")).to_contain_text("变更登记在处罚之前还是之后？")


def free_record(site: Site, who: str, bureau: str) -> str:
    """A record of one's own, from this bureau, that nobody has objected to yet."""
    page = site.of(who)
    page.goto(f"{site.address}/records")
    card = page.locator("[data-record]").filter(has_text=bureau).filter(has=page.locator("a[href$='/objection']")).first
    return card.get_attribute("data-record") or ""
