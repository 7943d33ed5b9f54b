"""Damage that can be undone: each mend is recorded, and what cannot be mended stays as it is."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from crawler.text.glyphs import INVISIBLE, RADICALS
from crawler.text.pages import tight

GONE = {code: None for code in INVISIBLE}
STRANGE = re.compile("[" + "".join(map(chr, sorted({*RADICALS, *INVISIBLE}))) + "]")
PINYIN = re.compile(r"(?<=[一-鿿])[（(][a-züāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜ]{1,6}[）)]")
TONED = re.compile("[āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜ]")
ENTITY = re.compile(r"&\s*(?:([a-z](?:\s*[a-z]){1,7})|#\s*(\d(?:\s*\d){1,5}))\s*;", re.IGNORECASE)


class Mend(NamedTuple):
    """What stood there, what stands there now, by which rule."""

    before: str
    after: str
    how: str


def repair(lines: Sequence[str], *, spaced: bool = False) -> tuple[list[str], tuple[Mend, ...]]:
    """The lines with what is damaged mended, and a record of each kind of mend.

    spaced  may spaces stand between characters, as PDF and typists put them? Not so in web pages
    """
    mends: list[Mend] = []
    out = []
    for line in lines:
        plain = glyphs(line, mends)
        plain = tight(plain) if spaced else plain
        if plain.strip():
            out.append(plain.strip())
    return out, tuple(mends)


def glyphs(line: str, mends: list[Mend]) -> str:
    """Radicals as characters, and no marks of zero width."""
    if not STRANGE.search(line):
        return line
    plain = line.translate(GONE).translate(RADICALS)
    for before, after in zip(line.translate(GONE), plain, strict=True):
        if before != after:
            mends.append(Mend(before, after, "radical"))
    return plain
