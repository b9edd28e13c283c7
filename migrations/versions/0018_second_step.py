"""The second step of signing in: factors, and which session has shown one, and when.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extensions import Instant

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM open_session")  # of a version that was never given out
    op.add_column("open_session", sa.Column("proven_at", Instant, nullable=False, server_default="1970-01-01 00:00:00"))
    op.add_column("open_session", sa.Column("how", sa.String(8), nullable=False, server_default="password"))
    op.add_column("open_session", sa.Column("half", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "factor",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("user_.id"), nullable=False),
        sa.Column("sort", sa.String(8), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("secret", sa.String(2000), nullable=False),
        sa.Column("credential", sa.String(1400), unique=True),
        sa.Column("counter", sa.Integer, nullable=False),
        sa.Column("added_at", Instant, nullable=False),
        sa.Column("used_at", Instant),
        sa.Column("ended_at", Instant),
    )
    op.create_index("ix_factor_user_id", "factor", ["user_id"])
