"""GBK bytes shifted by one: `?。ㄒ唬┙y籌` is `　（一）統籌`.

How it came about: a program replaced ！ (A3A1), 。 (A1A3), ； (A3BB) or ？ (A3BF) byte by byte in a GBK text, and hit
the second byte of one character with the first of the next. The lead byte before became `?`, and all pairs after it
are shifted, until a second byte below 0x80 falls into step again, or a punctuation mark that was replaced in its turn
leaves another `?` before it. Pairs that landed in undefined or private areas of GBK were dropped by a later decoder.

How it is undone: the run is encoded as GBK again, a lead byte is put back, and among all ways to cut the bytes, with
dropped pairs put in between, the one is taken that the model of reports finds likeliest.
"""

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from crawler.text.beam import Beam, Ways

HIT = re.compile(r"\?[。！；？!;?]")
ALONE = re.compile(r"(?<=[\u3400-\u9fff])\?(?=[\u3400-\u9fff])")
REPLACED = {
    "。": b"\xa1\xa3",
    "！": b"\xa3\xa1",
    "!": b"\xa3\xa1",
    "；": b"\xa3\xbb",
    ";": b"\xa3\xbb",
    "？": b"\xa3\xbf",
    "?": b"\xa3\xbf",
}
ASKING = ("?", "!", "？", "！")
WIDENED = {"!": "！", ";": "；"}  # a later hand folded these to ASCII, inside a run too
BEFORE, AFTER = 8, 10  # characters around a run that it is read with
GAIN = 4.0  # log probability by which the mended text must be likelier than the damaged one
LEAST = -8.0  # average log probability below which no text is believed
LONGEST = 90  # characters of a run
PATIENCE = 20  # marks tried in vain before a text is taken for sound
REWARD = 2  # and how many more for each that was mended
MOST = 600  # runs tried in one text, ten seconds at most; the worst real copy has 16, a report has 500 marks


class Run(NamedTuple):
    """A damaged stretch: what stands there, as pairs of bytes after the mark that was hit, and how it ends.

    stop    index in the line behind the run
    pairs   the shifted pairs
    tail    the byte that fell into step, None where it was lost
    """

    stop: int
    pairs: list[tuple[int, int]]
    tail: int | None


class Restored(NamedTuple):
    """A run as it stood and as it was read, and how sure that is, from 0 to 1: its share among all readings."""

    before: str
    after: str
    sure: float


class Mender:
    """Restores the runs of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.patience, self.left = PATIENCE, MOST
        self.found: Beam | None = None

    @property
    def beam(self) -> "Beam":
        """The search, made when the first run is met: most texts have none, and it needs numpy and the counts."""
        if self.found is None:
            from crawler.text.beam import Beam

            self.found = Beam("\n".join(map(without_runs, self.text.splitlines())))
        return self.found

    def mend(self, line: str, expected: str | None = None) -> tuple[str, list[Restored]]:
        """A line with its shifted runs put right, and each run before and after.

        expected  the number that a heading （N） at the head of the line should have; it decides where bytes are lost
        """
        runs: list[Restored] = []
        at = 0
        while self.patience > 0 and self.left > 0 and (found := HIT.search(line, at)):
            at, start = found.end(), found.start()
            run = run_at(line, start + 1)
            if run is None or (not run.pairs and bare(line, start, run.stop)):
                continue
            self.patience, self.left = self.patience - 1, self.left - 1
            restored = self.restored(line, start, run, expected)
            if restored is None:
                continue
            self.patience += REWARD
            runs.append(restored._replace(after=restored.after.lstrip("\u3000")))
            line = line[:start] + restored.after + line[run.stop :]
            at = start + len(restored.after)
        return line.strip("\u3000"), runs

    def restored(self, line: str, start: int, run: Run, expected: str | None) -> Restored | None:
        """The text of a run, None where no reading is much likelier than what stands there."""
        before, damaged = line[max(0, start - BEFORE) : start].strip("\u3000"), line[start : run.stop]
        rest = line[run.stop : run.stop + AFTER]
        ways = self.read(REPLACED[line[start + 1]], before, run, expected, opens=not line[:start].strip("\u3000"))
        if not ways.texts:
            return None
        after, sure = self.beam.likeliest(self.beam.followed(ways, rest, ends=len(rest) < AFTER))
        if not self.believable(damaged + rest, after + rest, before):
            return None
        return Restored(damaged, after, sure)

    def read(self, hit: bytes, before: str, run: Run, expected: str | None, *, opens: bool) -> "Ways":
        """The ways to read a run; none where its bytes are no text.

        opens  does a line begin here? Then the full-width space that it is indented by may stand there
        """
        ways = self.beam.begun(before, *hit, indent=opens and hit == REPLACED["。"])
        for lead, trail in run.pairs:
            ways = self.beam.stepped(ways, lead, trail, expected)
        if run.pairs and run.pairs[-1][1] < 0x80:
            letter = chr(run.pairs[-1][1])
            ways = self.beam.followed(ways, letter)
            return ways._replace(texts=[text + letter for text in ways.texts])
        if run.tail is not None:
            return self.beam.stepped(ways, run.tail, 0, expected)
        return self.beam.ended(ways, expected)

    def believable(self, before: str, after: str, context: str) -> bool:
        """Is the mended text a text, and much likelier than the damaged one?"""
        likely, stands = self.beam.score(after, context), self.beam.score(before, context)
        return bool(likely.mean() > LEAST and likely.sum() > stands.sum() + GAIN)


def bare(line: str, start: int, stop: int) -> bool:
    """Are marks without a shifted pair between them just somebody's question marks?"""
    return line[max(0, start - 1) : start] in ASKING or line[stop : stop + 1] in ASKING


def lossy(text: str) -> bool:
    """Does ? stand for lost characters all over a text? Then no single one shows a shift."""
    return len(ALONE.findall(text)) > max(10, 2 * len(HIT.findall(text)))


def without_runs(line: str) -> str:
    """A line with a private character in place of each run, so that the model of a text does not learn its damage."""
    kept: list[str] = []
    at = 0
    while found := HIT.search(line, at):
        run = run_at(line, found.start() + 1)
        kept += [line[at : found.start()], "\ue000"]
        at = run.stop if run else found.end()
    return "".join([*kept, line[at:]])


def run_at(line: str, at: int) -> Run | None:
    """The run whose hit mark stands at an index; None where the text behind it cannot be one."""
    pairs: list[tuple[int, int]] = []
    for index in range(at + 1, min(len(line), at + LONGEST)):
        char = line[index]
        if char == "?":
            return Run(index + 1, pairs, None)
        byte = 0x80 if char == "€" else ord(char)
        if char not in WIDENED and byte <= 0x80:
            return Run(index + 1, pairs, byte) if byte >= 0x40 else Run(index, pairs, None)
        try:
            lead, trail = WIDENED.get(char, char).encode("gbk")
        except (UnicodeEncodeError, ValueError):
            return None
        pairs.append((lead, trail))
        if trail < 0x80:
            return Run(index + 1, pairs, None)
    return Run(len(line), pairs, None) if at + LONGEST > len(line) else None
