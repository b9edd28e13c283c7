"""The address of each record for everybody: random, so that nobody guesses one.

Revision ID: 0041
Revises: 0038
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0038"
branch_labels = None
depends_on = None

AT_ONCE = 10_000


def upgrade() -> None:
    op.add_column("credit_record", sa.Column("key", sa.String(22), nullable=False, server_default=""))
    connection = op.get_bind()
    records = sa.table("credit_record", sa.column("id", sa.Integer), sa.column("key", sa.String))
    ids = connection.execute(sa.select(records.c.id).order_by(records.c.id)).scalars().all()
    write = records.update().where(records.c.id == sa.bindparam("of")).values(key=sa.bindparam("new"))
    for start in range(0, len(ids), AT_ONCE):
        rows = [
            {"of": id, "new": secrets.token_urlsafe(16).replace("-", "x").replace("_", "X")}
            for id in ids[start : start + AT_ONCE]
        ]
        connection.execute(write, rows)
    op.create_index("uq_credit_record_key", "credit_record", ["key"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_credit_record_key", "credit_record")
    op.drop_column("credit_record", "key")
