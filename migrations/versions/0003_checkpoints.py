"""Checkpoints over all chains, and what the check in the background has found.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cases.model import triggers
from extensions import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("cases", sa.Integer, nullable=False),
        sa.Column("events", sa.Integer, nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "checkpoint_head",
        sa.Column("case_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("checkpoint_id", sa.Integer, nullable=False, index=True),
    )
    op.create_table(
        "ledger_fault",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("part", sa.String(12), nullable=False),
        sa.Column("case_number", sa.String(20), nullable=False),
        sa.Column("seq", sa.Integer),
        sa.Column("what", sa.JSON, nullable=False),
        sa.Column("since", Instant, nullable=False),
    )
    op.create_table(
        "ledger_watch",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("after_case", sa.Integer, nullable=False),
        sa.Column("after_checkpoint", sa.Integer, nullable=False),
        sa.Column("round_ended_at", Instant),
        sa.Column("claimed_until", Instant),
    )
    triggers.create(op.get_bind(), triggers.CHECKPOINT)


def downgrade() -> None:
    for table in ("ledger_watch", "ledger_fault", "checkpoint_head", "checkpoint"):
        op.drop_table(table)
