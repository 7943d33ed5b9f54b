"""A backup holds all, and comes back as it was; what was tampered with does not come back at all."""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import SQLModel, col, select

from storage import queries, save, values
from storage.archive import Answer, Archive, Record, digest_of
from storage.backup import back_up
from storage.database import connect, migrate, reading, writing
from storage.errors import BadArgument, DatabaseNewer, ReportwatchError, StorageError
from storage.model import Page
from storage.restore import Place, opened, restore
from storage.soundness import revisions

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)


class Home:
    """A database and an archive that belong together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = folder / "archive"
        self.engine = connect(f"sqlite:///{folder / 'reportwatch.db'}")

    def fill(self, number: int = 3) -> None:
        migrate(self.engine)
        for count in range(number):
            put(self.engine, self.archive, f"http://a.example/{count}", f"第{count % 2}篇 報告".encode())

    def rows(self) -> dict[str, list[Any]]:
        with self.engine.connect() as connection:
            names = [*SQLModel.metadata.tables, "alembic_version", "passage_search"]
            return {name: sorted(map(tuple, connection.execute(text(f'SELECT * FROM "{name}"')))) for name in names}

    def bodies(self) -> list[bytes]:
        with reading(self.engine) as session:
            pages = session.exec(select(Page).order_by(col(Page.id))).all()
        archive = Archive(self.archive)
        return [archive.body(Record(page.warc, page.offset, page.digest, page.revisit)) for page in pages]

    def back_up(self, file: Path, settings: dict[str, Path] | None = None) -> Path:
        back_up(file, self.engine, self.archive, settings or {}, "reportwatch 0.1.0", NOW)
        return file


def put(engine: Engine, archive: Path, url: str, body: bytes) -> None:
    """A page as a crawl keeps it: bytes first, then its row and its reading."""
    with Archive(archive) as opened_archive, writing(engine) as session:
        known = queries.page_with_body(session, digest_of(body))
        same = Record(known.warc, known.offset, known.digest, known.revisit) if known else None
        record = opened_archive.keep(Answer(url, NOW, 200, [("Content-Type", "text/html")], body, body), same)
        page = values.Page(url, NOW, body, 200, "text/html", "portal")
        row = save.save_page(session, page, None, record)
        said = values.Reading(url, values.Verdict.OK, "read", "报告", body.decode(), "utf-8", "hant", 1)
        save.save_reading(session, said, values.Source("portal", "站", "column", url, 1), [row], NOW)
        save.save_event(session, f"report.new:{url}", "report.new", url, {"词": "一"}, NOW, [("mail", "a@example.org")])


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    (tmp_path / "home").mkdir()
    made = Home(tmp_path / "home")
    made.fill()
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup to tamper with."""
    made = Home(tmp_path_factory.mktemp("home"))
    made.fill()
    made.back_up(made.folder / "b.tar")
    made.engine.dispose()
    return made.folder / "b.tar"


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Home]:
    (tmp_path / "other").mkdir()
    made = Home(tmp_path / "other")
    yield made
    made.engine.dispose()


def put_back(file: Path, into: Home, settings: Path | None = None) -> None:
    with opened(file) as backup:
        restore(backup, Place(into.folder / "reportwatch.db", into.archive, settings), revisions())


def test_all_comes_back_as_it_was(home: Home, other: Home, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("[]\n")
    (tmp_path / "settings.toml").write_text('language = "zh"\n')
    named = {"settings.toml": tmp_path / "settings.toml", "sources/云岭/own.yaml": tmp_path / "own.yaml"}
    file = home.back_up(tmp_path / "b.tar", named)
    put_back(file, other, other.folder / "etc")
    assert other.rows() == home.rows()
    assert len(other.rows()["page"]) == len(other.rows()["alert"]) == 3
    assert other.bodies() == home.bodies()
    assert {path.name: path.read_bytes() for path in other.archive.iterdir()} == {
        path.name: path.read_bytes() for path in home.archive.glob("*.gz")
    }
    assert (other.folder / "etc" / "sources" / "云岭" / "own.yaml").read_text() == "[]\n"
    assert (other.folder / "etc" / "settings.toml").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in other.folder.iterdir() if path.name.startswith(".")) == []


