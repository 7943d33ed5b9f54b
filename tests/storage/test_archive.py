"""The archive keeps what was received."""

import gzip
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from storage.archive import Answer, Archive, Record, digest_of, unpack
from storage.errors import ArchiveDamaged, StorageError

NOON = datetime(2026, 1, 7, 4, 0, 0, 250000, tzinfo=UTC)
BODY = "政府工作报告\n现在，我代表澜汀区人民政府报告工作。".encode("gb18030")


def answer(body: bytes = BODY, packing: str = "", status: int = 200, at: datetime = NOON) -> Answer:
    headers = [("Content-Type", "text/html"), ("ETag", '"7"'), ("X-Note", "caf\xe9")]
    payload = body
    if packing:
        headers.append(("Content-Encoding", packing))
        payload = gzip.compress(body, mtime=len(body)) if packing == "gzip" else zlib.compress(body)
    return Answer("http://lanting.example/t1.html", at, status, headers, payload, body)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive") as opened:
        yield opened


@pytest.mark.parametrize("packing", ["", "gzip", "deflate"])
def test_a_body_comes_back_as_it_was_unpacked(archive: Archive, packing: str) -> None:
    record = archive.keep(answer(packing=packing))
    assert record.digest == digest_of(BODY)
    assert not record.revisit
    assert archive.body(record) == BODY


def test_a_file_that_a_person_added_comes_back(archive: Archive) -> None:
    record = archive.keep(replace(answer(packing="gzip"), url="file:///home/lin/report.html"))
    again = archive.keep(replace(answer(), url="file:///home/lin/copy.html"), record)
    assert again.revisit
    assert archive.body(record) == archive.body(again) == BODY


def test_standard_tools_read_what_was_received(archive: Archive) -> None:
    record = archive.keep(answer(packing="gzip"))
    with (archive.folder / record.warc).open("rb") as file:
        about, found = list(ArchiveIterator(file, check_digests="raise"))[:1], None
        file.seek(record.offset)
        found = next(ArchiveIterator(file))
        assert found.raw_stream.read() == gzip.compress(BODY, mtime=len(BODY))
    assert about[0].rec_type == "warcinfo"
    assert found.rec_headers.get_header("WARC-Target-URI") == "http://lanting.example/t1.html"
    assert found.rec_headers.get_header("WARC-Date") == "2026-01-07T04:00:00.250000Z"
    assert found.http_headers.get_header("ETag") == '"7"'


def test_the_same_body_is_kept_once(archive: Archive) -> None:
    first = archive.keep(answer())
    size = (archive.folder / first.warc).stat().st_size
    again = archive.keep(answer(packing="gzip", at=NOON + timedelta(hours=1)), first)
    third = archive.keep(answer(at=NOON + timedelta(hours=2)), again)
    assert again.revisit
    assert third.revisit
    assert again.digest == third.digest == first.digest
    assert archive.body(again) == archive.body(third) == BODY
    assert (archive.folder / first.warc).stat().st_size - size < 2000


def test_a_revisit_carries_the_original_digest(archive: Archive) -> None:
    first = archive.keep(answer())
    again = archive.keep(answer(), first)
    headers = []
    for record in (first, again):
        with (archive.folder / record.warc).open("rb") as file:
            file.seek(record.offset)
            headers.append(next(ArchiveIterator(file)).rec_headers)
    assert headers[1].get_header("WARC-Payload-Digest") == headers[0].get_header("WARC-Payload-Digest")
    assert headers[1].get_header("WARC-Refers-To-Date") == headers[0].get_header("WARC-Date")
    assert headers[1].get_header("WARC-Profile").endswith("identical-payload-digest")


def test_not_modified_refers_to_the_body_that_stands(archive: Archive) -> None:
    first = archive.keep(answer())
    same = archive.keep(answer(b"", status=304), first)
    assert same.revisit
    assert same.digest == first.digest
    assert archive.body(same) == BODY


def test_another_body_is_kept_whatever_is_known(archive: Archive) -> None:
    first = archive.keep(answer())
    other = archive.keep(answer(b"other"), first)
    assert not other.revisit
    assert archive.body(other) == b"other"


def test_a_lost_original_is_replaced(archive: Archive) -> None:
    lost = Record("20250101-1-0.warc.gz", 0, digest_of(BODY), revisit=False)
    record = archive.keep(answer(), lost)
    assert not record.revisit
    assert archive.body(record) == BODY
    with pytest.raises(ArchiveDamaged):
        archive.keep(answer(b"", status=304), lost)


