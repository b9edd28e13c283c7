"""The door of the API: whose token asks, what it may do, how often; and each refusal as problem+json.

No cookie opens anything here. A refusal bears the sentence that a page would show (RFC 9457).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final, TypeVar, cast

from flask import Blueprint, Response, abort, current_app, g, make_response, request
from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from database import trouble_of
from extensions import csrf, db, login, transaction
from registry.sessions import NOTED_EVERY
from registry.tokens import ApiToken, body_identity, note_use, person_named, token_of
from web.api.pace import Pace
from web.site.access import client_address, note_security, now
from web.site.language import in_words
from workflow.refusal import Forbidden, Impossible, Incomplete, Message, Outdated, Refusal, say

PREFIX: Final = "/api/v1"
PROBLEM: Final = "application/problem+json"
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
MOST_BYTES: Final = 16 * 1024 * 1024
"""Of a body, once the token is known."""
pages = Blueprint("api", __name__, url_prefix=PREFIX)
csrf.exempt(pages)  # no cookie opens anything here, so that no other site can borrow one

Query = TypeVar("Query", bound=BaseModel)
CANNOT: Final = say("This cannot be read: see what openapi.json asks for.")
NO_DAY: Final = say("This is no day: write it as 2026-06-06.")
SENTENCES: Final = {
    "extra_forbidden": say("This is not asked for: leave it out."),
    "json_invalid": say("The body is not JSON."),
    "string_too_long": say("This is too long: shorten it."),
    **dict.fromkeys(("date_from_datetime_parsing", "date_parsing", "date_type", "date_from_datetime_inexact"), NO_DAY),
}
NAMES: Final[Mapping[int, str]] = {
    400: "unreadable",
    401: "token",
    403: "forbidden",
    404: "not-found",
    405: "method",
    409: "impossible",
    412: "outdated",
    413: "too-large",
    415: "media-type",
    422: "incomplete",
    428: "if-match",
    429: "pace",
    500: "failed",
    503: "not-ready",
}
"""What a problem is called in its `type`, by status."""


class Problem(BaseModel):
    """Why something was not done, in the words of the page."""

    model_config = ConfigDict(extra="forbid")

    type: str
    title: str
    status: int
    detail: str
    errors: dict[str, str] = {}


@dataclass(frozen=True)
class Endpoint:
    """What the document says of an address: the scope that opens it, what it gives, which problems beside the usual.

    `named`: it is asked for a person, whom `Redress-Person` names. `once`: it is done once.
    """

    scope: str
    gives: Any
    problems: Sequence[int] = ()
    query: type[BaseModel] | None = None
    named: bool = False
    versioned: bool = False
    once: bool = False
    body: str = ""
    """The type of what is sent, where it is no JSON."""


def takes(scope: str, gives: Any, *problems: int, **more: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Put the API's door before a view: a token with this scope, and the person it acts for where one is named."""
    endpoint = Endpoint(scope, gives, problems, **more)

    def guard(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*arguments: Any, **named: Any) -> Any:
            _let_in(endpoint)
            return view(*arguments, **named)

        guarded._public = True  # type: ignore[attr-defined]
        guarded._endpoint = endpoint  # type: ignore[attr-defined]
        return guarded

    return guard


def endpoint_of(view: Callable[..., Any]) -> Endpoint | None:
    return getattr(view, "_endpoint", None)


def token() -> ApiToken:
    """The token of this request; only behind the API's door."""
    return cast(ApiToken, g.api_token)


def answer(body: BaseModel | str, status: int = 200, version: int | None = None) -> Response:
    """What was asked for, as JSON; with `version` as its ETag."""
    response = make_response(body if isinstance(body, str) else body.model_dump_json(), status)
    response.mimetype = "application/json"
    if version is not None:
        response.set_etag(str(version))
    return response


def query(model: type[Query]) -> Query:
    """What stands behind the question mark. Raises Incomplete, by field."""
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise Incomplete(faults_of(error)) from None


def faults_of(error: ValidationError) -> dict[str, Message]:
    """What could not be read, by field."""
    return {
        ".".join(str(part) for part in fault["loc"]) or "body": SENTENCES.get(fault["type"], CANNOT)
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    }


