"""A person's word is taken back as `set` says, and what a word made of a report is told wherever it is asked for."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from a_desk import ADesk, text_of

PORTAL, OLD = "http://portal.example/1.html", "http://portal.example/old.html"
LOCAL = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d\+08:00")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of 2025 and 2026; made once."""
    made = ADesk(tmp_path_factory.mktemp("filled"))
    made.put(text_of(2025), OLD, quiet=True)
    made.put(text_of(2026), PORTAL, quiet=True)
    made.engine.dispose()
    return made.file.parent


@pytest.fixture
def desk(filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[ADesk]:
    """A copy of that for each test."""
    shutil.copy(filled / "reportwatch.db", tmp_path)
    made = ADesk(tmp_path, capsys)
    yield made
    made.engine.dispose()


@pytest.mark.parametrize("what", ["990101/2026", PORTAL])
def test_the_word_that_it_is_no_report_is_taken_back_as_set_says(desk: ADesk, what: str) -> None:
    status, out, err = desk.run("set", "990101/2026", "kind=digest")
    assert status == 0
    assert f"kind=digest  {PORTAL}" in out
    assert err == "reportwatch: `reportwatch rulings --take-back 1` takes it back\n"
    status, _, err = desk.run("set", "990101/2026", "place=990102")
    assert status == 2
    assert "990101/2026 is no report but digest by " in err
    assert "`reportwatch rulings --take-back 1` takes that back" in err
    assert desk.one("set", what, "kind=")["taken_back_at"]
    assert desk.names() == ["990101/2025", "990101/2026"]
    assert desk.run("set", what, "kind=")[0] == 2


def test_the_command_that_set_names_takes_it_back(desk: ADesk) -> None:
    err = desk.run("set", "990101/2026", "kind=digest")[2]
    assert desk.run(*err.split("`")[1].split()[1:])[0] == 0
    assert desk.names() == ["990101/2025", "990101/2026"]


@pytest.mark.parametrize(
    "words",
    [
        ["show", "990101/2025"],
        ["rulings", "990101/2025"],
        ["why", "990101/2025"],
        ["copies", "990101/2025"],
        ["diff", "990101/2025"],
        ["diff", "澜汀", "2025", "--copies"],
    ],
)
def test_a_report_that_was_merged_says_into_which(desk: ADesk, words: list[str]) -> None:
    desk.one("merge", "990101/2026", "990101/2025", "--force")
    status, _, err = desk.run(*words)
    assert status == 2
    assert "990101/2025 is merged into 990101/2026 by " in err


@pytest.mark.parametrize(
    "words",
    [
        ["set", "990101/2026", "speaker=\x1b[31m红\x1b[0m\n名"],
        ["set", "990101/2026", "session=一\u2028二"],
        ["set", "990101/2026", "speaker=某甲", "--by", "李\n四"],
        ["pin", "990101/2026", PORTAL, "--reason", "\x07"],
    ],
)
def test_values_with_control_characters_or_line_breaks_are_refused(desk: ADesk, words: list[str]) -> None:
    status, _, err = desk.run(*words)
    assert status == 2
    assert "has control characters or line breaks" in err
    assert desk.lines("rulings") == []


def test_times_are_told_by_the_clock_of_the_schedule(desk: ADesk) -> None:
    desk.one("pin", "990101/2026", PORTAL)
    for words in (["rulings"], ["why", "990101/2026"], ["why", PORTAL]):
        out = desk.run(*words)[1]
        assert LOCAL.search(out)
        assert "UTC" not in out
    assert LOCAL.fullmatch(desk.one("rulings")["at"])
    desk.put(text_of(2026).replace("4861人", "4816人"), PORTAL, quiet=True)
    assert desk.one("diff", PORTAL, "--versions")["from"] == "2026-01-20 16:00+08:00"
