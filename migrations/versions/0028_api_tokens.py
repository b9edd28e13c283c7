"""Tokens of bodies' own systems.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extensions import Instant

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("user_.id"), nullable=False),
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureau.id")),
        sa.Column("enterprise_id", sa.Integer, sa.ForeignKey("enterprise.id")),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("networks", sa.JSON, nullable=False),
        sa.Column("token_hash", sa.String(64), unique=True),
        sa.Column("made_at", Instant, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.Column("revoked_at", Instant),
        sa.Column("revoked_by_id", sa.Integer, sa.ForeignKey("user_.id")),
    )


def downgrade() -> None:
    op.drop_table("api_token")
