"""What there is not, and what cannot be, is said with what to do."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from a_desk import ADesk, text_of


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[ADesk]:
    made = ADesk(tmp_path, capsys)
    yield made
    made.engine.dispose()


def test_an_earlier_year_that_is_known_in_part_is_named_with_how_to_compare_with_it(desk: ADesk) -> None:
    desk.put(text_of(2025)[:3000], "http://x.example/old.html", quiet=True)
    desk.put(text_of(2026), "http://x.example/1.html")
    status, _, err = desk.run("diff", "澜汀", "2026")
    assert status == 2
    assert "of earlier years only parts are known (2025); --against 2025 compares with what there is" in err
    assert desk.run("diff", "澜汀", "2026", "--against", "2025")[0] == 1


def test_no_marks_are_said_to_be_none(desk: ADesk) -> None:
    assert desk.run("marks") == (
        0,
        "",
        "reportwatch: no finding is marked yet; `reportwatch mark FINDING not-new` marks one\n",
    )


@pytest.mark.parametrize("day", ["0001-01-01", "1948-12-31", "2199-01-01", "2026-02-30", "yesterday"])
def test_a_meeting_on_a_day_that_no_report_was_given_is_refused(desk: ADesk, tmp_path: Path, day: str) -> None:
    file = tmp_path / "added.txt"
    file.write_text(text_of(2024), "utf-8")
    status, out, err = desk.run("add", str(file), "--meeting", day)
    assert (status, out) == (2, "")
    assert f"--meeting {day}: " in err
    assert desk.names() == []


def test_sources_show_prints_no_none(desk: ADesk, tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    entry = "- {id: lanting, name: 某站, family: column, start: 'http://x.example/list/', tier: 4}\n"
    (tmp_path / "sources" / "own.yaml").write_text(entry, "utf-8")
    status, out, _ = desk.run("sources", "show", "lanting")
    assert status == 0
    assert "None" not in out
    assert "place      –" in out


def test_a_source_of_an_unknown_place_is_refused_by_every_command_that_reads_it(desk: ADesk, tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    entry = "- {id: x, name: 某站, family: column, start: 'http://x.example/list/', tier: 1, place: '989898'}\n"
    (tmp_path / "sources" / "own.yaml").write_text(entry, "utf-8")
    for command in (["sources"], ["crawl"], ["status"]):
        status, _, err = desk.run(*command)
        assert status == 2
        assert "own.yaml:1:" in err
        assert "place: 989898: no such place" in err


def test_what_is_not_found_is_said(desk: ADesk) -> None:
    desk.put(text_of(2025), "http://x.example/old.html", quiet=True)
    desk.put(text_of(2026), "http://x.example/1.html", quiet=True)
    status, out, err = desk.run("diff", "--year", "1999")
    assert (status, out) == (2, "")
    assert "no report of this year is known; years known: 2025, 2026" in err
    for nothing in ("", " ", "，。"):
        assert desk.run("search", nothing)[0] == 2
    assert desk.run("search", "无此词") == (0, "", "reportwatch: 无此词: in no sentence of the reports known\n")
    finding = desk.lines("diff", "澜汀", "2026", "--only", "new")[0]["id"]
    status, _, err = desk.run("mark", finding, "none")
    assert (status, "it was not marked" in err) == (0, True)


def test_versions_and_copies_are_asked_for_by_place_and_year_too(desk: ADesk) -> None:
    desk.put(text_of(2025), "http://x.example/old.html", quiet=True)
    desk.put(text_of(2026), "http://x.example/1.html", quiet=True)
    assert desk.run("diff", "澜汀", "2026", "--versions") == (0, "one version only\n", "")
    assert desk.run("diff", "990101", "2026", "--copies") == (0, "one copy only\n", "")
    assert desk.run("diff", "990101/2026", "--copies")[0] == 0
    for words in (["澜汀"], ["990101/2026", "2025"]):
        assert desk.run("diff", *words, "--versions")[0] == 2
    status, out, err = desk.run("diff", "990101/2026", "--versions", "--copies")
    assert (status, out) == (2, "")
    assert "give one of them" in err


def test_a_year_behind_a_report_is_the_one_to_compare_with(desk: ADesk) -> None:
    for year in (2024, 2025, 2026):
        desk.put(text_of(year), f"http://x.example/{year}.html", quiet=True)
    assert desk.lines("diff", "990101/2026", "2024") == desk.lines("diff", "990101", "2026", "--against", "2024")
    assert desk.run("diff", "990101/2026", "2026")[0] == 2


def test_a_short_text_with_all_its_parts_is_said_to_be_short(desk: ADesk) -> None:
    lines = text_of(2026).splitlines()
    text = "\n".join([*lines[:15], *lines[28:38], *lines[51:]])
    desk.put(text, "http://x.example/1.html", quiet=True)
    out = desk.run("show", "990101/2026")[1]
    assert re.search(r"whole      no: \d+ characters are known of it, and a whole one has 2000 at least", out)
