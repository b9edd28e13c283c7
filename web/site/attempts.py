"""Tries that are counted: what is shown to whoever has a number and its code, and what too many are told."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from extensions import transaction
from registry.sign_in import TooManyTries, count_look_up, forgive_look_up
from web.site.access import now
from web.site.forms import Form
from web.site.language import in_words
from workflow.refusal import Message

Found = TypeVar("Found")


def looked_up(number: str, find: Callable[[], Found | None]) -> Found | None:
    """What `find` gives for the number; None where the code is wrong. The try is counted before it is looked at, and
    taken off again where the code was right. Raises `TooManyTries`."""
    address, at = request.remote_addr or "", now()
    with transaction(user_initiated=False) as writing:
        count_look_up(writing, number, address, at)
    found = find()
    if found is not None:
        with transaction(user_initiated=False) as writing:
            forgive_look_up(writing, number, address, at)
    return found


def shown_by_code(
    template: str,
    form: Form,
    find: Callable[[], Found | None],
    words: Callable[[Found], Mapping[str, object]],
    unknown: Message,
) -> ResponseReturnValue:
    """The page of a form that asks for a number and its code: what they lead to in `words`, or why it is not shown.

    `find` is asked once the form is filled in, and counts the try by `looked_up`.
    """
    if not form.sent():
        return render_template(template, form=form), 422
    try:
        found = find()
    except TooManyTries as refused:
        page = render_template(template, form=form, refusal=in_words(refused.message))
        return too_many(make_response(page, 429), refused)
    if found is None:
        return render_template(template, form=form, refusal=in_words(unknown)), 404
    return render_template(template, form=form, **words(found))


def too_many(page: Response, refused: TooManyTries) -> Response:
    """The page that says so, with when to come again."""
    page.headers["Retry-After"] = str(refused.seconds)
    return page
