"""Signals, written with the acts that show them: the overdue board read the events of a month for them.

What stands is written by `cases/engine/signalling.py` after the upgrade.

Revision ID: 0043
Revises: 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extensions import Instant

revision = "0043"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signal",
        sa.Column("case_id", sa.Integer, sa.ForeignKey("case_.id"), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(10), primary_key=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("seen_on", sa.Date, nullable=False),
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureau.id")),
        sa.Column("to_id", sa.Integer, sa.ForeignKey("bureau.id")),
    )
    op.create_index("ix_signal_newest", "signal", ["name", "at", "case_id"])


def downgrade() -> None:
    op.drop_table("signal")
