"""What clones in traditional script do to a text: conversion, glued pinyin, and GBK pairs out of step."""

from functools import cache

import opencc

PINYIN = {
    "報": "bào", "會": "huì", "區": "qū", "發": "fā", "經": "jīng", "濟": "jì", "業": "yè", "務": "wù",
    "實": "shí", "設": "shè", "產": "chǎn", "場": "chǎng", "機": "jī", "質": "zhì", "環": "huán", "保": "bǎo",
}  # fmt: skip
# Pairs that a careless byte-wise replacement of punctuation met across two characters: 。 ！ ； ？ in GBK
BROKEN_AT = (b"\xa1\xa3", b"\xa3\xa1", b"\xa3\xbb", b"\xa3\xbf")
LONGEST_RUN = 40  # bytes; a longer one would leave little of its sentence


@cache
def traditional(text: str, how: str = "s2t") -> str:
    """The text in traditional script; `how` is a configuration of OpenCC."""
    converter: opencc.OpenCC = _converter(how)
    return str(converter.convert(text))


@cache
def _converter(how: str) -> opencc.OpenCC:
    return opencc.OpenCC(how)


def with_pinyin(text: str, every: int = 12) -> str:
    """`經(jīng)濟`: the reading glued to every n-th of some common characters."""
    seen = 0
    glued: list[str] = []
    for character in text:
        seen += character in PINYIN
        glued.append(f"{character}({PINYIN[character]})" if character in PINYIN and seen % every == 0 else character)
    return "".join(glued)


def out_of_step(text: str, at_most: int = 4) -> str:
    """GBK pairs shifted by one byte in up to so many lines: `（一）統籌` turns to `?。ㄒ唬┙y籌`.

    Where the bytes of two neighbours happened to read as a punctuation mark that was replaced, the byte before it
    became a question mark and the pairs after it are read one byte late, until a byte below 0x80 lets them fall
    into step. Pairs that are no character are lost.
    """
    lines = text.split("\n")
    damaged = 0
    for index, line in enumerate(lines):
        if damaged < at_most and (changed := _shifted(line)) != line:
            lines[index] = changed
            damaged += 1
    return "\n".join(lines)


def _shifted(line: str) -> str:
    """The line with its first run that can be broken, broken; the line itself where there is none."""
    for start in range(len(line) - 1):
        pair = line[start : start + 2].encode("gbk", "ignore")
        late = line[start:].encode("gbk", "ignore")[1:]
        run = _out_of_step(late)
        if len(pair) == 4 and pair[1:3] in BROKEN_AT and 4 <= run <= LONGEST_RUN:
            pairs = (late[at : at + 2].decode("gbk", "ignore") for at in range(0, run, 2))
            return line[:start] + "?" + "".join(pairs) + late[run:].decode("gbk", "ignore")
    return line


def _out_of_step(late: bytes) -> int:
    """How many bytes are read from the wrong place before one below 0x80 is met where a pair should begin."""
    position = 0
    while position < len(late) and late[position] >= 0x80:
        position += 2
    return position
