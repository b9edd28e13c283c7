"""The cases that are kept from somebody, found by their number: each page of a bureau asks it of its letters.

Revision ID: 0044
Revises: 0043
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

KEPT = sa.text("complained_of <> ''")


def upgrade() -> None:
    op.create_index("ix_case_kept", "case_", ["number", "id"], sqlite_where=KEPT, postgresql_where=KEPT)


def downgrade() -> None:
    op.drop_index("ix_case_kept", "case_")
