"""What came in place of a list: one without a link may be a refusal, a wall or an error page with status 200. Pure."""

import re

from parsel import Selector

from crawler.verdict import BLOCKED, CHALLENGE, MISSING, WALL
from storage.errors import Blocked, ColumnMoved, EmptyList, FetchError

SHORT = 2000  # characters; longer pages are pages, whatever a line of them says
STOPPED = re.compile(r"(?:访问|请求).{0,30}已?被.{0,8}(?:拦截|阻断|拒绝)")
SHOWN = "//body//text()[not(ancestor::script or ancestor::style)] | //title/text()"


def instead_of_list(url: str, elements: Selector) -> FetchError:
    """The error that a page without a link to an article is: Blocked, ColumnMoved, or a list that is truly empty."""
    text = " ".join(" ".join(elements.xpath(SHOWN).getall()).split())
    if len(text) <= SHORT:
        if CHALLENGE.search(elements.get()) or BLOCKED.search(text) or STOPPED.search(text):
            return Blocked(f"{url}: the site refuses, in a page with status 200: {text[:80]}")
        if WALL.search(text):
            return Blocked(f"{url}: the site wants a login: {text[:80]}")
        if MISSING.search(text):
            return ColumnMoved(
                f"{url}: the page says that it is gone; find the column and mend the source: {text[:80]}"
            )
    return EmptyList(f"{url}: a list without a link to an article; has the column moved, or its layout?")
