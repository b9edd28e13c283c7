"""Record sheets over the API: the office's system brings one in as the page does, and gets its receipt."""

from typing import Annotated, Final, Literal

from flask import Response, request
from pydantic import BaseModel, Field

from cases.engine.record_news import tell_of_sheet
from extensions import db
from registry.columns import KIND_LABELS
from registry.sheets.importing import import_sheet
from registry.sheets.reading import BadSheet
from registry.tokens import SUPPLY_RECORDS
from web.api.asked import Asked
from web.api.door import pages, query, takes
from web.api.models import RejectedCell, SheetReceipt
from web.api.once import once
from web.site.access import law, now, world
from web.site.language import in_words
from workflow.refusal import Incomplete

ANY: Final = "application/octet-stream"
COUNTED: Final = ("imported", "updated", "unchanged", "rejected", "conflicts", "repeated")
MOST: Final = 1000
"""Faults that a receipt names; `rejected` counts all rows."""


class SheetAsked(Asked):
    """Of which kind its records are, and what the sheet is called."""

    kind: Literal[tuple(KIND_LABELS)] = "penalty"  # type: ignore[valid-type]
    name: Annotated[str, Field(min_length=1, max_length=60)] = "sheet"


@pages.post("/batches")
@takes(SUPPLY_RECORDS, SheetReceipt, 400, 409, 413, 422, named=True, once=True, query=SheetAsked, body=ANY)
def batch() -> Response:
    """Bring a record sheet in, CSV or XLSX as it is: its good rows go in, the others come back with the reasons."""
    asked, content = query(SheetAsked), request.get_data()

    def bring_in() -> tuple[BaseModel, None]:
        try:
            done = import_sheet(db.session(), content, asked.kind, law(), now(), f"import:{asked.name}"[:80])
        except BadSheet as refusal:
            raise Incomplete({"body": refusal.message}) from None
        told = tell_of_sheet(db.session(), world(), done, asked.name, now())
        counts = {name: getattr(done, name) for name in COUNTED}
        faults = [
            RejectedCell(row=fault.row, column=fault.column, reason=in_words(fault.reason))
            for fault in done.faults[:MOST]
        ]
        return SheetReceipt(**counts, told=told, faults=faults), None

    return once(bring_in)
