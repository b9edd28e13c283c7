"""What correction, repair and complaint need beside the objection; deputies; bodies that become others.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extensions import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

REFERENCES = (
    ("case_", "holder_id", "user_"), ("case_", "complained_bureau_id", "bureau"),
    ("draft", "enterprise_id", "enterprise"),
)  # fmt: skip


def upgrade() -> None:
    for table, name, to in REFERENCES:  # the batch mode would rebuild the table, the plain one cannot add a reference
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} INTEGER REFERENCES {to} (id)")
    for table, column in columns():
        op.add_column(table, column)
    op.create_table(
        "case_link",
        sa.Column("to_case_id", sa.Integer, sa.ForeignKey("case_.id"), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("from_case_id", sa.Integer, sa.ForeignKey("case_.id"), nullable=False, index=True),
    )
    op.create_table(
        "deputy",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("user_.id"), nullable=False, index=True),
        sa.Column("deputy_id", sa.Integer, sa.ForeignKey("user_.id"), nullable=False, index=True),
        sa.Column("from_day", sa.Date, nullable=False),
        sa.Column("until_day", sa.Date, nullable=False),
        sa.Column("named_by_id", sa.Integer, sa.ForeignKey("user_.id"), nullable=False),
        sa.Column("named_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
    )
    op.create_table(
        "succession",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("old_bureau_id", sa.Integer, sa.ForeignKey("bureau.id"), nullable=False, index=True),
        sa.Column("new_bureau_id", sa.Integer, sa.ForeignKey("bureau.id"), nullable=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("old_name", sa.String(200), nullable=False),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("recorded_by_id", sa.Integer, sa.ForeignKey("user_.id")),
        sa.Column("recorded_at", Instant, nullable=False),
    )


def columns() -> list[tuple[str, sa.Column[object]]]:
    """Added to tables that may hold rows: each empty, or with a value for what is there."""
    empty = sa.text("''")
    return [
        ("case_", sa.Column("complained_of", sa.String(12), nullable=False, server_default=empty)),
        ("draft", sa.Column("variant", sa.String(30), nullable=False, server_default=empty)),
        ("credit_record", sa.Column("listed", sa.Boolean, nullable=False, server_default=sa.true())),
        ("credit_record", sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.true())),
        ("credit_record", sa.Column("delisted_on", sa.Date)),
        ("credit_record", sa.Column("delisted_by_case", sa.Integer)),
        ("credit_record", sa.Column("sharing_stopped_on", sa.Date)),
        ("credit_record", sa.Column("sharing_stopped_by_case", sa.Integer)),
    ]
