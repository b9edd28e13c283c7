"""The database as the bench itself opens it: under a name of its own, so that the killer lets it be."""

from typing import Any, Final

import sqlalchemy as sa

NAME: Final = "bench"


def from_outside(url: str, **options: Any) -> sa.Engine:
    named = {"application_name": NAME} if url.startswith("postgresql") else {}
    return sa.create_engine(url, connect_args=named, **options)
