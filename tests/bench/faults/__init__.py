"""The fault bench: real processes under load, killed at random instants, and what is left of it looked at.

`python -m tests.bench.faults --kills 1000 --database postgresql` runs a long round, `test_bench.py` a short one
in the suite.
"""
