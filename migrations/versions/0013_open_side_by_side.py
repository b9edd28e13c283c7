"""A kind says whether one record and filer may have several open cases of it.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OPEN = "closed_at IS NULL"
"""The unique index now leaves out kinds that may have several: what is open on a record is looked up by a second."""
COLUMNS = ["record_id", "kind", "enterprise_id"]


def upgrade() -> None:
    op.add_column("case_", sa.Column("one_open", sa.Boolean, nullable=False, server_default=sa.true()))
    _index("closed_at IS NULL AND one_open")
    op.create_index("ix_case_open", "case_", COLUMNS, sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN))


def _index(where: str) -> None:
    op.drop_index("uq_case_open", table_name="case_")
    op.create_index(
        "uq_case_open", "case_", COLUMNS, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
