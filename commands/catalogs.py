"""The Chinese catalog: many .po files, one an area, merged into the messages.mo that is committed.

English needs none: a message id is the English sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import PoFileError, read_po

from config import ROOT

LOCALE: Final = "zh_Hans_CN"
FOLDER: Final = ROOT / "translations" / LOCALE / "LC_MESSAGES"
COMPILED: Final = FOLDER / "messages.mo"
_FIXED: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""The same date in every catalog, so that compiling the same words gives the same bytes."""


class Conflict(ValueError):
    """Two areas translate one message id differently, or one twice."""


def compiled(folder: Path = FOLDER) -> Catalog:
    """Every area merged. Raises `Conflict` where two disagree."""
    merged = Catalog(LOCALE, project="redress", charset="utf-8", creation_date=_FIXED, revision_date=_FIXED)
    areas: dict[str, str] = {}
    for file in sorted(folder.glob("*.po")):
        for message in _messages(file):
            _add(merged, areas, file.stem, message)
    return merged


def untranslated(catalog: Catalog, used: Mapping[str, str]) -> dict[str, str]:
    """The message ids of `used` (id → place) that the catalog has no words for."""
    return {id: place for id, place in used.items() if not translation(catalog, id)}


def translation(catalog: Catalog, id: str) -> str:
    """The words for a message id, or "". Chinese has one form for any number."""
    message = catalog.get(id)
    return _words(message) if message else ""


def write(catalog: Catalog, path: Path = COMPILED) -> None:
    with path.open("wb") as file:
        write_mo(file, catalog)


def read(path: Path = COMPILED) -> Catalog:
    """The catalog as committed."""
    with path.open("rb") as file:
        return read_mo(file)


def _messages(file: Path) -> list[Message]:
    """What an area translates. Raises `Conflict` for a file that is no catalog or says one thing twice."""
    with file.open("rb") as text:
        try:
            catalog = read_po(text, locale=LOCALE, abort_invalid=True)
        except (PoFileError, ValueError) as error:
            raise Conflict(f"{file.name}: {error}") from None
    return [message for message in catalog if message.id and not message.fuzzy and _words(message)]


def _add(merged: Catalog, areas: dict[str, str], area: str, message: Message) -> None:
    singular = message.id if isinstance(message.id, str) else message.id[0]
    before = merged.get(singular)
    if before is not None and _words(before) != _words(message):
        raise Conflict(
            f"{areas[singular]}.po and {area}.po translate {singular!r} differently:"
            f" {_words(before)!r} and {_words(message)!r}. Make them one, or say one of them otherwise."
        )
    if before is None or isinstance(before.id, str):
        areas[singular] = area
        merged.delete(singular)
        merged.add(message.id, message.string)


def _words(message: Message) -> str:
    return message.string if isinstance(message.string, str) else "".join(message.string or ())
