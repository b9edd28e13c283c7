"""Every message id that the law as data uses has its Chinese, and no Chinese stands there for nothing."""

from collections.abc import Iterator

from babel.messages.pofile import read_po

from commands.messages import compiled, untranslated
from config import ROOT
from workflow.jurisdiction import Jurisdiction
from workflow.rules import load_jurisdiction

PLACES = [load_jurisdiction(ROOT / "jurisdictions", code) for code in ("cn-nm-demo", "cn-nm-etuoke")]


def ids(place: Jurisdiction) -> Iterator[str]:
    for rule in place.rules:
        yield from (rule.label, rule.counted_from, rule.note)
        if rule.binding:
            yield from (rule.binding.where, rule.binding.counted_from, rule.binding.note)
    for remedy in place.remedies:
        yield from (remedy.counted_from, remedy.note)
    for shown in (*place.displays, *place.bars):
        yield from (shown.label, shown.note)
    yield from (bar.counted_from for bar in place.bars)
    yield from (bureau.note for bureau in place.bureaus)


def test_the_catalogue_says_what_the_data_say_and_nothing_else() -> None:
    """A kind's own limits may have their words in the kind's own file."""
    with (ROOT / "translations/zh_Hans_CN/LC_MESSAGES/rules.po").open("rb") as file:
        chinese = {message.id: message.string for message in read_po(file) if message.id}
    used = {message for place in PLACES for message in ids(place) if message}
    assert set(chinese) <= used
    assert not untranslated(compiled(), dict.fromkeys(used, ""))
    assert all(chinese.values())
