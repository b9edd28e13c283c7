"""The jobs as they were done at the commit named in figures.toml; to be run on a copy of that commit."""

from tests.bench.jobs.stage import BUREAU, Stage, number_on
from tests.bench.jobs.words import EVIDENCE, FIRM, KEPT, OBJECTION, QUESTION, REASONS, REFUSED, WHERE, newest_of

ON = "main button[name=then][value=on]"
SEND = "main form[method=post] button.main, main form[method=post] button.final"
FIVE = 5


def file_objection(stage: Stage) -> object:
    person = stage.person("enterprise")
    with_one = person.page.locator("[data-record]").filter(has=person.page.locator("a[href$='/objection']"))
    person.click(with_one.first.locator("a[href$='/objection']"))
    person.tick("label[for=ground-0]")
    person.click(ON)
    person.tick("label[for='claims-fine-wrong']")
    person.write("[name='claims-fine-value']", "0.03")
    person.click(ON)
    person.write("[name=words]", OBJECTION)
    person.upload("[name=files]", EVIDENCE)
    person.click(ON)
    person.tick("[name=declared]")
    person.click(SEND)
    assert person.page.locator("[data-receipt]").count() == 1
    return person


def find_latest(stage: Stage) -> object:
    person, number = stage.person("reviewer"), newest_of(stage, FIRM)
    person.write("#search", FIRM)
    person.press("Enter", loads=True)
    person.look()  # which of them is the newest is not said: their numbers are compared
    person.click(f"main a[href='/cases/{number}']")
    assert number_on(person.page) == number
    return person


def decide_one(stage: Stage) -> object:
    person, number = stage.person("reviewer"), stage.numbers("with_bureau", BUREAU)[-1]
    person.click(f"tr[data-case='{number}'] .next-step")
    person.tick("label[for='findings-fine-finding-2']")
    person.write("[name='findings-fine-reason']", KEPT)
    person.write("[name=reasons]", REASONS)
    person.click(SEND)
    assert stage.state(number) == "proposed"
    return person


def approve_ten(stage: Stage) -> object:
    person = stage.person("approver")
    for number in stage.numbers("proposed", BUREAU)[-10:]:
        person.click(f"tr[data-case='{number}'] .next-step")
        person.click(SEND)
        assert stage.state(number) in ("carrying_out", "answering"), number
        person.click("nav a[href='/desk']")
    return person


def supervise(stage: Stage) -> object:
    person = stage.person("chief")
    person.click("nav a[href='/overdue']")
    person.click("main form button:has-text('一并')")
    return person


def take_in_five(stage: Stage) -> object:
    person = stage.person("office")
    for place, number in enumerate(stage.numbers("filed")[-FIVE:]):
        if place:
            person.click("nav a[href='/desk']")
        person.click(f"tr[data-case='{number}'] .next-step")
        person.click(SEND)
        person.click("[data-action=refer]")
        person.write("[name=question]", QUESTION)
        person.click(SEND)
        assert stage.state(number) == "with_bureau"
    return person


def refuse_one(stage: Stage) -> object:
    person, number = stage.person("office"), stage.numbers("filed")[-1]
    person.click(f"tr[data-case='{number}'] a.code")
    person.click("[data-action=refuse]")
    person.write("[name=reasons]", REFUSED)
    person.write("[name=where]", WHERE)
    person.click(SEND)
    assert stage.state(number) == "refused"
    return person


def go_through_five(stage: Stage) -> object:
    person = stage.person("reviewer")
    for place, number in enumerate(stage.numbers("with_bureau", BUREAU)[-FIVE:]):
        if place:
            person.click("nav a[href='/desk']")
        person.click(f"tr[data-case='{number}'] .next-step")
        person.tick("label[for='findings-fine-finding-0']")
        person.write("[name=reasons]", REASONS)
        person.click(SEND)
        assert stage.state(number) == "proposed"
    return person


def my_dates(stage: Stage) -> object:
    """By hand: the page of each case is opened and its last day read; what is written into a calendar then is not
    counted."""
    person = stage.person("enterprise")
    person.click("nav a[href='/cases']")
    open_cases = person.page.locator("main a[href^='/cases/2']").evaluate_all("all => all.map(one => one.pathname)")
    for place, address in enumerate(sorted(set(open_cases))):
        if place:
            person.click("nav a[href='/cases']")
        person.click(f"main a[href='{address}']")
    return person


WAYS = {
    "file": file_objection, "find": find_latest, "decide": decide_one, "approve": approve_ten, "supervise": supervise,
    "intake": take_in_five, "refuse": refuse_one, "through": go_through_five, "dates": my_dates,
}  # fmt: skip
CANNOT = {"month": "not there: counted by hand from the list of cases", "readers": "not there: nobody could say"}
