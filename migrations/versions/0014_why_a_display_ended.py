"""By which rule, and on which last day, a display has ended by itself.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("record_change", sa.Column("rule", sa.String(80), nullable=False, server_default=sa.text("''")))
    op.add_column("record_change", sa.Column("due_on", sa.Date))
