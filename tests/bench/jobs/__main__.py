"""Play each job and print what it cost: `python -m tests.bench.jobs`; `--before` plays the ways of the state before.

`--write` keeps the figures in tests/bench/jobs/figures.toml, under `now` or `before`, and makes the table of
docs/jobs.md anew.
"""

import sys
import tempfile
from pathlib import Path

from tests.bench.jobs import before
from tests.bench.jobs.figures import Figure, keep, table
from tests.bench.jobs.person import Person
from tests.bench.jobs.stage import Stage, staged
from tests.bench.jobs.words import JOBS
from tests.pictures import serve


def main(arguments: list[str]) -> int:
    then = "--before" in arguments
    if then:
        ways, cannot = before.WAYS, before.CANNOT
    else:
        from tests.bench.jobs import now

        ways, cannot = now.WAYS, now.CANNOT
    wanted = [name for name in arguments if not name.startswith("--")] or list(JOBS)
    figures: dict[str, Figure] = {}
    with tempfile.TemporaryDirectory() as kept:
        app = staged(Path(kept))
        with serve(app) as address:
            stage = Stage(app, address)
            for name in wanted:
                if name in ways:
                    person = ways[name](stage)
                    assert isinstance(person, Person)
                    figures[name] = Figure.of(person)
                    person.page.context.close()
                else:
                    figures[name] = Figure(cannot=cannot.get(name, "not there"))
                print(name, figures[name])  # noqa: T201
    if "--write" in arguments:
        keep("before" if then else "now", figures)
        print(table())  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
