"""What people send, and how much of it: forms, numbers in addresses, pages of a list, tries that are counted.

Numbers beyond every size find nothing: no database keeps them. Characters that nobody sees are left out. Of too many
answers, or a text without end, nothing is read.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlencode

from flask import Flask, Request, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.routing import IntegerConverter, ValidationError
from werkzeug.utils import cached_property
from wtforms import DateField
from wtforms.fields.choices import SelectChoice

from extensions import transaction
from registry.tries import TooManyTries, count_look_up, forgive_look_up
from web.site.access import client_address, now
from web.site.language import in_words
from workflow.refusal import Incomplete, Message, Refusal

MOST: Final = 2**31 - 1
"""The largest id that a database keeps."""
DIGITS: Final = len(str(MOST))
MOST_ANSWERS: Final = 2000
"""Fields that a form may bring."""
MOST_TEXT: Final = 100_000
"""Characters that a field may bring; what is longer is not sent back either."""
UNSEEN: Final = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters but tab and ends of lines, marks of direction, and the mark at the beginning of files."""
Found = TypeVar("Found")
Row = TypeVar("Row")


class Form(FlaskForm):
    """A form of ours, and what was wrong with it: `status` is what its page answers with, `refusal` stands above it."""

    status = 200
    refusal = ""
    wait = 0
    """Seconds until another try is heard."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)  # type: ignore[no-untyped-call]
        if "csrf_token" in self:
            self["csrf_token"].render_kw = {"id": False}  # a page may hold several forms, an id stands once

    def sent(self) -> bool:
        """Whether it was sent and holds together."""
        whole = bool(self.validate_on_submit())  # type: ignore[no-untyped-call]
        self.status = 422 if self.errors else 200  # a page that is only asked for has nothing wrong with it
        return whole

    def mark(self, faults: Mapping[str, Message]) -> None:
        """Say beside each field what is wrong with it."""
        self.status = 422
        for name, message in faults.items():
            self[name].errors = (in_words(message),)

    def refuse(self, error: Refusal) -> None:
        """Say why what was asked is refused: beside the fields it names, else above the form."""
        if isinstance(error, Incomplete):
            self.mark(error.fields)
        elif isinstance(error, TooManyTries) and "email" in self:
            self.mark({"email": error.message})
        else:
            self.status, self.refusal = 409, in_words(error.message)
        if isinstance(error, TooManyTries):
            self.status, self.wait = 429, error.seconds

    @contextmanager
    def writing(self, *, user_initiated: bool = True) -> Iterator[Session]:
        """Own a transaction that carries out what the form asks. What refuses it is said in the form: see `status`."""
        try:
            with transaction(user_initiated=user_initiated) as session:
                yield session
        except Refusal as error:
            self.refuse(error)


def form_page(template: str, form: Form, **values: Any) -> Response:
    """The page of a form, with what was refused."""
    page = make_response(render_template(template, form=form, refusal=form.refusal, **values), form.status)
    if form.wait:
        page.headers["Retry-After"] = str(form.wait)
    return page


class DayField(DateField):
    """A day; what is no day is said in words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)  # type: ignore[no-untyped-call]
        except ValueError:
            raise ValueError(_("Write the day as 2026-11-24.")) from None


def choice(value: str, words: Any) -> SelectChoice:
    """Words that are said in the language of whoever reads the page."""
    return SelectChoice(value, words)


def shown_by_code(
    template: str,
    form: Form,
    number: str,
    find: Callable[[], Found | None],
    words: Callable[[Found], Mapping[str, object]],
    unknown: Message,
) -> ResponseReturnValue:
    """The page of a form that asks for a number and its code: what they lead to in `words`, or why it is not shown.

    The try is counted before it is looked at, and taken off again where the code was right.
    """
    address, at = client_address(), now()
    if form.sent():
        with form.writing(user_initiated=False) as writing:
            count_look_up(writing, number, address, at)
    if form.status != 200:
        return form_page(template, form)
    found = find()
    if found is None:
        return render_template(template, form=form, refusal=in_words(unknown)), 404
    with transaction(user_initiated=False) as writing:
        forgive_look_up(writing, number, address)
    return render_template(template, form=form, **words(found))


