"""National record sheets, read and written: XLSX or CSV in, records and a sheet of what was rejected out."""

from registry.sheets.importing import Imported, import_sheet, open_records, rejects_path, write_rejects
from registry.sheets.reading import BadSheet, Fault, Rejected, Sheet

__all__ = [
    "BadSheet",
    "Fault",
    "Imported",
    "Rejected",
    "Sheet",
    "import_sheet",
    "open_records",
    "rejects_path",
    "write_rejects",
]
