"""Rows that are never changed bear the signature of who inserted them; those that stand have none.

Revision ID: 0035
Revises: 0033
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0033"
branch_labels = None
depends_on = None

SIGNED = ("event", "register_entry", "record_change", "letter", "paper", "paper_file", "paper_seal", "reading", "account_act",
          "attachment", "organisation_change", "succession", "delivery", "delivery_act", "batch")  # fmt: skip


def upgrade() -> None:
    for table in SIGNED:
        op.add_column(table, sa.Column("sig", sa.String(160), nullable=True))


def downgrade() -> None:
    for table in SIGNED:
        op.drop_column(table, "sig")
