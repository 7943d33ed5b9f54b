"""What many documents cost, and whether copies are still found among them, beside datasketch and rensa in one run.

    python tests/bench/scale.py [--documents 10000] [--peers 150] [--known 100000] [--seed 1]
    python tests/bench/scale.py --fill 50000

documents  filed from nothing into a database, by content: recall of each kind, precision, CPU and memory
known      documents that the database knows when one more is added, against a tenth of them
peers      documents for datasketch and rensa, which take longer (bench-only; skipped where not installed)
fill       file so many, and do nothing else

CPU is this process's, user and system; what the documents cost to invent is not counted.
"""

import argparse
import random
import resource
import tempfile
import time
from collections import Counter
from itertools import islice
from pathlib import Path

import copies as bench
import numpy as np
from scale_documents import Document, stream
from scale_shelf import NOW, Shelf, homes, report_row
from sqlalchemy import Engine, insert, text
from sqlmodel import Session, SQLModel

from monitor import filing
from monitor.sketch import sketch
from storage import save, values
from storage.database import connect, migrate, reading, writing
from storage.model import Passage, Reading, Report, Sketch
from storage.sentences import table_of

TOGETHER = 500  # documents in a transaction
COPIES = 3.5  # documents of a report, on average
SOURCE = values.Source("bench", "bench", "column", "http://bench.example/", 4)


def database(folder: str, name: str) -> Engine:
    """An empty database of today's schema."""
    engine = connect(f"sqlite:///{Path(folder) / name}.db")
    migrate(engine)
    return engine


def filled(engine: Engine, documents: int, seed: int) -> tuple[float, list[Document]]:
    """CPU seconds of filing so many documents from nothing; and the documents, without their texts."""
    source, shelf, known, spent = stream(seed), Shelf(), list[Document](), 0.0
    while len(known) < documents:
        batch = list(islice(source, min(TOGETHER, documents - len(known))))
        pages = [(str(number), one.text.encode()) for number, one in enumerate(batch, len(known))]
        began = time.process_time()
        with writing(engine) as session:
            shelf.file(session, pages)
        spent += time.process_time() - began
        known += [Document(one.report, one.kind, "") for one in batch]
        if len(known) % 10_000 == 0:
            print(f"  {len(known)} documents: {spent:.1f} CPU s, {resident():.0f} MB at most", flush=True)
    return spent, known


