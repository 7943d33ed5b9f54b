"""`reportwatch crawl` by a timer, without a daemon: it tells what the scheduler would tell once an hour."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.cli.main import main
from storage.alive import this_process
from storage.database import open_database, writing
from storage.model import Receipt, Report

OWN = """\
- {id: closed, name: 某站, family: column, start: 'http://127.0.0.1:9/l', tier: 1, options: {retired: '2025: closed'}}
"""


def test_a_crawl_of_all_tells_of_retired_sources_late_places_and_the_dead(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "own.yaml").write_text(OWN, "utf-8")
    file, database = tmp_path / "settings.toml", tmp_path / "known.db"
    file.write_text(f'[crawl]\nbuiltin = false\n[storage]\nfolder = "{tmp_path}"\ndatabase = "sqlite:///{database}"\n')
    engine, now = open_database(f"sqlite:///{database}"), datetime.now(UTC)
    year = now.year + (now.month == 12)
    latest = now.date() - timedelta(days=30)
    with writing(engine) as session:
        session.add(Receipt(source="gone", started_at=now, process=this_process().rsplit(" ", 1)[0] + " 1"))
        for before in (1, 2):  # it used to come a month before today
            day = latest - timedelta(days=365 * before)
            session.add(
                Report(name=f"110108/{year - before}", place="110108", year=year - before, meeting_on=day, found_at=now)
            )
    engine.dispose()
    for _ in range(2):
        assert main(["crawl", "--no-deliver", "--settings", str(file)]) == 0
    with sqlite3.connect(database) as connection:
        kinds = [kind for (kind,) in connection.execute("SELECT kind FROM event ORDER BY kind")]
        assert connection.execute("SELECT reason FROM receipt").fetchall() == [("killed",)]
    connection.close()
    in_season = -45 <= (latest - datetime(year, 1, 1).date()).days <= 200  # noqa: DTZ001
    assert kinds == (["place.late"] if in_season else []) + ["source.retired"]
