"""Raw responses as WARC (ISO 28500:2017): what was received, kept before anybody reads it.

One file a day and process, one gzip member a record, each on disk before its offset is told to anybody. A process that
is killed leaves records at the end of its file that nothing points at, the last one perhaps cut short. A body that is
kept already is not kept again: a `revisit` record says where it lies, with the original's digest.
"""

import fcntl
import hashlib
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Self

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser, StatusAndHeadersParserException
from warcio.warcwriter import WARCWriter

from storage.errors import ArchiveDamaged, StorageError

LOCK = ".lock"
CAP = 64 << 20  # bytes that an unpacked body may have
VERSION = "1.1"
NOT_MODIFIED = 304
LEVEL = 3  # of gzip
HEAD = 4 << 10  # packed bytes in which a record's own headers end; those of a request are not among them
HEADERS = StatusAndHeadersParser(["WARC/1.1", "WARC/1.0"])
# Of addresses whose records hold an answer: a file that a person adds is kept as if a server had sent it, and warcio
# looks for an answer under http and https alone.
SCHEMES = ("http:", "https:", "file:")
PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
# Where the original lies; OpenWayback and Heritrix write these two names as well.
FILE, OFFSET = "WARC-Refers-To-Filename", "WARC-Refers-To-File-Offset"
DIGEST = (
    "Reportwatch-Body-Digest"  # sha256 of the body with its content encoding undone; the standard has no such field
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as it came.

    headers  names and values in order, verbatim; transfer encoding is undone, Content-Encoding is not
    payload  the bytes, still packed as Content-Encoding says
    body     the bytes unpacked; the payload where nothing was packed, or where it could not be unpacked
    how      it came, as headers of its record: TLS, proxy
    """

    url: str
    fetched_at: datetime
    status: int
    headers: Sequence[tuple[str, str]]
    payload: bytes
    body: bytes
    how: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """Where a response lies: file in the archive's folder, offset in bytes; digest is sha256:hex of the body."""

    warc: str
    offset: int
    digest: str
    revisit: bool


def digest_of(body: bytes) -> str:
    """sha256:hex."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def unpack(payload: bytes, encodings: Sequence[str], cap: int = CAP) -> bytes:
    """A payload with its content encodings undone, the last one first (RFC 9110 §8.4).

    raises  ValueError for an encoding other than gzip and deflate, damaged bytes, or more than `cap` bytes
    """
    for encoding in reversed([name.strip().lower() for name in encodings if name.strip()]):
        if encoding == "identity":
            continue
        if encoding not in ("gzip", "x-gzip", "deflate"):
            raise ValueError(f"content encoding {encoding!r} is not known")
        payload = _inflate(payload, cap)
    return payload


def _inflate(payload: bytes, cap: int) -> bytes:
    """Members of gzip or zlib one after another; raw deflate, which some servers mean by deflate."""
    out, rest = bytearray(), payload
    while rest:
        raw = not out and rest[0] & 0x0F != zlib.DEFLATED and rest[:2] != b"\x1f\x8b"
        stream = zlib.decompressobj(-zlib.MAX_WBITS if raw else zlib.MAX_WBITS | 32)
        try:
            out += stream.decompress(rest, cap + 1 - len(out))
        except zlib.error as error:
            if out:  # bytes after the last member: gzip(1) ignores them too
                break
            raise ValueError(f"damaged: {error}") from error
        if len(out) > cap:
            raise ValueError(f"more than {cap} bytes when unpacked")
        if not stream.eof:
            raise ValueError("cut short")
        rest = stream.unused_data
    return bytes(out)


class Archive:
    """A folder of WARC files, one of which this process writes.

    From the first answer kept until close() no file is removed: see storage.retention.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: BinaryIO | None = None
        self._lock: BinaryIO | None = None
        self._day: date | None = None
        self._synced = 0  # bytes of the file that are on disk for good
        self.losses = 0  # how often what was kept had to be taken back

    def keep(self, answer: Answer, known: Record | None = None, *, sync: bool = True) -> Record:
        """Where the answer lies from now on; it is on disk when this returns.

        known   where the same body lies already: a revisit record is written. For status 304 the body that the
                server calls unchanged, and the record's digest is that body's
        sync    False where the caller calls `sync` itself, before it tells anybody of this record
        raises  StorageError when the disk does not take it; ArchiveDamaged for a 304 whose original is gone
        """
        digest = known.digest if known and answer.status == NOT_MODIFIED else digest_of(answer.body)
        file = self._open(answer.fetched_at)
        origin = self._origin(known, digest, required=answer.status == NOT_MODIFIED)
        plain = BytesIO()
        writer = WARCWriter(plain, gzip=False, warc_version=VERSION)
        writer.write_record(_record(writer, answer, digest, origin))
        offset = _append(file, _member(plain.getvalue()))
        if sync:
            self.sync()
        return Record(Path(file.name).name, offset, digest, origin is not None)

    def sync(self) -> None:
        """All that was kept is on disk when this returns; where the disk does not take it, all since the last time is
        taken back, and StorageError raised.
        """
        if self._file is None or self._file.tell() == self._synced:
            return
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            self._file.truncate(self._synced)
            self.losses += 1
            raise StorageError(f"archive {self._file.name}: {error.strerror}") from error
        self._synced = self._file.tell()

    def body(self, record: Record) -> bytes:
        """The body of a record, through the one it refers to.

        raises  ArchiveDamaged when the record is missing, unreadable or not what its digest says
        """
        found, payload = self._read(record.warc, record.offset)
        if found.rec_type == "revisit":
            found, payload = self._read(*_referred(found.rec_headers, record))
        try:
            body = unpack(payload, _encodings(found))
        except ValueError:
            body = payload  # kept as it came, and its digest was taken so
        if digest_of(body) != record.digest:
            raise ArchiveDamaged(f"{self.folder / record.warc}:{record.offset}: the body is not {record.digest}")
        return body

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close this process's file and let go of the folder; keep() opens another."""
        self._leave()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _leave(self) -> None:
        if self._file is not None:
            self.sync()
            self._file.close()
            self._file = None

    def origin(self, record: Record) -> Record:
        """The record that holds the body of this one in full: the one a revisit refers to, or itself.

        raises  ArchiveDamaged when a revisit cannot be read or does not say where its original lies
        """
        if not record.revisit:
            return record
        found, _ = self._read(record.warc, record.offset)
        return Record(*_referred(found.rec_headers, record), record.digest, revisit=False)

    def _origin(self, known: Record | None, digest: str, *, required: bool) -> tuple[str, int, Any] | None:
        """File, offset and WARC headers of the record that holds this body in full; None where it must be kept anew.

        Its own headers have to be there; that its body is whole is for `doctor` to look at.
        """
        if known is None or known.digest != digest:
            return None
        try:
            found = self._head(known.warc, known.offset)
            where = (known.warc, known.offset)
            if found.get_header("WARC-Type") == "revisit":
                where = _referred(found, known)
                found = self._head(*where)
        except ArchiveDamaged:
            if required:
                raise
            return None  # the original is lost: this answer takes its place
        return (*where, found)

    def _head(self, warc: str, offset: int) -> StatusAndHeaders:
        """A record's own headers, of which a few packed kilobytes suffice."""
        try:
            with (self.folder / warc).open("rb") as file:
                packed = os.pread(file.fileno(), HEAD, offset)
            plain = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(packed, HEAD)
            return HEADERS.parse(BytesIO(plain))
        except (OSError, EOFError, zlib.error, StatusAndHeadersParserException) as error:
            raise ArchiveDamaged(f"{self.folder / warc}:{offset}: no readable record: {error}") from error

    def _read(self, warc: str, offset: int) -> tuple[Any, bytes]:
        """A record and its payload, still packed."""
        try:
            with (self.folder / warc).open("rb") as file:
                file.seek(offset)
                records = ArchiveIterator(file, check_digests="raise")
                records.loader.HTTP_SCHEMES = SCHEMES
                record = next(records)
                if record.http_headers is None:
                    raise ValueError("no answer of a server in it")
                return record, record.raw_stream.read()
        except (OSError, ArchiveLoadFailed, StopIteration, EOFError, zlib.error, ValueError) as error:
            raise ArchiveDamaged(f"{self.folder / warc}:{offset}: no readable record: {error}") from error

    def _open(self, now: datetime) -> BinaryIO:
        """The file of the day and process; a process id used before that day gets a number."""
        if self._file is not None and self._day == now.date():
            return self._file
        self._leave()
        stem, number = f"{now:%Y%m%d}-{os.getpid()}", 0
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = self._lock or holding(self.folder)
            while self._file is None:
                try:
                    self._file = (self.folder / f"{stem}-{number}.warc.gz").open("xb", buffering=0)
                except FileExistsError:
                    number += 1
            self._day = now.date()
            _append(self._file, _preface(self._file))
            os.fsync(self._file.fileno())
            self._synced = self._file.tell()
            _sync_folder(self.folder)
        except OSError as error:
            raise StorageError(f"archive {self.folder}: {error.strerror}") from error
        return self._file


def holding(folder: Path, *, alone: bool = False, patient: bool = True) -> BinaryIO:
    """The folder's lock file, locked until it is closed: with others who write, or alone to remove files.

    raises  BlockingIOError when it is not to be had at once and we are not patient; OSError for a folder of no use
    """
    # Opened for reading: locking needs no more, and a backup may be taken of a disk that takes no writes.
    file = os.fdopen(os.open(folder / LOCK, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644), "rb")
    try:
        fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | (0 if patient else fcntl.LOCK_NB))
    except OSError:
        file.close()
        raise
    return file


