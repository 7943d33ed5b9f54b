"""The body of a page: the subtree is chosen here, trafilatura gives a second opinion, no line is lost."""

import copy
import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import trafilatura
from lxml import html

from crawler.text import dates
from crawler.text.lines import Line, lines_of
from crawler.text.tree import body_of, parse, prune, weigh
from crawler.text.trim import prose, trim

Element = html.HtmlElement


class Extract(NamedTuple):
    """What a page says and how it was found.

    lines         the body, one paragraph a line
    title         of the document, None where the page has none
    published_on  the day that tags or labels give, None where they give none
    around        the lines of the whole page, chrome and all, in order
    share         share of the page's punctuation that the body holds
    known         was the container one of a widespread system?
    """

    lines: list[str]
    title: str | None
    published_on: date | None
    around: list[Line]
    share: float
    known: bool


def extract(page: str) -> Extract:
    """The body of a page; never raises. A page without elements gives no lines."""
    root = parse(page)
    if root is None:
        return Extract([], None, None, [], 0.0, known=False)
    weights = weigh(root)
    title = title_of(root)
    body = body_of(root, weights)
    day = dates.in_tags(root)
    whole = lines_of(copy.deepcopy(root))
    subtree = body.root
    prune(subtree, weights)
    lines = trim(lines_of(subtree), title)
    texts = [line.text for line in lines]
    return Extract(texts, title, day or dated(whole, texts), whole, body.share, body.known)


def dated(around: Sequence[Line], body: Sequence[str]) -> date | None:
    """The day that the lines before the body give, else one with a label just behind it."""
    first = set(body[:3])
    begin = next((at for at, line in enumerate(around) if prose(line.text) or line.text in first), len(around))
    head = [line.text for line in around[:begin] if line.linked < 0.6]
    return dates.in_lines(head)


def title_of(root: Element) -> str | None:
    """The title: that of the article's heading where it agrees with <title>, else <title> without the site's name."""
    found = root.find(".//title")
    full = " ".join("".join(found.itertext()).split()) if found is not None else ""
    for heading in root.iter("h1", "h2"):
        text = " ".join("".join(heading.itertext()).split())
        if len(text) > 3 and text.replace(" ", "") in full.replace(" ", ""):
            return text
    short = re.split(r"\s*[-_|–—]{1,2}\s*(?=[^-_|–—]*$)", full)[0]
    return short or None
