"""How far the check in the background has come in records and seals.

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("after_record", "after_seal"):
        op.add_column("ledger_watch", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
