"""Measurements, each one command; a small round of `faults`, `album` and `look` is in the suite.

`python -m tests.bench.house`: size, shape, and the files that requests run through.
`python -m tests.bench.cpu --against CLONE`: seconds of the processor, before and after.
`python -m tests.bench.album FOLDER`: a picture of every page; `--check` looks for faults.
`python -m tests.bench.faults`: kills processes under load and checks what they left.
`python -m tests.bench.faults.many_due`, `.long_ledger`: thousands of deadlines, a ledger of 300,000 events.
`python -m tests.bench.jobs`: ten jobs in clicks and seconds.
`python -m tests.bench.lighthouse`, `.weight`, `.many_cases`: what pages cost a browser, a line, the database.
"""
