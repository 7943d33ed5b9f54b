"""Every revision that was ever released comes up to today's with its rows as they were; new ones join by themselves."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy import Engine, text

from storage.database import connect, migrate, migrations
from storage.errors import StorageError
from storage.soundness import database_faults, revision_of, revisions

ROWS = 2
MOMENT = datetime(2026, 1, 8, 1, 30, 15, 250000)  # noqa: DTZ001  (SQLite keeps no zone)


@pytest.fixture
def old(database: str) -> Iterator[Engine]:
    made = connect(database)
    yield made
    made.dispose()


def upgrade(engine: Engine, revision: str) -> None:
    config = migrations(engine.url.render_as_string(hide_password=False))
    with engine.execution_options(writing=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def tables(engine: Engine) -> list[sa.Table]:
    """The tables that rows go into, those that are pointed at first."""
    metadata = sa.MetaData()
    own = sa.inspect(engine).get_table_names()
    metadata.reflect(engine, only=[n for n in own if n != "alembic_version" and not n.startswith("passage_search")])
    return metadata.sorted_tables


def value(column: sa.Column[Any], number: int) -> object:
    """Something of the column's type, another one for each row; what points at a row points at one that is there."""
    if column.foreign_keys or (column.primary_key and isinstance(column.type, sa.Integer)):
        return number
    kinds: tuple[tuple[type[Any], object], ...] = (
        (sa.Boolean, number % 2 == 0),
        (sa.Integer, 10 + number),
        (sa.Float, 0.5 + number),
        (sa.DateTime, MOMENT.replace(day=number)),
        (sa.Date, date(2026, 1, number)),
        (sa.JSON, ["目标", number, {"名": "值"}]),
        (sa.String, f"{column.name} 第{number}条"),
    )
    return next(made for kind, made in kinds if isinstance(column.type, kind))


def fill(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Rows in every table, and the sentences in the search; what was put in."""
    put: dict[str, list[dict[str, Any]]] = {}
    with engine.execution_options(writing=True).begin() as connection:
        for table in tables(engine):
            put[table.name] = [{c.name: value(c, number) for c in table.columns} for number in range(1, ROWS + 1)]
            connection.execute(table.insert(), put[table.name])
        key = "rowid" if engine.dialect.name == "sqlite" else "passage_id"
        insert = text(f"INSERT INTO passage_search ({key}, words) VALUES (:id, '就 业')")
        connection.execute(insert, [{"id": number} for number in range(1, ROWS + 1)])
    return put


def plain(row: sa.RowMapping) -> dict[str, Any]:
    """A row with times as SQLite keeps them."""
    return {n: v.replace(tzinfo=None) if isinstance(v, datetime) else v for n, v in row.items()}


@pytest.mark.parametrize("revision", revisions())
def test_rows_of_a_released_schema_are_there_after_the_migration(old: Engine, revision: str) -> None:
    upgrade(old, revision)
    put = fill(old)
    assert migrate(old) == (revision, revisions()[0])
    assert revision_of(old) == revisions()[0]
    with old.connect() as connection:
        for table in tables(old):
            found = [plain(row) for row in connection.execute(sa.select(table)).mappings()]
            for row in put.get(table.name, []):
                kept = {name: made for name, made in row.items() if name in table.columns}
                assert any(kept.items() <= candidate.items() for candidate in found), (table.name, kept, found)
    faults = [fault for fault in database_faults(old) if "does not lead to its pages" not in fault]
    assert faults == []  # the pages of a reading were made up


@pytest.mark.parametrize("revision", revisions())
def test_search_still_finds_after_the_migration(old: Engine, revision: str) -> None:
    upgrade(old, revision)
    fill(old)
    migrate(old)
    ask = (
        "SELECT count(*) FROM passage_search WHERE passage_search MATCH '\"就 业\"'"
        if old.dialect.name == "sqlite"
        else "SELECT count(*) FROM passage_search WHERE to_tsvector('simple', words) @@ to_tsquery('simple', '就 & 业')"
    )
    with old.connect() as connection:
        assert connection.execute(text(ask)).scalar() == ROWS


def test_a_migration_that_fails_leaves_the_old_schema(old: Engine, tmp_path: Path) -> None:
    newest = connect(f"sqlite:///{tmp_path / 'newest.db'}")
    migrate(newest)
    first = revisions()[-1]
    upgrade(old, first)
    before = {table.name for table in tables(old)}
    fresh = sorted({table.name for table in tables(newest)} - before)
    newest.dispose()
    if not fresh:
        pytest.skip("no later revision makes a table that could be in its way")
    with old.begin() as connection:
        connection.execute(text(f"CREATE TABLE {fresh[-1]} (mine INTEGER)"))
    columns = {table.name: len(table.columns) for table in tables(old)}
    with pytest.raises((sa.exc.DBAPIError, StorageError)):
        migrate(old)
    assert revision_of(old) == first
    assert {table.name: len(table.columns) for table in tables(old)} == columns
