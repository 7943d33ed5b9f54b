"""The links of a list page: articles, and the way to the next list page."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from parsel import Selector

from crawler.spiders.scripts import created_next, turned_next, written_html
from crawler.text.decode import decode
from storage.values import Page

NEXT = re.compile(r"(下一?[页頁]|后一?页|後一?頁|next(page)?)[>»›→]*|[>»›→]+", re.IGNORECASE)
SESSION = re.compile(r";jsessionid=[^?#]*", re.IGNORECASE)
SESSION_KEYS = frozenset(("sid", "phpsessid", "jsessionid", "aspsessionid"))
PAGE_KEYS = frozenset(("page", "p", "pageno", "pagenum", "pageindex", "currentpage", "curpage", "pn"))
ENDS = re.compile(r"</(body|html)\s*>|\0", re.IGNORECASE)
WIDE = re.compile("[\uff01-\uff5e]")
SHORTEST = 4  # characters of a title
CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A link: its address, made canonical, and its texts: what it shows, and its title, which lists cut less."""

    url: str
    texts: tuple[str, ...]


def tree(page: Page) -> Selector:
    """The elements of a page. What follows </body> or </html> counts (HTML Standard §13.2.6.4.19); libxml2 drops it."""
    declared = CHARSET.search(page.content_type)
    text = ENDS.sub("", decode(page.body, declared[1] if declared else None).text)
    return Selector(text=text or "<html/>", type="html")


def canonical(url: str) -> str:
    """An address without fragment and session id: the same for every visitor."""
    parts = urlsplit(SESSION.sub("", url))
    query = parts.query
    if any(key.lower() in SESSION_KEYS for key, _ in parse_qsl(query)):
        pairs = parse_qsl(query, keep_blank_values=True)
        query = urlencode([pair for pair in pairs if pair[0].lower() not in SESSION_KEYS])
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path or "/", query, ""))


def links(elements: Selector, base: str, within: str | None = None) -> tuple[Link, ...]:
    """The links of a page that lead to http addresses, in order, each address once.

    base    the page's address; a <base href> in the page counts
    within  CSS selector of the part to look in
    """
    base = urljoin(base, elements.css("base::attr(href)").get() or "")
    found: dict[str, list[str]] = {}
    for anchor in (elements.css(within) if within else elements).css("a[href]"):
        href = re.sub(r"[\t\r\n]", "", anchor.attrib["href"]).strip()
        url = _joined(base, href)
        if url is None:
            continue
        texts = found.setdefault(url, [])
        for text in ("".join(anchor.css("::text").getall()), anchor.attrib.get("title", "")):
            if text.strip() and text.strip() not in texts:
                texts.append(text.strip())
    return tuple(Link(url, tuple(texts)) for url, texts in found.items())


def _joined(base: str, href: str) -> str | None:
    if not href or href.startswith("#"):
        return None
    try:
        url = urljoin(base, href)
        return canonical(url) if url.startswith(("http://", "https://")) else None
    except ValueError:
        return None  # a link that no browser could follow either


def same_site(one: str, other: str) -> bool:
    """Whether two addresses belong together: the same host, or one within the domain of the other."""
    a, b = ((urlsplit(url).hostname or "").removeprefix("www.") for url in (one, other))
    return a == b or a.endswith(f".{b}") or b.endswith(f".{a}")


def says(link: Link, pattern: str) -> bool:
    """Whether a text of the link matches: as written, without spaces, or folded, so that 政 府 工作報告 counts too."""
    plain = {form for text in link.texts for form in (text, re.sub(r"\s", "", text))}
    if any(re.search(pattern, form) for form in plain):
        return True
    foreign = [text for text in link.texts if not simplified(text)]
    if not foreign:
        return False
    from crawler.text.fold import fold  # its tables are a tenth of a crawl's start, and most lists have no use for them

    return any(re.search(pattern, fold(text)) for text in foreign)


