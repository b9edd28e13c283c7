"""A kind as somebody names it on the command line."""

import click

from cases.kinds import all_kinds
from workflow.definition import Definition


def kind_named(kind: str, variant: str | None) -> Definition:
    """The kind of that name. Raises UsageError with those that there are, of the variant too."""
    kinds = all_kinds()
    if kind not in kinds:
        raise click.UsageError(f"There is no kind '{kind}'. Name one of: {', '.join(sorted(kinds))}.")
    if variant is not None and variant not in kinds[kind].variants:
        known = ", ".join(kinds[kind].variants) or "none"
        raise click.UsageError(f"There is no variant '{variant}' of {kind}. It has: {known}.")
    return kinds[kind]
