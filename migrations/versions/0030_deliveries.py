"""What is owed to other places that show a record, and what was done about it.

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cases.model import triggers
from extensions import Instant

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("place", sa.String(30), nullable=False),
        sa.Column("record_id", sa.Integer, sa.ForeignKey("credit_record.id"), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("image", sa.JSON, nullable=False),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.Column("case_id", sa.Integer),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("queued_at", Instant, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("sent_at", Instant),
        sa.Column("confirmed_at", Instant),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try_at", Instant, nullable=False),
        sa.Column("claimed_until", Instant),
        sa.Column("last_error", sa.Text, nullable=False),
    )
    op.create_index("ix_delivery_record_id", "delivery", ["record_id"])
    still_open = sa.text("state NOT IN ('confirmed', 'superseded', 'void')")
    op.create_index(
        "uq_delivery_open",
        "delivery",
        ["place", "record_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    queued = sa.text("state = 'queued'")
    op.create_index(
        "ix_delivery_queued", "delivery", ["next_try_at"], sqlite_where=queued, postgresql_where=queued
    )
    op.create_table(
        "delivery_act",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("delivery_id", sa.Integer, sa.ForeignKey("delivery.id"), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("from_state", sa.String(12), nullable=False),
        sa.Column("to_state", sa.String(12), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
    )
    op.create_index("ix_delivery_act_delivery_id", "delivery_act", ["delivery_id"])
    triggers.create(op.get_bind(), triggers.DELIVERY_ACT)
