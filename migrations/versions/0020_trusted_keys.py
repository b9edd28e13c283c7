"""A checkpoint names the host that made it, the key that signs from there on, and a backup that was restored.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("checkpoint", sa.Column("host", sa.String(12), nullable=False, server_default=""))
    op.add_column("checkpoint", sa.Column("said", sa.Text, nullable=False, server_default=""))
