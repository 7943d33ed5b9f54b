"""The lines of a page without loss: one paragraph a line, which of them are the body's, which are links."""

import re
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import NamedTuple

from lxml.etree import _Element as Element
from lxml.etree import iterwalk

# Elements that never hold text for a reader.
SILENT = frozenset(
    (
        *("script", "style", "noscript", "template", "head", "title", "link", "meta", "base"),
        *("iframe", "frame", "frameset", "object", "embed", "applet", "param", "source", "track"),
        *("svg", "canvas", "map", "audio", "video", "figcaption", "rt", "rp"),
        *("input", "select", "option", "button", "textarea"),
    )
)
BLOCKS = frozenset(
    (
        *(
            "body",
            "header",
            "main",
            "footer",
            "nav",
            "aside",
            "article",
            "section",
            "div",
            "address",
            "blockquote",
            "center",
        ),
        *(
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "p",
            "pre",
            "br",
            "ul",
            "ol",
            "li",
            "dl",
            "dt",
            "dd",
            "details",
            "summary",
        ),
        *(
            "table",
            "caption",
            "thead",
            "tbody",
            "tfoot",
            "tr",
            "form",
            "fieldset",
            "legend",
            "dir",
            "figure",
            "ucapcontent",
        ),
    )
)
ROWS = frozenset(("table", "tr", "caption"))
CELLS = frozenset(("td", "th"))
CELL = 240  # characters that no cell of a data table has
LONG = 200  # characters that no single line with two ideographic spaces in it has
SPACES = re.compile(r"[ \t\r\f\v\n\xa0\u2002\u2003\u2009]+")
NUMBERED = "[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]"
INDENT = re.compile(
    rf"\n[ \t\xa0]*\u3000{{2,}}|(?<=[。！？；：…”）!?;:)])\u3000{{2,}}|(?<!\u3000)\u3000{{2,}}+(?={NUMBERED})"
)
WIDE = re.compile("\u3000{2,}")
CHINESE = re.compile("[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f]")
BREAK = "\ufdd0"  # a noncharacter (Unicode §23.7); tree.parse takes them out of every page
CELL_END = "\ufdd1"  # another: between the cells of a row


class Line(NamedTuple):
    """One line of a page, the share of its characters that stand in links, and that in chrome or hidden parts."""

    text: str
    linked: float = 0.0
    aside: float = 0.0


