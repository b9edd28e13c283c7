"""What the overdue board says of a case, kept with the case: it asked the deadlines of every open one.

What stands is filled by `cases/engine/standing.py` after the upgrade, by the calendar in force.

Revision ID: 0040
Revises: 0034
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0034"
branch_labels = None
depends_on = None

ON_THE_BOARD = sa.text("closed_at IS NULL AND board_timer_id IS NOT NULL")
MAYBE = {"timer_id": sa.Integer, "bureau_id": sa.Integer, "due_on": sa.Date, "left": sa.Integer}
ALWAYS = ("paused", "sheet")
INDEXES = {
    "ix_case_board": ["board_due_on", "board_left", "id"],
    "ix_case_board_row": ["board_bureau_id", "board_due_on", "board_left", "id"],
}


def upgrade() -> None:
    for name, kind in MAYBE.items():
        op.add_column("case_", sa.Column(f"board_{name}", kind))
    for name in ALWAYS:
        op.add_column("case_", sa.Column(f"board_{name}", sa.Boolean, nullable=False, server_default=sa.false()))
    for name, columns in INDEXES.items():
        op.create_index(name, "case_", columns, sqlite_where=ON_THE_BOARD, postgresql_where=ON_THE_BOARD)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "case_")
    for name in (*MAYBE, *ALWAYS):
        op.drop_column("case_", f"board_{name}")
