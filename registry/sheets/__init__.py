"""National record sheets, XLSX or CSV: `reading.py` makes their rows right, `importing.py` writes them."""
