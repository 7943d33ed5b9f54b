"""Scraped text made safe for where it is shown: a terminal, a spreadsheet, a link; PURE."""

import re
import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection); full-width forms count in Excel too.
FORMULA = re.compile(r"^[\s\ufffd]*[=+\-@＝＋－＠\t\r\n]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
FOLLOWED = ("http://", "https://", "file:///")


def clean(text: str) -> str:
    """Text that cannot command a terminal: control and format characters become visible or go (ECMA-48)."""
    return "".join(c if c in "\n\t" or unicodedata.category(c)[0] != "C" else REPLACEMENT for c in text)


def inline(text: str) -> str:
    """The text cleaned, on one line."""
    return " ".join(clean(text).split())


def cell(value: object) -> str:
    """A value for a CSV cell: cleaned, one line, and led by an apostrophe where a spreadsheet would run it."""
    text = "" if value is None else str(value)
    shown = inline(text)
    return f"'{shown}" if (FORMULA.match(text) or FORMULA.match(shown)) and not NUMBER.fullmatch(shown) else shown


def link(url: str) -> str:
    """The address if it is one that may be followed, else "": never javascript: or data:."""
    shown = url.strip()
    return shown if shown.lower().startswith(FOLLOWED) and inline(shown) == shown else ""
