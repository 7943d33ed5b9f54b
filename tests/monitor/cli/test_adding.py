"""`add`: what it takes stays readable, and what it cannot take is told."""

import json
import os
from pathlib import Path

import pytest
from test_reading_files import report

from crawler.reader import READER
from monitor.cli.main import main


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Options of an installation that names no source."""
    for name in [name for name in os.environ if name.startswith("REPORTWATCH_")]:
        monkeypatch.delenv(name)
    return ["--settings", str(settings_in(tmp_path / "one"))]


def settings_in(folder: Path) -> Path:
    folder.mkdir()
    file = folder / "settings.toml"
    file.write_text('[storage]\nfolder = "known"\n[crawl]\nbuiltin = false\n', "utf-8")
    return file


@pytest.fixture
def haidian(tmp_path: Path) -> Path:
    file = tmp_path / "haidian.txt"
    file.write_text(report("海淀区", 0xB0), "utf-8")
    return file


def test_the_archive_gives_back_what_was_added(
    haidian: Path, home: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["add", str(haidian), *home]) == 0
    assert archive_state(home, capsys) == ["ok"]
    assert main(["backup", str(tmp_path / "b.tar"), *home]) == 0
    there = ["--settings", str(settings_in(tmp_path / "two"))]
    assert main(["restore", str(tmp_path / "b.tar"), *there]) == 0
    assert archive_state(there, capsys) == ["ok"]


def archive_state(home: list[str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    main(["doctor", "--all", "--json", *home])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line["state"] for line in lines if line["check"] == "archive"]


def test_what_was_added_is_read_again_by_a_newer_reader(
    haidian: Path, home: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["add", str(haidian), *home]) == 0
    capsys.readouterr()
    monkeypatch.setattr("monitor.cli.adding.READER", READER + 1)
    assert main(["reread", "--json", *home]) == 0
    assert json.loads(capsys.readouterr().out) == {"articles": 1, "changed": 0, "failed": 0}


def test_a_compilation_is_taken(tmp_path: Path, home: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "page.txt"
    texts = [report("海淀区", 0xB0), report("西城区", 0xC0)]
    file.write_text("\n".join(["北京市各区政府工作报告汇编", *texts]), "utf-8")
    assert main(["add", str(file), "--json", *home]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["kind"] == "compilation"
    assert err == ""


def test_what_cannot_be_taken_is_told_on_standard_error(
    tmp_path: Path, home: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    noise = tmp_path / "noise.bin"
    noise.write_bytes(bytes(range(256)) * 20)
    for what in (tmp_path / "none.txt", tmp_path, noise):
        assert main(["add", str(what), *home]) == 3
        assert capsys.readouterr().err.startswith(f"reportwatch: {what}: ")
