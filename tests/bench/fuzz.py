"""Read mutated pages and documents: nothing may be raised, nothing may hang.

    python tests/bench/fuzz.py FOLDER [--pages N] [--seed S] [--jobs N] [--whole]
    python tests/bench/fuzz.py --documents N [--seed S] [--jobs N]

FOLDER       pages to mutate, *.html and *.txt; 19 of 20 are stretches of one, unless they are wanted whole
--documents  so many mutated docx, pdf and ofd files, made here
Bits are flipped, blocks cut and doubled, encodings swapped, tags nested and left open, lines made a megabyte long; in
a docx or ofd also inside its members. Prints how many raised, how many computed for more than LIMIT seconds, the
slowest one with what was done to it, and the memory at the beginning and the end.
"""

import argparse
import contextlib
import io
import logging
import random
import resource
import signal
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from crawler.reading import read
from crawler.text.attachments import Unopenable, lines_within
from storage.values import Page

LARGEST = 400_000  # bytes of a page that is mutated
STRETCH = 2_500  # bytes of most pages at most
LIMIT = 20.0  # seconds of computing that no page may take
WHEN = datetime(2026, 1, 1, tzinfo=UTC)
Dice = random.Random
Mutation = Callable[[bytes, Dice], bytes]


def flipped(body: bytes, dice: Dice) -> bytes:
    """A few bits turned."""
    wild = bytearray(body)
    for _ in range(dice.randint(1, 200)):
        wild[dice.randrange(len(wild))] ^= 1 << dice.randrange(8)
    return bytes(wild)


def cut(body: bytes, dice: Dice) -> bytes:
    """A block taken out."""
    start, length = dice.randrange(len(body)), dice.randrange(1, 20_000)
    return body[:start] + body[start + length :]


def doubled(body: bytes, dice: Dice) -> bytes:
    """A block repeated somewhere else."""
    start, length, target = dice.randrange(len(body)), dice.randrange(1, 20_000), dice.randrange(len(body))
    return body[:target] + body[start : start + length] + body[target:]


def recoded(body: bytes, dice: Dice) -> bytes:
    """The same text in another encoding, or decoded wrongly first."""
    text = body.decode(dice.choice(["utf-8", "gb18030", "latin-1", "utf-16-le"]), "replace")
    return text.encode(dice.choice(["gb18030", "big5hkscs", "utf-16", "utf-8", "latin-1"]), "replace")


def nested(body: bytes, dice: Dice) -> bytes:
    """Very many tags opened and not closed."""
    tag = dice.choice(
        [b"<div>", b"<table><tr><td>", b"<font>", b"<a href=x>", b"<ul><li>", b"<p><b>", b"<!--", b"<![CDATA["]
    )
    at = dice.randrange(len(body))
    return body[:at] + tag * dice.choice([1, 50, 300, 3000]) + body[at:]


