"""The lines of a subtree, without loss: one paragraph a line, and which of them are links."""

import re
from typing import NamedTuple

from lxml import html

Element = html.HtmlElement

# Noncharacters (Unicode §23.7), which tree.parse takes out of every page, mark breaks and links on the way.
BREAK, OPEN, SHUT = "\ufdd0", "\ufdd1", "\ufdd2"
BLOCKS = frozenset(
    "address article aside blockquote body br caption center dd details dir div dl dt fieldset figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody tfoot thead tr ul ucapcontent title legend".split()
)
CELLS = frozenset(("td", "th"))
LAYOUT_CELL = 80  # characters that no cell of a data table has, and a paragraph soon does
SPACES = re.compile(r"[ \t\r\f\v\xa0\u2002\u2003\u2009]+")
INDENT = re.compile(
    r"\n[ \t\xa0]*\u3000{2,}|(?<=[。！？；：…”）!?;:)])\u3000{2,}|\u3000{2,}(?=[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）)"
)
WIDE = re.compile(r"\u3000{2,}")
LONG = 200  # characters that no single line with ideographic spaces in it has
BETWEEN = re.compile(r"\s*\n\s*")
HAN_JOIN = re.compile(
    r"(?<=[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f])[ \t\r]*\n\s*(?=[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f])"
)


class Line(NamedTuple):
    """One line of a page, and the share of its characters that stand in links."""

    text: str
    linked: float = 0.0


def lines_of(root: Element) -> list[Line]:
    """The lines of a subtree in order, none empty; the tree is changed on the way.

    Blocks and <br> end a line, cells of a layout table too; those of a data table are joined by a space. A line break
    of the source is a space, or nothing between two Chinese characters, but a paragraph where two ideographic spaces
    follow, as old systems indent.
    """
    tables = {table: layout(table) for table in root.iter("table")}
    for node in list(root.iter()):
        mark(node, root, tables)
    return split("".join(root.itertext()))


def mark(node: Element, root: Element, tables: dict[Element, bool]) -> None:
    """Put the marks for breaks and links around an element."""
    tag = node.tag
    if tag in CELLS:
        table = next(node.iterancestors("table"), None)
        before = after = BREAK if table is None or tables.get(table, True) else " "
    elif tag in BLOCKS:
        before = after = BREAK
    elif tag == "a":
        before, after = OPEN, SHUT
    else:
        return
    if tag == "br":
        node.tail = BREAK + (node.tail or "")
        return
    node.text = before + (node.text or "")
    if node is root:
        return
    if tag == "a" and len(node):
        last = node[-1]
        last.tail = (last.tail or "") + after
        return
    if tag == "a":
        node.text += after
        return
    node.tail = after + (node.tail or "")


def layout(table: Element) -> bool:
    """Is a table there for the looks? So if it holds tables, long cells or less than two rows of two cells."""
    if next(table.iterdescendants("table"), None) is not None:
        return True
    rows = [[cell for cell in row if cell.tag in CELLS] for row in table.iterdescendants("tr")]
    if sum(len(row) > 1 for row in rows) < 2:
        return True
    return any(len("".join(cell.itertext()).strip()) > 3 * LAYOUT_CELL for row in rows for cell in row)


def split(marked: str) -> list[Line]:
    """The lines of a marked text."""
    lines, inside = [], False
    for piece in marked.split(BREAK):
        for part in paragraphs(piece):
            line, inside = measured(part, inside=inside)
            if line.text:
                lines.append(line)
    return lines


def paragraphs(piece: str) -> list[str]:
    """The paragraphs of a stretch without marks of breaks, by the indents of its source."""
    if "\u3000\u3000" in piece:
        piece = INDENT.sub(BREAK, piece)
        if len(piece) > LONG:
            piece = WIDE.sub(BREAK, piece)
    if "\n" in piece:
        piece = HAN_JOIN.sub("", piece)
    return piece.split(BREAK)


def measured(piece: str, *, inside: bool) -> tuple[Line, bool]:
    """A line without its marks, and whether a link is still open at its end."""
    if OPEN not in piece and SHUT not in piece:
        text = clean(piece)
        return Line(text, 1.0 if inside and text else 0.0), inside
    linked = 0
    for part in re.split(f"([{OPEN}{SHUT}])", piece):
        if part in (OPEN, SHUT):
            inside = part == OPEN
        elif inside:
            linked += len(part.strip())
    text = clean(piece.replace(OPEN, "").replace(SHUT, ""))
    return Line(text, min(1.0, linked / len(text)) if text else 0.0), inside


def clean(piece: str) -> str:
    """A line with single spaces and none at its ends."""
    return SPACES.sub(" ", BETWEEN.sub(" ", piece)).strip(" \u3000\t\n\r\xa0")
