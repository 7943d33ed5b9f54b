"""No crawl starts on a disk that is nearly full, and everybody is told."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlmodel import select

from monitor import disk
from monitor.cli.main import main
from monitor.settings import Settings, load
from storage.database import open_database, reading, writing
from storage.model import Alert, Event, Receipt

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
