"""Opening, migrating, and one writer at a time."""

import multiprocessing
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlmodel import select

from storage.database import connect, migrate, migrations, newest_revision, reading, writing
from storage.errors import BadSetting, DatabaseNewer
from storage.model import Receipt
from storage.save import close_receipt, open_receipt, required


def test_migrating_twice_changes_nothing_the_second_time(database: str) -> None:
    engine = connect(database)
    before, head = migrate(engine)
    assert before is None
    assert migrate(engine) == (head, head)
    engine.dispose()


def test_the_newest_revision_is_told_by_the_names_of_the_scripts() -> None:
    assert newest_revision() == ScriptDirectory.from_config(migrations("sqlite://")).get_current_head()


def test_the_migrations_give_the_tables_that_the_model_describes(engine: Engine) -> None:
    config = migrations(engine.url.render_as_string(hide_password=False))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.check(config)  # raises when autogenerate would add an operation


def test_a_database_of_a_newer_program_is_refused_and_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseNewer, match="newer reportwatch"):
        migrate(engine)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


@pytest.mark.parametrize("url", ["mysql://x/y", "not a url", "sqlite:////proc/nowhere/x.db"])
def test_a_database_that_cannot_be_used_is_told_as_a_setting(url: str) -> None:
    with pytest.raises(BadSetting):
        connect(url)


def test_times_come_back_aware_and_in_utc(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        key = required(open_receipt(session, "portal", now).id)
    with reading(engine) as session:
        receipt = session.get_one(Receipt, key)
        assert receipt.started_at == now
        assert receipt.started_at.utcoffset() is not None
        assert receipt.ended_at is None


def test_a_naive_time_is_refused(engine: Engine, now: datetime) -> None:
    with pytest.raises(Exception, match="without a zone"), writing(engine) as session:
        open_receipt(session, "portal", now.replace(tzinfo=None))


def test_an_error_in_a_transaction_takes_all_of_it_back(engine: Engine, now: datetime) -> None:
    with pytest.raises(RuntimeError), writing(engine) as session:
        open_receipt(session, "portal", now)
        raise RuntimeError
    with reading(engine) as session:
        assert session.exec(select(Receipt)).all() == []


def count_up(url: str, rounds: int, now: datetime) -> None:
    """Add one to a counter that is read first: lost updates would show."""
    engine = connect(url)
    for _ in range(rounds):
        with writing(engine) as session:
            receipt = session.get_one(Receipt, 1)
            close_receipt(session, 1, now, "", {"pages": receipt.pages + 1})
    engine.dispose()


def test_writers_of_several_processes_lose_nothing(engine: Engine, database: str, now: datetime) -> None:
    with writing(engine) as session:
        open_receipt(session, "portal", now)
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=count_up, args=(database, 10, now)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    with reading(engine) as session:
        assert session.get_one(Receipt, 1).pages == 20


def test_sqlite_writes_ahead_and_checks_foreign_keys(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()
