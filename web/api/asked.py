"""What an act asks as pydantic says it, made from the definition of its kind: a type for each kind of field."""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from io import BytesIO
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from werkzeug.datastructures import FileStorage

from web.api.door import faults_of
from web.site.access import store
from web.site.forms import MOST
from web.site.kept_form import keep_files
from web.site.record_words import LONGEST
from workflow import definition as words
from workflow.answers import asked_of
from workflow.definition import FILER, OFFICER, REVIEWER, Action, Definition, FieldKind, Role
from workflow.past import AS_CLAIMED, KEPT, OTHER, UNDECIDABLE
from workflow.refusal import Incomplete, say

ACTING: Final = (FILER, REVIEWER, OFFICER)
"""In which roles a system acts for a person."""


class Asked(BaseModel):
    """What is sent in."""

    model_config = ConfigDict(extra="forbid")


class AskedFinding(Asked):
    """What was found of one disputed field."""

    finding: str = Field(description=f"One of {AS_CLAIMED}, {OTHER}, {KEPT}, {UNDECIDABLE}.", max_length=20)
    value: str = Field("", max_length=LONGEST, description="The other value.")
    reason: str = Field("", max_length=LONGEST, description="Why it is not as claimed: the firm reads it.")


class AskedFile(Asked):
    """A PDF, JPEG or PNG file of at most 10 MB."""

    name: str = Field(min_length=1, max_length=200)
    content: str = Field(description="Its bytes in Base64.", json_schema_extra={"contentEncoding": "base64"})


Id = Annotated[int, Field(ge=1, le=MOST, strict=True)]
Text = Annotated[str, Field(max_length=LONGEST)]
TYPES: Final[Mapping[FieldKind, Any]] = {
    FieldKind.LINE: Annotated[str, Field(max_length=200)],
    FieldKind.TEXT: Text,
    FieldKind.DATE: date,
    FieldKind.CHOICE: Annotated[str, Field(max_length=60)],
    FieldKind.CLAIMS: dict[str, Text],
    FieldKind.FINDINGS: dict[str, AskedFinding],
    FieldKind.FILES: Annotated[list[AskedFile], Field(max_length=10)],
    FieldKind.BUREAU: Id,
    FieldKind.DEADLINE: Annotated[str, Field(max_length=60)],
    FieldKind.NUMBER: Id,
    FieldKind.RECORD: Id,
    FieldKind.PERSON: Id,
    FieldKind.COMMITMENT: bool,
    FieldKind.LAW: Annotated[str, Field(max_length=400)],
    FieldKind.TICK: bool,
}
"""How a kind of field is sent. Whether it is answered enough, `workflow.answers` says, in the page's words."""


def offered_rows(definition: Definition) -> Iterator[Action]:
    """The rows of a kind that a system may take for somebody."""
    for action in definition.actions:
        if definition.machine_may(action) and not set(ACTING).isdisjoint(action.by):
            yield action


@cache
def model_of(kind: str, action: Action, role: Role | None = None) -> type[BaseModel]:
    """What an act asks of a role, or of any that a system acts in; nothing is required here, so that what is missing is
    refused in the page's words."""
    roles = (role,) if role else [one for one in action.by if one in ACTING]
    asked = {field.name: field for one in roles for field in asked_of(action, one)}
    fields: dict[str, Any] = {name: (TYPES[field.kind] | None, _described(field)) for name, field in asked.items()}
    return create_model(f"{kind}_{action.name}", __base__=Asked, __doc__=action.label, **fields)


def _described(field: words.Field) -> Any:
    told = ". ".join(part for part in (field.label, field.hint) if part)
    if field.choices:
        told += ": " + ", ".join(f"`{choice.code}` {choice.label}" for choice in field.choices)
    return Field(None, description=told)


def read_answers(model: type[BaseModel], sent: bytes, firm: int | None) -> dict[str, object]:
    """The answers that were sent, as `decide` takes them; files are kept. Raises Incomplete, by field."""
    try:
        typed = model.model_validate_json(sent or b"{}")
    except ValidationError as error:
        raise Incomplete(faults_of(error)) from None
    answers: dict[str, object] = {}
    for name in model.model_fields:
        said = getattr(typed, name)
        answers[name] = _plain(name, said, firm)
    return answers


def _plain(name: str, said: Any, firm: int | None) -> object:
    if isinstance(said, list):
        files, unfit = keep_files(store(), _uploads(name, said), (), firm=firm)
        if unfit:
            raise Incomplete({name: unfit[0]})
        return files
    if isinstance(said, dict):
        return {key: one.model_dump() if isinstance(one, BaseModel) else one for key, one in said.items()}
    return said


def _uploads(name: str, files: Iterable[AskedFile]) -> Iterator[FileStorage]:
    for file in files:
        try:
            content = b64decode(file.content, validate=True)
        except (binascii.Error, ValueError):
            raise Incomplete(
                {name: say("{file} is not in Base64: send its bytes so encoded.", file=file.name)}
            ) from None
        yield FileStorage(BytesIO(content), filename=file.name)
