"""Board, signals and statistics."""
