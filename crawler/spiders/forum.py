"""A forum made with Discuz! X: boards, and threads whose first post is the article."""

import re
from urllib.parse import parse_qs, urlsplit, urlunsplit

from parsel import Selector
from scrapy import Request

from crawler.spiders.links import Link, links, next_list, tree
from crawler.spiders.listing import ListingSpider
from storage.errors import Blocked
from storage.values import Page

SHORT = re.compile(r"(.*/)?thread-(\d+)-\d+-\d+(\.html)?")  # what the forum's rewriting makes of viewthread
THREAD = re.compile(r"(?:thread-|tid=)(\d+)")
# Discuz! says these in its own message box (template common/showmessage), with status 200.
WALL = re.compile(
    r"您?(需要|必[须須])?先?登[录錄]后?才能|您所在的用[户戶][组組].{0,20}[无無]法|[没沒]有[权權]限[访訪][问問]"
)


class ForumSpider(ListingSpider):
    """A board, and the first page of each thread on it, each thread once whatever its address says."""

    name = "forum"

    def articles(self, elements: Selector, url: str) -> tuple[Link, ...]:
        """The threads of a board, pinned ones too, with all texts that link to them."""
        found: dict[str, list[str]] = {}
        address: dict[str, str] = {}  # the first form that the board uses of a thread's number stands for all
        for link in links(elements, url, self.source.options.get("list")):
            thread = thread_address(link.url)
            if thread is not None:
                number = THREAD.findall(thread)[-1]
                found.setdefault(address.setdefault(number, thread), []).extend(link.texts)
        return tuple(Link(thread, tuple(texts)) for thread, texts in found.items())

    def following(self, elements: Selector, url: str, number: int) -> str | None:
        """The next page of the board; a long thread has links that show numbers too."""
        threads = {link.url for link in links(elements, url) if thread_address(link.url)}
        return next_list(elements, url, number, threads, selector=self.source.options.get("next"))

    def contents(self, page: Page, number: int) -> tuple[tuple[Link, ...], Request | None]:
        """The threads of a board; a board that only members may see says so in a message box.

        raises  Blocked
        """
        elements = tree(page)
        message = " ".join(elements.css("#messagetext ::text, .alert_info ::text, .alert_error ::text").getall())
        if WALL.search(re.sub(r"\s", "", message)) and not self.articles(elements, page.url):
            raise Blocked(f"{page.url}: members only: {message.strip()[:80]}")
        return super().contents(page, number)


def thread_address(url: str) -> str | None:
    """The one address of a thread's first page, in the form that the board uses; None for what is no thread.

    Session ids, the way back to the board (extra), pages, orders and highlights are all left out. The fourth number of
    the short form is the board's page, so it too is always 1.
    """
    parts = urlsplit(url)
    short = SHORT.fullmatch(parts.path)
    if short:
        path = f"{short[1] or '/'}thread-{short[2]}-1-1{short[3] or ''}"
        return urlunsplit((parts.scheme, parts.netloc, path, "", ""))
    query = parse_qs(parts.query)
    tid = query.get("tid", [""])[0]
    if query.get("mod") == ["viewthread"] and tid.isascii() and tid.isdigit():
        return urlunsplit((parts.scheme, parts.netloc, parts.path, f"mod=viewthread&tid={tid}", ""))
    return None
