"""Demo data, played through the same doors as real work."""
