"""The receiver of docs/receiver.py as a process that loses messages and answers, doubles, delays and reorders them.

What it does to a message is drawn by lot; `ROUND` is the seed.
"""

import base64
import importlib.util
import os
import sys
from pathlib import Path
from random import Random
from typing import Any

FILE = Path(__file__).parents[2] / "docs" / "receiver.py"


def main() -> None:
    loaded = importlib.util.spec_from_file_location("receiver", FILE)
    assert loaded
    assert loaded.loader
    example = importlib.util.module_from_spec(loaded)
    loaded.loader.exec_module(example)
    lot, earlier = Random(int(os.environ["ROUND"])), []

    class Unreliable(example.Receiver):  # type: ignore[misc, name-defined]
        def take(self, sent: dict[str, Any]) -> dict[str, str]:
            self.fault = lot.choice(("lost", "answer lost", "busy", "late", "twice", "reordered", "", "", ""))
            if self.fault in ("lost", "busy"):
                return {}
            receipt: dict[str, str] = super().take(sent)
            if self.fault == "twice":
                super().take(sent)
            if self.fault == "reordered" and earlier:
                super().take(lot.choice(earlier))
            earlier.append(sent)
            return receipt

        def reply(self, status: int, said: dict[str, str]) -> None:
            fault, self.fault = getattr(self, "fault", ""), ""
            if fault == "late":
                self.rfile.read(1)  # until the other side has gone
            if fault in ("lost", "answer lost", "late"):
                self.close_connection = True
            elif fault == "busy":
                super().reply(503, {})
            else:
                super().reply(status, said)

    Unreliable.store, Unreliable.key = example.Store(sys.argv[1]), base64.b64decode(os.environ["SECRET"])
    example.serve(Unreliable, 0, sys.argv[2], sys.argv[2])


if __name__ == "__main__":
    main()
