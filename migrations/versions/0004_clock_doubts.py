"""Clocks that ran ahead: what is done waits until they are put right or somebody confirms the time.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extensions import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clock_doubt",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("why", sa.String(10), nullable=False),
        sa.Column("noticed_at", Instant, nullable=False),
        sa.Column("said_at", Instant, nullable=False),
        sa.Column("seen_at", Instant, nullable=False),
        sa.Column("settled_at", Instant, index=True),
        sa.Column("settled_by_id", sa.Integer, sa.ForeignKey("user_.id")),
    )
