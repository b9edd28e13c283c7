"""The sheet of parts as a page of its own, and its pictures: `python -m tests.bench.look.sheet FOLDER`.

It is no page of the product: the route is hung on here.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from flask import Flask, render_template
from jinja2 import ChoiceLoader, FileSystemLoader

from application import create_app
from extensions import Base, db
from tests.bench.look import invented, invented_work
from tests.conftest import make_settings
from tests.pictures import picture, serve
from web.site.access import requires

HERE = Path(__file__).parent
PAGES = ("parts_of_pages", "parts_of_work")


def sheet_app(folder: Path) -> Flask:
    """The application with the sheet's pages, on an empty database of its own."""
    app = create_app(make_settings(folder, f"sqlite:///{folder / 'sheet.sqlite'}", mode="demo"))
    app.jinja_loader = ChoiceLoader([app.jinja_loader, FileSystemLoader(HERE)])  # type: ignore[list-item]
    with app.app_context():
        Base.metadata.create_all(db.engine)
    for name in PAGES:
        app.add_url_rule(f"/look/{name}", f"look_{name}", _page(name))
    return app


def everything() -> dict[str, Any]:
    """What the sheet's template draws."""
    return {
        "strips": invented.strips(),
        "clocks": invented.several(),
        "turns": invented.turns(),
        "returned": invented.returned(),
        "claims": invented.disputed(),
        "chain": invented.chain(),
        "broken": invented.chain(broken_at=5),
        "long": invented.long_chain(),
        "lines": invented.lines(),
        "board": invented_work.overdue(),
        "late": invented_work.late(),
        "bars": invented_work.shares(),
        "rows": invented_work.worklist(),
    }


def _page(name: str) -> Any:
    @requires(public=True)
    def page() -> str:
        return render_template(f"{name}.html", **everything())

    return page


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as kept, serve(sheet_app(Path(kept))) as address:
        for name in PAGES:
            for width, size in ((1366, ""), (390, "-phone")):
                for dark, theme in ((False, ""), (True, "-dark")):
                    picture(f"{address}/look/{name}", folder / f"{name}{size}{theme}.png", width, dark=dark)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
