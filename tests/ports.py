"""Ports for the servers that tests start."""

import random
import socket
from typing import Final

PORTS: Final = (15_000, 32_000)
"""Below those that a system hands out itself: no connection is given one by chance while its server is away."""


def quiet_port() -> int:
    """A port that is free, and stays so until it is listened on."""
    while True:
        port = random.SystemRandom().randrange(*PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
