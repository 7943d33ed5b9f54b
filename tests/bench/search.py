"""How long a search takes over very many reports, beside a scan of the same passages for the same word.

python tests/bench/search.py [REPORTS]        10 000 by default, of 100 sentences each
"""

import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.resources import files
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, func, insert, text
from sqlmodel import col, select

from storage import search
from storage.database import connect, migrate, reading, writing
from storage.model import Passage, Report

SENTENCES = 100
QUERIES = ("就业", "口袋公园", "人工智能 质检", "高质量", "归汀计划 公寓", "的")


def sentences() -> list[str]:
    """Sentences of the sample's reports."""
    folder = files("crawler.sample") / "reports"
    texts = [file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".txt")]
    return [line for whole in texts for line in whole.replace("。", "。\n").split("\n") if len(line) > 8]


def fill(engine: Engine, reports: int) -> None:
    """A database of so many reports, half of whose sentences have six characters changed."""
    dice, known, keys = random.Random(1), sentences(), count(1)
    characters = sorted(set("".join(known)))
    with writing(engine) as session:
        for number in range(1, reports + 1):
            year = 2010 + number % 17
            report = Report(id=number, name=f"{number}/{year}", year=year, found_at=datetime.now(UTC))
            session.add(report)
            session.flush()
            rows = []
            for position in range(SENTENCES):
                line = list(dice.choice(known))
                for _ in range(6 * dice.randrange(2)):
                    line[dice.randrange(len(line))] = dice.choice(characters)
                place = {"report_id": number, "position": position, "paragraph": position, "start": 0}
                rows.append(
                    {"id": next(keys), **place, "part": "plan", "heading": "", "text": "".join(line), "level": 0}
                )
            session.execute(insert(Passage), rows)
            words = [{"id": search.ordered(year, row["id"]), "words": search.words(str(row["text"]))} for row in rows]
            session.execute(text("INSERT INTO passage_search (rowid, words) VALUES (:id, :words)"), words)
            session.expunge_all()


def main() -> None:
    """Build once, ask five times, take the best."""
    reports = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{Path(folder) / 'known.db'}")
        migrate(engine)
        fill(engine, reports)
        print(f"{reports} reports, {reports * SENTENCES} sentences; ms, best of five")
        for query in QUERIES:
            took = []
            for _ in range(5):
                began = time.perf_counter()
                with reading(engine) as session:
                    search.passages_with(session, query)
                took.append(time.perf_counter() - began)
            began = time.perf_counter()
            with reading(engine) as session:
                like = select(func.count()).where(*(col(Passage.text).contains(word) for word in query.split()))
                session.exec(like).one()
            scan = time.perf_counter() - began
            print(f"{query:12} {1000 * min(took):7.1f}   scan {1000 * scan:8.1f}   1 : {scan / min(took):.0f}")
        engine.dispose()


if __name__ == "__main__":
    main()
