"""Cases and records, the newest first: a list of fifty reads fifty rows, whatever there is.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_case_opened", "case_", ["opened_at", "id"])
    op.create_index("ix_credit_record_decided", "credit_record", ["decided_on", "id"])


def downgrade() -> None:
    op.drop_index("ix_credit_record_decided", "credit_record")
    op.drop_index("ix_case_opened", "case_")
