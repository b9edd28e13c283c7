"""A change that a case makes of a record has a salt: its event seals what the field says after it.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("record_change", sa.Column("seal_salt", sa.String(32), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("record_change", "seal_salt")
