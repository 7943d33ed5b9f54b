"""Read mutated pages: nothing may be raised, nothing may hang.

    python tests/bench/fuzz.py FOLDER [--pages N] [--seed S]

FOLDER  pages to mutate, *.html and *.txt
Bits are flipped, blocks cut and doubled, encodings swapped, tags nested and left open, lines made a megabyte long.
Prints how many pages raised, the slowest page and what was done to it.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from crawler.reading import read
from storage.values import Page

LARGEST = 400_000  # bytes of a page that is mutated
WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def flipped(body: bytes, dice: random.Random) -> bytes:
    """A few bits turned."""
    wild = bytearray(body)
    for _ in range(dice.randint(1, 200)):
        wild[dice.randrange(len(wild))] ^= 1 << dice.randrange(8)
    return bytes(wild)


def cut(body: bytes, dice: random.Random) -> bytes:
    """A block taken out."""
    start, length = dice.randrange(len(body)), dice.randrange(1, 20_000)
    return body[:start] + body[start + length :]


def doubled(body: bytes, dice: random.Random) -> bytes:
    """A block repeated somewhere else."""
    start, length, target = dice.randrange(len(body)), dice.randrange(1, 20_000), dice.randrange(len(body))
    return body[:target] + body[start : start + length] + body[target:]


def recoded(body: bytes, dice: random.Random) -> bytes:
    """The same text in another encoding, or decoded wrongly first."""
    text = body.decode(dice.choice(["utf-8", "gb18030", "latin-1", "utf-16-le"]), "replace")
    return text.encode(dice.choice(["gb18030", "big5hkscs", "utf-16", "utf-8", "latin-1"]), "replace")


def nested(body: bytes, dice: random.Random) -> bytes:
    """Very many tags opened and not closed."""
    tag = dice.choice(
        [b"<div>", b"<table><tr><td>", b"<font>", b"<a href=x>", b"<ul><li>", b"<p><b>", b"<!--", b"<![CDATA["]
    )
    at = dice.randrange(len(body))
    return body[:at] + tag * dice.choice([1, 50, 300, 3000]) + body[at:]


def long_line(body: bytes, dice: random.Random) -> bytes:
    """A line of up to a megabyte."""
    piece = dice.choice([b"\xe6\x94\xbf\xef\xbc\x8c", b"?\xa1\xa3", b"a", b"\xe3\x80\x80", b"&nbsp;", b"?!", b"\x00"])
    at = dice.randrange(len(body))
    return body[:at] + piece * dice.randint(1, 1_000_000 // len(piece)) + body[at:]


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (flipped, cut, doubled, recoded, nested, long_line)
WEIGHTS = (8, 6, 6, 4, 4, 1)


def main() -> int:
    """Mutate, read, report; 1 if anything was raised."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20260101)
    args = parser.parse_args()
    dice = random.Random(args.seed)
    files = [f for f in sorted(args.folder.iterdir()) if f.suffix in (".html", ".txt") and f.stat().st_size < LARGEST]
    pool = ThreadPoolExecutor(1)
    raised, slowest, began = 0, (0.0, ""), time.monotonic()
    for number in range(args.pages):
        file = dice.choice(files)
        body, done = file.read_bytes(), []
        for mutation in dice.choices(MUTATIONS, WEIGHTS, k=dice.randint(1, 3)):
            body = mutation(body, dice) or b"?"
            done.append(mutation.__name__)
        kind = "text/plain" if file.suffix == ".txt" or dice.random() < 0.1 else "text/html"
        before = time.monotonic()
        fault = pool.submit(read, [Page(f"https://example.org/{file.name}", WHEN, body, content_type=kind)]).exception()
        if fault:
            raised += 1
            what = f"page {number}, {file.name}, {'+'.join(done)}"
            print(f"{what}: {fault!r}", file=sys.stderr)
        slowest = max(slowest, (time.monotonic() - before, f"page {number}, {file.name}, {'+'.join(done)}"))
    took = time.monotonic() - began
    print(f"{args.pages} pages, {raised} raised, {took:.0f} s; slowest {slowest[0]:.2f} s: {slowest[1]}")
    return 1 if raised else 0


if __name__ == "__main__":
    sys.exit(main())
