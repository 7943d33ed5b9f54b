"""doctor finds what is wrong, says what to do, and changes nothing."""

import json
import os
import shutil
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, text

from monitor.cli.doctor import clock_lines
from monitor.cli.main import main
from monitor.cli.receivers import Receivers, receiving
from monitor.settings import load
from storage import save, values
from storage.archive import Answer, Archive
from storage.database import open_database, writing

SOURCE = """\
- id: lanting
  name: 兰亭
  family: column
  start: http://lanting.example/list/
  tier: 1
"""
NOW = datetime.now(UTC)


class Patient:
    """Settings, database and archive of an installation, and what doctor says of it."""

    def __init__(self, folder: Path, receivers: Receivers, out: pytest.CaptureFixture[str]) -> None:
        self.folder, self.receivers, self._out = folder, receivers, out
        self.known = folder / "known"
        self.database = self.known / "reportwatch.db"
        self.archive = self.known / "archive"
        (folder / "sources").mkdir()
        (folder / "sources" / "own.yaml").write_text(SOURCE, "utf-8")
        self.settings = folder / "settings.toml"
        self.write("")

    def write(self, more: str, *, host: str = "127.0.0.1", opened: str = '["loopback"]') -> None:
        self.settings.touch(mode=0o600)
        self.settings.write_text(
            f'[storage]\nfolder = "{self.known}"\nmin_free = 1\n'
            f'[crawl]\ncontact = "mailto:a@example.org"\nbuiltin = false\nopened = {opened}\n'
            f'[[mail]]\nname = "office"\nhost = "{host}"\nport = {self.receivers.smtp_port}\nsecurity = "none"\n'
            'sender = "a@example.org"\nrecipients = ["b@example.org"]\n'
            f'[[webhook]]\nname = "hook"\nurl = "http://127.0.0.1:{self.receivers.http_port}/hook"\n'
            f'secret = "{self.receivers.secret}"\n{more}',
            "utf-8",
        )

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        made = open_database(f"sqlite:///{self.database}")
        yield made
        made.dispose()

    def fill(self, number: int = 3, at: datetime = NOW) -> list[Path]:
        with self.engine() as engine, Archive(self.archive) as archive, writing(engine) as session:
            for count in range(number):
                url, body = f"http://lanting.example/{count}", b"%d" % count * 99
                record = archive.keep(Answer(url, at, 200, [], body, body))
                row = save.save_page(session, values.Page(url, at, body, 200, "", "lanting"), None, record)
                said = values.Reading(url, values.Verdict.OK, "", None, "文", "utf-8", "hans", 1)
                save.save_reading(session, said, values.Source("lanting", "兰", "column", url, 1), [row], at)
        return sorted(self.archive.glob("*.gz"))

    def says(self, *options: str) -> list[dict[str, Any]]:
        self.status = main(["doctor", "--json", "--settings", str(self.settings), *options])
        return [json.loads(line) for line in self._out.readouterr().out.splitlines()]

    def faults(self, *options: str) -> list[tuple[str, str, str]]:
        return [(line["state"], line["check"], line["found"]) for line in self.says(*options) if line["state"] != "ok"]


@pytest.fixture(scope="module")
def receivers() -> Iterator[Receivers]:
    before = threading.active_count()
    with receiving() as made:
        made.refusals = 0
        yield made
    assert threading.active_count() == before


@pytest.fixture
def patient(tmp_path: Path, receivers: Receivers, capsys: pytest.CaptureFixture[str]) -> Patient:
    return Patient(tmp_path, receivers, capsys)


def test_all_is_well_where_it_is(patient: Patient) -> None:
    patient.fill()
    lines = patient.says()
    assert [line for line in lines if line["state"] != "ok"] == []
    assert patient.status == 0
    assert {line["check"] for line in lines} == {
        "settings",
        "secrets",
        "clock",
        "disk",
        "sources",
        "database",
        "archive",
        "mail",
        "webhook",
    }


def test_nothing_is_sent_and_nothing_is_made(patient: Patient) -> None:
    patient.receivers.documents.clear()
    before = sorted(path.name for path in patient.folder.rglob("*"))
    assert [fault[1] for fault in patient.faults()] == ["database"]
    assert patient.status == 0
    assert sorted(path.name for path in patient.folder.rglob("*")) == before
    assert (patient.receivers.mails, patient.receivers.documents) == ([], [])


def test_a_webhook_is_posted_to_when_asked(patient: Patient) -> None:
    patient.receivers.documents.clear()
    assert "took a test: 204" in next(line["found"] for line in patient.says("--send") if line["check"] == "webhook")
    assert [document["type"] for document in patient.receivers.documents] == ["alert.test"]


def test_a_fault_is_said_with_what_to_do(patient: Patient, capsys: pytest.CaptureFixture[str]) -> None:
    patient.settings.write_text("[crawl]\ndelay = -1\n")
    assert main(["doctor", "--settings", str(patient.settings)]) == 3
    out = capsys.readouterr().out
    assert "fail  settings" in out
    assert "settings.toml:2:9: crawl.delay" in out
    assert "→ mend that line" in out


def broken_record(patient: Patient) -> None:
    file = patient.fill()[0]
    body = bytearray(file.read_bytes())
    body[-30] ^= 255
    file.write_bytes(body)


def lost_file(patient: Patient) -> None:
    patient.fill()[0].unlink()


def lost_row(patient: Patient) -> None:
    patient.fill()
    with patient.engine() as engine, engine.begin() as connection:
        connection.execute(text("DELETE FROM page WHERE id = 2"))