def limit_requests(app: Flask) -> None:
    """Take numbers in addresses up to the largest id, requests without NUL, and no more of a form than one types."""
    app.config["MAX_FORM_PARTS"] = MOST_ANSWERS
    app.url_map.converters["int"] = Id
    app.request_class = Typed


def number_in(text: str | None, default: int) -> int:
    """The whole number that was typed, or the default for anything that is none, or larger than an id."""
    if not text or not text.isdecimal() or len(text) > DIGITS:
        return default
    return int(text) if int(text) <= MOST else default


class Id(IntegerConverter):
    """A number in an address. One that no database keeps leads nowhere, as one that nothing bears."""

    def to_python(self, value: str) -> int:
        number = number_in(value, -1)
        if number < 0:
            raise ValidationError()
        super().to_python(value)  # its own bounds, where the address names some
        return number


class Typed(Request):
    """A request whose texts hold nothing that nobody sees: control characters, and marks that turn how a line reads."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        return _typable(super().args)

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        try:
            self._refuse_many()
            super()._load_form_data()
            form = _typable(self.form)
            if any(len(text) > MOST_TEXT for _name, text in form.items(multi=True)):
                raise RequestEntityTooLarge
        except RequestEntityTooLarge:
            self.__dict__.update(
                form=ImmutableMultiDict(), files=ImmutableMultiDict()
            )  # the page that says so asks too
            raise
        named = [(name, file) for name, file in self.files.items(multi=True) if name is not None]
        self.__dict__.update(form=form, files=ImmutableMultiDict(named))

    def _refuse_many(self) -> None:
        """Count the answers of a form before they are taken apart; those with files are counted as they are."""
        if self.mimetype != "application/x-www-form-urlencoded":
            return
        most = self.max_form_memory_size
        if most is not None and (self.content_length or 0) > most:
            raise RequestEntityTooLarge
        if self.get_data(parse_form_data=False).count(b"&") >= MOST_ANSWERS:
            raise RequestEntityTooLarge


def _typable(texts: MultiDict[str, str]) -> MultiDict[str, str]:
    """The texts as people can type them; what stands under no name, in a part that is no field, is left out."""
    if not any(name is None or UNSEEN.search(name + text) for name, text in texts.items(multi=True)):
        return texts
    return ImmutableMultiDict(
        (UNSEEN.sub("", name), UNSEEN.sub("", text)) for name, text in texts.items(multi=True) if name is not None
    )


@dataclass(frozen=True)
class ShownPage(Generic[Row]):
    """The rows of one page: from the `first` to the `last` of `total`, and the addresses before and after, if any."""

    rows: Sequence[Row]
    first: int
    last: int
    total: int
    before: str
    after: str

    @property
    def split(self) -> bool:
        """Whether there is more than one page."""
        return bool(self.before or self.after)


def page_number(last: int = 1000) -> int:
    """The page that is asked for by `?page=`."""
    return min(max(number_in(request.args.get("page"), 1), 1), last)


def page_of(rows: Sequence[Row], size: int) -> ShownPage[Row]:
    """The page that is asked for by `?page=`; beyond the end, the last one."""
    return page_read(len(rows), size, lambda most, skip: rows[skip : skip + most])


def page_read(total: int, size: int, read: Callable[[int, int], Sequence[Row]]) -> ShownPage[Row]:
    """The same where only its rows are read: so many, after so many."""
    last = max(1, -(-total // size))
    number = page_number(last)
    at = (number - 1) * size
    here = read(size, at)
    return ShownPage(
        here,
        at + 1 if here else 0,
        at + len(here),
        total,
        _address(number - 1) if number > 1 else "",
        _address(number + 1) if number < last else "",
    )


def _address(number: int) -> str:
    asked = [(name, text) for name, text in request.args.items(multi=True) if name != "page" and text]
    return f"{request.path}?{urlencode([*asked, ('page', str(number))])}"
