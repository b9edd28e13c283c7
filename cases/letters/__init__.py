"""What a move tells whom."""
