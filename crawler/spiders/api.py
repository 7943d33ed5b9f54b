"""An interface that answers with its list in JSON, by GET or POST, page by page."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scrapy import Request

from crawler.spiders.links import Link
from crawler.spiders.listing import ListingSpider
from crawler.spiders.rows import document_of, rows_of
from storage.errors import EmptyList
from storage.values import Page


class ApiSpider(ListingSpider):
    """The rows of an interface's answers; what they link to are articles.

    options  rows, link, text, html, base as in crawler.spiders.rows; page: the parameter with the page's number, in
             the address or in the body; method: post; body: form (a=1&b=2) or JSON text; referer: sent as it is
    """

    name = "api"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen: set[str] = set()

    def ask_list(self, number: int) -> Request:
        """The request for a page of the list, the first being 1 whatever the interface calls it."""
        options = self.source.options
        url, body = self.source.start, options.get("body", "")
        if "page" in options and body:
            body = with_page(body, options["page"], number)
        elif "page" in options:
            parts = urlsplit(url)
            url = urlunsplit(parts._replace(query=with_page(parts.query, options["page"], number)))
        request = self.ask(url, self.listed, number=number)
        request.headers["Accept"] = "application/json, */*;q=0.5"
        if "referer" in options:
            request.headers["Referer"] = options["referer"]
        return posted(request, body) if options.get("method") == "post" else request

    def leads_on(self, page: Page, hops: int) -> str | None:  # noqa: ARG002
        """Nowhere: an answer that is a page is a fault, and `contents` says so."""
        return None

    def contents(self, page: Page, number: int) -> tuple[tuple[Link, ...], Request | None]:
        """The links of an answer's rows; the next page is asked for until there is none that is new."""
        found = rows_of(document_of(page.body.decode("utf-8", "replace"), page.url), self.source.options, page.url)
        if not found and number == 1:
            raise EmptyList(f"{page.url}: the interface has no rows")
        fresh = {link.url for link in found} - self.seen
        self.seen |= fresh
        return found, self.ask_list(number + 1) if fresh and "page" in self.source.options else None


def with_page(parameters: str, name: str, number: int) -> str:
    """Parameters (a query, a form or a JSON text) that ask for list page `number`, counted from what they say now."""
    if parameters.lstrip().startswith("{"):
        document = json.loads(parameters)
        document[name] = int(document.get(name, 1)) + number - 1
        return json.dumps(document, ensure_ascii=False)
    pairs = parse_qsl(parameters, keep_blank_values=True)
    first = next((value for key, value in pairs if key == name), "1")
    told = [(key, value) for key, value in pairs if key != name]
    return urlencode([*told, (name, str(int(first) + number - 1))], safe=",:")


def posted(request: Request, body: str) -> Request:
    """The request as POST. It is kept under an address of its own, as other archives of the web write it: the
    body after __wb_method=POST.
    """
    kind = "application/json" if body.lstrip().startswith("{") else "application/x-www-form-urlencoded"
    headers = {**request.headers, "Content-Type": f"{kind}; charset=utf-8"}
    form = body if kind.endswith("urlencoded") else urlencode({"__wb_post_data": body})
    mark = "&" if urlsplit(request.url).query else "?"
    named = f"{request.url}{mark}__wb_method=POST&{form}"
    return request.replace(method="POST", body=body.encode(), headers=headers, meta={**request.meta, "identity": named})
