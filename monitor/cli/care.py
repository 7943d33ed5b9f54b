"""Keeping what is known: backup, restore, prune."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.hall import Database, Json, SettingsFile, hall
from monitor.cli.show import DONE, PARTLY, clean, emit, tell
from storage.errors import BadArgument

if TYPE_CHECKING:
    from monitor.settings import Settings
    from storage.restore import Backup, Place

app = typer.Typer()
MIB = 1 << 20
SETTINGS_NAME = "settings.toml"
SOURCES = "sources"  # the folder of the own sources, beside the settings file and in a backup


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, reportwatch-2026-01-20.tar for instance.")],
    with_database: Annotated[bool, typer.Option("--with-database/--no-database", help="No: archive alone.")] = True,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Database, archive and settings in one file, while everything runs. It holds the secrets of the settings file."""
    from monitor.settings import load
    from storage.backup import back_up
    from storage.database import connect

    known = load(settings, database)
    local = require_database(known)
    engine = connect(known.storage.database)
    try:
        taken = engine if local and with_database else None
        program = f"reportwatch {version('reportwatch')}"
        made = back_up(file, taken, known.archive, dict(settings_of(known)), program, datetime.now(UTC))
    finally:
        engine.dispose()
    left = [str(path) for path in elsewhere(known)]
    size = file.stat().st_size
    if as_json:
        emit({"file": str(file), "size": size, "files": len(made.files), "revision": made.revision, "left_out": left})
    else:
        print(clean(f"{file}: {len(made.files)} files, {size / MIB:.1f} MiB, schema {made.revision or 'not in it'}"))
    for path in left:
        tell(f"reportwatch: {path} is not in the backup; copy it yourself")
    if with_database and not local:
        tell(DUMP)
    return DONE if local or not with_database else PARTLY


DUMP = """\
reportwatch: the database is PostgreSQL and not in the backup. Dump it first, then the archive, so that every row
finds its record: pg_dump --format=custom --file=reportwatch.dump DATABASE && reportwatch backup --no-database FILE"""


def require_database(known: "Settings") -> bool:
    """Is it SQLite? BadArgument where its file is not there: a backup of nothing would be taken for one."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(known.storage.database)
    except ArgumentError:
        raise BadArgument("storage.database is no database URL; write sqlite:///FILE or postgresql://…") from None
    if url.get_backend_name() != "sqlite":
        return False
    if not (url.database and Path(url.database).is_file()):
        raise BadArgument(f"{url.database}: no such database, so nothing to back up; is it the right settings file?")
    return True


def settings_of(known: "Settings") -> Iterator[tuple[str, Path]]:
    """The settings file and the own sources beside it, by their names in a backup."""
    from monitor.registry import own_folder

    if known.file is not None:
        yield SETTINGS_NAME, known.file
    folder = own_folder(known)
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file():
            yield f"{SOURCES}/{path.relative_to(folder).as_posix()}", path


def elsewhere(known: "Settings") -> Iterator[Path]:
    """What the settings name and a backup does not take: secrets in files of their own, sources in other folders."""
    yield from known.crawl.sources
    for entry in (*known.mail, *known.webhook, *known.receivers):
        if entry.named is not None:
            yield entry.named


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `backup` has written.")],
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Put a backup into an empty place: where the settings here say or, without any, where those in it say."""
    from storage.backup import SETTINGS
    from storage.restore import opened, restore
    from storage.soundness import revisions

    with opened(file) as found, settings_for(found, settings, database) as (known, folder):
        place = place_for(found, known, folder)
        restore(found, place, revisions())
    made = found.manifest
    own = place.settings / SOURCES if place.settings and found.names(f"{SETTINGS}{SOURCES}/") else None
    where = {"database": place.database, "archive": place.archive, "settings": folder, "sources": own}
    if as_json:
        shown = {name: str(path) if path else None for name, path in where.items()}
        emit({"files": len(made.files), "made_at": made.made_at, "program": made.program, **shown})
    else:
        print(clean(f"{len(made.files)} files of {made.made_at:%Y-%m-%d %H:%M} UTC, {made.program}, all as they were"))
        for name, path in where.items():
            print(clean(f"{name:9} {path or 'stays as it is here'}"))
        print("\nNext: `reportwatch doctor`, then `reportwatch run`.")
    return DONE


