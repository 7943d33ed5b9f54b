"""backup, restore and prune, as a person calls them."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from monitor.cli.main import main
from storage import save, values
from storage.archive import Answer, Archive
from storage.database import open_database, reading, writing
from storage.model import Page

LIST = "http://lanting.example/list/"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with two old list pages, where every command looks for it."""
    for name in [name for name in os.environ if name.startswith("REPORTWATCH_")]:
        monkeypatch.delenv(name)
    move_to(monkeypatch, tmp_path / "one")
    assert main(["init"]) == 0
    folder = tmp_path / "one" / "share" / "reportwatch"
    engine = open_database(f"sqlite:///{folder / 'reportwatch.db'}")
    for day in (1, 2):
        now = datetime(2026, 1, day, 4, tzinfo=UTC)
        with Archive(folder / "archive") as archive, writing(engine) as session:
            body = b"list of day %d" % day
            record = archive.keep(Answer(LIST, now, 200, [], body, body))
            save.save_page(session, values.Page(LIST, now, body, 200, "", "lanting"), None, record)
    engine.dispose()
    return folder


def move_to(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    """From now on this is another machine."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(place / "etc"))
    monkeypatch.setenv("XDG_DATA_HOME", str(place / "share"))


def pages(folder: Path) -> int:
    engine = open_database(f"sqlite:///{folder / 'reportwatch.db'}")
    with reading(engine) as session:
        number = len(session.exec(select(Page)).all())
    engine.dispose()
    return number


def test_a_backup_moves_to_another_machine_with_its_settings(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "b.tar")
    assert main(["backup", file]) == 0
    move_to(monkeypatch, tmp_path / "two")
    assert main(["restore", file]) == 0
    there = tmp_path / "two"
    assert pages(there / "share" / "reportwatch") == 2
    assert sorted(path.name for path in (there / "etc" / "reportwatch").rglob("*")) == [
        "own.yaml",
        "settings.toml",
        "sources",
    ]
    capsys.readouterr()
    assert main(["restore", file]) == 2
    assert "empty place" in capsys.readouterr().err


def test_settings_that_are_there_stay_and_say_where_things_go(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(tmp_path / "b.tar")
    assert main(["backup", file]) == 0
    mine = tmp_path / "mine.toml"
    mine.write_text('[storage]\nfolder = "elsewhere"\n')
    assert main(["restore", file, "--settings", str(mine)]) == 0
    assert pages(tmp_path / "elsewhere") == 2
    assert mine.read_text() == '[storage]\nfolder = "elsewhere"\n'


def test_own_sources_go_where_the_settings_there_look_for_them(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = (tmp_path / "one" / "etc" / "reportwatch" / "sources" / "own.yaml").read_bytes()
    assert main(["backup", str(tmp_path / "b.tar")]) == 0
    mine = tmp_path / "mine" / "settings.toml"
    mine.parent.mkdir()
    mine.write_text('[storage]\nfolder = "elsewhere"\n')
    capsys.readouterr()
    assert main(["restore", str(tmp_path / "b.tar"), "--settings", str(mine), "--json"]) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out)["settings"], json.loads(out)["sources"]) == (None, str(mine.parent / "sources"))
    assert err == ""
    assert (mine.parent / "sources" / "own.yaml").read_bytes() == own


def test_own_sources_that_are_left_out_are_named(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", str(tmp_path / "b.tar")]) == 0
    mine = tmp_path / "mine" / "settings.toml"
    (mine.parent / "sources").mkdir(parents=True)
    mine.write_text('[storage]\nfolder = "elsewhere"\n')
    (mine.parent / "sources" / "other.yaml").write_text("[]\n")
    capsys.readouterr()
    assert main(["restore", str(tmp_path / "b.tar"), "--settings", str(mine)]) == 0
    assert "own sources stay in the backup (own.yaml)" in capsys.readouterr().err
    assert [path.name for path in (mine.parent / "sources").iterdir()] == ["other.yaml"]


def test_a_refused_restore_leaves_no_folder(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["backup", str(tmp_path / "b.tar")]) == 0
    move_to(monkeypatch, tmp_path / "two")
    there = f"sqlite:///{home / 'reportwatch.db'}"
    assert main(["restore", str(tmp_path / "b.tar"), "--database", there]) == 2
    assert not (tmp_path / "two").exists()


def test_a_backup_that_is_not_there_is_wrong_use(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["restore", str(tmp_path / "none.tar")]) == 2
    assert "no such file" in capsys.readouterr().err
    assert main(["restore", str(tmp_path)]) == 2


def test_a_backup_of_nothing_is_refused(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    move_to(monkeypatch, tmp_path / "two")
    assert main(["backup", str(tmp_path / "b.tar")]) == 2
    assert "no such database" in capsys.readouterr().err
    assert not (tmp_path / "b.tar").exists()


def test_what_is_not_in_the_backup_is_said(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "one" / "etc" / "reportwatch" / "settings.toml"
    settings.write_text('[[webhook]]\nname = "h"\nurl = "https://h.example/"\nsecret_file = "/run/secret"\n')
    assert main(["backup", str(tmp_path / "b.tar")]) == 0
    assert "/run/secret is not in the backup" in capsys.readouterr().err


def test_postgresql_is_left_to_pg_dump_and_the_archive_taken(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REPORTWATCH_STORAGE__DATABASE", "postgresql://nobody@127.0.0.1:1/none")
    file = str(tmp_path / "b.tar")
    assert main(["backup", file]) == 3
    assert "pg_dump" in capsys.readouterr().err
    move_to(monkeypatch, tmp_path / "two")
    assert main(["restore", file]) == 0
    assert "pg_restore" in capsys.readouterr().err
    assert len(list((tmp_path / "two" / "share" / "reportwatch" / "archive").iterdir())) == 2
    assert main(["backup", "--no-database", str(tmp_path / "c.tar")]) == 0


def test_prune_says_what_would_go_and_then_does_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prune"]) == 2
    assert "--budget" in capsys.readouterr().err
    assert main(["prune", "--budget", "0", "--dry-run"]) == 3
    assert "1 of 2 files would go" in capsys.readouterr().out
    assert pages(home) == 2
    assert main(["prune", "--budget", "0", "--json"]) == 3
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["gone"] for line in lines] == [True, False]
    assert "newest of its address" in lines[1]["why"]
    assert pages(home) == 1
    assert main(["prune", "--budget", "1"]) == 0
