"""Every test of this folder that asks for `engine` runs on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from postgres_cluster import running_cluster
from sqlalchemy import Engine, text

from storage.database import connect, migrate

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a server of our own, reached over a socket in its folder."""
    with running_cluster() as cluster:
        yield cluster.url


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
