"""Batches: files that sources bring, and what became of them.

Revision ID: 0037
Revises: 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("source", sa.String(30), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("owners", sa.JSON, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("why", sa.String(12), nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("reason", sa.JSON, nullable=False),
        sa.Column("act_id", sa.Integer, sa.ForeignKey("act_of_two.id"), unique=True),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("source", "sha256"),
    )


def downgrade() -> None:
    op.drop_table("batch")
