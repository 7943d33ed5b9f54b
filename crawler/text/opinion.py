"""trafilatura's opinion on a body: asked where no known container vouches for it, and where nothing was found."""

import re
from collections.abc import Sequence

from lxml import html
from lxml.etree import _Element as Element

from crawler.text.lines import Line
from crawler.text.trim import BEGINS, prose, tight

AGREES = 0.8  # of the sentences that both find: less, and trafilatura has lost its way in the page
DOUBTED = 0.1  # of the lines: where trafilatura leaves out more, the page is a forum's or a weblog's, and it is right
FEW = 3  # lines of a short text that may be captions
NEAR = 4  # lines before and behind a caption in which a paragraph stands
LINKED = 0.5  # of its characters in links make a line a link
HEADING = re.compile(
    r"^(?:第?[一二三四五六七八九十百]+[、章节部是]|[（(][一二三四五六七八九十]+[）)]|\d{1,2}[.、．]|[—─●◎◆])"
)
LARGEST = 2_000_000  # characters of markup; beyond, it takes more seconds than its opinion is worth
DEEPEST = 250  # levels of elements; trafilatura recurses


def second(root: Element, lines: Sequence[Line]) -> list[Line]:
    """The lines of a body without those short ones that trafilatura takes for chrome.

    On sets A and D that took out 167 lines of chrome and 9 of the body, seven of which were advertisements
    (pages/score.py). Sentences and headings stay whatever it says: its own text merges or loses them where a page is
    laid out with tables or <br>.
    """
    found = opinion(root)
    sentences = [line for line in lines if prose(line.text)]
    if sum(tight(line.text) in found for line in sentences) < AGREES * len(sentences) or not sentences:
        return list(lines)
    agreed = [prose(line.text) or kept(line.text) or tight(line.text) in found for line in lines]
    few = agreed.count(False) <= max(FEW, DOUBTED * len(lines))
    return [line for at, line in enumerate(lines) if agreed[at] or (few and amid(lines, agreed, at))]


def amid(lines: Sequence[Line], agreed: Sequence[bool], at: int) -> bool:
    """Does a line without links, a caption for one, stand between paragraphs that both find?"""
    near = [n for n in range(max(0, at - NEAR), min(len(lines), at + NEAR + 1)) if agreed[n] and prose(lines[n].text)]
    return lines[at].linked < LINKED and any(n < at for n in near) and any(n > at for n in near)


def kept(text: str) -> bool:
    """Does a short line show that it belongs to a report?"""
    return HEADING.search(text) is not None or BEGINS.search(text) is not None


def opinion(root: Element) -> str:
    """What trafilatura makes of a subtree, without spaces; "" where it makes nothing of it."""
    markup = html.tostring(root, encoding="unicode", with_tail=False)
    if len(markup) > LARGEST or deep(root):
        return ""
    return tight(extracted(markup))


def rescue(root: Element) -> list[str]:
    """The lines that trafilatura finds in a page, JSON-LD included."""
    markup = html.tostring(root, encoding="unicode")
    if len(markup) > LARGEST or deep(root):
        return []
    return [line.strip() for line in extracted(markup).split("\n") if line.strip()]


def extracted(markup: str) -> str:
    """The text that trafilatura finds. It is imported here: most pages never ask it, and it slows every start."""
    import trafilatura

    return trafilatura.extract(markup, include_comments=False, favor_recall=True) or ""


def deep(root: Element) -> bool:
    """Is a tree deeper than trafilatura can go?"""
    depth = 0
    levels = [root]
    while levels and depth <= DEEPEST:
        levels = [child for node in levels for child in node]
        depth += 1
    return depth > DEEPEST