def test_the_checker_of_warcio_finds_no_fault(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    first = archive.keep(answer(packing="gzip"))
    archive.keep(answer(), first)
    archive.keep(answer(b"", status=404))
    checker = Checker(type("Command", (), {"verbose": True, "inputs": [str(archive.folder / first.warc)]}))
    checker.process_all()
    assert checker.exit_value == 0
    assert "digest pass" in capsys.readouterr().out


def test_a_body_that_was_tampered_with_is_told(archive: Archive) -> None:
    record = archive.keep(answer())
    with pytest.raises(ArchiveDamaged, match="the body is not sha256:0"):
        archive.body(replace(record, digest="sha256:0"))
    file = archive.folder / record.warc
    whole = file.read_bytes()
    file.write_bytes(whole[: record.offset + 40] + b"\0\0\0\0" + whole[record.offset + 44 :])
    with pytest.raises(ArchiveDamaged, match=str(record.offset)):
        archive.body(record)
    with pytest.raises(ArchiveDamaged, match="no readable record"):
        archive.body(replace(record, warc="missing.warc.gz"))


def test_whatever_byte_is_damaged_the_body_comes_back_or_the_damage_is_told(archive: Archive) -> None:
    record = archive.keep(answer())
    file = archive.folder / record.warc
    whole = file.read_bytes()
    for place in range(record.offset, len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        with suppress(ArchiveDamaged):
            assert archive.body(record) == BODY


def test_a_record_cut_short_at_the_end_harms_none_before_it(archive: Archive) -> None:
    first = archive.keep(answer())
    last = archive.keep(answer(os.urandom(5000)))
    file = archive.folder / first.warc
    file.write_bytes(file.read_bytes()[: last.offset + 700])
    assert archive.body(first) == BODY
    with pytest.raises(ArchiveDamaged):
        archive.body(last)


def test_each_day_has_its_own_file(archive: Archive) -> None:
    one = archive.keep(answer())
    two = archive.keep(answer(at=NOON + timedelta(days=1)))
    assert one.warc.startswith("20260107-")
    assert two.warc.startswith("20260108-")
    assert archive.body(one) == archive.body(two) == BODY


def test_two_archives_never_share_a_file(tmp_path: Path) -> None:
    with Archive(tmp_path) as one, Archive(tmp_path) as two:
        assert one.keep(answer()).warc != two.keep(answer()).warc


def test_a_killed_process_leaves_what_it_told_of(tmp_path: Path) -> None:
    script = f"""
import sys, os
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_archive import answer
from storage.archive import Archive
archive = Archive(Path({str(tmp_path)!r}))
while True:
    record = archive.keep(answer(os.urandom(20000)))
    print(record.warc, record.offset, record.digest, flush=True)
"""
    writer = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    told = [writer.stdout.readline().split() for _ in range(20)]
    writer.kill()
    told += [line.split() for line in writer.stdout.read().splitlines() if line.count(" ") == 2 and len(line) > 80]
    writer.stdout.close()
    writer.wait()
    archive = Archive(tmp_path)
    for warc, offset, digest in told:
        assert len(archive.body(Record(warc, int(offset), digest, revisit=False))) == 20000


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_told(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.folder.mkdir()
    archive.keep(answer())
    assert archive._file is not None

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    size = os.fstat(archive._file.fileno()).st_size
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        archive.keep(answer(b"one more"))
    assert os.fstat(archive._file.fileno()).st_size == size


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="archive"):
        Archive(tmp_path / "file" / "archive").keep(answer())


def test_packed_bodies_are_unpacked_in_the_reverse_order() -> None:
    raw = zlib.compressobj(wbits=-15)
    assert unpack(raw.compress(BODY) + raw.flush(), ["deflate"]) == BODY
    assert unpack(gzip.compress(BODY[:9]) + gzip.compress(BODY[9:]), ["x-gzip"]) == BODY
    assert unpack(gzip.compress(zlib.compress(BODY)), ["deflate", " GZIP "]) == BODY
    assert unpack(gzip.compress(BODY) + b"\0\0", ["gzip"]) == BODY
    assert unpack(b"", ["gzip"]) == b""
    assert unpack(BODY, ["identity", ""]) == BODY


@pytest.mark.parametrize(
    ("payload", "encoding", "why"),
    [
        (gzip.compress(b"0" * 5000), "gzip", "more than 4000"),
        (gzip.compress(BODY)[:-12], "gzip", "cut short"),
        (b"<html>", "gzip", "damaged"),
        (b"x", "br", "not known"),
    ],
)
def test_what_cannot_be_unpacked_is_told(payload: bytes, encoding: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        unpack(payload, [encoding], cap=4000)


def test_what_could_not_be_unpacked_comes_back_as_it_came(archive: Archive) -> None:
    broken = Answer("http://a.example/", NOON, 200, [("Content-Encoding", "gzip")], b"<html>", b"<html>")
    assert archive.body(archive.keep(broken)) == b"<html>"
