"""The OpenAPI document, made from the views' doors and the models: what is not in it is not there."""

import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Any, Final, NamedTuple

from flask import Flask, Response, current_app, jsonify
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from cases.kinds import all_kinds
from config import VERSION as RELEASE
from web.api.acts import VERSION
from web.api.asked import model_of, offered_rows
from web.api.door import PREFIX, PROBLEM, Endpoint, Problem, endpoint_of, pages
from web.api.once import KEY
from web.site.access import requires

ALWAYS: Final = (401, 403, 429)
"""Problems of every address."""
COMPONENT: Final = "#/components/schemas/{model}"


@pages.get("/openapi.json")
@requires(public=True)
def openapi() -> Response:
    """The document itself."""
    return jsonify(document(current_app))


def document(app: Flask) -> dict[str, Any]:
    """The whole document of an application."""
    found = [each for one in _addresses(app) for each in _each_act(one)]
    models = {model for one in found for model in (one.endpoint.gives, *one.asks)} | {Problem}
    given = [(model, "serialization") for model in sorted(models, key=lambda one: one.__name__)]
    _map, schemas = models_json_schema(given, ref_template=COMPONENT)  # type: ignore[arg-type]
    paths: dict[str, dict[str, Any]] = {}
    for one in found:
        paths.setdefault(one.path, {})[one.method] = _operation(one)
    scheme = {"type": "http", "scheme": "bearer", "description": "A token of a body."}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Redress", "version": RELEASE},
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {"schemas": schemas["$defs"], "securitySchemes": {"token": scheme}},
    }


class Operation(NamedTuple):
    """An address with its method, what its door says, what it does and what is sent there."""

    path: str
    method: str
    endpoint: Endpoint
    said: str
    asks: tuple[type[BaseModel], ...] = ()


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


def _operation(one: Operation) -> dict[str, Any]:
    endpoint = one.endpoint
    given: dict[str, Any] = {"description": "As asked.", "content": _json(endpoint.gives)}
    if endpoint.versioned:
        given["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "The version, in quotation marks."}}
    refused = {"description": "Refused.", "content": _json(Problem, kind=PROBLEM)}
    made: dict[str, Any] = {
        "operationId": "_".join([one.method, *re.findall(r"\w+", one.path)]),
        "summary": one.said.partition("\n")[0],
        "description": f"Scope: `{endpoint.scope}`.",
        "parameters": list(_parameters(one)),
        "responses": {"200": given} | {str(status): refused for status in sorted({*ALWAYS, *endpoint.problems})},
    }
    if one.asks:
        made["requestBody"] = {"required": True, "content": _json(*one.asks)}
    return made


def _parameters(one: Operation) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", one.path):
        yield _parameter("path", name, {"type": "string"})
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
