"""A backup put back into an empty place. A file that somebody hands us is not trusted: it is looked at first.

Taken are plain files whose names a backup can have; links, devices, sparse files, names that lead elsewhere, names
given twice and packed tars are refused, so no more bytes come out than went in. All is laid out beside its place and
checked against the manifest; only then it is moved, so that a damaged backup leaves nothing behind.
"""

import json
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage.archive import LOCK
from storage.backup import (
    ARCHIVE,
    DATABASE,
    FORMAT,
    MANIFEST,
    SETTINGS,
    Digesting,
    Kept,
    Manifest,
    require_room,
    revision_of,
    sync_folder,
)
from storage.errors import BadArgument, DatabaseNewer, StorageError

LARGEST_TEXT = 64 << 20  # bytes of the manifest, which names each file in about 150
MEMBERS = 1_000_000  # files of a backup; twenty crawl processes a day give 7 000 a year
PART = re.compile(r"(?!\.{1,2}(?:/|$))[^/\\\x00-\x1f\x7f]{1,255}")  # a file's name that leads nowhere else
NAMES = re.compile(
    rf"{MANIFEST}|{DATABASE}|{ARCHIVE}[A-Za-z0-9_-][A-Za-z0-9._-]*\.warc\.gz|{SETTINGS}(?:{PART.pattern}/)*{PART.pattern}"
)
PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where to put what a backup holds.

    database  the SQLite file; None leaves it in the backup
    archive   the folder of the WARC files
    settings  the folder of the settings; None leaves them in the backup
    without   files of the settings that stay in the backup all the same
    """

    database: Path | None
    archive: Path
    settings: Path | None
    without: frozenset[str] = frozenset()


class Backup:
    """A backup that has been opened and whose list of files is sound; what is in them is checked as they are read."""

    def __init__(self, file: Path, tar: tarfile.TarFile) -> None:
        self.file = file
        self._tar = tar
        self._members = _members(file, tar)
        self.manifest = _manifest(file, self._bytes(MANIFEST))
        listed = {name: kept.size for name, kept in self.manifest.files.items()}
        if listed != {name: member.size for name, member in self._members.items() if name != MANIFEST}:
            raise StorageError(f"{file}: its files are not those of its manifest; it was changed or damaged")

    def text(self, name: str) -> str | None:
        """A file of the settings, as text; None where the backup has none of that name."""
        return self._bytes(SETTINGS + name).decode("utf-8-sig") if SETTINGS + name in self._members else None

    def names(self, below: str) -> list[str]:
        """Names of the files below a folder of the backup, without the folder's."""
        return [name.removeprefix(below) for name in self._members if name.startswith(below)]

    def _bytes(self, name: str) -> bytes:
        member = self._members.get(name)
        if member is None:
            raise BadArgument(f"{self.file}: no backup of reportwatch: it has no {name}")
        if member.size > LARGEST_TEXT:
            raise StorageError(f"{self.file}: {name} has {member.size} bytes; it was not made by reportwatch")
        source = self._tar.extractfile(member)
        return source.read() if source else b""

    def extract(self, name: str, to: Path) -> None:
        """Write a file of the backup, on disk and for its owner alone; StorageError where the manifest differs."""
        source = self._tar.extractfile(self._members[name])
        if source is None:
            raise StorageError(f"{self.file}: {name} cannot be read")
        to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        reading = Digesting(source)
        with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            shutil.copyfileobj(reading, out, PIECE)
            out.flush()
            os.fsync(out.fileno())
        if reading.digest != self.manifest.files[name].sha256:
            raise StorageError(
                f"{self.file}: {name} is damaged: its sha256 is not the manifest's; nothing was restored"
            )


@contextmanager
def opened(file: Path) -> Iterator[Backup]:
    """A backup to look at.

    raises  BadArgument for a file that is none; StorageError for one that was damaged or made to do harm
    """
    if not file.is_file():
        raise BadArgument(
            f"{file}: {'not a file' if file.exists() else 'no such file'}; name what `backup` has written"
        )
    try:
        with tarfile.open(file, mode="r:") as tar:
            yield Backup(file, tar)
    except tarfile.TarError as error:
        raise BadArgument(f"{file}: no backup of reportwatch, or one cut short: {error}") from error
    except OSError as error:
        raise StorageError(f"{error.filename or file}: {error.strerror or error}") from error


def _members(file: Path, tar: tarfile.TarFile) -> dict[str, tarfile.TarInfo]:
    """The files by their names; StorageError for anything that a backup cannot hold."""
    members: dict[str, tarfile.TarInfo] = {}
    for member in tar:
        plain = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not member.issparse()
        if not plain or not NAMES.fullmatch(member.name) or member.name in members or len(members) > MEMBERS:
            shown = member.name.encode("unicode_escape").decode()[:200]
            raise StorageError(f"{file}: holds {shown}, which no backup of reportwatch does; nothing was restored")
        members[member.name] = member
    return members


