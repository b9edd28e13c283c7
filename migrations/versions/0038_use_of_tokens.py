"""How a token begins, and its last use.

Revision ID: 0038
Revises: 0040
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extensions import Instant

revision = "0038"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, length in (("begins", 8), ("used_from", 64)):
        op.add_column("api_token", sa.Column(name, sa.String(length), nullable=False, server_default=""))
    op.add_column("api_token", sa.Column("used_at", Instant))


def downgrade() -> None:
    for name in ("begins", "used_from", "used_at"):
        op.drop_column("api_token", name)