def lost_parent(patient: Patient) -> None:
    patient.fill()
    with closing(sqlite3.connect(patient.database)) as connection:
        connection.execute(
            "INSERT INTO delivery (alert_id, at, outcome, answer) VALUES (77, '2026-01-01 00:00:00', 'sent', '')"
        )
        connection.commit()


def no_database(patient: Patient) -> None:
    patient.known.mkdir()
    patient.database.write_bytes(os.urandom(5000))


def newer_schema(patient: Patient) -> None:
    with patient.engine() as engine, engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))


def clock_set_back(patient: Patient) -> None:
    patient.fill(at=NOW + timedelta(days=3))


def no_mail_server(patient: Patient) -> None:
    patient.write("", host="127.0.0.2")


def closed_address(patient: Patient) -> None:
    patient.write("", opened="[]")


def nothing_listens(patient: Patient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    patient.write(
        f'[[webhook]]\nname = "gone"\nurl = "http://127.0.0.1:{port}/"\nsecret = "{patient.receivers.secret}"\n'
    )


def retired_stranger(patient: Patient) -> None:
    text_ = patient.settings.read_text("utf-8")
    patient.settings.write_text(text_.replace("builtin", 'retired = ["lantng"]\nbuiltin'), "utf-8")


def no_secret(patient: Patient) -> None:
    patient.write('[[webhook]]\nname = "two"\nurl = "https://hook.example/"\nsecret_env = "NEVER_SET"\n')


def bad_source(patient: Patient) -> None:
    (patient.folder / "sources" / "own.yaml").write_text("- id: lanting\n  knd: x\n")


def no_url(patient: Patient) -> None:
    text_ = patient.settings.read_text("utf-8")
    patient.settings.write_text(text_.replace("min_free", 'database = "known.db"\nmin_free'), "utf-8")


@pytest.mark.parametrize(
    ("harm", "check", "found"),
    [
        (broken_record, "archive", "http://lanting.example/2"),
        (lost_file, "archive", "no readable record"),
        (lost_row, "database", "reading 2 does not lead to its pages"),
        (lost_parent, "database", "delivery row 1 points at a row of alert"),
        (no_database, "database", "file is not a database"),
        (newer_schema, "database", "schema 9999"),
        (clock_set_back, "clock", "in the future"),
        (no_mail_server, "mail", "office (127.0.0.2:"),
        (closed_address, "webhook", "not a public address"),
        (nothing_listens, "webhook", "nothing takes a connection to port "),
        (retired_stranger, "sources", "settings.toml:6:11: crawl.retired: no source lantng; did you mean lanting"),
        (no_secret, "secrets", "NEVER_SET is not set"),
        (bad_source, "sources", "own.yaml:1:"),
        (no_url, "settings", "no database URL"),
    ],
    ids=lambda part: getattr(part, "__name__", None),
)
def test_what_is_wrong_is_found(patient: Patient, harm: Callable[[Patient], None], check: str, found: str) -> None:
    harm(patient)
    lines = [line for line in patient.says("--all") if line["state"] == "fail"]
    assert patient.status == 3
    assert [line["check"] for line in lines if found in line["found"]][:1] == [check]
    assert all(line["do"] for line in lines)


def test_an_older_schema_and_loose_permissions_are_warned_of(patient: Patient) -> None:
    with patient.engine() as engine, engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    patient.settings.chmod(0o644)
    found = patient.faults()
    assert [fault[:2] for fault in found] == [("warn", "settings"), ("warn", "database")]
    assert patient.status == 0


def test_each_warning_of_the_settings_has_its_own_advice(patient: Patient) -> None:
    text_ = patient.settings.read_text("utf-8").replace("builtin", 'proxy = "http://127.0.0.1:3128"\nbuiltin')
    patient.settings.write_text(f'templates = "none-such"\n{text_}', "utf-8")
    told = {line["found"].split(": ")[0]: line["do"] for line in patient.says() if line["state"] == "warn"}
    assert told["crawl.proxy is set"].startswith("let the proxy refuse private networks")
    assert told["templates"].startswith("make that folder")


def test_doctor_goes_on_behind_a_retired_id_that_is_none(patient: Patient) -> None:
    patient.fill()
    retired_stranger(patient)
    assert {"archive", "mail", "webhook"} <= {line["check"] for line in patient.says()}


def test_a_secret_file_that_others_read_is_warned_of(patient: Patient) -> None:
    file = patient.folder / "secret"
    file.write_text(patient.receivers.secret)
    file.chmod(0o640)
    patient.write(f'[[webhook]]\nname = "two"\nurl = "http://127.0.0.1/"\nsecret_file = "{file}"\n')
    assert ("warn", "secrets", f"{file} can be read by others") in patient.faults()


@pytest.mark.parametrize(("free", "state"), [(0, "fail"), (1, "warn"), (2, "ok")])
def test_room_on_the_disk(patient: Patient, monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free << 20))
    assert {line["state"] for line in patient.says() if line["check"] == "disk"} == {state}


def test_a_clock_that_cannot_be_right_is_told(patient: Patient) -> None:
    settings = load(patient.settings, environ={})
    assert [line.state for line in clock_lines(settings, datetime(1970, 1, 1, tzinfo=UTC))] == ["fail"]
    assert next(line.found for line in clock_lines(settings, NOW)).endswith("Asia/Shanghai (UTC+0800)")
