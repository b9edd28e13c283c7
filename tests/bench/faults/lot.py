"""Drawing by lot: each person and the killer have dice of their own, so that a seed gives each of them the same draws.

When the system lets which process run is not drawn here: a seed repeats what is tried, and nearly when.
"""

import random
import threading


class _Own(threading.local):
    """The dice of one thread, by the bench's seed and the thread's name."""

    seed = ""

    def __init__(self) -> None:
        self.dice = random.Random(f"{_Own.seed} {threading.current_thread().name}")


_own = _Own()


def sow(seed: str) -> None:
    """Begin anew with this seed, in this thread and in all that begin from now on."""
    _Own.seed = seed
    _own.dice.seed(f"{seed} {threading.current_thread().name}")


def dice() -> random.Random:
    """The dice of whoever asks."""
    return _own.dice
