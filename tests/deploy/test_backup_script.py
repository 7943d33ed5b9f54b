"""The nightly script: a new backup is whole before an old one goes."""

import os
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from storage.database import open_database

ROOT = Path(__file__).resolve().parents[2]
DAY = 86400


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder of backups, a young one, an old one and a file of somebody else's."""
    (tmp_path / "known").mkdir()
    open_database(f"sqlite:///{tmp_path / 'known' / 'reportwatch.db'}").dispose()
    folder = tmp_path / "backups"
    folder.mkdir()
    for name, age in (("reportwatch-old.tar", 20), ("reportwatch-young.tar", 2), ("other.tar", 20)):
        (folder / name).write_text("")
        os.utime(folder / name, (time.time() - age * DAY,) * 2)
    return folder


def script(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder.parent),
        "REPORTWATCH": str(Path(sys.executable).parent / "reportwatch"),
        "REPORTWATCH_STORAGE__FOLDER": str(folder.parent / "known"),
    }
    call = ["sh", str(ROOT / "deploy" / "backup.sh"), str(folder)]
    return subprocess.run(call, env=environ | variables, capture_output=True, text=True, check=False, timeout=60)


def test_the_old_goes_after_the_new_has_come(place: Path) -> None:
    done = script(place, BUDGET="0")
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in place.iterdir())
    assert names[0] == "other.tar"
    assert names[-1] == "reportwatch-young.tar"
    assert len(names) == 3
    with tarfile.open(place / names[1]) as made:
        assert made.getnames()[-1] == "manifest.json"


def test_nothing_goes_where_no_new_one_could_be_made(place: Path) -> None:
    before = sorted(path.name for path in place.iterdir())
    done = script(place, REPORTWATCH_STORAGE__FOLDER=str(place / "nowhere"))
    assert done.returncode != 0
    assert "no such database" in done.stderr
    assert sorted(path.name for path in place.iterdir()) == before