class Stretch:
    """A line in the making: its pieces, and how many characters of them stand in links or aside of the text."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.linked = self.aside = 0
        self.lines: list[Line] = []

    def write(self, text: str, *, link: bool, aside: bool = False) -> None:
        """Add a piece."""
        self.pieces.append(text)
        if link:
            self.linked += len(text.strip())
        if aside:
            self.aside += len(text.strip())

    def end(self) -> None:
        """End the line; an empty one leaves nothing."""
        if not self.pieces:
            return
        whole = "".join(self.pieces)
        for part in paragraphs(whole):
            if text := clean(part):
                self.lines.append(Line(text, min(1.0, self.linked / len(text)), min(1.0, self.aside / len(text))))
        self.pieces, self.linked, self.aside = [], 0, 0


class Scribe:
    """Walks a tree once and writes down two lists of lines: those of the page and those of its body.

    Blocks and <br> end a line, cells of a layout table too; those of a data table are joined by a space. A line break
    of the source is a space, or nothing between two Chinese characters, but a paragraph where two ideographic spaces
    follow, as old systems indent.

    body    the subtree that holds the body
    chrome  subtrees that are no part of it, inside and outside
    """

    def __init__(self, body: Element, chrome: AbstractSet[Element]) -> None:
        self.root = body
        self.skipped = chrome
        self.page, self.body = Stretch(), Stretch()
        self.links = self.chrome = self.inside = self.start = 0
        self.tables: list[bool] = []

    def walk(self, root: Element) -> None:
        """Write down a whole tree."""
        steps = iterwalk(root, events=("start", "end"))
        for event, node in steps:
            if event == "end":
                self.leave(node)
            elif node.tag in SILENT:
                steps.skip_subtree()
            else:
                self.enter(node)
        self.end()

    def enter(self, node: Element) -> None:
        """The start of an element and the text before its first child."""
        tag = node.tag
        self.count(node, 1)
        if tag == "table":
            self.tables.append(not layout(node))
        self.bound(tag)
        if node.text:
            self.write(node.text)

    def leave(self, node: Element) -> None:
        """The end of an element and the text behind it."""
        tag = node.tag
        if tag not in SILENT:
            self.bound(tag)
            if tag == "table":
                self.tables.pop()
            self.count(node, -1)
        if node.tail and (self.inside or node is not self.root):
            self.write(node.tail)

    def count(self, node: Element, step: int) -> None:
        """Keep account of links, chrome and body on the way in and out."""
        if node.tag == "a" and node.get("href") is not None:
            self.links += step
        if node in self.skipped:
            self.chrome += step
        if node is self.root:
            self.end()
            self.inside += step
            self.start = len(self.page.lines) if step > 0 else self.start

    def bound(self, tag: object) -> None:
        """End the line where an element does so."""
        data = bool(self.tables) and self.tables[-1]
        if tag in CELLS and data:
            self.write(CELL_END)
        elif tag in CELLS or (tag in BLOCKS and (not data or tag in ROWS)):
            self.end()

    def write(self, text: str) -> None:
        """Add text to the page's line, and to the body's where it belongs there."""
        self.page.write(text, link=self.links > 0, aside=self.chrome > 0)
        if self.inside and not self.chrome:
            self.body.write(text, link=self.links > 0)

    def end(self) -> None:
        """End both lines."""
        self.page.end()
        self.body.end()


class Written(NamedTuple):
    """The lines of a page, the index of the first in its body, and the lines of the body without its chrome."""

    page: list[Line]
    start: int
    body: list[Line]


def lines_of(root: Element, body: Element, chrome: AbstractSet[Element]) -> Written:
    """The lines of a page and those of its body, none empty; body and chrome as in Scribe."""
    scribe = Scribe(body, chrome)
    scribe.walk(root)
    return Written(scribe.page.lines, scribe.start, scribe.body.lines)


def layout(table: Element) -> bool:
    """Is a table there for the looks? So if it holds tables, long cells or less than two rows of two cells."""
    if next(table.iterdescendants("table"), None) is not None:
        return True
    rows = [[cell for cell in row if cell.tag in CELLS] for row in table.iterdescendants("tr")]
    if sum(len(row) > 1 for row in rows) < 2:
        return True
    return any(len(text_of(cell)) > CELL for row in rows for cell in row)


def text_of(node: Element) -> str:
    """All text of an element on one line."""
    return " ".join("".join(map(str, node.itertext())).split())


def paragraphs(piece: str) -> list[str]:
    """The paragraphs of a stretch without marks of breaks, by the indents of its source."""
    if "\u3000\u3000" in piece:
        piece = INDENT.sub(BREAK, piece)
        if len(piece) > LONG:
            piece = WIDE.sub(BREAK, piece)
    if "\n" in piece:
        piece = unwrapped(piece)
    if CELL_END in piece:
        piece = " ".join(cell for cell in (cell.strip() for cell in piece.split(CELL_END)) if cell)
    return piece.split(BREAK) if BREAK in piece else [piece]


def unwrapped(piece: str) -> str:
    """A stretch without the line breaks of its source: a space in their place, or nothing beside Chinese characters."""
    rows = [row for row in (row.strip() for row in piece.split("\n")) if row]
    parts = rows[:1]
    for before, row in pairwise(rows):
        chinese = CHINESE.match(before[-1]) or CHINESE.match(row[0])
        parts.append(row if chinese else " " + row)
    lead, trail = piece[:1].isspace(), piece[-1:].isspace()
    return " " * lead + "".join(parts) + " " * trail


def clean(piece: str) -> str:
    """A line with single spaces and none at its ends."""
    return SPACES.sub(" ", piece).strip(" \u3000")
