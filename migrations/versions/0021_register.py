"""A register of what people may change, seals of what nobody may, and a second root by SM3. What stands is entered.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cases.ledger.register import REGISTERED, enter
from cases.model import triggers

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("register", "sealed", "root_sm3"):
        op.add_column("checkpoint", sa.Column(name, sa.String(64), nullable=False, server_default=""))
    op.create_table(
        "register_entry",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tab", sa.String(20), nullable=False),
        sa.Column("row_key", sa.String(64), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False, unique=True),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_register_entry_row", "register_entry", ["tab", "row_key"])
    op.create_table(
        "sealed_row",
        sa.Column("tab", sa.String(20), primary_key=True),
        sa.Column("row_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("checkpoint_id", sa.Integer, nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.create_index("ix_sealed_row_checkpoint_id", "sealed_row", ["checkpoint_id"])
    connection = op.get_bind()
    known = sa.inspect(connection)
    there = {tab for tab in REGISTERED if known.has_table(tab)}
    enter(connection, dict.fromkeys(there), {tab: {c["name"] for c in known.get_columns(tab)} for tab in there})
    triggers.create(connection, triggers.REGISTER)
    triggers.create(connection, triggers.SEALED)
