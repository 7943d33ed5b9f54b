"""How fast and how well copies are found, beside datasketch and rensa in the same run.

    python tests/bench/copies.py [--documents 2000] [--peers 200] [--seed 1]

Documents are invented reports of about 15 000 characters that share stock phrases, each with one to six copies of the
kinds that reprints make, and next year's report of some. CPU seconds on one core. The peers (bench-only; `pip install
datasketch rensa` into another environment or this one) get fewer documents, for they take longer; figures are per
document. Recall counts, for each kind, the copies that are in the group of their report.
"""

import argparse
import importlib.util
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "monitor"))

import invented
import numpy as np

from monitor.copies import group
from monitor.inverted import Index
from monitor.sketch import character_table, sketch
from storage.values import Reading, Verdict

SENTENCES = 330  # of an invented report, which make 15 000 characters


@dataclass(frozen=True)
class Document:
    """A text of the bench: of which report, which kind of copy; "report" is the report itself."""

    report: str
    kind: str
    text: str


def documents(count: int, seed: int) -> list[Document]:
    """So many documents in random order."""
    rng = random.Random(seed)
    made: list[Document] = []
    number = 0
    while len(made) < count:
        number += 1
        text = invented.report(seed * 1_000_000 + number, SENTENCES)
        made.append(Document(f"{number}", "report", text))
        kinds = list(invented.copies(text, rng))
        made += [Document(f"{number}", kind, copy) for kind, copy in rng.sample(kinds, rng.randint(1, 6))]
        if number % 4 == 0:
            later = invented.next_year(seed * 1_000_000 + number, SENTENCES)
            made.append(Document(f"{number} next year", "report", later))
    made = made[:count]
    rng.shuffle(made)
    return made


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process that the work takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def candidates(texts: Sequence[str]) -> None:
    """Fold, sketch, index and query every text."""
    index = Index()
    for key, text in enumerate(texts):
        hashes = sketch(text)
        index.candidates(hashes)
        index.add(key, hashes)


def datasketch(texts: Sequence[str]) -> None:
    """MinHash-LSH as its manual shows it: 128 permutations, character 5-grams, update_batch, threshold 0.3."""
    from datasketch import MinHash, MinHashLSH  # type: ignore[import-not-found]

    index = MinHashLSH(threshold=0.3, num_perm=128)
    for key, text in enumerate(texts):
        signature = MinHash(num_perm=128)
        signature.update_batch([text[at : at + 5].encode() for at in range(len(text) - 4)])
        index.query(signature)
        index.insert(key, signature)


def rensa(texts: Sequence[str]) -> None:
    """R-MinHash with its LSH: 128 permutations, character 5-grams, threshold 0.3."""
    from rensa import RMinHash, RMinHashLSH  # type: ignore[import-not-found]

    index = RMinHashLSH(threshold=0.3, num_perm=128, num_bands=32)
    for key, text in enumerate(texts):
        signature = RMinHash(num_perm=128, seed=42)
        signature.update([text[at : at + 5] for at in range(len(text) - 4)])
        index.query(signature)
        index.insert(key, signature)


def speed(texts: Sequence[str], few: int) -> None:
    """Documents a second of the candidate step, and how many times that is the peers'."""
    candidates(texts[:50])
    mine = len(texts) / seconds(lambda: candidates(texts))
    print(f"sketch + index + query        {mine:8.0f} documents/s")
    for name, peer in (("datasketch", datasketch), ("rensa", rensa)):
        if importlib.util.find_spec(name) is None:
            print(f"{name:12} skipped: not installed here")
            continue
        theirs = few / seconds(lambda peer=peer: peer(texts[:few]))  # type: ignore[misc]
        print(f"{name:12}                  {theirs:8.0f} documents/s: we are {mine / theirs:.0f} times as fast")


def growth(texts: Sequence[str]) -> None:
    """What one more document costs, sketch, query and index, when few and when many are known."""
    sketches = [sketch(text) for text in texts]
    rng = random.Random(9)
    index, known = Index(), 0
    for goal in (1_000, 10_000, 100_000):
        while known < goal:
            # The eighth hash is a stock phrase's, that other reports have too; the others are a report's own.
            hashes = sketches[known % len(sketches)].copy()
            own = np.arange(len(hashes)) % 8 > 0
            hashes[own] += np.uint32(64 * rng.randint(1, 1 << 25)) if known >= len(sketches) else np.uint32(0)
            hashes = np.unique(hashes)
            index.add(known, hashes)
            known += 1
        took = seconds(lambda: [index.candidates(sketch(text)) for text in texts[:300]]) / min(300, len(texts))
        print(f"one document more at {known:7}  {1000 * took:8.2f} ms")


def reading(text: str) -> Reading:
    """The text as a reading."""
    return Reading("", Verdict.OK, "", None, text, "text", "hans", 0)


def quality(made: Sequence[Document]) -> None:
    """Recall by kind and precision of the whole grouping, verification by rapidfuzz included."""
    readings = [(str(number), reading(document.text)) for number, document in enumerate(made)]
    half = readings[: len(readings) // 2]
    first = seconds(lambda: group(half))
    began = time.process_time()
    groups = group(readings)
    took = time.process_time() - began
    print(f"group, verified               {len(made) / took:8.0f} documents/s; twice as many: {took / first:.2f} times")
    together = right = 0
    hit, all_of = Counter[str](), Counter[str]()
    for found in groups:
        of = Counter(made[int(copy.path)].report for copy in found.copies)
        together += sum(of.values()) * (sum(of.values()) - 1) // 2
        right += sum(n * (n - 1) // 2 for n in of.values())
    home = {int(copy.path): number for number, found in enumerate(groups) for copy in found.copies}
    whole = {document.report: home[n] for n, document in enumerate(made) if document.kind == "report" and n in home}
    for number, document in enumerate(made):
        if document.kind != "report" and document.report in whole:
            all_of[document.kind] += 1
            hit[document.kind] += home.get(number) == whole[document.report]
    print(f"precision {right / max(1, together):.5f} of {together} pairs")
    for kind in sorted(all_of):
        print(f"recall {kind:16} {hit[kind] / all_of[kind]:.4f} of {all_of[kind]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=2_000)
    parser.add_argument("--peers", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    made = documents(asked.documents, asked.seed)
    texts = [document.text for document in made]
    character_table()
    print(f"{len(texts)} documents of {sum(map(len, texts)) // len(texts)} characters on average")
    speed(texts, asked.peers)
    growth(texts)
    quality(made)


if __name__ == "__main__":
    main()