def _record(writer: WARCWriter, answer: Answer, digest: str, origin: tuple[str, int, Any] | None) -> Any:
    """A response record, or a revisit record that refers to the original."""
    date_ = f"{answer.fetched_at:%Y-%m-%dT%H:%M:%S.%f}Z"
    http = StatusAndHeaders(f"{answer.status} {_reason(answer.status)}", list(answer.headers), protocol="HTTP/1.1")
    headers = {"WARC-Date": date_, DIGEST: digest, **answer.how}
    if origin is None:
        return writer.create_warc_record(
            answer.url,
            "response",
            payload=BytesIO(answer.payload),
            length=len(answer.payload),
            http_headers=http,
            warc_headers_dict=headers,
        )
    warc, offset, original = origin
    record = writer.create_revisit_record(
        answer.url,
        original.get_header("WARC-Payload-Digest"),
        original.get_header("WARC-Target-URI"),
        original.get_header("WARC-Date"),
        http_headers=http,
        warc_headers_dict={**headers, FILE: warc, OFFSET: str(offset)},
    )
    if answer.status == NOT_MODIFIED:
        record.rec_headers.replace_header("WARC-Profile", f"{PROFILE}server-not-modified")
    return record


def _member(record: bytes) -> bytes:
    """A record as one gzip member. warcio packs at level 9: seven times the time for an eighth of the size, on pages of
    60 kB in Chinese (3.1 against 0.42 ms; level 6 takes 0.87 ms).
    """
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(record) + packer.flush()