def simplified(text: str) -> bool:
    """Whether a text has nothing but simplified characters and ASCII, so that folding would only drop its spaces."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return WIDE.search(text) is None


def looks_like_article(link: Link, list_page: str, pattern: str | None = None) -> bool:
    """Whether the link may lead to an article: the address matches the source's pattern or, where there is none, it is
    on the same site, has a number, as those of articles do, and its text is longer than the links of paging have.
    """
    if pattern is not None:
        return re.search(pattern, link.url) is not None
    parts = urlsplit(link.url)
    folder = parts.path.endswith("/") and not parts.query
    named = parts.path.rstrip("/").rsplit("/", 1)[-1]
    return (
        re.search(r"\d{3}", named) is not None
        if folder
        else re.search(r"\d", f"{parts.path}?{parts.query}") is not None
    ) and (
        same_site(link.url, list_page)
        and any(len(text) >= SHORTEST for text in link.texts)
        and not is_page_of(list_page, link.url)
    )


def written_links(elements: Selector, base: str) -> tuple[Link, ...]:
    """The links that a page's scripts write into it."""
    text = written_html(elements)
    return links(Selector(text=f"<html>{text}</html>", type="html"), base) if "<a" in text.lower() else ()


def next_list(
    elements: Selector,
    url: str,
    number: int,
    articles: Collection[str] = (),
    selector: str | None = None,
    template: str | None = None,
) -> str | None:
    """The address of the list page after this one, where the page itself leads to one.

    number    of this list page, from 1
    articles  addresses that are no list pages, whatever their links show
    selector  CSS selector of the link, where the conventions do not find it
    template  address of a list page with {} for its number, for links of the kind `javascript:next(N)`
    """
    if selector:
        href = elements.css(selector).css("::attr(href)").get()
        return _other(_joined(url, href.strip()) if href else None, url)
    known = [link for link in links(elements, url) if link.url not in articles]
    for href in elements.css("a[rel~=next]::attr(href), link[rel~=next]::attr(href)").getall():
        if found := _other(_joined(url, href), url):
            return found
    named = (link.url for link in known if any(NEXT.fullmatch(re.sub(r"\s", "", text)) for text in link.texts))
    scripted = created_next(elements) or turned_next(elements, number, template)
    return (
        _first(named, url)
        or (canonical(urljoin(url, scripted)) if scripted else None)
        or _first(_numbered(known, url, number + 1), url)
    )


def _numbered(known: Iterable[Link], url: str, number: int) -> Iterable[str]:
    """Links that show the number and lie beside the list."""
    folder = urlsplit(url).path.rsplit("/", 1)[0]
    return (
        link.url
        for link in known
        if any(text.strip("[]() ") == str(number) for text in link.texts)
        and urlsplit(link.url).path.rsplit("/", 1)[0] == folder
        and same_site(link.url, url)
    )


def _first(urls: Iterable[str], here: str) -> str | None:
    return next((url for url in urls if _other(url, here)), None)


def _other(url: str | None, here: str) -> str | None:
    """The address, if it leads on within the site."""
    return url if url is not None and url != canonical(here) and same_site(url, here) else None


def is_page_of(first: str, url: str) -> bool:
    """Whether an address is a page, or the first page, of the list or article that begins at `first`."""
    return canonical(first) == url or page_number(first, url) is not None


def page_number(first: str, url: str) -> int | None:
    """The number of a page of the article or list that begins at `first`: 123_2.html and 123-2.html of 123.html,
    index_2.html of the folder, ?page=2 of the same path; None for any other address.
    """
    begun, page = urlsplit(canonical(first)), urlsplit(url)
    if begun.netloc != page.netloc:
        return None
    path = f"{begun.path}index.html" if begun.path.endswith("/") else begun.path
    stem, dot, ending = path.rpartition(".") if "." in path.rsplit("/", 1)[-1] else (path, "", "")
    found = re.fullmatch(rf"{re.escape(stem)}[_-](\d{{1,3}})(?:{re.escape(dot + ending)}|\.s?html?)", page.path)
    if found and begun.query == page.query:
        return int(found[1])
    if begun.path != page.path:
        return None
    return _query_number(dict(parse_qsl(begun.query)), dict(parse_qsl(page.query)))


def _query_number(begun: dict[str, str], page: dict[str, str]) -> int | None:
    """The number that is all that two queries differ by."""
    keys = {key for key in page if key.lower() in PAGE_KEYS}
    rest = [{key: value for key, value in query.items() if key not in keys} for query in (begun, page)]
    if len(keys) != 1 or rest[0] != rest[1]:
        return None
    value = page[keys.pop()]
    return int(value) if value.isascii() and value.isdigit() else None
