"""The outline of the API's document, kept: a line for each thing that a system may rely on.

`python -m tests.web.api.kept_document` writes it anew, after something was added.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

KEPT = Path(__file__).with_name("outline.json")


def outline(document: Mapping[str, Any]) -> str:
    """Each address with its parameters and statuses, each property of a model with its type, a line each."""
    return json.dumps(sorted({*_addresses(document), *_models(document)}), ensure_ascii=False, indent=0) + "\n"


def _addresses(document: Mapping[str, Any]) -> Iterator[str]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for one in operation["parameters"]:
                yield f"{method} {path} {one['in']} {one['name']}{' needed' if one['required'] else ''}"
            for status, given in operation["responses"].items():
                yield f"{method} {path} {status} {', '.join(given['content'])}"


def _models(document: Mapping[str, Any]) -> Iterator[str]:
    for name, model in document["components"]["schemas"].items():
        for key, said in model.get("properties", {}).items():
            needed = " needed" if key in model.get("required", ()) else ""
            kind = said.get("type") or said.get("$ref") or " | ".join(_kind(one) for one in said.get("anyOf", ()))
            yield f"{name}.{key}: {kind}{needed}"


def _kind(said: Mapping[str, Any]) -> str:
    return str(said.get("type") or said.get("$ref"))


def main() -> None:
    from application import create_app
    from tests.conftest import make_settings
    from web.api.document import document

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(make_settings(Path(folder), "sqlite://"))
        KEPT.write_text(outline(document(app)), "utf-8")


if __name__ == "__main__":
    main()
