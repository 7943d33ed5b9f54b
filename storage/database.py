"""Opening the database: its settings, its version, its transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlmodel import Session

from storage.errors import BadSetting, DatabaseBusy, DatabaseNewer, StorageError

if TYPE_CHECKING:
    from alembic.config import Config

WAIT = 30  # seconds that one writer waits for another
WRITERS = 7_204_061  # number of the PostgreSQL advisory lock that stands for SQLite's single writer


def connect(url: str) -> Engine:
    """An engine for `sqlite:///FILE` or `postgresql://…`; the schema is not looked at.

    raises  BadSetting for another kind of URL or a folder that cannot be made
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise BadSetting(
            f"database: {hidden(url)!r} is no database URL; write sqlite:///FILE or postgresql://HOST/NAME"
        ) from error
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed, pool_pre_ping=True)
    if parsed.get_backend_name() != "sqlite":
        raise BadSetting(f"database: {parsed.get_backend_name()} is not supported; sqlite and postgresql are")
    if parsed.database:
        try:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadSetting(f"database: {parsed.database}: {error.strerror}") from error
    engine = create_engine(parsed, connect_args={"timeout": WAIT})
    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", begin)
    return engine


def absent(url: str) -> Path | None:
    """The SQLite file that a URL names, where it is not there; None for all else, of which `connect` has its word."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return None
    named = parsed.database if parsed.get_backend_name() == "sqlite" else None
    return Path(named) if named and named != ":memory:" and not Path(named).exists() else None


def hidden(url: str) -> str:
    """A database URL, or what was meant to be one, without its password."""
    front, at, host = url.rpartition("@")
    if not at:
        return url
    start = front.find("//") + 2 if "//" in front else 0
    return f"{front[:start]}{front[start:].partition(':')[0]}:***@{host}"


def configure(connection: Any, _record: object) -> None:
    """Write-ahead log, foreign keys, every commit on disk; and transactions begin when we say so."""
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL", f"busy_timeout = {WAIT * 1000}"):
        connection.execute(f"PRAGMA {pragma}").close()


def begin(connection: Connection) -> None:
    """A writer takes its lock at once: two that read first and write later would dead-lock (SQLite, BUSY_SNAPSHOT)."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writing") else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session whose transaction is the only one that writes; committed at the end, rolled back on any error.

    raises  DatabaseBusy when the lock is not to be had within WAIT seconds
    """
    with Session(engine.execution_options(writing=True), expire_on_commit=False) as session:
        try:
            if engine.dialect.name == "postgresql":
                session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": WRITERS})
            yield session
            session.commit()
        except OperationalError as error:
            if "locked" in str(error.orig):
                raise DatabaseBusy(
                    f"database {engine.url.database}: locked for more than {WAIT} s by another process"
                ) from error
            raise StorageError(f"database {engine.url.database}: {error.orig}") from error


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only asks.

    raises  StorageError when the database does not answer
    """
    try:
        with Session(engine, expire_on_commit=False) as session:
            yield session
    except OperationalError as error:
        raise StorageError(f"database {engine.url.database}: {error.orig}") from error


def migrations(url: str) -> "Config":
    """Alembic's configuration; the scripts lie beside this file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def migrate(engine: Engine) -> tuple[str | None, str]:
    """Bring the schema to this program's version; safe to repeat. Returns the revisions before and after.

    raises  DatabaseNewer when the database knows a revision that this program does not
    """
    head = newest_revision()
    return (head, head) if revision_of(engine) == head else upgrade(engine)


def newest_revision() -> str:
    """The last revision of this program; each script is named by its own: 0001_first_tables.py."""
    return max(
        script.name.partition("_")[0] for script in (Path(__file__).parent / "migrations/versions").glob("0*.py")
    )


def revision_of(engine: Engine) -> str | None:
    """The revision that a database says it has; None for an empty one."""
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return str(found) if found else None
    except DatabaseError as error:
        raise StorageError(f"database {engine.url.database}: {error.orig}") from error


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Run the scripts that a database lacks. Alembic is imported here: it takes a tenth of a crawl's start."""
    from alembic import command
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = migrations(engine.url.render_as_string(hide_password=False))
    scripts = ScriptDirectory.from_config(config)
    head = scripts.get_current_head() or ""
    try:
        with engine.execution_options(writing=True).begin() as connection:
            before = MigrationContext.configure(connection).get_current_revision()
            if before is not None and before not in {script.revision for script in scripts.walk_revisions()}:
                raise DatabaseNewer(
                    f"database {engine.url.database}: made by a newer reportwatch (revision {before}, "
                    f"this one knows {head}); install that version, nothing was touched"
                )
            if before != head:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
    except DatabaseError as error:
        raise StorageError(f"database {engine.url.database}: {error.orig}") from error
    return before, head


def open_database(url: str) -> Engine:
    """An engine whose schema is this program's; older ones are brought up to date."""
    engine = connect(url)
    migrate(engine)
    return engine
