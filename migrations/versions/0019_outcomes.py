"""How each closing ended, and whether it followed a review. What closed before is counted after the upgrade.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("closing", sa.Column("reviewed", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("closing", sa.Column("outcome", sa.String(30), nullable=False, server_default=sa.text("''")))
