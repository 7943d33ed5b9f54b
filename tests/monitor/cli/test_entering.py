"""A source is entered: what is refused before anything is asked of the network, and what becomes of the own file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.families import Guess
from monitor.cli.entering import put, same_address, with_verdict
from monitor.cli.main import main
from monitor.cli.probing import entry_for
from monitor.settings import load
from storage.errors import BadArgument

ENTRY = "- {id: lanting, name: 澜汀, family: column, start: 'http://lanting.example/list/', tier: 1}\n"
RETIRED = ENTRY.replace("lanting", "gone").replace("tier: 1", "tier: 4, options: {retired: '2025-12: closed'}")
NEW = "http://yanxi.example/list/"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The file of own sources, with one entry, beside settings that reach no network."""
    (tmp_path / "settings.toml").write_text(f'[storage]\nfolder = "{tmp_path}/known"\n[crawl]\nbuiltin = false\n')
    (tmp_path / "sources").mkdir()
    file = tmp_path / "sources" / "own.yaml"
    file.write_text(ENTRY, "utf-8")
    return file


def run(own: Path, *words: str) -> int:
    return main(["sources", *words, "--settings", str(own.parents[1] / "settings.toml")])


def entry(name: str = "yanxi") -> dict[str, Any]:
    steps = [{"ok": True, "found": "works"}]
    return with_verdict(
        entry_for(NEW, Guess("column", ""), {"id": name}, set()), steps, datetime(2026, 1, 7, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([NEW, "--id", "lanting"], "--id lanting: is taken by 澜汀 ("),
        ([NEW, "--id", "lanting", "--anyway"], "--id lanting: is taken by 澜汀 ("),
        (["http://LANTING.example:80/list/"], "lanting ("),
        (["notaurl"], "'notaurl': only http and https are fetched"),
        (["ftp://x/"], "'ftp://x/': only http and https are fetched"),
        ([NEW, "--tier", "9"], "--tier 9: must be at most 5"),
        ([NEW, "--id", "Foo"], "--id Foo: write lower-case letters"),
        ([NEW, "--title", "("], "--title (: no regular expression"),
        ([NEW, "--name", ""], "--name : must not be empty"),
        ([NEW, "--place", "无此地"], "--place 无此地: no such place"),
        ([NEW, "--family", "colum"], "--family colum: write 'column', "),
        ([NEW, "--family", "numbered"], "--family numbered: family numbered needs options.numbers"),
    ],
)
def test_what_cannot_be_is_refused_before_the_network_is_asked(
    own: Path, capfd: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert run(own, "add", *words) == 2
    err = capfd.readouterr().err
    assert told in err
    assert "crawl.start" not in err
    assert "/reportwatch-" not in err
    assert own.read_text("utf-8") == ENTRY


def test_an_entry_is_added_behind_what_the_file_has(own: Path) -> None:
    own.chmod(0o640)
    put(entry(), load(own.parents[1] / "settings.toml", environ={}))
    assert own.read_text("utf-8").startswith(ENTRY + "\n- id: yanxi\n")
    assert own.stat().st_mode & 0o777 == 0o640
    assert [file.name for file in own.parent.iterdir()] == ["own.yaml"]


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        (f"[{ENTRY[2:].strip()}]\n", "yanxi", "put the entry there yourself"),
        (ENTRY, "lanting", "is taken by 澜汀"),
    ],
)
def test_a_file_that_nobody_could_read_is_not_put_in_place(own: Path, text: str, name: str, told: str) -> None:
    own.write_text(text, "utf-8")
    with pytest.raises(BadArgument, match=told):
        put(entry(name), load(own.parents[1] / "settings.toml", environ={}))
    assert own.read_text("utf-8") == text
    assert [file.name for file in own.parent.iterdir()] == ["own.yaml"]


def test_addresses_are_the_same_however_host_and_port_are_written() -> None:
    assert same_address("http://a.example", "http://A.example:80/#top")
    assert not same_address("http://a.example/?page=1", "http://a.example/?page=2")


def test_settings_named_by_a_variable_hold_for_every_action(
    own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own.write_text(RETIRED, "utf-8")
    monkeypatch.setenv("REPORTWATCH_SETTINGS", str(own.parents[1] / "settings.toml"))
    assert main(["sources", "show", "gone"]) == 0
    assert main(["sources", "check"]) == 0
    assert main(["sources", "add", "notaurl"]) == 2
    assert "options go behind" not in capsys.readouterr().err


def test_a_retired_source_is_no_fault_of_its_page(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own.write_text(RETIRED, "utf-8")
    assert run(own, "check", "gone") == 0
    assert capsys.readouterr().out.split(maxsplit=3)[3] == "not looked at, it is retired: 2025-12: closed\n"


def test_a_retired_id_that_is_none_is_told_with_its_line_and_those_it_may_mean(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = own.parents[1] / "settings.toml"
    settings.write_text(settings.read_text("utf-8") + 'retired = ["lantin"]\n', "utf-8")
    for words in (["sources"], ["status"], ["sources", "show", "lanting"], ["crawl"]):
        assert main([*words, "--settings", str(settings)]) == 2
        told = capsys.readouterr().err
        assert "settings.toml:5:11: crawl.retired: no source lantin; did you mean lanting" in told
