"""What reprints do to a report: each a pure function over its lines, after alterations seen on real sites."""

import re
from collections.abc import Callable, Sequence

Lines = tuple[str, ...]
YEAR = re.compile(r"20\d\d(?=年)")
PERCENT = re.compile(r"(?<=\d)%")
NUMBER = re.compile(r"\d+(?=(?:\.\d+)?(?:亿元|万元|家|个|处|项))")


def mask_years(lines: Sequence[str]) -> Lines:
    """`一、20xx年工作回顾`: the year is masked in short lines, as sites of sample essays do."""
    return tuple(
        YEAR.sub("20xx", line) if len(line) < 40 and line.startswith(("一、", "二、")) else line for line in lines
    )


def strip_percent(lines: Sequence[str], every: int = 3) -> Lines:
    """`增长8.5左右`: the percent sign is lost in every n-th line that has one."""
    return _every(lines, every, PERCENT.search, lambda line: PERCENT.sub("", line))


def mask_numbers(lines: Sequence[str], every: int = 4) -> Lines:
    """`新建**处`: the first count of every n-th line that has one is masked."""
    return _every(lines, every, NUMBER.search, lambda line: NUMBER.sub("**", line, count=1))


def drop_characters(lines: Sequence[str], every: int = 5) -> Lines:
    """A Chinese character is lost in the middle of every n-th long line."""
    return _every(lines, every, _long, _without_one)


def add_tokens(lines: Sequence[str], token: str, every: int = 6) -> Lines:
    """Junk at the end of every n-th long line, as sites do that want to tell their copies."""
    return _every(lines, every, _long, lambda line: line + token)


def without_head(lines: Sequence[str]) -> Lines:
    """The title line and the lines of meeting and speaker are gone; the text begins with 各位代表."""
    start = next((index for index, line in enumerate(lines) if line.startswith("各位代表")), 0)
    return tuple(lines[start:])


def cut(lines: Sequence[str], share: float) -> Lines:
    """The beginning of the text: about this share (0–1) of its characters, whole lines."""
    wanted = sum(map(len, lines)) * share
    kept: list[str] = []
    for line in lines:
        if sum(map(len, kept)) >= wanted:
            break
        kept.append(line)
    return tuple(kept)


def _long(line: str) -> bool:
    return len(line) >= 60


def _without_one(line: str) -> str:
    middle = len(line) // 2
    while middle < len(line) and not "一" <= line[middle] <= "鿿":
        middle += 1
    return line[:middle] + line[middle + 1 :]


def _every(lines: Sequence[str], every: int, concerns: Callable[[str], object], change: Callable[[str], str]) -> Lines:
    """Every n-th of the lines that are concerned, changed; the first of them is left alone."""
    seen = 0
    changed: list[str] = []
    for line in lines:
        seen += bool(concerns(line))
        changed.append(change(line) if concerns(line) and seen % every == 0 else line)
    return tuple(changed)
