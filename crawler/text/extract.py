"""The body of a page: the subtree is chosen here, trafilatura gives a second opinion, no line is lost."""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from lxml.etree import _Element as Element

from crawler.text import dates, matter
from crawler.text.glued import unglued
from crawler.text.lines import Line, Written, lines_of, text_of
from crawler.text.opinion import rescue, second
from crawler.text.tree import body_of, chrome_in, parse, weigh, without_comments
from crawler.text.trim import trim

LINKED = 0.6  # of its characters in links make a line a link
LONGEST = 300  # characters of a title that are looked at
SUBJECT = "thread_subject"  # id of a thread's title in Discuz!, beside its kind in one heading
TINY = 60  # characters; less is no body, and trafilatura may look over the whole page
AFTER = 4  # lines behind the body in which a forum or a weblog puts the time of posting


class Extract(NamedTuple):
    """What a page says and how it was found.

    lines         the document, one paragraph a line: its title where the page has one beside the body, subtitle, lead
                  and abstract, the body, notes and annexes behind it
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
    """The document on a page; never raises. A page without elements gives no lines."""
    root = parse(page)
    if root is None:
        return Extract([], None, None, [], 0.0, known=False)
    weights = without_comments(root, weigh(root))
    body = body_of(root, weights)
    written = lines_of(root, body.root, chrome_in(root, body.root, weights))
    lines = unglued(trim(written.body))
    texts = [line.text for line in (lines if body.known else second(body.root, lines))]
    if sum(map(len, texts)) < TINY:
        texts = max(texts, rescue(root), key=lambda some: sum(map(len, some)))
    begin, end = span(written, texts)
    day = dates.in_tags(root) or dated(written.page, begin, end)
    full = title_in(root)
    head, name = matter.front(written.page, begin, full, texts)
    tail = matter.back(written.page, end + 1)
    return Extract(
        [*head, *texts, *tail], heading(root, full) or name or short(full), day, written.page, body.share, body.known
    )


def span(written: Written, body: Sequence[str]) -> tuple[int, int]:
    """The indices of the first and the last line of a body in its page."""
    page = written.page
    first, last = (body[0], body[-1]) if body else ("", "")
    begin = next((at for at in range(written.start, len(page)) if page[at].text == first), written.start)
    return begin, next((at for at in range(len(page) - 1, begin, -1) if page[at].text == last), begin)


def dated(page: Sequence[Line], begin: int, end: int) -> date | None:
    """The day that the lines before a body give, else one with a label at its end or just behind it."""
    texts = [line.text for line in page]
    head = [line.text for line in page[:begin] if line.linked < LINKED]
    return dates.in_lines(head) or dates.in_closing(texts[max(begin, end - 2) : end + AFTER])


def title_in(root: Element) -> str:
    """The text of a page's <title>."""
    found = root.find(".//title")
    return text_of(found)[:LONGEST] if found is not None else ""


def heading(root: Element, full: str) -> str | None:
    """The heading of a page that agrees with its <title>; None without one."""
    whole = full.replace(" ", "")
    texts = (text_of(node) for node in root.iter("h1", "h2", "span") if node.tag != "span" or node.get("id") == SUBJECT)
    return next((text for text in texts if len(text) > 3 and text.replace(" ", "") in whole), None)


def short(full: str) -> str | None:
    """A <title> without the site's name; None for an empty one."""
    return re.split(r"\s*[-_|–—]{1,2}\s*(?=[^-_|–—]*$)", full)[0] or None
