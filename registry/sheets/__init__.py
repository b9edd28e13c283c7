"""National record sheets, read and written: XLSX or CSV in, records and a sheet of what was rejected out."""

from registry.sheets.importing import Imported, import_sheet, open_records, rejects_path, write_rejects
from registry.sheets.reading import BadSheet, CellFault, RecordSheet, Rejected

__all__ = [
    "BadSheet",
    "CellFault",
    "Imported",
    "RecordSheet",
    "Rejected",
    "import_sheet",
    "open_records",
    "rejects_path",
    "write_rejects",
]
