"""What was done to an account and by whom, never changed; where the office is.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cases.model import triggers
from extensions import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_act",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("user_.id"), nullable=False),
        sa.Column("what", sa.String(8), nullable=False),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("user_.id")),
        sa.Column("at", Instant, nullable=False),
    )
    op.create_index("ix_account_act_user_id", "account_act", ["user_id"])
    triggers.create(op.get_bind(), triggers.ACCOUNT_ACT)
    for name in ("address", "address_en"):
        op.add_column("office", sa.Column(name, sa.String(200), nullable=False, server_default=""))