def resident() -> float:
    """The most memory that this process ever had, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def quality(engine: Engine, known: list[Document]) -> None:
    """Of each kind, how many copies are with their report; and of all pairs put together, how many are right."""
    with reading(engine) as session:
        home = {int(url): report for url, report in homes(session)}
    groups: dict[int, Counter[str]] = {}
    for number, document in enumerate(known):
        groups.setdefault(home[number], Counter())[document.report] += 1
    pairs = sum(sum(of.values()) * (sum(of.values()) - 1) // 2 for of in groups.values())
    right = sum(n * (n - 1) // 2 for of in groups.values() for n in of.values())
    print(f"precision {right / max(1, pairs):.5f} of {pairs} pairs")
    whole = {document.report: home[number] for number, document in enumerate(known) if document.kind == "report"}
    for kind in sorted({document.kind for document in known} - {"report"}):
        of = [home[n] == whole[d.report] for n, d in enumerate(known) if d.kind == kind and d.report in whole]
        print(f"recall {kind:14} {sum(of) / max(1, len(of)):.4f} of {len(of)}")


def padded(engine: Engine, documents: int, sketches: list[np.ndarray], seed: int) -> None:
    """Let the database know the reports of so many documents, by sketches that share an eighth with real ones."""
    rng, wanted = np.random.default_rng(seed), int(documents / COPIES)
    with writing(engine) as session:
        last = int(session.execute(text("SELECT max(id) FROM report")).scalar() or 0)
        rows = []
        for key in range(last + 1, wanted + 1):
            hashes = sketches[key % len(sketches)].astype(np.int64)
            own = np.arange(len(hashes)) % 8 > 0
            hashes[own] = 64 * rng.integers(0, 1 << 26, own.sum())
            rows += [(value, key) for value in np.unique(hashes).tolist()]
        session.connection().exec_driver_sql("INSERT INTO sketch VALUES (?, ?)", sorted(rows))
        named = [report_row(key, 150) for key in range(last + 1, wanted + 1)]
        session.execute(insert(table_of(Report)), named)


def one_more(engine: Engine, documents: list[Document], name: str) -> float:
    """CPU milliseconds of one document more, from its text to its group stored, a transaction each: the median."""
    spent = []
    for number, document in enumerate(documents):
        began = time.process_time()
        with writing(engine) as session:
            file_one(session, f"{name}{number}", document.text)
        spent.append(1000 * (time.process_time() - began))
    return float(np.median(spent))


def file_one(session: Session, url: str, said: str) -> None:
    """What the desk does to a text that is a report by its content."""
    told = values.Reading(url, values.Verdict.OK, "", None, said, "utf-8", "hans", 1)
    row: Reading | None = save.save_reading(session, told, SOURCE, [], NOW)
    assert row is not None
    placed = filing.placed(session, filing.prepared(row))
    filing.file_copy(session, row, values.Identity(values.Kind.REPORT, ""), placed, NOW)


def growth(folder: str, known: int, seed: int) -> None:
    """One document more when few and when many are known."""
    engine = database(folder, "growing")
    source = stream(seed + 1)
    filled(engine, 500, seed)
    texts = list(islice(source, 160))
    sketches = [sketch(document.text) for document in texts if document.kind == "report"]
    took = []
    for at, size in enumerate((known // 10, known)):
        padded(engine, size, sketches, seed + at)
        one_more(engine, texts[80 * at : 80 * at + 20], f"warm{at}-")
        took.append(one_more(engine, texts[80 * at + 20 : 80 * at + 80], f"more{at}-"))
        print(f"one document more at {size:7} known  {took[-1]:6.1f} ms CPU", flush=True)
    print(f"  {took[1] / took[0]:.2f} times")
    engine.dispose()


def bulk(folder: str) -> None:
    """The same rows written as the program writes them, and as objects by `session.add_all`."""
    engine = database(folder, "bulk")
    with writing(engine) as session:
        session.execute(insert(table_of(Report)), [report_row(key, 0) for key in (1, 2)])
    for model, count in ((Sketch, 60_000), (Passage, 30_000)):
        took = [written(engine, model, rows_of(model, count, report), objects=report == 2) for report in (1, 2)]
        name = model.__name__.lower()
        ours, objects = took
        print(f"bulk writes of {count} {name} rows {ours:.2f} s, add_all {objects:.2f} s: {objects / ours:.1f} times")
    engine.dispose()


def rows_of(model: type[SQLModel], count: int, report: int) -> list[dict[str, object]]:
    """Rows of a sketch, or of sentences."""
    rng = random.Random(1)
    if model is Sketch:
        return [{"hash": rng.randrange(1 << 32), "report_id": report} for _ in range(count)]
    same = {"report_id": report, "paragraph": 1, "start": 0, "part": "plan", "heading": "重点任务", "level": 0}
    return [{**same, "position": n, "text": f"新建口袋公园{n}个，促进高质量充分就业。"} for n in range(count)]


def written(engine: Engine, model: type[SQLModel], rows: list[dict[str, object]], *, objects: bool) -> float:
    """CPU seconds of writing rows in one transaction."""
    began = time.process_time()
    with writing(engine) as session:
        if objects:
            session.add_all([model(**row) for row in rows])
            session.flush()
        else:
            session.execute(insert(table_of(model)), rows)
    return time.process_time() - began


def main() -> None:
    """All of it, or the filling alone."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("documents", 10_000), ("peers", 150), ("known", 100_000), ("fill", 0), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reportwatch-bench-") as folder:
        if not asked.fill:
            texts = [document.text for document in islice(stream(asked.seed), max(1_000, asked.peers))]
            print(f"{len(texts)} documents of {sum(map(len, texts)) // len(texts)} characters on average")
            bench.speed(texts, asked.peers)
            bulk(folder)
            growth(folder, asked.known, asked.seed)
        engine = database(folder, "known")
        count = asked.fill or asked.documents
        spent, known = filled(engine, count, asked.seed)
        print(f"{count} documents from nothing: {spent:.1f} CPU s, {resident():.0f} MB at most")
        quality(engine, known)
        engine.dispose()


if __name__ == "__main__":
    main()
