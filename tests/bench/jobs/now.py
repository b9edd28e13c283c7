"""The jobs as they are done now: by key where a key does it, with a phrase where words are the same each time."""

from tests.bench.jobs.person import Person
from tests.bench.jobs.stage import BUREAU, Stage, number_on
from tests.bench.jobs.words import EVIDENCE, FIRM, TWO_OF_IT, newest_of

ON = "main button[name=then][value=on]"
SEND = "main form[method=post] button.main, main form[method=post] button.final"
FIVE = 5


def file_objection(stage: Stage) -> Person:
    person = stage.person("enterprise")
    with_one = person.page.locator("[data-record]").filter(has=person.page.locator("a[href$='/objection']"))
    person.click(with_one.first.locator("a[href$='/objection']"))
    person.tick("label[for=ground-0]")
    person.tick("label[for='claims-fine-wrong']")
    person.write("[name='claims-fine-value']", "0.03", at_it=True)
    person.press("Enter", loads=True)
    assert "0.03" in person.page.input_value("[name=words]"), "which field is wrong, and how, stands there already"
    person.upload("[name=files]", EVIDENCE)
    person.click(ON)
    person.tick("[name=declared]")
    person.press("Enter", loads=True)
    assert person.page.locator("[data-receipt]").count() == 1
    return person


def find_latest(stage: Stage) -> Person:
    person, number = stage.person("reviewer"), newest_of(stage, FIRM)
    person.write("#search", TWO_OF_IT, key="/")
    person.offered("#suggestions [aria-selected=true]")  # the firm with its newest case, before a third is typed
    person.press("Enter", loads=True)
    assert number_on(person.page) == number
    return person


def decide_one(stage: Stage) -> Person:
    person, number = stage.person("reviewer"), stage.numbers("with_bureau", BUREAU)[-1]
    person.click(f"tr[data-case='{number}'] .next-step")
    _find_that_it_stands(person)
    assert stage.state(number) == "proposed"
    return person


def _find_that_it_stands(person: Person) -> None:
    """The record says what the decision says: the finding, and a phrase for each reason."""
    person.tick("label[for='findings-fine-finding-2']")
    _put(person, "findings-fine-reason", "原件一致，予以维持")
    _put(person, "reasons", "各项认定和理由见上")
    person.press("Control+Enter", loads=True)


def _put(person: Person, field: str, words: str) -> None:
    """Press the phrase that says this; one that is not among the first two is looked for among all."""
    often = person.page.locator(f".put[data-into='{field}'] .often button[data-words*='{words}']")
    if not often.count():
        person.tick(f".put[data-into='{field}'] summary")
        often = person.page.locator(f".put[data-into='{field}'] li button[data-words*='{words}']")
    person.tick(often)


def approve_ten(stage: Stage) -> Person:
    person = stage.person("approver")
    waiting = _proposed(stage)
    person.click("nav a[href='/approvals']")
    person.press("n", loads=True)
    for _place in range(10):
        person.press("Control+Shift+Enter", loads=True)
    assert len(waiting - _proposed(stage)) == 10
    return person


def _proposed(stage: Stage) -> set[str]:
    kinds = ("objection", "correction", "repair")
    return {number for kind in kinds for number in stage.numbers("proposed", BUREAU, kind)}


def supervise(stage: Stage) -> Person:
    """Who is late stands on the head's first page."""
    person = stage.person("chief")
    person.click(".late-anywhere button")
    return person


def take_in_five(stage: Stage) -> Person:
    """Each accepted, the next comes by itself; then each again, compared and referred."""
    person, numbers = stage.person("office"), stage.numbers("filed")[-FIVE:]
    person.click("nav a[href='/intake']")
    person.click(f".queue [data-case='{numbers[0]}'] a")
    for place, number in enumerate(numbers):
        if place and number_on(person.page) != number:
            person.click(f".queue [data-case='{number}'] a")
        person.press("Control+Enter", loads=True)
        assert stage.state(number) == "comparing", number
    for number in numbers:
        if number_on(person.page) != number:
            person.click(f".queue [data-case='{number}'] a")
        _put(person, "question", "逐项给出认定")
        person.press("Control+Enter", loads=True)
        assert stage.state(number) == "with_bureau", number
    return person


def refuse_one(stage: Stage) -> Person:
    person, number = stage.person("office"), stage.numbers("filed")[-1]
    person.click("nav a[href='/intake']")
    person.click(f".queue [data-case='{number}'] a")
    person.press("3", loads=True)
    _put(person, "reasons", "不是记录与决定书不一致")
    _put(person, "where", "行政复议")
    person.press("Control+Enter", loads=True)
    assert stage.state(number) == "refused"
    return person


def go_through_five(stage: Stage) -> Person:
    """The next case of the same work comes with the proposal, so it is begun with the first in the list."""
    person, begun = stage.person("reviewer"), set(stage.numbers("with_bureau", BUREAU))
    person.click(f"tr[data-case='{stage.numbers('with_bureau', BUREAU)[-FIVE]}'] .next-step")
    for _place in range(FIVE):
        for field in person.page.locator(".finding").all():
            person.tick(field.locator("label[for$='finding-0']"))
        _put(person, "reasons", "主张属实")
        person.press("Control+Shift+Enter", loads=True)
    assert len(begun - set(stage.numbers("with_bureau", BUREAU))) == FIVE
    return person


def last_month(stage: Stage) -> Person:
    person = stage.person("office")
    person.click("nav a[href='/assessment']")
    person.click("main a[href^='/assessment.xlsx']", loads=False)
    return person


def my_dates(stage: Stage) -> Person:
    """The address is made, and copied with a click and two keys; the calendar moves with the dates from then on."""
    person = stage.person("enterprise")
    person.click("nav a[href='/firm']")
    person.click("main a[href='/feed']")
    person.click("main form button.main")
    assert ".ics" in person.page.locator(".one-time code").inner_text()
    person.tick(".one-time code")
    person.press("Control+C")
    return person


def who_read(stage: Stage) -> Person:
    """A case in the auditor's list, and who has opened it."""
    person = stage.person("auditor")
    person.click("main a[href^='/cases/2']")
    person.click("main a[href$='/readers']")
    assert person.page.locator("main tbody tr").count()
    return person


WAYS = {
    "file": file_objection, "find": find_latest, "decide": decide_one, "approve": approve_ten, "supervise": supervise,
    "intake": take_in_five, "refuse": refuse_one, "through": go_through_five, "month": last_month, "dates": my_dates,
    "readers": who_read,
}  # fmt: skip
CANNOT: dict[str, str] = {}
