"""A database's rows carried into one of the other sort."""

import sqlalchemy as sa

from extensions import Base


def copy_rows(of: str, to: str) -> None:
    """Every row of a SQLite file into an empty PostgreSQL, as it stands; new ids are drawn from behind the last."""
    source, target = sa.create_engine(of), sa.create_engine(to)
    with source.connect() as reads, target.begin() as writes:
        writes.exec_driver_sql("SET LOCAL session_replication_role = replica")  # past triggers and the order of keys
        for table in Base.metadata.sorted_tables:
            rows = [dict(row) for row in reads.execute(sa.select(table)).mappings()]
            if rows:
                writes.execute(sa.insert(table), rows)
            if "id" in table.columns:
                _draw_behind(writes, table.name)
    with target.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    source.dispose()
    target.dispose()


def _draw_behind(connection: sa.Connection, table: str) -> None:
    next_id = f"(SELECT COALESCE(MAX(id), 0) + 1 FROM {table})"
    connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {next_id}, false)")
