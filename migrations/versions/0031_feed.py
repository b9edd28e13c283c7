"""The feed: what happened, numbered once it is committed.

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feed_entry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("event_id", sa.Integer, sa.ForeignKey("event.id"), unique=True),
        sa.Column("change_id", sa.Integer, sa.ForeignKey("record_change.id"), unique=True),
    )


def downgrade() -> None:
    op.drop_table("feed_entry")
