"""No crawl starts on a disk that is nearly full, and everybody is told."""

import base64
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlmodel import select

from monitor import disk
from monitor.cli.main import main
from monitor.schedule import Plan, groups
from monitor.settings import Settings, load
from monitor.upkeep import Upkeep
from storage.database import open_database, reading, writing
from storage.model import Alert, Event, Receipt
from storage.values import Source

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)
CHANNEL = '[[webhook]]\nname = "hook"\nurl = "https://hook.example/"\nsecret_env = "NEVER_ASKED"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(f'[storage]\nfolder = "{tmp_path / "known"}"\nmin_free = 100\n{CHANNEL}')
    return path


@pytest.fixture
def settings(file: Path) -> Settings:
    return load(file, environ={})


def leave(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    """The disk says that it has so many MiB free: a real one cannot be filled in a test."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free << 20))


def test_there_is_room_above_the_limit_and_none_below(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    leave(monkeypatch, 100)
    assert disk.shortage(settings) == ""
    leave(monkeypatch, 99)
    assert "99 MiB free" in disk.shortage(settings)
    assert "prune --dry-run" in disk.shortage(settings)


def test_the_disk_of_a_folder_that_is_not_there_yet_is_that_of_its_nearest_parent(settings: Settings) -> None:
    assert list(disk.places(settings)) == [settings.storage.folder.parent]


def test_everybody_is_told_once_a_day(settings: Settings) -> None:
    engine = open_database(settings.storage.database)
    for hours, told in ((0, True), (1, False), (24, True)):
        with writing(engine) as session:
            assert disk.tell_shortage(session, settings, "full", NOW + timedelta(hours=hours)) is told
    with reading(engine) as session:
        assert [event.kind for event in session.exec(select(Event))] == ["disk.low"] * 2
        assert [alert.channel for alert in session.exec(select(Alert))] == ["hook"] * 2
    engine.dispose()


def test_crawl_refuses_and_says_why(
    file: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    leave(monkeypatch, 7)
    assert main(["crawl", "--no-deliver", "--settings", str(file)]) == 3
    assert "7 MiB free" in capsys.readouterr().err
    engine = open_database(settings.storage.database)
    with reading(engine) as session:
        assert session.exec(select(Receipt)).all() == []
        assert len(session.exec(select(Event)).all()) == 1
    engine.dispose()


async def test_the_scheduler_starts_no_crawl_either(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEVER_ASKED", "whsec_" + base64.b64encode(bytes(32)).decode())
    leave(monkeypatch, 7)
    started: list[str] = []

    def launch(sources: Sequence[Source], quiet: bool) -> tuple[Sequence[str], bytes]:
        started.extend(source.id for source in sources)
        return (sys.executable, "-c", ""), b""

    engine = open_database(settings.storage.database)
    sources = [Source("lanting", "兰亭", "column", "http://lanting.example/", 1)]
    plan = Plan(settings, engine, sources, launch, lambda: NOW)
    await plan.crawl(groups(sources)[0])
    with reading(engine) as session:
        assert [event.key for event in session.exec(select(Event))] == ["disk.low:2026-01-20"]
    assert started == []
    engine.dispose()


def test_the_scheduler_keeps_the_archive_within_its_budget_once_a_day_before_the_first_crawls(tmp_path: Path) -> None:
    settings = Settings(storage={"folder": str(tmp_path / "known"), "budget": 1})
    engine = open_database(settings.storage.database)
    settings.archive.mkdir()

    def left() -> bool:
        file = settings.archive / "20250101-1-0.warc.gz"  # nothing rests on it
        there = file.exists()
        file.write_bytes(bytes(2 << 20))
        return there

    left()
    upkeep = Upkeep(engine, settings)
    found = []
    for hours in (0, 1, 9, 12, 13):  # 16:00, 17:00, then 01:00, 04:00 and 05:00 in Shanghai
        upkeep.look(NOW + timedelta(hours=hours))
        found.append(left())
    assert found == [False, True, True, False, True]
    engine.dispose()
