"""A PostgreSQL server of our own, from the programs that the system has; it can be stopped and started in a test."""

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Cluster:
    """A server, reached over a socket in its folder."""

    programs: Path
    folder: Path
    user: str | None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def call(self, program: str, *words: str) -> None:
        """Run one of PostgreSQL's programs on it."""
        command = [str(self.programs / program), "-D", str(self.folder / "cluster"), *words]
        subprocess.run(command, user=self.user, cwd=self.folder, check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off"
        self.call("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """End it: connections break off; "immediate" is as a crash."""
        self.call("pg_ctl", "-w", "-m", mode, "stop")


def postgresql_programs() -> Path | None:
    """The folder of initdb and pg_ctl, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    there = shutil.which("initdb")
    return Path(there).parent if there else None


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A server that is running; the test is skipped where the machine has none."""
    programs = postgresql_programs()
    if programs is None:
        reason = "no PostgreSQL on this machine; apt install postgresql runs these tests too"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    user = "postgres" if getpass.getuser() == "root" else None  # it refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="reportwatch-"))  # pytest's own folder is closed to other users
    if user:
        shutil.chown(folder, user)
    cluster = Cluster(programs, folder, user)
    cluster.call("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale")
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder)
