"""kill −9 at random moments of the crawl → archive → reading → finding → outbox → sent chain, and what is left of it.

    python tests/bench/kills.py [--kills 200] [--seed 1] [--sources ID…]

The sample web's first day is crawled in peace, and its second day once, for the truth. Then rounds: from the state
after day one, `reportwatch crawl` is started and killed at a random moment (the command, or the crawl process alone),
again and again, until it is let through to its end. Each round must come to the truth: every report with the same
copies, findings and canonical copy, every alert sent, nothing received under two ids, database and WARC sound.
Prints a line a round; exit status 1 with what is wrong.
"""

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import yaml
from sqlmodel import select

from crawler.pipelines import record_of
from crawler.sample.places import told
from crawler.sample.web import RunningWeb, serve
from monitor.cli.receivers import Receivers, receiving
from storage.archive import Archive
from storage.database import connect, reading
from storage.errors import ReportwatchError
from storage.model import Page

SETTINGS = """\
[storage]
folder = "known"
[crawl]
contact = "mailto:kills@example.org"
opened = ["loopback"]
builtin = false
jobs = 2
delay = 0.0
[[mail]]
name = "mail"
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "reportwatch@example.org"
recipients = ["one@example.org", "two@example.org"]
[[webhook]]
name = "hook"
url = "http://127.0.0.1:{http}/hook"
secret = "{secret}"
{places}"""
LONGEST = 600  # seconds for one run
TOLD = ("report.new", "report.partial", "copy.better")


class Round:
    """One folder that is crawled into, and the sample web and receivers it is crawled from."""

    def __init__(self, folder: Path, web: RunningWeb, receivers: Receivers, chance: random.Random):
        self.folder, self.web, self.receivers, self.chance = folder, web, receivers, chance
        self.database = folder / "known" / "reportwatch.db"
        self.status, self.said = 0, ""  # of the last run that was let through

    def prepare(self, wanted: Sequence[str]) -> None:
        """Settings and sources, as anybody has them."""
        entries = [entry for entry in yaml.safe_load(self.web.registry()) if not wanted or entry["id"] in wanted]
        (self.folder / "sources").mkdir(parents=True)
        (self.folder / "sources" / "own.yaml").write_text(
            yaml.safe_dump([entry | {"delay": 0.0} for entry in entries], allow_unicode=True), "utf-8"
        )
        text = SETTINGS.format(
            smtp=self.receivers.smtp_port, http=self.receivers.http_port, secret=self.receivers.secret, places=told()
        )
        (self.folder / "settings.toml").write_text(text, "utf-8")

    def start(self) -> subprocess.Popen[str]:
        """`reportwatch crawl`, its log on a pipe."""
        command = [
            sys.executable,
            "-m",
            "monitor.cli",
            "crawl",
            "--verbose",
            "--settings",
            str(self.folder / "settings.toml"),
        ]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def let_through(self) -> float:
        """One run to its end; seconds from its first source on."""
        process = self.start()
        begun = first_source(process)
        _, said = process.communicate(timeout=LONGEST)
        self.status, self.said = process.returncode, said
        return time.monotonic() - begun

    def in_peace(self) -> float:
        """A run that nobody kills and that comes to a good end; a page may time out on a busy machine.

        raises  SystemExit with what it said last, where three runs in a row fail
        """
        for _ in range(3):
            took = self.let_through()
            if self.status == 0:
                return took
        raise SystemExit(f"without a single kill, three runs ended with {self.status}: {self.said[-2000:]}")

    def kill(self, within: float) -> bool:
        """Start a run and kill it that many seconds after its first source at most; was it still alive?"""
        process = self.start()
        first_source(process)
        drain = threading.Thread(target=process.stderr.read if process.stderr else None)
        drain.start()
        try:
            process.wait(self.chance.uniform(0, within))
        except subprocess.TimeoutExpired:
            victims = [process.pid] if self.chance.random() < 0.6 else children(process.pid) or [process.pid]
            with suppress(ProcessLookupError):  # a child that ended by itself this very moment
                os.kill(self.chance.choice(victims), signal.SIGKILL)
            if process.pid not in victims:
                process.wait(LONGEST)
            return True
        finally:
            process.wait(LONGEST)
            drain.join()
        return False

    def due(self) -> int:
        """How many alerts wait for a later attempt."""
        with sqlite3.connect(self.database) as connection:
            return int(connection.execute("SELECT count(*) FROM alert WHERE state = 'due'").fetchone()[0])

    def hurry(self) -> None:
        """Let no lease or wait hold an alert: the clock goes on."""
        with sqlite3.connect(self.database) as connection:
            connection.execute("UPDATE alert SET leased_until = NULL, due_at = '2020-01-01' WHERE state = 'due'")


def first_source(process: subprocess.Popen[str]) -> float:
    """Wait until the crawl process is at its first source; the time of that."""
    assert process.stderr is not None
    for line in process.stderr:
        if "crawl.start " in line:
            break
    return time.monotonic()


def children(parent: int) -> list[int]:
    """Processes that a process has started."""
    try:
        return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except FileNotFoundError:
        return []


def asked(database: Path, question: str) -> list[tuple[object, ...]]:
    """What the database answers."""
    with sqlite3.connect(database) as connection:
        return sorted(connection.execute(question).fetchall(), key=repr)


