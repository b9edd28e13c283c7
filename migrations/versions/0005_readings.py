"""Who read what: a row a person, thing and minute.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extensions import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("user_.id"), nullable=False),
        sa.Column("minute", Instant, nullable=False),
        sa.Column("what", sa.String(12), nullable=False),
        sa.Column("ref", sa.String(20), nullable=False),
        sa.Column("case_id", sa.Integer),
        sa.Column("record_id", sa.Integer),
        sa.Column("party", sa.String(12), nullable=False),
        sa.Column("place_id", sa.Integer),
        sa.Column("for_id", sa.Integer),
    )
    op.create_index("uq_reading_once", "reading", ["user_id", "minute", "what", "ref"], unique=True)
    op.create_index("ix_reading_case", "reading", ["case_id", "minute"])
    op.create_index("ix_reading_record", "reading", ["record_id", "minute"])
    op.create_index("ix_reading_minute", "reading", ["minute"])
