"""How a case may move: pure, without Flask, SQL or a clock."""
