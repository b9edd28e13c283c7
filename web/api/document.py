"""The OpenAPI document, made from the views' doors and the models: what is not in it is not there."""

import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Any, Final

from flask import Flask, Response, current_app, jsonify
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from config import VERSION
from web.api.door import PREFIX, PROBLEM, Endpoint, Problem, endpoint_of, pages
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
    found = list(_endpoints(app))
    models = {one for _path, _method, endpoint, _said in found for one in (endpoint.gives, Problem)}
    _map, schemas = models_json_schema(
        [(model, "serialization") for model in sorted(models, key=lambda one: one.__name__)], ref_template=COMPONENT
    )
    paths: dict[str, dict[str, Any]] = {}
    for path, method, endpoint, said in found:
        paths.setdefault(path, {})[method] = _operation(path, method, endpoint, said)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Redress", "version": VERSION},
        "servers": [{"url": PREFIX}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "A token of a body."}},
        },
    }


def _endpoints(app: Flask) -> Iterator[tuple[str, str, Endpoint, str]]:
    """Each address with its method, what its door says, and what it does."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        view = app.view_functions[rule.endpoint]
        endpoint = endpoint_of(view)
        if endpoint:
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(PREFIX))
            yield path, "post" if "POST" in (rule.methods or ()) else "get", endpoint, cleandoc(view.__doc__ or "")


def _operation(path: str, method: str, endpoint: Endpoint, said: str) -> dict[str, Any]:
    given: dict[str, Any] = {"description": "As asked.", "content": _json(endpoint.gives)}
    if endpoint.versioned:
        given["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "The version, in quotation marks."}}
    refused = {"description": "Refused.", "content": _json(Problem, PROBLEM)}
    return {
        "operationId": "_".join([method, *re.findall(r"\w+", path)]),
        "summary": said.partition("\n")[0],
        "description": f"Scope: `{endpoint.scope}`.",
        "parameters": [_parameter("path", name, {"type": "string"}) for name in re.findall(r"{(\w+)}", path)],
        "responses": {"200": given} | {str(status): refused for status in sorted({*ALWAYS, *endpoint.problems})},
    }


def _parameter(where: str, name: str, schema: dict[str, Any], required: bool = True) -> dict[str, Any]:
    return {"in": where, "name": name, "required": required, "schema": schema}


def _json(model: type[BaseModel], kind: str = "application/json") -> dict[str, Any]:
    return {kind: {"schema": {"$ref": COMPONENT.format(model=model.__name__)}}}