def problem(
    status: int, detail: str, errors: Mapping[str, str] = NOTHING, headers: Mapping[str, str] = NOTHING
) -> Response:
    """A refusal."""
    body = Problem(
        type=f"/problems/{NAMES[status]}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=dict(errors),
    )
    response = make_response(body.model_dump_json(), status)
    response.mimetype = PROBLEM
    response.headers.update(headers)
    return response


def _let_in(endpoint: Endpoint) -> None:
    """Find out who asks; nobody is signed in here, whatever cookie came along."""
    g._login_user = login.anonymous_user()
    session = db.session()
    kind, _blank, secret = request.headers.get("Authorization", "").partition(" ")
    found = token_of(session, secret.strip(), now()) if kind.lower() == "bearer" else None
    if found is None or not found.opens_from(client_address()):
        note_security("token_refused", ok=False)
        told = _("No token, a wrong one, or one that has ended: send Authorization: Bearer with a token of your body.")
        abort(problem(401, told, headers={"WWW-Authenticate": "Bearer"}))
    g.api_token, g.identity = found, body_identity(session, found)
    if wait := _pace().wait(found.id, now()):
        told = _("Too many requests with this token. Try again in %(seconds)s seconds.", seconds=wait)
        abort(problem(429, told, headers={"Retry-After": str(wait)}))
    if endpoint.scope not in found.scopes:
        note_security("refused", ok=False, token=found.id, at_page=request.path, status=403)
        told = _("This token does not have the scope %(scope)s: ask for one that does.", scope=endpoint.scope)
        abort(problem(403, told))
    request.max_content_length = MOST_BYTES
    if endpoint.named:
        _name_person(session, found)


def _name_person(session: Session, found: ApiToken) -> None:
    """From here on the request is that person's, through this token (D63)."""
    named = request.headers.get("Redress-Person", "")
    if not named:
        sentence = say("Name the person for whom you act: send Redress-Person with their user name.")
        raise Incomplete({"Redress-Person": sentence})
    g.identity = person_named(session, found, named)


def _pace() -> Pace:
    pace: Pace = current_app.extensions.setdefault("api_pace", Pace())
    return pace


@pages.errorhandler(Refusal)
def _refused(error: Refusal) -> Response:
    """A refusal of the rules, with the sentence that a page would show."""
    status = next((number for kind, number in _STATUSES if isinstance(error, kind)), 409)
    fields = {name: in_words(said) for name, said in error.fields.items()} if isinstance(error, Incomplete) else {}
    return problem(status, in_words(error.message), fields)


_STATUSES: Final = ((Forbidden, 403), (Incomplete, 422), (Outdated, 412), (Impossible, 409))


@pages.after_request
def _note_use(response: Response) -> Response:
    """Write down, now and then, that the token is in use; no answer fails for it."""
    used: ApiToken | None = g.get("api_token")
    if used is None or "without_database" in g or (used.used_at and now() - used.used_at < NOTED_EVERY):
        return response
    try:
        with transaction(user_initiated=False) as writing:
            note_use(writing, used.id, client_address(), now())
    except DBAPIError as error:
        current_app.logger.warning("the use of a token could not be written (%s)", trouble_of(error))
    return response


@pages.after_app_request
def _as_problem(response: Response) -> Response:
    """What went wrong before or beside a view of ours, as a problem too; nothing is kept by anybody on the way."""
    if not request.path.startswith(f"{PREFIX}/"):
        return response
    if response.status_code >= 400 and response.mimetype != PROBLEM:
        kept = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response.headers}
        status = response.status_code if response.status_code in NAMES else 400
        response = problem(status, _said_of(status), headers=kept)
    response.headers["Cache-Control"] = "no-store"
    return response


def _said_of(status: int) -> str:
    return {
        404: _("There is nothing at this address, or it is not yours to see."),
        405: _("This address takes no such method: see openapi.json."),
        413: _("This is too much at once: a body has 16 MB at most."),
        415: _("Send JSON, with Content-Type: application/json."),
        500: _("A fault of the platform: nothing was changed, and it is in the platform's log."),
        503: _("The service is not ready. Send the same again in a minute, with the same Idempotency-Key."),
    }.get(status, _("This request cannot be read: see openapi.json."))


@pages.route("/<path:rest>", methods=["GET"])
def nowhere(rest: str) -> Response:
    """Any other address of the API."""
    abort(404)


nowhere._public = True  # type: ignore[attr-defined]
