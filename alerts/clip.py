"""What came from outside, cut to what a message can carry. Pure."""

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

# Rows of a list and characters of a text, tried in turn until a message fits its budget. The last step is what a
# reader still gets of a report whose texts are absurdly long: the summary, and how much more there is.
LADDER = ((60, 1000), (40, 600), (20, 400), (10, 300), (5, 200), (2, 120), (0, 120))
DEPTH = 6  # levels of nesting that are kept; the facts have four
SLACK = 4  # of a text that is clipped, this many times its length is looked at: white space may shrink to little
BEYOND = "…"


def printable(text: str) -> str:
    """The text on one line, without what commands a terminal, a mail header or the direction of writing.

    Control, format, private and surrogate characters go (Unicode categories C*), white space becomes one space.
    """
    spaced = re.sub(r"\s+", " ", text)
    return "".join(c for c in spaced if unicodedata.category(c)[0] != "C").strip()


def encodable(text: str) -> str:
    """The text, with lone surrogates replaced: they are in no encoding."""
    return text.encode("utf-8", "replace").decode("utf-8")


def clip(text: str, length: int) -> str:
    """At most `length` characters; what was cut shows as …"""
    return text if len(text) <= length else text[: max(length - 1, 0)] + BEYOND


def shorten(value: object, rows: int, length: int, clean: Callable[[str], str], depth: int = DEPTH) -> object:
    """A JSON value with texts cleaned and clipped and lists cut; what is nested too deep and no number become null."""
    if isinstance(value, str):
        return clip(clean(value[: length * SLACK]), length)
    if isinstance(value, Mapping) and depth:
        kept = list(value.items())[: max(rows, 20)]
        return {clip(clean(str(k)[:80]), 80): shorten(v, rows, length, clean, depth - 1) for k, v in kept}
    if isinstance(value, list | tuple) and depth:
        return [shorten(v, rows, length, clean, depth - 1) for v in value[:rows]]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int) else None


def more(facts: Mapping[str, object], rows: int) -> dict[str, int]:
    """How many initiatives, targets, dropped commitments, events and places there are beyond the rows shown.

    Of targets only what is listed counts: a revised sentence may hold several, or a deadline that is none.
    """
    counts = facts.get("counts")
    counts = counts if isinstance(counts, Mapping) else {}
    totals = {
        "initiatives": sum(_number(counts.get(kind)) for kind in ("new", "mixed", "returned")),
        "targets": 0,
        "dropped": _number(counts.get("dropped")),
        "events": _number(facts.get("total")),
        "places": 0,
    }
    beyond = {}
    for name, total in totals.items():
        listed = facts.get(name)
        listed = len(listed) if isinstance(listed, list | tuple) else 0
        left = max(total, listed) - min(listed, rows)
        if left > 0:
            beyond[name] = left
    return beyond


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def versions(
    facts: Mapping[str, object], most: int, clean: Callable[[str], str] = printable
) -> Iterator[dict[str, object]]:
    """The facts cut shorter and shorter, from lists of `most` rows on; each says under `more` what it leaves out."""
    for rows, length in LADDER:
        if rows <= most:
            cut = shorten(facts, rows, length, clean)
            assert isinstance(cut, dict)
            yield cut | {"more": more(facts, rows)}
