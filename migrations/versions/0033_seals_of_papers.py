"""Seals of papers: what waits for one, and which file bears it.

Revision ID: 0033
Revises: 0037
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_seal",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("paper_id", sa.Integer, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True)),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True)),
        sa.Column("last_error", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name="fk_paper_seal_paper_id"),
        sa.PrimaryKeyConstraint("id", name="pk_paper_seal"),
        sa.UniqueConstraint("paper_id", name="uq_paper_seal_paper_id"),
    )
    waiting = sa.text("sealed_at IS NULL")
    op.create_index(
        "ix_paper_seal_waiting",
        "paper_seal",
        ["tries", "next_try_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    for name, length in (("sealer", 10), ("certificate", 64)):
        op.add_column("paper_file", sa.Column(name, sa.String(length), nullable=False, server_default=""))
    sealed = sa.text("sealer <> ''")
    op.create_index(
        "uq_paper_file_sealed", "paper_file", ["paper_id"], unique=True, sqlite_where=sealed, postgresql_where=sealed
    )


def downgrade() -> None:
    op.drop_index("uq_paper_file_sealed", "paper_file")
    for name in ("certificate", "sealer"):
        op.drop_column("paper_file", name)
    op.drop_table("paper_seal")
