"""Is what is known still whole? Questions for `doctor`; they change nothing."""

from collections.abc import Iterator

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from storage.archive import Archive, Record
from storage.database import migrations
from storage.errors import ArchiveDamaged, StorageError
from storage.model import Page, Passage, Reading


def revisions() -> list[str]:
    """Revisions of the schema that this program knows, newest first."""
    return [script.revision for script in ScriptDirectory.from_config(migrations("sqlite://")).walk_revisions()]


def revision_of(engine: Engine) -> str | None:
    """The revision of a database's schema; None where it has no tables.

    raises  StorageError when the database cannot be reached
    """
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as error:
        raise StorageError(f"database {engine.url.render_as_string()}: {str(error.orig).strip()}") from error


def database_faults(engine: Engine) -> list[str]:
    """What is wrong in a database of today's schema, each fault on a line.

    SQLite checks its pages, indices and foreign keys; PostgreSQL checks these itself, and is asked whether every
    sentence can be searched and every reading has its pages.
    """
    try:
        with engine.connect() as connection:
            found = list(_sqlite_faults(connection)) if engine.dialect.name == "sqlite" else []
            with Session(connection) as session:
                return [*found, *_references(session)]
    except DBAPIError as error:
        return [str(error.orig).strip()]


def _sqlite_faults(connection: Connection) -> Iterator[str]:
    for row in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
        if row[0] != "ok":
            yield str(row[0])
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(20):
        yield f"{row[0]} row {row[1]} points at a row of {row[2]} that is not there"


def _references(session: Session) -> Iterator[str]:
    sentences = session.exec(select(func.count()).select_from(Passage)).one()
    searched = session.execute(text("SELECT count(*) FROM passage_search")).scalar_one()
    if sentences != searched:
        yield f"{sentences} sentences, and {searched} that search knows"
    known = set(session.exec(select(Page.id)))
    for key, pages in session.exec(select(Reading.id, Reading.pages)):
        if not pages or not known.issuperset(pages):
            yield f"reading {key} does not lead to its pages"


def newest_page(session: Session) -> Page | None:
    """The page that was fetched last, by its own clock."""
    return session.exec(select(Page).order_by(col(Page.fetched_at).desc()).limit(1)).first()


def pages_to_check(session: Session, sample: int | None) -> list[Page]:
    """All pages, or so many of them, evenly over the years; the newest is always among them."""
    count = session.exec(select(func.count()).select_from(Page)).one()
    step = max(count // sample, 1) if sample else 1
    keys = list(session.exec(select(Page.id).order_by(col(Page.id).desc())))[::step]
    return [page for key in keys if (page := session.get(Page, key)) is not None]


def archive_faults(archive: Archive, pages: list[Page]) -> list[str]:
    """Pages whose record is missing, unreadable or not what its digest says; a line for each."""
    faults = []
    for page in pages:
        try:
            archive.body(Record(page.warc, page.offset, page.digest, page.revisit))
        except ArchiveDamaged as error:
            faults.append(f"{page.url}: {error}")
    return faults
