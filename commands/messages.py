"""`flask messages`: merge the areas' .po files into messages.mo, and list messages without Chinese.

English needs no catalog: a message id is the English sentence. A call counts as saying a message when its first
argument is written out there, or is a name that the file gives a text.
"""

import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import PoFileError, read_po
from flask.cli import AppGroup
from jinja2.ext import babel_extract

from cases.kinds import all_kinds
from config import ROOT
from notifications.papers import SHARED_FORMS
from notifications.post import CASE, WRITTEN_LATE
from notifications.wording import GENERAL_TO_FILER, WORDINGS
from registry.columns import KIND_LABELS, KINDS
from workflow.definition import MAPPED, Action, Definition
from workflow.letters import PaperForm, Wording
from workflow.refusal import CONTEXT

messages_commands = AppGroup("messages", help="The translations of what the site says.")


@messages_commands.command("compile")
def compile_command() -> None:
    """Merge every area's .po file into messages.mo; exit 1 where two areas disagree."""
    try:
        catalog = compiled()
    except Conflict as conflict:
        click.echo(str(conflict), err=True)
        sys.exit(1)
    write(catalog)
    click.echo(f"compiled {len(catalog)}")


@messages_commands.command("missing")
def missing_command() -> None:
    """List what is said and has no Chinese yet, each with the first place that says it; exit 1 when there is any."""
    missing = untranslated(compiled(), used(ROOT))
    for id, place in missing.items():
        click.echo(f"{place}: {id}")
    if missing:
        sys.exit(1)


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
    areas: dict[tuple[str | None, str], str] = {}
    for file in sorted(folder.glob("*.po")):
        for message in _messages(file):
            _add(merged, areas, file.stem, message)
    return merged


def untranslated(catalog: Catalog, used: Mapping[str, str]) -> dict[str, str]:
    """The message ids of `used` (id → place) that the catalog has no words for."""
    return {id: place for id, place in used.items() if not translation(catalog, id)}


def translation(catalog: Catalog, id: str) -> str:
    """The words for a message id, or "". Chinese has one form for any number."""
    context, _, text = id.rpartition(CONTEXT)
    message = catalog.get(text, context or None)
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


def _add(merged: Catalog, areas: dict[tuple[str | None, str], str], area: str, message: Message) -> None:
    singular, context = message.id if isinstance(message.id, str) else message.id[0], message.context
    before = merged.get(singular, context)
    if before is not None and _words(before) != _words(message):
        raise Conflict(
            f"{areas[context, singular]}.po and {area}.po translate {singular!r} differently:"
            f" {_words(before)!r} and {_words(message)!r}. Make them one, say one of them otherwise,"
            " or give a kind's label a context (said_by)."
        )
    if before is None or isinstance(before.id, str):
        areas[context, singular] = area
        merged.delete(singular, context)
        merged.add(message.id, message.string, context=context)


def _words(message: Message) -> str:
    return message.string if isinstance(message.string, str) else "".join(message.string or ())


CALLS: Final = frozenset({"_", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext", "say"})
LAW_KEYS: Final = frozenset({"label", "counted_from", "note"})
CODE: Final = ("web", "commands", "cases", "exchange", "registry", "notifications", "workflow")

Found = Iterator[tuple[str, str]]
"""A message id and the place that says it."""


def used(root: Path) -> dict[str, str]:
    """Every message id of the product, in reading order, with the first place that says it."""
    found: dict[str, str] = {}
    for id, place in (
        *_in_templates(root),
        *_in_code(root),
        *_in_kinds(),
        *_in_letters(),
        *_in_columns(),
        *_in_law(root),
    ):
        if id:
            found.setdefault(id, place)
    return found


def _in_templates(root: Path) -> Found:
    for file in sorted((root / "templates").rglob("*.*")):
        with file.open("rb") as text:
            options = {"encoding": "utf-8", "silent": "false", "trimmed": "true"}
            for line, _, ids, _ in babel_extract(text, tuple(CALLS), (), options):
                id = ids if isinstance(ids, str) else next(filter(None, ids or ()), "")
                yield id, f"{file.relative_to(root)}:{line}"


def _in_code(root: Path) -> Found:
    for folder in CODE:
        for file in sorted((root / folder).rglob("*.py")):
            yield from calls(file.read_text("utf-8"), str(file.relative_to(root)))


def calls(source: str, name: str) -> Found:
    """The ids of one file's calls."""
    tree = ast.parse(source)
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _called(node.func) in CALLS:
            for id in _texts(node.args[0], constants):
                yield id, f"{name}:{node.lineno}"


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _texts(argument: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    """The texts an argument can be: written out, either side of a condition, or a constant of the file."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from _texts(argument.body, constants)
        yield from _texts(argument.orelse, constants)
    elif isinstance(argument, ast.Name) and argument.id in constants:
        yield from _texts(constants[argument.id], {})
    elif isinstance(argument, ast.Subscript):
        yield from _texts(argument.value, constants)
    elif isinstance(argument, ast.Dict):
        for value in argument.values:
            yield from _texts(value, constants)


def _in_kinds() -> Found:
    yield from ((id, "workflow/definition.py") for id in _action_labels(MAPPED))
    for definition in all_kinds().values():
        place = definition.file or f"kind {definition.kind}"
        yield from ((id, place) for id in (*_labels(definition), *_letters(definition.wordings, definition.papers)))


def _in_letters() -> Found:
    """The letters and papers that several kinds share."""
    wordings = {**WORDINGS, "general": GENERAL_TO_FILER, "late": Wording(CASE, (WRITTEN_LATE,))}
    yield from ((id, "notifications/wording.py") for id in _letters(wordings, SHARED_FORMS.values()))


def _letters(wordings: Mapping[str, Wording], papers: Iterable[PaperForm]) -> Iterator[str]:
    for wording in wordings.values():
        yield from (wording.subject.id, *(paragraph.message.id for paragraph in wording.body))
    yield from (form.title for form in papers)


def _labels(definition: Definition) -> Iterator[str]:
    yield from (definition.label, definition.mark)
    yield from (words for state in definition.states for words in (state.label, state.work))
    yield from (deadline.label for deadline in definition.deadlines)
    for action in definition.actions:
        yield from _action_labels(action)


def _action_labels(action: Action) -> Iterator[str]:
    yield from (action.label, action.done)
    for field in action.asks:
        yield from (field.label, field.hint)
        yield from (choice.label for choice in field.choices)
        yield from (one.because for one in field.suggests)


def _in_columns() -> Found:
    for kind, columns in KINDS.items():
        yield KIND_LABELS[kind], f"kind of record {kind}"
        yield from ((column.label, f"column {column.key}") for column in columns)


def _in_law(root: Path) -> Found:
    for file in sorted((root / "jurisdictions").glob("*/*.toml")):
        yield from ((id, str(file.relative_to(root))) for id in _law_texts(tomllib.loads(file.read_text("utf-8"))))


def _law_texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _law_texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in LAW_KEYS and isinstance(item, str):
                if not item.isidentifier():  # `decided_on`: a column, not words
                    yield item
            else:
                yield from _law_texts(item)
