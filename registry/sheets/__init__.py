"""National record sheets, read and written: XLSX or CSV in, records and a sheet of what was rejected out."""

from registry.sheets.importing import Imported, import_sheet
from registry.sheets.reading import BadSheet, open_sheet
from registry.sheets.rejects import write_rejects
from registry.sheets.rows import Fault, Rejected

__all__ = ["BadSheet", "Fault", "Imported", "Rejected", "import_sheet", "open_sheet", "write_rejects"]
