"""What is wrong in a database is found, on SQLite and PostgreSQL; and PostgreSQL comes back from dump and backup."""

import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import SQLModel

from storage import save, values
from storage.archive import Answer, Archive
from storage.database import connect, migrate, reading, writing
from storage.soundness import archive_faults, database_faults, pages_to_check, revision_of, revisions

BACKUP = Path(__file__).resolve().parents[2] / "deploy" / "backup.sh"


def fill(engine: Engine, archive: Archive, now: datetime, number: int = 5) -> None:
    """Pages with their readings."""
    for count in range(number):
        url, body = f"http://a.example/{count}", f"第{count}篇".encode()
        record = archive.keep(Answer(url, now, 200, [], body, body))
        with writing(engine) as session:
            row = save.save_page(session, values.Page(url, now, body, 200, "", "portal"), None, record)
            said = values.Reading(url, values.Verdict.OK, "", "报告", body.decode(), "utf-8", "hans", 1)
            save.save_reading(session, said, values.Source("portal", "站", "column", url, 1), [row], now)


def test_a_database_without_tables_has_no_revision(database: str) -> None:
    engine = connect(database)
    assert revision_of(engine) is None
    migrate(engine)
    assert revision_of(engine) == revisions()[0]
    assert database_faults(engine) == []
    engine.dispose()


def test_a_reading_without_its_page_and_a_sentence_unknown_to_search_are_faults(
    engine: Engine, tmp_path: Path, now: datetime
) -> None:
    with Archive(tmp_path) as archive:
        fill(engine, archive, now)
    assert database_faults(engine) == []
    key = "rowid" if engine.dialect.name == "sqlite" else "passage_id"
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM page WHERE id = 3"))
        connection.execute(text(f"INSERT INTO passage_search ({key}, words) VALUES (9, '就 业')"))
    assert database_faults(engine) == ["0 sentences, and 1 that search knows", "reading 3 does not lead to its pages"]


def test_a_sample_has_the_newest_and_is_spread_over_all(engine: Engine, tmp_path: Path, now: datetime) -> None:
    with Archive(tmp_path) as archive:
        fill(engine, archive, now, 9)
        with reading(engine) as session:
            assert [page.id for page in pages_to_check(session, 3)] == [9, 6, 3]
            assert len(pages_to_check(session, None)) == len(pages_to_check(session, 50)) == 9
            assert archive_faults(archive, pages_to_check(session, None)) == []


def rows(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        names = [*SQLModel.metadata.tables, "alembic_version", "passage_search"]
        return {name: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"')))) for name in names}


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="no pg_dump on this machine")
def test_postgresql_comes_back_from_the_nightly_backup(postgresql: str, tmp_path: Path, now: datetime) -> None:
    engine, empty = connect(postgresql), "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
    with engine.begin() as connection:
        connection.execute(text(empty))
    migrate(engine)
    known = tmp_path / "known"
    with Archive(known / "archive") as archive:
        fill(engine, archive, now)
    before, folder = rows(engine), tmp_path / "backups"
    folder.mkdir()
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "DATABASE": postgresql,
        "REPORTWATCH": str(Path(sys.executable).parent / "reportwatch"),
        "REPORTWATCH_STORAGE__DATABASE": postgresql,
        "REPORTWATCH_STORAGE__FOLDER": str(known),
    }
    subprocess.run(["sh", str(BACKUP), str(folder)], env=environ, check=True, timeout=60)
    (dump,), (tar,) = folder.glob("*.dump"), folder.glob("*.tar")
    with engine.begin() as connection:
        connection.execute(text(empty))
    engine.dispose()
    subprocess.run(["pg_restore", "--no-owner", f"--dbname={postgresql}", str(dump)], check=True, timeout=60)
    environ["REPORTWATCH_STORAGE__FOLDER"] = str(tmp_path / "there")
    subprocess.run([environ["REPORTWATCH"], "restore", str(tar)], env=environ, check=True, timeout=60)
    assert rows(engine) == before
    with reading(engine) as session:
        assert len(pages_to_check(session, None)) == 5
        assert archive_faults(Archive(tmp_path / "there" / "archive"), pages_to_check(session, None)) == []
    engine.dispose()
