"""A database that is not there: commands that fill one make it, all others say so."""

import os
from pathlib import Path

import pytest

from monitor.cli.main import main


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Options of an installation that has crawled nothing and names no source."""
    for name in [name for name in os.environ if name.startswith("REPORTWATCH_")]:
        monkeypatch.delenv(name)
    file = tmp_path / "settings.toml"
    file.write_text('[storage]\nfolder = "known"\n[crawl]\nbuiltin = false\n', "utf-8")
    return ["--settings", str(file)]


@pytest.mark.parametrize(
    "words",
    [
        ["reports"],
        ["show", "110108/2026"],
        ["status"],
        ["search", "口袋公园"],
        ["diff", "海淀", "2026"],
        ["why", "110108/2026"],
        ["copies", "110108/2026"],
        ["targets", "海淀"],
        ["follow", "海淀", "口袋公园"],
        ["alerts"],
        ["alerts", "mute", "110108"],
        ["pin", "http://x.example/1", "110108/2026"],
    ],
    ids=" ".join,
)
def test_a_mistyped_database_is_told_and_not_made(
    words: list[str], home: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "nowhere" / "typo.db"
    assert main([*words, *home, "--database", f"sqlite:///{there}"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"reportwatch: there is no database at {there}: `reportwatch crawl` or `add` makes it\n"
    assert not there.parent.exists()


@pytest.mark.parametrize("words", [["crawl"], ["migrate"]])
def test_commands_that_fill_a_database_make_it(words: list[str], home: list[str], tmp_path: Path) -> None:
    there = tmp_path / "nowhere" / "new.db"
    assert main([*words, *home, "--database", f"sqlite:///{there}"]) == 0
    assert there.is_file()


def test_before_the_first_crawl_a_command_says_that_nothing_is_known(
    home: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", *home]) == 0
    assert "nothing was crawled yet" in capsys.readouterr().err
