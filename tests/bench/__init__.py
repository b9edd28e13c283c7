"""Measurements: each is one command and no test; what they found stands in docs/."""
