"""How mail comes to each person, the digests that were written, and letters whose addresses are decided later.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extensions import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_", sa.Column("notices", sa.String(8), nullable=False, server_default=""))
    op.create_index(
        "ix_letter_sharing", "letter", ["served_at", "id"], sqlite_where=sa.text("mail_state = 'sharing'"),
        postgresql_where=sa.text("mail_state = 'sharing'"),
    )  # fmt: skip
    op.create_table(
        "digest",
        sa.Column("user_id", sa.Integer, sa.ForeignKey("user_.id"), primary_key=True, autoincrement=False),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("written_at", Instant, nullable=False),
    )
