"""The OpenAPI document, made from the views' doors and the models: what is not in it is not there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from inspect import cleandoc
from typing import Any, Final, NamedTuple

from flask import Flask, Response, current_app, jsonify
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from cases.kinds import all_kinds
from config import VERSION as RELEASE
from web.api.acts import VERSION
from web.api.asked import model_of, offered_rows
from web.api.door import PREFIX, PROBLEM, Endpoint, Problem, endpoint_of, pages
from web.api.once import KEY
from web.site.access import requires

ALWAYS: Final = (401, 403, 429)
"""Problems of every address."""
PDF: Final = {"application/pdf": {"schema": {"type": "string", "contentMediaType": "application/pdf"}}}
COMPONENT: Final = "#/components/schemas/{model}"


@pages.get("/openapi.json")
@requires(public=True)
def openapi() -> Response:
    """The document itself."""
    return jsonify(document(current_app))


def document(app: Flask) -> dict[str, Any]:
    """The whole document of an application."""
    found = [each for one in _addresses(app) for each in _each_act(one)]
    schemas = _schemas(found)
    paths: dict[str, dict[str, Any]] = {}
    for one in found:
        paths.setdefault(one.path, {})[one.method] = _operation(one, schemas)
    scheme = {"type": "http", "scheme": "bearer", "description": "A token of a body."}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Redress", "version": RELEASE},
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"token": scheme}},
    }


class Operation(NamedTuple):
    """An address with its method, what its door says, what it does and what is sent there."""

    path: str
    method: str
    endpoint: Endpoint
    said: str
    asks: tuple[type[BaseModel], ...] = ()


def _schemas(found: Sequence[Operation]) -> dict[str, Any]:
    """The models by name: what is given out whole, what is sent in with what may be left out."""
    given: dict[type[BaseModel], JsonSchemaMode] = {Problem: "serialization"}
    for one in found:
        given |= dict.fromkeys([one.endpoint.gives] if one.endpoint.gives else [], "serialization")
        given |= dict.fromkeys((*one.asks, *([one.endpoint.query] if one.endpoint.query else [])), "validation")
    named = sorted(given.items(), key=lambda pair: pair[0].__name__)
    made: dict[str, Any] = models_json_schema(named, ref_template=COMPONENT)[1]["$defs"]
    return made


def _addresses(app: Flask) -> Iterator[Operation]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        view = app.view_functions[rule.endpoint]
        endpoint = endpoint_of(view)
        if endpoint:
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(PREFIX))
            method = "post" if "POST" in (rule.methods or ()) else "get"
            yield Operation(path, method, endpoint, cleandoc(view.__doc__ or ""))


def _each_act(one: Operation) -> Iterator[Operation]:
    """An address for each act that a system may take: acts are data, and what they ask is in the kinds."""
    if "{action}" not in one.path:
        yield one
        return
    asked: dict[str, dict[str, type[BaseModel]]] = {}
    for kind, definition in all_kinds().items():
        for row in offered_rows(definition):
            model = model_of(kind, row)
            asked.setdefault(row.name, {})[model.__name__] = model
    for name, models in sorted(asked.items()):
        yield one._replace(path=one.path.replace("{action}", name), asks=tuple(models.values()))


def _operation(one: Operation, schemas: Mapping[str, Any]) -> dict[str, Any]:
    endpoint = one.endpoint
    given: dict[str, Any] = {"description": "As asked.", "content": PDF}
    if endpoint.gives:
        given["content"] = _json(endpoint.gives)
    if endpoint.versioned:
        given["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "The version, in quotation marks."}}
    refused = {"description": "Refused.", "content": _json(Problem, kind=PROBLEM)}
    made: dict[str, Any] = {
        "operationId": "_".join([one.method, *re.findall(r"\w+", one.path)]),
        "summary": one.said.partition("\n")[0],
        "description": f"Scope: `{endpoint.scope}`.",
        "parameters": list(_parameters(one, schemas)),
        "responses": {"200": given} | {str(status): refused for status in sorted({*ALWAYS, *endpoint.problems})},
    }
    if endpoint.body:
        made["requestBody"] = {"required": True, "content": {endpoint.body: {"schema": {}}}}
    if one.asks:
        made["requestBody"] = {"required": True, "content": _json(*one.asks)}
    return made


def _parameters(one: Operation, schemas: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", one.path):
        whole = {"type": "integer", "minimum": 0} if name.endswith("_id") else {"type": "string"}
        yield _parameter("path", name, whole)
    if one.endpoint.query:
        asked = schemas[one.endpoint.query.__name__]
        for name, schema in asked["properties"].items():
            found = _parameter("query", name, schema, schema.get("description", ""))
            yield found | {"required": name in asked.get("required", ())}
    if one.endpoint.named:
        yield _parameter("header", "Redress-Person", {"type": "string"}, "The user name of whom it is done for.")
    if one.endpoint.once:
        schema = {"type": "string", "pattern": f"^{KEY.pattern}$"}
        yield _parameter("header", "Idempotency-Key", schema, "The same when the same is sent again.")
    if one.endpoint.once and one.endpoint.versioned:
        yield _parameter("header", "If-Match", {"type": "string", "pattern": f"^{VERSION.pattern}$"}, "The ETag read.")


def _parameter(where: str, name: str, schema: dict[str, Any], told: str = "") -> dict[str, Any]:
    return {"in": where, "name": name, "required": True, "schema": schema, "description": told}


def _json(*models: type[BaseModel], kind: str = "application/json") -> dict[str, Any]:
    refs = [{"$ref": COMPONENT.format(model=model.__name__)} for model in models]
    return {kind: {"schema": refs[0] if len(refs) == 1 else {"anyOf": refs}}}
