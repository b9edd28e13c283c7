"""How a case moves: open, advance, sweep."""
