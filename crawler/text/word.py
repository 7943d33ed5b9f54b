"""Text of Word documents (docx, ECMA-376): paragraphs with their automatic labels, tables, text boxes, footnotes.

What was deleted under tracked changes is left out, what was inserted is in. A table of contents that Word made repeats
the headings and is left out too. Footnotes, which explain terms, follow the text under 注释.
"""

import zipfile
from collections.abc import Iterator

from lxml.etree import _Element as Element

from crawler.text.markup import parsed
from crawler.text.numbering import WORD, Numbering, numbering_of, value

DRAWN = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
P, TABLE, ROW, CELL = (f"{{{WORD}}}{name}" for name in ("p", "tbl", "tr", "tc"))
BOX = f"{{{WORD}}}txbxContent"
GONE = {f"{{{WORD}}}{name}" for name in ("del", "moveFrom", "delText", "instrText", "pPr", "rPr")} | {DRAWN, BOX}
SIGNS = {f"{{{WORD}}}{name}": sign for name, sign in (("tab", " "), ("br", "\n"), ("cr", "\n"), ("noBreakHyphen", "-"))}
CONTENTS = ("toc", "目录")
NOTES = "注释"


def lines_of_word(archive: zipfile.ZipFile) -> list[str]:
    """The paragraphs of a document in order, empty ones left out.

    archive  its members measured before
    raises   KeyError without a main part, the errors of `parsed` and of zipfile where it is damaged
    """
    body = member(archive, "word/document.xml")
    if body is None:
        raise KeyError("word/document.xml")
    styles = member(archive, "word/styles.xml")
    reader = Reader(numbering_of(member(archive, "word/numbering.xml"), styles), contents_in(styles))
    lines = [line.strip() for line in reader.lines_in(body)]
    notes = [line.strip() for line in reader.notes_in(member(archive, "word/footnotes.xml"))]
    notes += [line.strip() for line in reader.notes_in(member(archive, "word/endnotes.xml"))]
    lines = [line for line in lines if line]
    return [*lines, NOTES, *notes] if lines and notes else lines


def member(archive: zipfile.ZipFile, name: str) -> Element | None:
    """A part of the document, parsed without entities; None where it has none of that name."""
    if name not in archive.namelist():
        return None
    return parsed(archive.read(name))


def contents_in(styles: Element | None) -> frozenset[str]:
    """The styles of the entries of a table of contents."""
    if styles is None:
        return frozenset()
    named = {node.get(f"{{{WORD}}}styleId", ""): value(node, "name") for node in styles.iterfind(f"{{{WORD}}}style")}
    return frozenset(key for key, name in named.items() if name.lower().startswith(CONTENTS))


class Reader:
    """Reads a document once, from its beginning: the labels count."""

    def __init__(self, numbering: Numbering, contents: frozenset[str]) -> None:
        self._numbering = numbering
        self._contents = contents

    def lines_in(self, node: Element) -> Iterator[str]:
        """The lines of a body, a cell, a text box, in order. Not recursive in what may be nested without end."""
        stack = [iter(node)]
        while stack:
            child = next(stack[-1], None)
            if child is None:
                stack.pop()
            elif child.tag == P:
                yield from self.paragraph(child)
            elif child.tag == TABLE:
                yield from self.table(child)
            elif isinstance(child.tag, str) and child.tag not in GONE:
                stack.append(iter(child))

    def paragraph(self, node: Element) -> Iterator[str]:
        """A paragraph with its label; before it the text boxes that hang on it."""
        for box in boxes_in(node):
            for inner in box.iter(P):
                yield text_of(inner)
        if value(node.find(f"{{{WORD}}}pPr"), "pStyle") in self._contents:
            return
        text = text_of(node)
        if text.strip():
            first, *rest = text.strip().split("\n")
            yield self._numbering.label(node) + first
            yield from rest

    def table(self, node: Element) -> Iterator[str]:
        """The rows of a table, a line each; a row with one filled cell is layout, and its paragraphs are lines."""
        for row in node.iter(ROW):
            if next(row.iterancestors(TABLE), None) is not node:
                continue
            cells = [list(self.lines_in(cell)) for cell in row.iter(CELL) if next(cell.iterancestors(ROW), None) is row]
            filled = [lines for cell in cells if (lines := [line.strip() for line in cell if line.strip()])]
            if len(filled) == 1:
                yield from filled[0]
            elif filled:
                yield " ".join("".join(lines) for lines in filled)

    def notes_in(self, notes: Element | None) -> Iterator[str]:
        """Footnotes, numbered as in the text; the lines that part them from the text are none."""
        if notes is None:
            return
        real = [node for node in notes if isinstance(node.tag, str) and not node.get(f"{{{WORD}}}type")]
        for number, node in enumerate(real, 1):
            text = "".join(text_of(paragraph) for paragraph in node.iter(P)).strip()
            if text:
                yield f"{number}. {text}"


def boxes_in(paragraph: Element) -> list[Element]:
    """The text boxes of a paragraph, each once: Word writes them a second time for older programs."""
    found = [box for box in paragraph.iter(BOX) if next(box.iterancestors(P), None) is paragraph]
    first = [box for box in found if next(box.iterancestors(DRAWN), None) is None]
    return first or found


def text_of(paragraph: Element) -> str:
    """The text of a paragraph, what hangs on it left out."""
    text: list[str] = []
    stack = [iter(paragraph)]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
        elif node.tag == f"{{{WORD}}}t":
            text.append(node.text or "")
        elif node.tag in SIGNS:
            text.append(SIGNS[node.tag])
        elif isinstance(node.tag, str) and node.tag not in GONE:
            stack.append(iter(node))
    return "".join(text)
