"""Feeds and site maps: RSS 2.0 and 1.0, Atom (RFC 4287), sitemaps.org."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from lxml import etree
from scrapy import Request
from scrapy.http import Response

from crawler.spiders.links import Link, canonical, same_site
from crawler.spiders.listing import ListingSpider, Steps, kept, told
from storage.errors import EmptyList, LayoutChanged
from storage.values import Page


class FeedSpider(ListingSpider):
    """The entries of a feed or a site map. A site map has no titles: options.article says which addresses to follow."""

    name = "feed"

    @told
    def listed(self, response: Response, number: int, hops: int = 0) -> Steps:
        """A feed, or an index of site maps, whose maps are read one after another."""
        page = kept(response).page
        maps = maps_of(parsed(page), page.url) if page.status == 200 else ()
        if not maps or hops:
            yield from self.steps(response, number, hops)
            return
        self.desk.count("lists")
        for url in self.desk.due(maps[: self.most], read=False):
            yield self.ask(url, self.listed, number=number + 1, hops=1)

    def leads_on(self, page: Page, hops: int) -> str | None:  # noqa: ARG002
        """Nowhere: a feed is no page."""
        return None

    def contents(self, page: Page, number: int) -> tuple[tuple[Link, ...], Request | None]:
        """The entries that are articles, and the feed's next page where it names one (RFC 5005)."""
        root = parsed(page)
        found = tuple(entries_of(root, page.url))
        if not found and number == 1:
            raise EmptyList(f"{page.url}: a feed without entries")
        pattern = self.source.options.get("article")
        articles = tuple(link for link in found if pattern is None or re.search(pattern, link.url))
        if found and not articles and number == 1:
            raise LayoutChanged(f"{page.url}: no address matches options.article {pattern!r}")
        following = next_of(root, page.url)
        return articles, self.ask(following, self.listed, number=number + 1) if following else None

    def wants(self, link: Link) -> bool:
        """By title, where there is one."""
        return not link.texts or super().wants(link)


def parsed(page: Page) -> etree._Element:
    """The root of an XML document; entities are left as they are.

    raises  LayoutChanged for what is no XML
    """
    try:
        root = etree.fromstring(
            page.body.strip(), etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
        )
    except etree.XMLSyntaxError as error:
        raise LayoutChanged(f"{page.url}: no feed: {error}") from error
    if root is None or _name(root) not in ("rss", "RDF", "feed", "urlset", "sitemapindex"):
        raise LayoutChanged(f"{page.url}: no feed, but {'nothing' if root is None else _name(root)}")
    return root


def maps_of(root: etree._Element, url: str) -> tuple[str, ...]:
    """The site maps of an index, within the site, in order."""
    if _name(root) != "sitemapindex":
        return ()
    found = (canonical(urljoin(url, _text(entry, "loc"))) for entry in root if _name(entry) == "sitemap")
    return tuple(address for address in found if same_site(address, url))


def entries_of(root: etree._Element, url: str) -> Iterator[Link]:
    """Address and title of each entry."""
    for entry in root.iter():
        if _name(entry) not in ("item", "entry", "url"):
            continue
        address = _text(entry, "loc") or _alternate(entry) or _text(entry, "link") or _text(entry, "guid")
        title = _text(entry, "title")
        if address and urljoin(url, address).startswith(("http://", "https://")):
            yield Link(canonical(urljoin(url, address)), (title,) if title else ())


def next_of(root: etree._Element, url: str) -> str | None:
    """The address of a feed's next page."""
    for link in root.iter():
        if _name(link) == "link" and link.get("rel") == "next" and link.get("href"):
            return canonical(urljoin(url, link.get("href", "")))
    return None


def _alternate(entry: etree._Element) -> str:
    links = [child for child in entry if _name(child) == "link" and child.get("href")]
    return next((link.get("href", "") for link in links if link.get("rel", "alternate") == "alternate"), "")


def _text(entry: etree._Element, name: str) -> str:
    """The text of the first element of that name within an entry (news:title counts as title)."""
    return next(("".join(map(str, child.itertext())).strip() for child in entry.iter() if _name(child) == name), "")


def _name(element: etree._Element) -> str:
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""
