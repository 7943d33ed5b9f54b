"""Every test of this folder that asks for `engine` runs on SQLite and on a real PostgreSQL."""

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from storage.database import connect, migrate

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)


def postgresql_programs() -> Path | None:
    """The folder of initdb and pg_ctl, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    there = shutil.which("initdb")
    return Path(there).parent if there else None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a server of our own, reached over a socket in its folder."""
    programs = postgresql_programs()
    if programs is None:
        reason = "no PostgreSQL on this machine; apt install postgresql runs these tests too"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    user = "postgres" if getpass.getuser() == "root" else None  # it refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="reportwatch-"))  # pytest's own folder is closed to other users
    if user:
        shutil.chown(folder, user)
    cluster = folder / "cluster"

    def call(*command: str) -> None:
        subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    call(str(programs / "initdb"), "-D", str(cluster), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    call(str(programs / "pg_ctl"), "-D", str(cluster), "-w", "-l", str(folder / "log"), "-o", options, "start")
    yield f"postgresql://postgres@/postgres?host={folder}"
    call(str(programs / "pg_ctl"), "-D", str(cluster), "-w", "-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'known.db'}"
    url = str(request.getfixturevalue("postgresql"))
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """A database of today's schema."""
    made = connect(database)
    migrate(made)
    yield made
    made.dispose()


@pytest.fixture
def now() -> datetime:
    """A fixed moment."""
    return NOW
