"""What each body had of a closed case, as the figures count it. What closed before is counted after the upgrade.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "closing",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("case_.id"), nullable=False, index=True),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("party", sa.String(12), nullable=False),
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureau.id")),
        sa.Column("closed_on", sa.Date, nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("office_days", sa.Integer, nullable=False),
        sa.Column("firm_days", sa.Integer, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("returned", sa.Boolean, nullable=False),
        sa.Column("extended", sa.Boolean, nullable=False),
        sa.Column("changed", sa.Boolean, nullable=False),
    )
    op.create_index("ix_closing_month", "closing", ["closed_on", "party"])
    op.create_index("ix_event_at", "event", ["at"])
