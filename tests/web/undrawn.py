"""Pages that nobody reads need not be drawn."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from jinja2 import Template


@contextmanager
def undrawn(app: Flask, *names: str) -> Iterator[None]:
    """Templates of these names, or all where none is named, are not drawn: for tests of what comes of a request and
    not of what its page says."""
    environment, blank = app.jinja_env, Template("")
    find = environment.get_or_select_template
    environment.get_or_select_template = lambda name, *more, **other: (  # type: ignore[method-assign]
        find(name, *more, **other) if names and name not in names else blank
    )
    try:
        yield
    finally:
        environment.get_or_select_template = find  # type: ignore[method-assign]
