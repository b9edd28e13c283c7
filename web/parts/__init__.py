"""What the drawn parts of pages show, worked out from plain values: no request, no database, no language.

Words leave here as messages, days as dates, places as numbers for SVG attributes; `templates/parts/` draws them.
"""
