"""One round of the fuzzer: somebody opens pages, fills their forms with what breaks things, and sends them.

A round begins with the same place each time, so that its seed alone makes it again.
"""

import io
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.bench.faults.answers import fill
from tests.bench.faults.lot import dice, sow
from tests.bench.faults.page import Form, Page
from tests.bench.fuzz.nasty import CORPUS, MARK, file, word
from tests.conftest import NOW
from tests.web.stage import ACTORS, Stage
from tests.web.test_addresses import BODIES, TABLE
from tests.web.test_addresses import FILES as KNOWN_FILES

STEPS: Final = 25
"""Requests of a round."""
ARGUMENTS: Final = tuple(CORPUS["arguments"])
"""What pages read of an address."""
LEFT_OUT: Final = ("404", "in", "503")
"""Where nothing is there for somebody, by the table of addresses; or where an error is the answer that is meant."""


@dataclass(frozen=True)
class Shot:
    """A request as it was made."""

    who: str
    method: str
    address: str
    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str, bytes], ...] = ()

    def __str__(self) -> str:
        files = [(field, name, len(content)) for field, name, content in self.files]
        return f"{self.who} {self.method} {self.address[:300]} {[(n, v[:60]) for n, v in self.fields]} {files}"


def play(stage: Stage, seed: int, seen: Counter[str]) -> Iterator[str]:
    """Play a round; gives each fault in words. `seen` counts what was answered."""
    sow(str(seed))
    stage.put_back()
    who = dice().choice(sorted(ACTORS))
    client = stage.browser(ACTORS[who])
    near: list[str] = []
    for _step in range(STEPS):
        shot, answer, fault = _fire(client, _opened(stage, who, near))
        seen[_of(answer)] += 1
        if fault:
            yield f"{shot}: {fault}"
        if answer is None or answer.status_code != 200 or "html" not in (answer.content_type or ""):
            continue
        page = Page(answer.text)
        near = [link.href for link in page.links if link.href.startswith("/")] or near
        if page.forms and dice().random() < 0.9:
            shot, answer, fault = _fire(client, _filled(who, shot.address, dice().choice(page.forms)))
            seen[_of(answer)] += 1
            if fault:
                yield f"{shot}: {fault}"
            if answer is not None and answer.status_code in (302, 303):
                near = [answer.location]


def _of(answer: TestResponse | None) -> str:
    return str(answer.status_code) if answer is not None else "raised"


def _opened(stage: Stage, who: str, near: Sequence[str]) -> Shot:
    """A page to open: one that the last page leads to, or any; or what any address takes, sent without a page."""
    if near and dice().random() < 0.5:
        return Shot(who, "GET", dice().choice(near))
    line = dice().choice([line for line in TABLE if line[who] not in LEFT_OUT])
    address = line["address"].format_map(stage.names)
    if dice().random() < 0.1:
        address = f"{address.rpartition('/')[0]}/{word(dice())[:2000]}"
    if line["method"] == "GET":
        return Shot(who, "GET", address + _asked())
    known = BODIES.get(line["rule"], {})
    fields = [(name, _known(value, stage)) for name, value in known.items()]
    files = [(field, *file(dice())) for field, _name, _content in KNOWN_FILES.get(line["rule"], ())]
    return Shot(who, "POST", address, tuple(_spoiled(fields)), tuple(files))


def _known(value: str, stage: Stage) -> str:
    try:
        return value.format_map(stage.names)
    except (KeyError, ValueError):
        return value


def _asked() -> str:
    """Nothing, or some arguments that pages read."""
    if dice().random() < 0.6:
        return ""
    names = [dice().choice(ARGUMENTS) for _ in range(dice().randint(1, 4))]
    return "?" + "&".join(f"{name}={quote(word(dice())[:3000].encode('utf-8', 'surrogatepass'))}" for name in names)


def _filled(who: str, here: str, form: Form) -> Shot:
    """The form as somebody would fill it, with some answers otherwise."""
    sent, files, _bears = fill(form, "补充", NOW.date())
    came = [(field, *file(dice())) for field, _content in files for _ in range(dice().choice((0, 1, 1, 2)))]
    return Shot(who, "POST", form.action or here, tuple(_spoiled(sent)), tuple(came))


def _spoiled(fields: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Some fields with another value, left out, twice, or under another name; some that nobody asked for."""
    spoiled: list[tuple[str, str]] = []
    for name, value in fields:
        how = dice().random()
        if how < 0.25:
            spoiled.append((name, word(dice())))
        elif how < 0.30:
            continue
        elif how < 0.34:
            spoiled += [(name, value), (name, word(dice()))]
        elif how < 0.36:
            spoiled.append((word(dice())[:200], value))
        else:
            spoiled.append((name, value))
    if dice().random() < 0.05:
        spoiled += [(word(dice())[:200], word(dice())) for _ in range(3)]
    return spoiled


def _fire(client: FlaskClient, shot: Shot) -> tuple[Shot, TestResponse | None, str]:
    """The answer, and what is wrong with it."""
    address = urlsplit(shot.address)._replace(scheme="", netloc="", fragment="").geturl() or "/"
    data: dict[str, object] = {}
    for name, value in shot.fields:
        data.setdefault(_said(name), []).append(_said(value))  # type: ignore[attr-defined]
    for field, name, content in shot.files:
        data.setdefault(field, []).append((io.BytesIO(content), _said(name)))  # type: ignore[attr-defined]
    try:
        if shot.method == "GET":
            answer = client.get(_said(address))
        else:
            answer = client.post(_said(address), data=data, content_type="multipart/form-data")
        text = answer.text if "html" in (answer.content_type or "") else ""
    except Exception as error:
        return (
            shot,
            None,
            f"{type(error).__name__}: {error}"[:300] + "\n" + "".join(traceback.format_tb(error.__traceback__)[-6:]),
        )
    if answer.status_code >= 500:
        return shot, answer, f"answered {answer.status_code}"
    return shot, answer, "sent back as it came" if MARK in text else ""


def _said(text: str) -> str:
    """What a client can put on the line: half a surrogate pair it cannot."""
    return text.encode("utf-8", "replace").decode()
