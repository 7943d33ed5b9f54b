"""Which family a page that a person points at belongs to, and what its spider has to be told; by the page alone."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from parsel import Selector

from crawler.spiders.epaper import SECTION, sections_of
from crawler.spiders.forum import thread_address
from crawler.spiders.links import PAGE_KEYS, links, looks_like_article, tree, written_links
from crawler.spiders.listing import HOME
from crawler.spiders.paged import next_page_of
from crawler.spiders.scripts import leads_to
from storage.values import Page

FEEDS = re.compile(rb"<(rss|feed|urlset|sitemapindex|rdf:RDF)\b")
ADDRESSES = re.compile(r"url|link|href|path|addr", re.IGNORECASE)
TITLES = re.compile(r"title|name|subject|topic|标题", re.IGNORECASE)
HAN = re.compile("[一-鿿]")
WAY = "政务公开/规划计划/政府工作报告"
DEEPEST = 6  # levels of a JSON document in which its rows are looked for


@dataclass(frozen=True, slots=True)
class Guess:
    """A family, the options its spider needs, and what in the page speaks for it."""

    family: str
    why: str
    options: Mapping[str, str] = field(default_factory=dict)


def family_of(page: Page) -> Guess | None:
    """The family of a list page; None where nothing in it looks like a list."""
    text = page.body.lstrip(b"\xef\xbb\xbf \r\n\t")
    if text[:1] in (b"{", b"["):
        return of_json(text, page.url)
    if found := FEEDS.search(text[:1000]):
        return of_feed(found[1].decode())
    return of_markup(tree(page), page)


def of_feed(root: str) -> Guess:
    """A feed; a site map names addresses alone, so those with a number are followed."""
    maps = {"article": r"\d{3}"} if root in ("urlset", "sitemapindex") else {}
    return Guess("feed", f"its root is <{root}>", maps)


def of_json(text: bytes, url: str) -> Guess | None:
    """An interface: the longest list of rows that have an address and a Chinese title."""
    try:
        document = json.loads(text)
    except ValueError:
        return None
    found = max(_rows(document, ()), key=lambda row: row[0], default=None)
    if found is None:
        return None
    number, path, link, title = found
    options = {"rows": ".".join(path), "link": link, "text": title}
    turns = next((key for key, _ in parse_qsl(urlsplit(url).query) if key.lower() in PAGE_KEYS), None)
    return Guess("api", f"{number} rows of JSON at {options['rows']!r}", options | ({"page": turns} if turns else {}))


def _rows(value: Any, path: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...], str, str]]:
    """How many rows, where, and the names of their address and title, of each list in a document that has them."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        texts = {key: field_ for key, field_ in value[0].items() if isinstance(field_, str)}
        link = next((key for key in texts if ADDRESSES.search(key) and re.search(r"[/.]", texts[key])), None)
        title = next((key for key in texts if TITLES.search(key) and HAN.search(texts[key])), None)
        if link and title:
            yield len(value), path, link, title
    if isinstance(value, dict) and len(path) < DEEPEST:
        for key, inner in value.items():
            yield from _rows(inner, (*path, key))


def of_markup(elements: Selector, page: Page) -> Guess | None:
    """A forum, an e-paper, a column, or a home page from which the column is found."""
    found = links(elements, page.url)
    generator = elements.css("meta[name=generator]::attr(content)").get() or ""
    threads = [link for link in found if thread_address(link.url)]
    if "discuz" in generator.lower() or len(threads) >= 2:
        return Guess("forum", f"made with {generator or 'Discuz!'}, {len(threads)} links to threads")
    target = leads_to(elements, page.url)
    if sections_of(page) or (target and SECTION.search(urlsplit(target).path)):
        return Guess("epaper", "a front page with sections (版)")
    if urlsplit(page.url).path in HOME and any("政务公开" in text for link in found for text in link.texts):
        return Guess("column", "a home page with 政务公开, from which the column is found", {"via": WAY})
    articles = [link for link in (*found, *written_links(elements, page.url)) if looks_like_article(link, page.url)]
    if articles or target:
        return Guess("column", f"{len(articles)} links look like articles" if articles else "a script leads to it")
    return _embedded(elements, page.url)


def _embedded(elements: Selector, url: str) -> Guess | None:
    """A page whose list is JSON in one of its elements."""
    for element in elements.css("[id], script[type='application/json']"):
        text = "".join(element.css("::text").getall()).strip()
        found = of_json(text.encode(), url) if text[:1] in ("{", "[") else None
        if found:
            name = element.attrib.get("id")
            where = f"#{name}" if name else "script[type='application/json']"
            return Guess("column", f"{found.why} in {where}", {"json": where, **found.options})
    return None


def goes_on(page: Page) -> bool:
    """Whether an article of that page has a second page: then its site's family is `paged`."""
    return page.status == 200 and b"<" in page.body[:512] and next_page_of(page, page.url, 2) is not None
