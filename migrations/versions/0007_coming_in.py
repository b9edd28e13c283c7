"""How an enterprise comes in: applications, mailboxes, letters of authority, managing people, calendar feeds.

Every person of an enterprise so far was let in by the office: each manages it.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from extensions import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("membership") as membership:
        membership.add_column(sa.Column("manages", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute(sa.text("UPDATE membership SET manages = true WHERE enterprise_id IS NOT NULL"))
    op.create_table(
        "authority",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("enterprise_id", sa.Integer, sa.ForeignKey("enterprise.id"), nullable=False, index=True),
        sa.Column("agent_id", sa.Integer, sa.ForeignKey("user_.id"), nullable=False, index=True),
        sa.Column("from_day", sa.Date, nullable=False),
        sa.Column("until_day", sa.Date, nullable=False),
        sa.Column("kinds", sa.JSON, nullable=False),
        *_file(nullable=False),
        sa.Column("entered_by_id", sa.Integer, sa.ForeignKey("user_.id"), nullable=False),
        sa.Column("entered_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
        sa.Column("ended_by_id", sa.Integer, sa.ForeignKey("user_.id")),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.String(20), unique=True),
        sa.Column("code", sa.String(18), nullable=False, index=True),
        sa.Column("firm", sa.String(200), nullable=False),
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("mail", sa.String(254), nullable=False, index=True),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("applied_at", Instant, nullable=False),
        sa.Column("paper_on", sa.Date),
        sa.Column("signed_by", sa.String(80), nullable=False),
        sa.Column("filed_at", sa.String(200), nullable=False),
        *_file(nullable=False),
        sa.Column("decided_at", Instant),
        sa.Column("decided_by_id", sa.Integer, sa.ForeignKey("user_.id")),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("user_.id")),
        sa.Column("reasons", sa.Text, nullable=False),
    )
    op.create_index(
        "ix_application_waiting", "application", ["id"], sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "mail_code",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("mail", sa.String(254), nullable=False),
        sa.Column("code_hash", sa.String(200), nullable=False),
        sa.Column("expires_at", Instant, nullable=False, index=True),
        sa.Column("tries", sa.Integer, nullable=False),
    )
    op.create_table(
        "feed",
        sa.Column("user_id", sa.Integer, sa.ForeignKey("user_.id"), primary_key=True, autoincrement=False),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("made_at", Instant, nullable=False),
    )


def _file(nullable: bool) -> list[sa.Column]:
    return [
        sa.Column("sha256", sa.String(64), nullable=nullable),
        sa.Column("name", sa.String(200), nullable=nullable),
        sa.Column("media_type", sa.String(60), nullable=nullable),
        sa.Column("size", sa.Integer, nullable=nullable),
    ]
