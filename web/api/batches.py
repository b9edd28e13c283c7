"""Record sheets over the API: the office's system brings one in as the page does, and gets its receipt."""

from typing import Annotated, Final, Literal

from flask import Response, request
from pydantic import BaseModel, Field

from cases.engine.held_sheets import NeedsRelease, ToHold, counts_of, held_sheet_store, hold, newly_against, take_in
from extensions import db
from registry.columns import KIND_LABELS
from registry.sheets.importing import Imported
from registry.sheets.reading import BadSheet
from registry.tokens import SUPPLY_RECORDS
from web.api.asked import Asked
from web.api.door import pages, query, takes
from web.api.models import RejectedCell, SheetReceipt
from web.api.once import once
from web.site.access import identity, now, settings, world
from web.site.language import in_words
from workflow.refusal import Incomplete

ANY: Final = "application/octet-stream"
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
            done, told = take_in(db.session(), world(), content, asked.kind, asked.name, now())
        except NeedsRelease as many:
            return _held(asked, content, many.imported), None
        except BadSheet as refusal:
            raise Incomplete({"body": refusal.message}) from None
        return _receipt(done, told=told), None

    return once(bring_in)


def _held(asked: SheetAsked, content: bytes, looked: Imported) -> SheetReceipt:
    """Nothing is written: the sheet waits for the head of the office, as one brought on the page does."""
    sha256 = held_sheet_store(settings().data_dir).keep(asked.name, content, "").sha256
    sheet = ToHold(sha256, asked.kind, asked.name, looked.read, newly_against(looked))
    hold(db.session(), sheet, identity(), now())
    return _receipt(looked, told=0, waits=True)


def _receipt(read: Imported, told: int, waits: bool = False) -> SheetReceipt:
    faults = [
        RejectedCell(row=fault.row, column=fault.column, reason=in_words(fault.reason)) for fault in read.faults[:MOST]
    ]
    return SheetReceipt(**counts_of(read), told=told, faults=faults, waits=waits)