def test_only_the_owner_may_read_a_backup_and_nothing_is_left_beside_it(home: Home, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    file = home.back_up(tmp_path / "out" / "b.tar")
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["b.tar"]


WRITER = """
import sys
from itertools import count
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_backup import put
from storage.database import connect
engine = connect("sqlite:///" + sys.argv[2])
for number in count():
    put(engine, Path(sys.argv[3]), f"http://w.example/{number}", b"%d" % number * 3000)
    print(number, flush=True)
"""


def test_a_backup_taken_while_others_write_is_whole(home: Home, other: Home, tmp_path: Path) -> None:
    database = str(home.folder / "reportwatch.db")
    command = [sys.executable, "-c", WRITER, str(Path(__file__).parent), database, str(home.archive)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(5):
            writer.stdout.readline()
        before = len(home.rows()["page"])
        file = home.back_up(tmp_path / "b.tar")
        after = writer.stdout.readline()
        writer.kill()
    put_back(file, other)
    rows, all_rows = other.rows(), home.rows()
    assert after
    assert before <= len(rows["page"]) < len(all_rows["page"])
    assert len(rows["page"]) == len(rows["reading"]) == len(rows["event"]) == len(rows["alert"])
    for name, kept in rows.items():
        assert set(map(repr, kept)) <= set(map(repr, all_rows[name]))
    assert other.bodies() == home.bodies()[: len(rows["page"])]


def test_a_backup_never_takes_the_place_of_a_file(home: Home, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    with pytest.raises(BadArgument, match="there already"):
        home.back_up(tmp_path / "there")
    with pytest.raises(BadArgument, match="folder does not exist"):
        home.back_up(tmp_path / "nowhere" / "b.tar")
    assert (tmp_path / "there").read_text() == "mine"


def test_only_an_empty_place_is_restored_into(home: Home, other: Home, tmp_path: Path) -> None:
    file = home.back_up(tmp_path / "b.tar")
    for name in ("reportwatch.db", "reportwatch.db-wal", "archive/x.warc.gz"):
        path = other.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
        with pytest.raises(BadArgument, match="empty place"):
            put_back(file, other)
        assert path.read_text() == "mine"
        path.unlink()
    put_back(file, other)
    assert other.rows() == home.rows()


def test_a_damaged_backup_leaves_nothing_behind(home: Home, other: Home, tmp_path: Path) -> None:
    file = home.back_up(tmp_path / "b.tar")
    whole = bytearray(file.read_bytes())
    for name in ("database/reportwatch.db", "archive/"):
        with tarfile.open(file) as tar:
            member = next(member for member in tar if member.name.startswith(name))
        broken = bytearray(whole)
        broken[member.offset_data + 300] ^= 1
        (tmp_path / "broken.tar").write_bytes(broken)
        with pytest.raises(StorageError, match=r"sha256|damaged"):
            put_back(tmp_path / "broken.tar", other)
    for length in (0, 700, len(whole) // 2, len(whole) - 12_000):
        (tmp_path / "short.tar").write_bytes(whole[:length])
        with pytest.raises(ReportwatchError):
            put_back(tmp_path / "short.tar", other)
    assert list(other.folder.iterdir()) == []


def changed(file: Path, out: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The backup with another manifest."""
    with tarfile.open(file) as tar, tarfile.open(out, "w") as made:
        for member in tar:
            source = tar.extractfile(member)
            body = source.read() if source else b""
            if member.name == "manifest.json":
                manifest = json.loads(body)
                change(manifest)
                body = json.dumps(manifest).encode()
                member.size = len(body)
            made.addfile(member, io.BytesIO(body))
    return out


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda m: m.update(revision="9999"), DatabaseNewer),
        (lambda m: m.update(revision=None), StorageError),
        (lambda m: m.update(format=2), BadArgument),
        (lambda m: m.update(files=[]), StorageError),
        (lambda m: m["files"].popitem(), StorageError),
        (lambda m: m["files"]["database/reportwatch.db"].update(size=7), StorageError),
        (lambda m: m["files"]["database/reportwatch.db"].update(sha256="0" * 64), StorageError),
        (lambda m: m.clear(), StorageError),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(
    taken: Path, other: Home, tmp_path: Path, change: Callable[[dict[str, Any]], object], error: type[Exception]
) -> None:
    file = changed(taken, tmp_path / "changed.tar", change)
    with pytest.raises(error):
        put_back(file, other)
    assert list(other.folder.iterdir()) == []


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    return made


@pytest.mark.parametrize(
    "evil",
    [
        member("../evil"),
        member("/etc/evil"),
        member("settings/../../evil"),
        member("settings/a/../../../evil"),
        member("settings/.."),
        member("settings/a//b"),
        member("settings/a\\b"),
        member("settings/\x1b[2J"),
        member("archive/sub/x.warc.gz"),
        member("archive/.lock"),
        member("archive/x.sh"),
        member("other/x"),
        member("settings/link", tarfile.SYMTYPE, "/etc/passwd"),
        member("archive/a.warc.gz", tarfile.LNKTYPE, "/etc/passwd"),
        member("settings/device", tarfile.CHRTYPE),
        member("settings/pipe", tarfile.FIFOTYPE),
        member("settings", tarfile.DIRTYPE),
        member("settings/sparse", tarfile.GNUTYPE_SPARSE),
        member("manifest.json"),
    ],
    ids=lambda evil: repr(evil.name),
)
def test_what_no_backup_holds_is_refused(taken: Path, other: Home, tmp_path: Path, evil: tarfile.TarInfo) -> None:
    file = Path(shutil.copy(taken, tmp_path))
    with tarfile.open(file, "a") as tar:
        tar.addfile(evil)
    with pytest.raises(StorageError, match="which no backup"):
        put_back(file, other)
    assert list(other.folder.iterdir()) == []
    assert not (tmp_path / "evil").exists()


def test_packed_tars_and_other_files_are_no_backups(other: Home, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "bomb.tar.gz", "w:gz") as tar:
        zeros = member("archive/a.warc.gz")
        zeros.size = 5_000_000
        tar.addfile(zeros, io.BytesIO(b"0" * zeros.size))
    (tmp_path / "text").write_text("no tar at all " * 200)
    for name in ("bomb.tar.gz", "text"):
        with pytest.raises(BadArgument, match="no backup"):
            put_back(tmp_path / name, other)
    with tarfile.open(tmp_path / "plain.tar", "w") as tar:
        tar.addfile(member("archive/a.warc.gz"))
    with pytest.raises(BadArgument, match=r"has no manifest"):
        put_back(tmp_path / "plain.tar", other)


def test_a_backup_without_the_database_gives_the_archive_back(home: Home, other: Home, tmp_path: Path) -> None:
    back_up(tmp_path / "b.tar", None, home.archive, {}, "reportwatch 0.1.0", NOW)
    with opened(tmp_path / "b.tar") as backup:
        restore(backup, Place(None, other.archive, None), revisions())
    assert sorted(os.listdir(other.archive)) == sorted(path.name for path in home.archive.glob("*.gz"))
    assert os.listdir(other.folder) == ["archive"]


def test_a_disk_without_room_is_told_before_anything_is_written(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=10))
    with pytest.raises(StorageError, match="nothing was written"):
        home.back_up(tmp_path / "out" / "b.tar")
    assert os.listdir(tmp_path / "out") == []