def known(database: Path) -> dict[str, object]:
    """What must be the same however often a run was killed."""
    copies = """SELECT r.name, g.url, c.relation, round(c.likeness), c.canonical FROM copy c
        JOIN report r ON r.id = c.report_id JOIN reading g ON g.id = c.reading_id WHERE c.superseded_at IS NULL"""
    findings = """SELECT n.name, o.name, f.kind, f.text FROM finding f JOIN comparison c ON c.id = f.comparison_id
        JOIN report n ON n.id = c.report_id JOIN report o ON o.id = c.against_id"""
    return {
        "reports": asked(database, "SELECT name, whole FROM report"),
        "copies": asked(database, copies),
        "findings": asked(database, findings),
        "told": asked(database, "SELECT DISTINCT subject FROM event WHERE kind IN ('report.new', 'report.partial')"),
        "unsettled": asked(database, "SELECT id FROM reading WHERE watched_at IS NULL"),
    }


def faults(round_: Round, truth: dict[str, object]) -> Iterator[str]:
    """What is lost, doubled or damaged."""
    database = round_.database
    for name, found in known(database).items():
        if found != truth[name]:
            yield f"{name}: {len(truth[name])} wanted, {len(found)} found: {str(set(found) ^ set(truth[name]))[:600]}"  # type: ignore[arg-type,call-overload]
    for check, right in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
        if (answer := asked(database, f"PRAGMA {check}")) != right:
            yield f"{check}: {answer}"
    yield from delivery_faults(round_)
    yield from archive_faults(database)


def delivery_faults(round_: Round) -> Iterator[str]:
    """Alerts that were not sent, or came under another id than theirs."""
    rows = asked(round_.database, "SELECT a.key, a.state, e.kind FROM alert a JOIN event e ON e.id = a.event_id")
    received = [str(mail["X-Reportwatch-Alert"]) for mail in round_.receivers.mails]
    received += [str(document["id"]) for document in round_.receivers.documents]
    if unsent := [row for row in rows if row[1] != "sent"]:
        yield f"not sent: {unsent}"
    if lost := {row[0] for row in rows} - set(received):
        yield f"called sent, never received: {lost}"
    if strange := set(received) - {row[0] for row in rows}:
        yield f"received under an id that no alert has: {strange}"


def archive_faults(database: Path) -> Iterator[str]:
    """Pages whose bytes are not in the archive as their digest says."""
    engine = connect(f"sqlite:///{database}")
    archive = Archive(database.parent / "archive")
    with reading(engine) as session:
        for page in session.exec(select(Page)):
            try:
                archive.body(record_of(page))
            except ReportwatchError as error:
                yield f"page {page.id}: {error}"
    archive.close()
    engine.dispose()


def one_round(
    base: Path, round_: Round, truth: dict[str, object], within: float, kills: int
) -> tuple[int, list[str], float]:
    """Kill runs from the state after day one until one comes to its end; how many, what is wrong, how long it took."""
    shutil.copytree(base, round_.folder)
    round_.receivers.mails.clear()
    round_.receivers.documents.clear()
    done, whole = 0, False
    while done < kills and not whole:
        begun = time.monotonic()
        whole = not round_.kill(within)
        if whole:
            within = min(within, time.monotonic() - begun)  # the truth may have been found while the machine was busy
        else:
            done += 1
    for _ in range(3):  # leases of the killed run out, refused alerts come due
        if whole and not round_.due():
            break
        round_.hurry()
        round_.let_through()
        whole = True
    return done, list(faults(round_, truth)), within


def truth_of(round_: Round, wanted: Sequence[str]) -> tuple[dict[str, object], float]:
    """Day one crawled in `round_`, day two in a copy of it: what is known then, and seconds that day two took."""
    round_.prepare(wanted)
    round_.web.day = 1
    round_.in_peace()
    round_.web.day = 2
    once = Round(round_.folder.with_name("truth"), round_.web, round_.receivers, round_.chance)
    shutil.copytree(round_.folder, once.folder)
    took = once.in_peace()
    truth = known(once.database)
    if not truth["told"] or (wrong := list(faults(once, truth))):
        raise SystemExit(f"without a single kill: {wrong if truth['told'] else 'nothing was told'}")
    return truth, took


def run(kills: int, seed: int, wanted: Sequence[str], most: int = 12) -> list[str]:
    """Rounds until that many kills have been made; all that is wrong."""
    wrong: list[str] = []
    chance = random.Random(seed)
    with (
        tempfile.TemporaryDirectory(prefix="reportwatch-kills-") as home,
        serve(day=1) as web,
        receiving() as receivers,
    ):
        receivers.refusals = 0
        base = Round(Path(home) / "base", web, receivers, chance)
        truth, took = truth_of(base, wanted)
        print(f"day two takes {took:.1f} s, {len(truth['told'])} reports to tell of", flush=True)  # type: ignore[arg-type]
        done = number = 0
        while done < kills:
            number += 1
            round_ = Round(Path(home) / f"round{number}", web, receivers, chance)
            made, found, took = one_round(base.folder, round_, truth, took, min(most, kills - done))
            done += made
            wrong += [f"round {number}: {fault}" for fault in found]
            print(f"round {number}: {made} kills, {done} in all, {len(found)} faults", *found, sep="\n  ", flush=True)
            shutil.rmtree(round_.folder)
    return wrong


def main() -> int:
    """As the head of this file says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sources", nargs="*", default=[])
    given = parser.parse_args()
    wrong = run(given.kills, given.seed, given.sources)
    print(f"{given.kills} kills, {len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
