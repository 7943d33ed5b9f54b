"""`reportwatch crawl`, interrupted and killed: no process is left, what was begun is closed."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from crawler.sample.places import told
from crawler.sample.web import serve
from monitor.cli.main import main
from storage import runs
from storage.database import connect, reading, writing
from storage.model import Receipt

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)
SETTINGS = """\
[storage]
folder = "{folder}"
[crawl]
contact = "mailto:test@example.org"
opened = ["loopback"]
builtin = false
delay = 30.0
"""


@pytest.fixture
def waiting(tmp_path: Path):
    """A crawl whose child waits for its turn at a host, and the child's process id."""
    with serve(day=1) as web:
        (tmp_path / "sources").mkdir()
        first = web.registry().split("\n- ")[0:2]
        (tmp_path / "sources" / "sample.yaml").write_text("\n- ".join(first), "utf-8")
        file = tmp_path / "settings.toml"
        file.write_text(SETTINGS.format(folder=tmp_path / "known") + told(), "utf-8")
        with subprocess.Popen(
            [sys.executable, "-m", "monitor.cli", "crawl", "--verbose", "--no-deliver", "--settings", str(file)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            try:
                assert any("crawl.start" in line for line in process.stderr)
                yield process, child_of(process.pid), tmp_path / "known" / "reportwatch.db"
            finally:
                process.kill()


def child_of(parent: int) -> int:
    [child] = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return int(child)


def end_of(pid: int) -> None:
    """Wait until a process that is not ours is gone."""
    with pytest.raises(ProcessLookupError):
        while True:
            os.kill(pid, 0)


def test_ctrl_c_ends_the_child_closes_its_receipt_and_ends_with_130(waiting):
    process, child, database = waiting
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    end_of(child)
    engine = connect(f"sqlite:///{database}")
    with reading(engine) as session:
        assert list(session.exec(select(Receipt.reason))) == ["stopped"]
    engine.dispose()


def test_a_killed_crawl_takes_its_child_along(waiting):
    process, child, _ = waiting
    process.kill()
    process.communicate(timeout=30)
    end_of(child)


def test_a_run_that_was_killed_is_called_interrupted_and_closed_by_the_next(waiting, tmp_path, capsys):
    process, child, database = waiting
    settings = ["--settings", str(tmp_path / "settings.toml")]

    def reason() -> str:
        capsys.readouterr()
        main(["status", "--json", *settings])
        return json.loads(capsys.readouterr().out.splitlines()[0])["reason"]

    while (found := reason()) is None:  # its receipt is opened a moment after it has said that it starts
        pass
    assert found == "under way"
    process.kill()
    process.communicate(timeout=30)
    end_of(child)
    assert reason() == "interrupted"
    engine = connect(f"sqlite:///{database}")
    with writing(engine) as session:
        assert runs.settle_receipts(session, runs.open_sources(session, surely=True), None, NOW, "killed", "") != []
    engine.dispose()
    assert reason() == "killed"
