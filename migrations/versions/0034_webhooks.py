"""Endpoints that bodies want to be told at, and what each is told.

Revision ID: 0034
Revises: 0035
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extensions import Instant

revision = "0034"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("user_.id"), nullable=False),
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureau.id")),
        sa.Column("enterprise_id", sa.Integer, sa.ForeignKey("enterprise.id")),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("secret", sa.String(400), nullable=False),
        sa.Column("secret_before", sa.String(400), nullable=False),
        sa.Column("before_until", Instant),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("suspended_at", Instant),
        sa.Column("suspended_why", sa.String(10), nullable=False),
        sa.Column("ended_at", Instant),
        sa.Column("ended_by_id", sa.Integer, sa.ForeignKey("user_.id")),
        sa.Column("after", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("failing_since", Instant),
        sa.Column("next_try_at", Instant, nullable=False),
        sa.Column("claimed_until", Instant),
    )
    op.create_table(
        "webhook_message",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("endpoint_id", sa.Integer, sa.ForeignKey("webhook_endpoint.id"), nullable=False),
        sa.Column("key", sa.String(40), nullable=False, unique=True),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("ref", sa.String(30), nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("at", Instant, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("tried_at", Instant),
        sa.Column("said", sa.String(12), nullable=False),
    )
    op.create_index("ix_webhook_message_endpoint_id", "webhook_message", ["endpoint_id"])
    waits = sa.text("state = 'waiting'")
    op.create_index(
        "ix_webhook_message_waiting", "webhook_message", ["endpoint_id", "id"], sqlite_where=waits,
        postgresql_where=waits,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("webhook_message")
    op.drop_table("webhook_endpoint")
