"""How many runs of GBK shifted by one byte come back to the character.

    python tests/bench/shifted.py SHARED [--runs 2000] [--seed 20260101] [--ngrams FILE --half N] [--show N]

Texts are damaged as it happened to the seed of Shijingshan: a program replaces ！ 。 ； ？ byte by byte in a GBK text,
wherever their two bytes stand, and where it meets them across two characters the byte before becomes `?`, the pairs
behind are read one byte late until a byte below 0x80 or the next such mark, and pairs without a character are dropped.
The texts are the reports of provinces and of Hailar, in simplified and in traditional script; all places of all marks
where it can happen are drawn from alike, one a line at most, and each report is read with all its places damaged at
once, as it may be found on the web.

--ngrams  a table made by ngrams.py --half N; --half then damages the reports of the other half only, so that what is
          measured is worth something for reports the counts do not come from
"""

import argparse
import lzma
import random
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ngrams import half_of

from crawler.text import beam, model
from crawler.text.fold import converter
from crawler.text.repair import repair

MARKS = {b"\xa3\xa1": "！", b"\xa1\xa3": "。", b"\xa3\xbb": "；", b"\xa3\xbf": "？"}
INDENT = "\u3000"


class Place(NamedTuple):
    """Where a line of a report can be damaged: index of the line, offset of the mark in its GBK bytes."""

    file: Path
    script: str
    line: int
    offset: int


def pages(shared: Path) -> list[Path]:
    """The reports that are damaged."""
    return sorted([*shared.glob("corpus/prov/*/*.txt"), *shared.glob("corpus/hailar/*.txt")])


@cache
def lines_of(file: Path, script: str) -> list[str]:
    """The lines of a report in a script, indented as its page has them."""
    text = file.read_text("utf-8")
    if script == "hant":
        text = converter("s2t").convert(text)
    return [INDENT + line.strip() for line in text.splitlines() if line.strip()]


def across(body: bytes) -> Iterator[int]:
    """Offsets at which the bytes of a mark stand across two characters."""
    at = 0
    while at < len(body):
        wide = body[at] >= 0x81
        if wide and body[at + 1 : at + 3] in MARKS:
            yield at + 1
        at += 2 if wide else 1


def places(files: list[Path]) -> list[Place]:
    """All places of all lines that GBK can hold."""
    found = []
    for file in files:
        for script in ("hans", "hant"):
            for number, line in enumerate(lines_of(file, script)):
                try:
                    body = line.encode("gbk")
                except UnicodeEncodeError:
                    continue
                found += [Place(file, script, number, offset) for offset in across(body)]
    return found


def damaged(body: bytes, offset: int) -> str:
    """A line in which the mark at an offset was replaced, and the rest read out of step."""
    head = body[: offset - 1].decode("gbk") + "?" + MARKS[body[offset : offset + 2]]
    at, out = offset + 2, []
    while at < len(body) and body[at] >= 0x81:
        second = body[at + 1 : at + 3]
        if second in MARKS or second == b"\xa3\xac":  # a mark in step was replaced too: the byte before it is left over
            return head + "".join(out) + "?" + body[at + 1 :].decode("gbk")
        if at + 1 == len(body) or body[at + 1] < 0x40:
            return head + "".join(out) + "?" + body[at + 1 :].decode("gbk")
        out.append(beam.char_of(body[at], body[at + 1]) or "")
        at += 2
        if body[at - 1] < 0x80:
            break
    rest = "€" + body[at + 1 :].decode("gbk") if body[at : at + 1] == b"\x80" else body[at:].decode("gbk")
    return head + "".join(out) + rest  # code page 936 has the euro sign at 80


def failures(drawn: list[Place]) -> list[tuple[str, str, str]]:
    """The lines that do not come back to the character: as they were, as they were damaged, as they were repaired."""
    by_text: dict[tuple[Path, str], list[Place]] = {}
    for place in drawn:
        by_text.setdefault((place.file, place.script), []).append(place)
    failed = []
    for text, found in by_text.items():
        sound = lines_of(*text)
        before = list(sound)
        for place in found:
            before[place.line] = damaged(sound[place.line].encode("gbk"), place.offset)
        after, _ = repair(before)
        assert len(after) == len(sound)
        lines = [(sound[place.line], before[place.line], after[place.line]) for place in found]
        failed += [line for line in lines if line[0].strip(INDENT) != line[2].strip(INDENT)]
    return failed


def chosen(shared: Path, runs: int, seed: int, half: int | None = None) -> list[Place]:
    """Places drawn by lot; of the reports that are not in a half, if one is given."""
    files = [file for file in pages(shared) if half is None or half_of(file) != half]
    found = places(files)
    random.Random(seed).shuffle(found)
    first = {(place.file, place.script, place.line): place for place in reversed(found)}
    kept = set(first.values())
    return [place for place in found if place in kept][:runs]


def main() -> None:
    """Print the share, and some that did not come back."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("shared", type=Path)
    asked.add_argument("--runs", type=int, default=2000)
    asked.add_argument("--seed", type=int, default=20260101)
    asked.add_argument("--ngrams", type=Path)
    asked.add_argument("--half", type=int, choices=(0, 1))
    asked.add_argument("--show", type=int, default=10)
    options = asked.parse_args()
    if options.ngrams:
        other = model.unpacked(lzma.decompress(options.ngrams.read_bytes()))
        beam.model = lambda: other
    drawn = chosen(options.shared, options.runs, options.seed, options.half)
    begin = time.process_time()
    failed = failures(drawn)
    used = (time.process_time() - begin) / len(drawn)
    right = len(drawn) - len(failed)
    print(f"{right} of {len(drawn)} = {right / len(drawn):.4f}; {used * 1000:.0f} ms of CPU a run")
    for line in failed[: options.show]:
        print(*around(*(text.strip(INDENT) for text in line)), sep="\n    ")


def around(sound: str, before: str, after: str) -> tuple[str, str, str]:
    """What is different of a line, with some characters before and behind."""
    at, hit = (max(0, alike(sound, other) - 8) for other in (after, before))
    return sound[at : at + 24], before[hit : hit + 40], after[at : at + 24]


def alike(one: str, other: str) -> int:
    """How many characters two lines have in common from the start."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


if __name__ == "__main__":
    main()
