"""What the operating system refuses is a line on standard error and status 3, never a traceback."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from a_desk import ADesk, text_of

from monitor.cli.main import main


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ADesk]:
    made = ADesk(tmp_path)
    made.put(text_of(2025), "http://x.example/old.html", quiet=True)
    made.put(text_of(2026), "http://x.example/1.html", quiet=True)
    yield made
    made.engine.dispose()


def through(desk: ADesk, words: str, behind: str) -> subprocess.CompletedProcess[str]:
    """A command in a shell, with what stands behind it."""
    call = f"{sys.executable} -m monitor.cli {words} --settings {desk.file} --database {desk.url} {behind}"
    return subprocess.run(["bash", "-o", "pipefail", "-c", call], capture_output=True, text=True, check=False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("words", ["diff 990101 2026", "show 990101/2026 --json"])
def test_a_full_disk_behind_standard_output_is_told_with_status_3(desk: ADesk, words: str) -> None:
    done = through(desk, words, ">/dev/full")
    assert done.returncode == 3
    said = "reportwatch: output cannot be written: No space left on device; make room, or send it elsewhere\n"
    assert done.stderr == said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_where_nothing_can_be_told_the_status_still_holds(desk: ADesk) -> None:
    assert through(desk, "show 990101/1999", "2>/dev/full").returncode == 2
    done = through(desk, "show 990101/2026", ">&-")
    assert done.returncode == 3
    assert done.stderr == "reportwatch: standard output is closed; send it to a file or to /dev/null\n"


def test_a_pipe_that_closes_early_ends_with_status_0(desk: ADesk) -> None:
    done = through(desk, "show 990101/2026", "| head -c 1")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_folder_that_cannot_be_written_is_wrong_use(
    desk: ADesk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.capsys = capsys
    finding = desk.lines("diff", "990101", "2026", "--only", "new", "--top", "1")[0]["id"]
    desk.one("mark", finding, "new")
    (tmp_path / "taken").write_text("", "utf-8")
    status, out, err = desk.run("marks", "--export", str(tmp_path / "taken"))
    assert (status, out) == (2, "")
    assert err.startswith(f"reportwatch: --export {tmp_path / 'taken'}")
    assert err.count("\n") == 1


def test_what_the_system_refuses_of_a_file_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "data").write_text("", "utf-8")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert main(["crawl"]) in (2, 3)
    assert str(tmp_path / "data") in capsys.readouterr().err
