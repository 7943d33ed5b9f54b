"""The files that belong to a page: a report as docx, pdf, ofd or doc under a notice that only announces it."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from parsel import Selector

from crawler.spiders.links import Link, canonical, links, same_site, says, tree
from storage.values import Page

# The best first: what gives its text without guessing. One document in several formats is fetched once.
FORMATS = (".docx", ".ofd", ".pdf", ".doc", ".wps")
MOST = 3  # files of one page: the report, its glossary, one more
# Chinese characters outside links that a page may have and still be no more than a cover: chrome and notice of the
# sample's and of seven saved portal pages had 180–640, the shortest report of the corpus has 3 100.
COVER = 1500
HAN = re.compile("[一-鿿]")
MENTIONED = re.compile(rb"\.(?:docx?|pdf|ofd|wps)\b", re.IGNORECASE)  # most pages name no file and need no look
HOLDERS = "iframe::attr(src), embed::attr(src), object::attr(data)"


def files_of(page: Page, pattern: str) -> tuple[str, ...]:
    """Addresses of the files that hold what an HTML page announces, in its order; none where the page has a text.

    pattern  of titles; where a file's link, or the file's name, matches it, only such files are taken
    """
    if not MENTIONED.search(page.body):
        return ()
    elements = tree(page)
    found = tuple(_files(elements, page.url))
    if not found or len(HAN.findall(plain_text(elements))) >= COVER:
        return ()
    named = tuple(link for link in found if says(link, pattern))
    return tuple(link.url for link in _once(named or found))[:MOST]


def plain_text(elements: Selector) -> str:
    """What a page shows outside links, scripts and styles."""
    outside = "not(ancestor::a or parent::script or parent::style or parent::noscript or ancestor::select)"
    return "".join(elements.xpath(f"//body//text()[{outside}]").getall())


def ending(url: str) -> str:
    """The format that an address names, `.pdf`; "" where it is none of those."""
    path = urlsplit(url).path.lower()
    return next((format_ for format_ in FORMATS if path.endswith(format_)), "")


def _files(elements: Selector, url: str) -> Iterator[Link]:
    """Links to files on the site, and files shown in frames or viewers, with the file's name among the texts."""
    base = urljoin(url, elements.css("base::attr(href)").get() or "")
    framed = [Link(canonical(urljoin(base, source)), ()) for source in elements.css(HOLDERS).getall() if source.strip()]
    for link in (*links(elements, url), *framed):
        address = _shown_file(link.url)
        if address and same_site(address, url):
            name = unquote(urlsplit(address).path.rsplit("/", 1)[-1])
            yield Link(address, (*link.texts, name))


def _shown_file(url: str) -> str | None:
    """The file's address; of a viewer such as pdf.js the one that it is given."""
    if ending(url):
        return url
    for given in parse_qs(urlsplit(url).query).get("file", []):
        if ending(given):
            return canonical(urljoin(url, given))
    return None


def _once(found: tuple[Link, ...]) -> tuple[Link, ...]:
    """Each document once, in the best of its formats."""
    best: dict[str, Link] = {}
    for link in found:
        name = re.sub(r"\.\w+$|\s|[（(]\w{3,4}[)）]", "", (link.texts or (link.url,))[0].lower())
        if name not in best or FORMATS.index(ending(link.url)) < FORMATS.index(ending(best[name].url)):
            best[name] = link
    return tuple(best.values())
