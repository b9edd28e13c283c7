"""Handlers of a record as accounts, and acts that wait for a second person.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extensions import Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WAITS = "decided_at IS NULL"


def upgrade() -> None:
    op.add_column("credit_record", sa.Column("handlers", sa.JSON))
    op.add_column("credit_record", sa.Column("handler_doubt", sa.Text, nullable=False, server_default=sa.text("''")))
    op.create_table(
        "act_of_two",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.Integer, nullable=False),
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureau.id")),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("after", sa.JSON, nullable=False),
        sa.Column("proposed_by_id", sa.Integer, sa.ForeignKey("user_.id"), nullable=False),
        sa.Column("proposed_at", Instant, nullable=False),
        sa.Column("decided_by_id", sa.Integer, sa.ForeignKey("user_.id")),
        sa.Column("decided_at", Instant),
        sa.Column("confirmed", sa.Boolean),
    )
    where = {"sqlite_where": sa.text(WAITS), "postgresql_where": sa.text(WAITS)}
    op.create_index("uq_act_of_two_waiting", "act_of_two", ["what", "subject_id"], unique=True, **where)
