"""Drafts of acts, read by their owner alone, and phrases for reasons.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extensions import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "act_draft",
        sa.Column("user_id", sa.Integer, sa.ForeignKey("user_.id"), primary_key=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("case_.id"), primary_key=True),
        sa.Column("action", sa.String(40), primary_key=True),
        sa.Column("typed", sa.JSON, nullable=False),
        sa.Column("files", sa.JSON, nullable=False),
        sa.Column("seen", sa.Integer, nullable=False),
        sa.Column("saved_at", Instant, nullable=False, index=True),
    )
    op.create_table(
        "phrase",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("user_.id"), index=True),
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureau.id"), index=True),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("fits", sa.String(20), nullable=False),
        sa.Column("uses", sa.Integer, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        sa.Column("changed_by_id", sa.Integer, sa.ForeignKey("user_.id"), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("phrase")
    op.drop_table("act_draft")
