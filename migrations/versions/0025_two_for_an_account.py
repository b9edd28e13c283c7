"""What two people do to an official's account, and links of which another person has the other half.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("act_of_two", sa.Column("details", sa.JSON, nullable=False, server_default="{}"))
    op.add_column("sign_in_link", sa.Column("code_hash", sa.String(200), nullable=False, server_default=""))
