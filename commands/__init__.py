"""The command line: one file a group. `flask --help` shows it."""

from __future__ import annotations

from flask import Flask


def register_commands(app: Flask) -> None:
    """Every group of commands."""