@contextmanager
def settings_for(found: "Backup", file: Path | None, database: str | None) -> Iterator[tuple["Settings", Path | None]]:
    """The settings that say where things go, and the folder for those of the backup; None where some are here."""
    import os

    from monitor.settings import default_file, load
    from storage.restore import folders

    named = file or (Path(os.environ["REPORTWATCH_SETTINGS"]) if os.environ.get("REPORTWATCH_SETTINGS") else None)
    path = named or default_file()
    text = found.text(SETTINGS_NAME)
    if path.exists() or text is None:
        yield load(file, database), None
        return
    if path.name != SETTINGS_NAME:
        raise BadArgument(f"{path}: no such file; to restore the settings too, name it {SETTINGS_NAME}")
    trial = path.with_name(f".{SETTINGS_NAME}.restoring")
    with folders(path.parent):
        try:
            trial.touch(mode=0o600)
            trial.write_text(text, "utf-8")
            yield load(trial, database), path.parent
        finally:
            trial.unlink(missing_ok=True)


def place_for(found: "Backup", known: "Settings", folder: Path | None) -> "Place":
    """Where the parts go; BadArgument where the backup has a database and the settings want PostgreSQL."""
    from sqlalchemy.engine import make_url

    from storage.backup import DATABASE
    from storage.restore import Place

    url = make_url(known.storage.database)
    has = DATABASE in found.manifest.files
    if has and url.get_backend_name() != "sqlite":
        raise BadArgument("the backup holds an SQLite database, and the settings name PostgreSQL: say --database")
    if not has:
        tell("reportwatch: the backup holds no database; restore your dump with pg_restore --dbname=DATABASE")
    settings = folder or sources_for(found, known)
    without = frozenset() if folder else frozenset({SETTINGS_NAME})
    return Place(Path(url.database or "") if has else None, known.archive, settings, without)


def sources_for(found: "Backup", known: "Settings") -> Path | None:
    """The folder that the own sources of a backup go below, where the settings stay as they are here.

    None where the backup has none, or where there are sources here: two of one name would make both of no use.
    """
    from monitor.registry import own_folder
    from storage.backup import SETTINGS

    folder = own_folder(known)
    names = found.names(f"{SETTINGS}{SOURCES}/")
    if not names or not (folder.is_dir() and any(folder.iterdir())):
        return folder.parent if names else None
    tell(
        f"reportwatch: own sources stay in the backup ({', '.join(sorted(names))}), for {folder} has some already; "
        f"take what you miss from there: tar -xf {found.file} {SETTINGS}{SOURCES}"
    )
    return None


@app.command()
def prune(
    budget: Annotated[int | None, typer.Option(min=0, help="MiB that the archive may have; or storage.budget.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Remove the oldest files of the archive beyond a budget; never one that a reading or a report rests on."""
    from storage.archive import Archive
    from storage.retention import prune

    with hall(settings, database) as known:
        limit = budget if budget is not None else known.settings.storage.budget or None
        if limit is None:
            raise BadArgument("prune: give --budget MIB, or set storage.budget; 0 MIB removes all that may go")
        archive = Archive(known.settings.archive)
        done = prune(known.engine, archive, limit * MIB, datetime.now(UTC).date(), dry_run=dry_run)
    lines: list[dict[str, Any]] = [{"file": s.name, "size": s.size, "gone": True, "why": ""} for s in done.gone]
    lines += [{"file": s.name, "size": s.size, "gone": False, "why": s.why or "within the budget"} for s in done.kept]
    show_pruned(lines, dry_run=dry_run, as_json=as_json)
    if done.over:
        tell(f"reportwatch: {done.over / MIB:.1f} MiB over the budget: all else is needed, or from the last two days")
    return PARTLY if done.over else DONE


def show_pruned(lines: list[dict[str, Any]], *, dry_run: bool, as_json: bool) -> None:
    """What goes and what stays."""
    if as_json:
        for line in lines:
            emit(line)
        return
    gone = [line for line in lines if line["gone"]]
    for line in gone:
        print(clean(f"{line['file']}  {line['size'] / MIB:.1f} MiB"))
    went, whole = (sum(line["size"] for line in some) / MIB for some in (gone, lines))
    print(f"{len(gone)} of {len(lines)} files {'would go' if dry_run else 'went'}: {went:.1f} of {whole:.1f} MiB")
