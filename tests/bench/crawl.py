"""Speed of a crawl, as ratios of CPU against a bare Scrapy spider, and urlwatch and webchanges where installed.

    python tests/bench/crawl.py [--pages 500] [--peers FOLDER]

Pages of about 60 kB from ten hosts on loopback, delay off. First run; a second with five pages changed; a third on
which every page has another view count, date and nonce. A host's pages are counted as a day old between runs, else
they would not be asked for at all. CPU is that of the whole process, start included; all programs find their byte code
made. FOLDER is the bin of an environment with urlwatch and webchanges (REPORTWATCH_PEERS says it too); without it they
are skipped, and that is said.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Figures = dict[str, tuple[float, str]]


def cpu_of(command: Sequence[str], sent: bytes = b"", **more: Any) -> tuple[float, bytes]:
    """CPU seconds of a process and its children, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    more["env"] = without(more.get("env", os.environ))
    done = subprocess.run(command, input=sent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, **more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def without(env: Mapping[str, str]) -> dict[str, str]:
    """The environment, in which byte code may be written: an installed program has it."""
    return {name: value for name, value in env.items() if name != "PYTHONDONTWRITEBYTECODE"}


@contextmanager
def pages(count: int, hosts: int = 10) -> Iterator[tuple[list[int], Any]]:
    """Ports of the hosts that have so many pages in all, and what sets their mood: plain, changed or noisy."""
    server = subprocess.Popen(
        [sys.executable, str(HERE / "crawl_pages.py"), str(count), str(hosts)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    ports = json.loads(server.stdout.readline())

    def mood(name: str) -> None:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(f"{name}\n")
        server.stdin.flush()
        server.stdout.readline()

    yield ports, mood
    server.stdin.close()
    server.wait()


def job_of(folder: Path, ports: Sequence[int]) -> bytes:
    """A crawl job over all hosts."""
    sources = [
        {
            "id": f"host{n}",
            "name": f"host {n}",
            "family": "column",
            "start": f"http://127.0.0.1:{port}/list/",
            "tier": 4,
        }
        for n, port in enumerate(ports)
    ]
    return json.dumps(
        {
            "sources": sources,
            "database": f"sqlite:///{folder}/bench.db",
            "archive": str(folder / "archive"),
            "turns": str(folder / "turns"),
            "agent": "reportwatch/0 (+mailto:bench@example.org)",
            "opened": ["127.0.0.0/8"],
            "delay": 0.0,
            "quiet": True,
        }
    ).encode()


def ours(folder: Path, ports: Sequence[int], mood: Any) -> Iterator[tuple[str, float, str]]:
    """Our three runs: name, CPU, what came of them."""
    env = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "byte-code")}
    program = [sys.executable, "-m", "crawler"]
    subprocess.run(program, input=b"", stderr=subprocess.DEVNULL, env=without(env), check=False)
    subprocess.run([sys.executable, "-c", "import monitor.watch, crawler.reading"], env=without(env), check=True)
    for name in ("plain", "changed", "noisy"):
        mood(name)
        age(folder)
        spent, out = cpu_of(program, job_of(folder, ports), env=env)
        lines = [json.loads(line) for line in out.splitlines()]
        told = {key: sum(line[key] for line in lines) for key in ("requests", "readings", "fresh")}
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        yield name, spent, f"{told} {[line['reason'] for line in lines].count('finished')} finished, ≤ {largest:.0f} MB"


def age(folder: Path, hours: float = 22) -> None:
    """Let a day, or so many hours, pass in the database."""
    from sqlmodel import Session, select

    from storage.database import connect
    from storage.model import Page

    if not (folder / "bench.db").exists():
        return
    engine = connect(f"sqlite:///{folder}/bench.db")
    with Session(engine) as session:
        for page in session.exec(select(Page)):
            page.fetched_at -= timedelta(hours=hours)
            session.add(page)
        session.commit()
    engine.dispose()


def bare(ports: Sequence[int], mood: Any) -> Iterator[tuple[str, float, str]]:
    """A Scrapy spider that fetches the same pages and only calls trafilatura.extract."""
    for name in ("plain", "changed", "noisy"):
        mood(name)
        spent, out = cpu_of([sys.executable, str(HERE / "bare_spider.py"), *map(str, ports)])
        yield name, spent, f"{out.decode().strip()} pages"


def urlwatch(
    folder: Path, program: Path, ports: Sequence[int], count: int, mood: Any
) -> Iterator[tuple[str, float, str]]:
    """urlwatch or webchanges over the same addresses, html2text; both take the same job file."""
    home = folder / program.name
    home.mkdir()
    each = count // len(ports)
    jobs = "\n---\n".join(
        f"url: http://127.0.0.1:{p}/a/{n}001.html\nfilter:\n  - html2text" for p in ports for n in range(each)
    )
    (home / "urls.yaml").write_text(jobs, "utf-8")
    (home / "config.yaml").write_text("report:\n  stdout:\n    enabled: true\n", "utf-8")
    files = {"urlwatch": ["--urls", "urls.yaml", "--config", "config.yaml", "--cache", "cache.db"]}
    files["webchanges"] = ["--jobs", "urls.yaml", "--config", "config.yaml", "--database", "snapshots.db"]
    for name in ("plain", "changed", "noisy"):
        mood(name)
        spent, out = cpu_of([str(program), *files[program.name]], cwd=home, env={**os.environ, "HOME": str(home)})
        yield name, spent, f"{out.count(b'CHANGED') // 2} flagged"  # named twice


def main() -> int:
    """Print a table of CPU seconds, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument(
        "--peers",
        type=Path,
        default=os.environ.get("REPORTWATCH_PEERS"),
        help="bin of an environment with urlwatch and webchanges",
    )
    asked = parser.parse_args()
    found: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory(prefix="reportwatch-bench-") as made, pages(asked.pages) as (ports, mood):
        folder = Path(made)
        runs = {"reportwatch": ours(folder, ports, mood), "bare Scrapy": bare(ports, mood)}
        for name in ("urlwatch", "webchanges"):
            program = (asked.peers or Path("/nowhere")) / name
            if program.exists():
                runs[name] = urlwatch(folder, program, ports, asked.pages, mood)
            else:
                print(f"{name}: skipped, not installed (--peers)")
        for who, three in runs.items():
            found[who] = {}
            for run, spent, told in three:
                found[who][run] = (spent, told)
                print(f"{datetime.now(UTC):%H:%M:%S} {who:12} {run:8} {spent:6.1f} s  {told}", flush=True)
    for who in found:
        if who != "reportwatch":
            ratios = "  ".join(f"{run} {found['reportwatch'][run][0] / found[who][run][0]:.2f}" for run in found[who])
            print(f"reportwatch ÷ {who}: {ratios}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
