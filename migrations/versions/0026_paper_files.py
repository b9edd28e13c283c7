"""Papers as files: each rendering that was handed out.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_file",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("paper_id", sa.Integer, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("renderer", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name="fk_paper_file_paper_id"),
        sa.PrimaryKeyConstraint("id", name="pk_paper_file"),
        sa.UniqueConstraint("paper_id", "language", "sha256", name="uq_paper_file_paper_id"),
    )
    op.create_index("ix_paper_file_sha256", "paper_file", ["sha256"])
