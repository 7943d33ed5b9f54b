"""`reportwatch crawl`, interrupted and killed: no process is left, what was begun is closed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import select

from crawler.sample.web import serve
from storage.database import connect, reading
from storage.model import Receipt

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
        file.write_text(SETTINGS.format(folder=tmp_path / "known"), "utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "monitor.cli", "crawl", "--verbose", "--no-deliver", "--settings", str(file)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        next(line for line in process.stderr if "crawl.start" in line)
        yield process, child_of(process.pid), tmp_path / "known" / "reportwatch.db"
        process.kill()
        process.communicate()


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
