"""Limits that the place has published, with document and date, never changed; checkpoints name the last of them.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cases.model import triggers
from extensions import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "promise",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("rule", sa.String(60), nullable=False),
        sa.Column("variant", sa.String(30), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("unit", sa.String(10), nullable=False),
        sa.Column("extension", sa.Integer),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("title_en", sa.String(200), nullable=False),
        sa.Column("number", sa.String(80), nullable=False),
        sa.Column("dated", sa.Date, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(60), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.Column("recorded_by_id", sa.Integer, sa.ForeignKey("user_.id"), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False, unique=True),
        sa.Column("seal", sa.String(64), nullable=False),
    )
    op.add_column("checkpoint", sa.Column("promised", sa.String(64), nullable=False, server_default=""))
    triggers.create(op.get_bind(), triggers.PROMISE)
