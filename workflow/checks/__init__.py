"""What makes a definition unsound, theme by theme. `workflow/check.py` runs them all; no kind is known here."""