def _manifest(file: Path, document: bytes) -> Manifest:
    try:
        whole = json.loads(document)
        if whole["format"] > FORMAT:
            raise BadArgument(f"{file}: made by a newer reportwatch ({whole['program']}); install that version")
        files = {str(name): Kept(int(kept["size"]), str(kept["sha256"])) for name, kept in whole["files"].items()}
        made_at = datetime.fromisoformat(whole["made_at"])
        return Manifest(str(whole["program"]), made_at, whole["revision"], files)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StorageError(f"{file}: {MANIFEST} cannot be read: {error!r}") from error


def restore(backup: Backup, place: Place, known: Collection[str]) -> None:
    """Put a backup into its place, which has to be empty.

    known   revisions of the schema that this program has
    raises  BadArgument for a place that is not empty; DatabaseNewer for a schema that is not known; StorageError for a
            damaged backup or a disk that does not take it. Nothing is in its place then.
    """
    revision = backup.manifest.revision
    if revision is not None and revision not in known:
        raise DatabaseNewer(
            f"{backup.file}: made by a newer {backup.manifest.program} (revision {revision}): install that"
        )
    for fault in occupied(backup, place):
        raise BadArgument(f"{fault}; restore only goes into an empty place: move that away first")
    require_room(_there(place.archive), sum(kept.size for kept in backup.manifest.files.values()))
    moves = {ARCHIVE: place.archive, DATABASE: place.database, SETTINGS: place.settings}
    with _beside(place) as scratch:
        for name in backup.manifest.files:
            kind = next(kind for kind in moves if name.startswith(kind))
            if moves[kind] is not None and not (kind == SETTINGS and name.removeprefix(kind) in place.without):
                backup.extract(
                    name, scratch[kind] / name.removeprefix(kind) if kind != DATABASE else scratch[kind] / "db"
                )
        if place.database is not None:
            _sound(backup, scratch[DATABASE] / "db")
        _move(place, scratch)


def occupied(backup: Backup, place: Place) -> Iterator[str]:
    """What stands in the way, in words."""
    if place.archive.is_dir() and any(entry.name != LOCK for entry in place.archive.iterdir()):
        yield f"{place.archive} is not empty"
    if place.database is not None:
        if DATABASE not in backup.manifest.files:
            yield f"{backup.file} holds no database"
        for file in (place.database, *(Path(f"{place.database}{end}") for end in ("-wal", "-shm", "-journal"))):
            if file.exists():
                yield f"{file} exists"
    if place.settings is not None:
        for name in backup.names(SETTINGS):
            if name not in place.without and (place.settings / name).exists():
                yield f"{place.settings / name} exists"


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    return folder if folder.is_dir() else _there(folder.parent)


@contextmanager
def folders(*wanted: Path) -> Iterator[None]:
    """Folders, made for their owner where they are missing; what was made and is empty at the end is gone again."""
    made = {above for folder in wanted for above in (folder, *folder.parents) if not above.exists()}
    try:
        for folder in wanted:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield
    finally:
        for folder in sorted(made, key=lambda folder: len(folder.parts), reverse=True):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


@contextmanager
def _beside(place: Place) -> Iterator[Mapping[str, Path]]:
    """Folders on the disks that the parts go to, gone at the end."""
    wanted: dict[str, Path] = {ARCHIVE: place.archive}
    if place.database is not None:
        wanted[DATABASE] = place.database
    if place.settings is not None:
        wanted[SETTINGS] = place.settings / "settings"
    made: dict[str, Path] = {}
    with folders(*(target.parent for target in wanted.values())):
        try:
            for kind, target in wanted.items():
                made[kind] = Path(tempfile.mkdtemp(dir=target.parent, prefix=".restoring-"))
            yield made
        finally:
            for folder in made.values():
                shutil.rmtree(folder, ignore_errors=True)


def _sound(backup: Backup, database: Path) -> None:
    """StorageError where the restored database is damaged or is not of the revision that the manifest names."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            said = connection.execute("PRAGMA integrity_check").fetchone()[0]
            revision = revision_of(connection)
    except sqlite3.Error as error:
        raise StorageError(f"{backup.file}: its database cannot be used: {error}; nothing was restored") from error
    if said != "ok" or revision != backup.manifest.revision:
        raise StorageError(
            f"{backup.file}: its database is damaged ({said}, revision {revision}); nothing was restored"
        )


def _move(place: Place, scratch: Mapping[str, Path]) -> None:
    """Into place, the settings last: without them nothing is looked at."""
    place.archive.mkdir(mode=0o755, exist_ok=True)
    for warc in sorted(scratch[ARCHIVE].iterdir()):
        warc.rename(place.archive / warc.name)
    sync_folder(place.archive)
    if place.database is not None:
        (scratch[DATABASE] / "db").rename(place.database)
        sync_folder(place.database.parent)
    if place.settings is not None:
        for path in sorted(scratch[SETTINGS].rglob("*"), key=lambda path: path.name == "settings.toml"):
            target = place.settings / path.relative_to(scratch[SETTINGS])
            if path.is_dir():
                target.mkdir(mode=0o700, exist_ok=True)
            else:
                path.rename(target)
