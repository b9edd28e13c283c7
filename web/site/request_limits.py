"""What can be sent and no database keeps: numbers beyond every size find nothing, the character NUL is left out.

It knows no page; `create_app` hangs it into the application before the addresses.
"""

from typing import Final

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import IntegerConverter, ValidationError
from werkzeug.utils import cached_property

MOST: Final = 2**31 - 1
"""The largest id that a database keeps."""
DIGITS: Final = len(str(MOST))


def limit_requests(app: Flask) -> None:
    """Take numbers in addresses up to the largest id, and requests without NUL."""
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
    """A request whose texts hold no NUL: nobody can type one, and PostgreSQL refuses it."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        return _without_nul(super().args)

    def _load_form_data(self) -> None:
        super()._load_form_data()
        self.__dict__["form"] = _without_nul(self.form)


def _without_nul(texts: MultiDict[str, str]) -> MultiDict[str, str]:
    if not any("\0" in text for pair in texts.items(multi=True) for text in pair):
        return texts
    return ImmutableMultiDict(
        (name.replace("\0", ""), text.replace("\0", "")) for name, text in texts.items(multi=True)
    )
