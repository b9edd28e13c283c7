"""How Alembic finds the tables and the database: both are the application's."""

from __future__ import annotations

from alembic import context
from flask import current_app

from extensions import Base

migrate = current_app.extensions["migrate"]


def run() -> None:
    """Bring the database along on a connection of its own."""
    engine = migrate.db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=False
        )
        with context.begin_transaction():
            context.run_migrations()


run()
