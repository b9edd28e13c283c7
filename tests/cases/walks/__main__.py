"""Long random walks through the use cases: `python -m tests.cases.walks --walks 1000 --database postgresql`.

It prints what did not hold, the rows that were seldom taken, and ends with 1 where anything is to be said.
"""

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from cases.kinds import all_kinds
from tests.cases.walks.shares import OFTEN, Results, walk


def main(arguments: list[str]) -> int:
    asked = _asked(arguments)
    began = time.monotonic()
    shares = [(asked, worker, -(-asked.walks // asked.workers)) for worker in range(asked.workers)]
    if asked.workers > 1:
        with ProcessPoolExecutor(asked.workers, get_context("spawn")) as pool:
            results = list(pool.map(walk, shares))
    else:
        results = [walk(shares[0])]
    came_to = Results.of(results)
    print(told(came_to, asked, time.monotonic() - began))  # noqa: T201
    enough = asked.walks < 1000 or not any(came_to.seldom(kind) for kind in asked.kind)
    return 0 if enough and not came_to.broken else 1


def told(came_to: Results, asked: argparse.Namespace, seconds: float) -> str:
    """What the walks came to, for people."""
    sums = came_to.sums
    walks = sum(sums[f"walked {kind}"] for kind in asked.kind)
    lines = [
        f"{asked.database}: {walks} walks in {seconds:.0f} s by {asked.workers} processes: {sums['events']} events,"
        f" {sums['one_by_one']} of them looked at one by one; {sums['looks']} looks at all rows of a case",
        f"{sums['refusals']} refusals, {sums['counted']} with the rows of every table counted before and after",
    ]  # fmt: skip
    for kind in asked.kind:
        seen = came_to.seen[kind]
        lines.append(
            f"{kind}: {sums[f'walked {kind}']} walks, {sums[f'joined {kind}']} of them opened by another case,"
            f" {sums[f'helped {kind}']} short ones beside; {len(seen)} rows and rungs, by role and variant,"
            f" {len(came_to.seldom(kind))} of them in fewer than {OFTEN} walks; the rarest:"
        )
        lines += [f"    {count:4} {' '.join(key)}" for key, count in sorted(seen.items(), key=lambda one: one[1])[:8]]
    lines.append("nothing broken" if not came_to.broken else "BROKEN:")
    for what, ways in came_to.broken.items():
        lines += [what, *(f"    {way}" for way in ways)]
    return "\n".join(lines)


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.cases.walks", description=__doc__)
    parser.add_argument("--walks", type=int, default=1000, help="of each kind")
    parser.add_argument("--kind", nargs="*", default=sorted(all_kinds()))
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--workers", type=int, default=1, help="processes that share the walks")
    parser.add_argument("--seed", type=int, default=0, help="the number of the first place")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
