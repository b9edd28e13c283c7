"""A file that came has a row, from which it is found when nothing refers to it.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extensions import Instant

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("enterprise_id", sa.Integer, sa.ForeignKey("enterprise.id")),
        sa.Column("look_at", Instant, nullable=False),
    )
    op.create_index("ix_upload_firm", "upload", ["enterprise_id", "at"])
    op.create_index("ix_upload_look_at", "upload", ["look_at"])


def downgrade() -> None:
    op.drop_table("upload")