def long_line(body: bytes, dice: Dice) -> bytes:
    """A line of a thousand bytes to a megabyte."""
    piece = dice.choice([b"\xe6\x94\xbf\xef\xbc\x8c", b"?\xa1\xa3", b"a", b"\xe3\x80\x80", b"&nbsp;", b"?!", b"\x00"])
    at = dice.randrange(len(body))
    return body[:at] + piece * (int(10 ** dice.uniform(3, 6)) // len(piece)) + body[at:]


def inside(body: bytes, dice: Dice) -> bytes:
    """One member of an archive mutated, and packed again."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        chosen = dice.choice(archive.namelist())
        for name in archive.namelist():
            content = archive.read(name)
            mutation = dice.choice([flipped, cut, doubled, nested])
            made.writestr(name, mutation(content, dice) if content and name == chosen else content)
    return out.getvalue()


PAGES: tuple[Mutation, ...] = (flipped, cut, doubled, recoded, nested, long_line)
WEIGHTS = (8, 6, 6, 4, 4, 0.5)
BYTES: tuple[Mutation, ...] = (flipped, cut, doubled)


class TooLong(Exception):
    """A page computes for longer than LIMIT."""


@dataclass
class Watched:
    """What happened while pages were read: faults by page, and the slowest; `with` it each page is read."""

    what: str = ""
    faults: list[str] = field(default_factory=list)
    hung: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    seconds: float = 0.0
    _began: float = 0.0

    def __enter__(self) -> None:
        self._began = time.process_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT)

    def __exit__(self, _kind: object, error: BaseException | None, _trace: TracebackType | None) -> bool:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        took = time.process_time() - self._began
        self.seconds += took
        self.slowest = max(self.slowest, (took, self.what))
        if isinstance(error, TooLong) or took > LIMIT:
            self.hung.append(self.what)
        elif isinstance(error, Exception):
            self.faults.append(f"{self.what}: {error!r}")
        return isinstance(error, Exception)


def alarm(_number: int, _frame: object) -> None:
    """Called when a page has computed for too long."""
    raise TooLong


def mutated(body: bytes, mutations: Sequence[Mutation], dice: Dice) -> tuple[bytes, str]:
    """The body after these mutations, and their names."""
    for mutation in mutations:
        body = mutation(body, dice) or b"?"
    return body, "+".join(mutation.__name__ for mutation in mutations)


def read_pages(files: list[Path], numbers: range, seed: int, whole: bool) -> Watched:
    """Mutate and read; a page depends on seed and number alone."""
    watched, bodies = Watched(), [(file.name, file.read_bytes()) for file in files]
    for number in numbers:
        dice = Dice(seed * 1_000_003 + number)
        name, body = dice.choice(bodies)
        if not whole and dice.random() < 0.95:
            length = dice.randint(200, STRETCH)
            start = dice.randrange(max(1, len(body) - length))
            body = body[start : start + length]
        body, done = mutated(body, dice.choices(PAGES, WEIGHTS, k=dice.randint(1, 3)), dice)
        kind = "text/plain" if name.endswith(".txt") or dice.random() < 0.1 else "text/html"
        watched.what = f"page {number}, {name}, {done}"
        with watched:
            read([Page(f"https://example.org/{name}", WHEN, body, content_type=kind)])
    return watched


def read_documents(numbers: range, seed: int) -> Watched:
    """Mutate and read documents; that one cannot be opened is right."""
    watched, bodies = Watched(), list(documents())
    for number in numbers:
        dice = Dice(seed * 1_000_003 + number)
        kind, body = dice.choice(bodies)
        packed = kind != "pdf" and dice.random() < 0.7
        body, done = mutated(body, [inside] if packed else dice.choices(BYTES, k=dice.randint(1, 2)), dice)
        watched.what = f"document {number}, {kind}, {done}"
        with watched, contextlib.suppress(Unopenable):
            lines_within(body, kind)
    return watched


def documents() -> Iterator[tuple[str, bytes]]:
    """One document of each sort."""
    import docx
    from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

    lines = [f"{n}、完成第{k}项工程，新建学校{k}所，群众满意度持续提升。" for k, n in enumerate("一二三四五六七八九十")]
    word, out = docx.Document(), io.BytesIO()
    for line in lines:
        word.add_paragraph(line, style="List Number")
    word.add_table(rows=2, cols=2).cell(0, 0).text = "指标"
    word.save(out)
    yield "docx", out.getvalue()
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    for compressed in (0, 1):
        out = io.BytesIO()
        canvas = Canvas(out, pageCompression=compressed)
        for _ in range(3):
            canvas.setFont("STSong-Light", 12)
            for row, line in enumerate(lines):
                canvas.drawString(72, 780 - 20 * row, line)
            canvas.showPage()
        canvas.save()
        yield "pdf", out.getvalue()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        texts = "".join(
            f"<TextObject Boundary='20 {8 * k} 160 6'><TextCode X='0' Y='5'>{line}</TextCode></TextObject>"
            for k, line in enumerate(lines)
        )
        archive.writestr("OFD.xml", "<OFD/>")
        archive.writestr("Doc_0/Pages/Page_0/Content.xml", f"<Page><Content>{texts}</Content></Page>")
    yield "ofd", out.getvalue()


def grown() -> int:
    """Largest memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run(files: list[Path], numbers: range, seed: int, whole: bool) -> tuple[Watched, int, int]:
    """One share of the work, in a process of its own; what happened, and the memory before and after."""
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGVTALRM, alarm)
    first = range(numbers.start, min(numbers.start + 200, numbers.stop))
    parts = [first, range(first.stop, numbers.stop)]
    seen, before = Watched(), 0
    for part in parts:
        one = read_pages(files, part, seed, whole) if files else read_documents(part, seed)
        seen.faults += one.faults
        seen.hung += one.hung
        seen.seconds += one.seconds
        seen.slowest = max(seen.slowest, one.slowest)
        before = before or grown()
    return seen, before, grown()


def main() -> int:
    """Mutate, read, report; 1 if anything was raised or hung."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--documents", type=int, default=0)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--whole", action="store_true")
    args = parser.parse_args()
    if not args.folder and not args.documents:
        parser.error("name a FOLDER of pages, or a number of --documents")
    files = sorted(args.folder.iterdir()) if args.folder else []
    files = [f for f in files if f.suffix in (".html", ".txt") and f.stat().st_size < LARGEST]
    count = args.documents or args.pages
    edges = [count * job // args.jobs for job in range(args.jobs + 1)]
    with ProcessPoolExecutor(args.jobs) as pool:
        shares = [
            pool.submit(run, files, range(edges[job], edges[job + 1]), args.seed, args.whole)
            for job in range(args.jobs)
        ]
        found = [share.result() for share in shares]
    faults = [fault for seen, _, _ in found for fault in seen.faults]
    hung = [page for seen, _, _ in found for page in seen.hung]
    slowest = max(seen.slowest for seen, _, _ in found)
    for line in [*faults, *hung]:
        print(line, file=sys.stderr)
    memory = ", ".join(f"{before} → {after} MiB" for _, before, after in found)
    print(f"{count} read, {len(faults)} raised, {len(hung)} hung, {sum(one[0].seconds for one in found):.0f} s of CPU")
    print(f"slowest {slowest[0]:.2f} s: {slowest[1]}; memory {memory}")
    return 1 if faults or hung else 0


if __name__ == "__main__":
    sys.exit(main())
