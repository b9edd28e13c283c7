"""Whose proposal was sent back, kept with the case: a desk asked the events of every case for it.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

PROPOSES = "'correct_own', 'propose', 'propose_review', 'propose_revoke'"
SENDS_BACK = "'joined', 'send_back'"


def upgrade() -> None:
    op.add_column("case_", sa.Column("sent_back_to_id", sa.Integer))
    last = "SELECT max(seq) FROM event WHERE case_id = case_.id AND action IN"
    op.execute(
        "UPDATE case_ SET sent_back_to_id = (SELECT CAST(substr(actor, 6) AS INTEGER) FROM event"
        f" WHERE case_id = case_.id AND actor LIKE 'user:%' AND seq = ({last} ({PROPOSES})))"
        f" WHERE ({last} ({SENDS_BACK})) > ({last} ({PROPOSES}))"
    )


def downgrade() -> None:
    op.drop_column("case_", "sent_back_to_id")
