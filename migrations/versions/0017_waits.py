"""Who is told that sign-ins with their name wait, and links that let them in all the same.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_in_link", sa.Column("opens", sa.String(8), nullable=False, server_default="password"))
    op.execute("ALTER TABLE failed_sign_in ADD COLUMN user_id INTEGER REFERENCES user_ (id)")
    op.create_index("ix_failed_sign_in_user_id", "failed_sign_in", ["user_id"])