def _reason(status: int) -> str:
    """The usual phrase; the server's own means nothing (RFC 9112 §4), but standard tools want one."""
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown"


def _encodings(record: Any) -> list[str]:
    found = [value for name, value in record.http_headers.headers if name.lower() == "content-encoding"]
    return ",".join(found).split(",")


def _referred(found: StatusAndHeaders, record: Record) -> tuple[str, int]:
    warc, offset = found.get_header(FILE), found.get_header(OFFSET)
    if not warc or not offset or not offset.isdigit() or Path(warc).name != warc:
        raise ArchiveDamaged(f"{record.warc}:{record.offset}: a revisit that does not say where its original lies")
    return warc, int(offset)


def _preface(file: BinaryIO) -> bytes:
    """The warcinfo record that a file begins with."""
    packed = BytesIO()
    writer = WARCWriter(packed, gzip=True, warc_version=VERSION)
    about = {"software": "reportwatch", "format": "WARC File Format 1.1"}
    writer.write_record(writer.create_warcinfo_record(Path(file.name).name, about))
    return packed.getvalue()


def _append(file: BinaryIO, record: bytes) -> int:
    """The offset of a record; where the disk takes it only in part, it is taken back."""
    offset = file.seek(0, os.SEEK_END)
    try:
        written = 0
        while written < len(record):
            written += file.write(record[written:])
    except OSError as error:
        file.truncate(offset)
        raise StorageError(f"archive {file.name}: {error.strerror}") from error
    return offset


def _sync_folder(folder: Path) -> None:
    """A new file's name is on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
