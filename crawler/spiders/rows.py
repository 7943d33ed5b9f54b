"""Lists that are rows of a JSON document: an interface's answer, or a script's text in a page."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from parsel import Selector

from crawler.spiders.links import Link, canonical, links
from storage.errors import ApiChanged


def document_of(text: str, url: str) -> Any:
    """The value of a JSON text; a callback around it (JSONP) is taken off.

    raises  ApiChanged for what is no JSON
    """
    bare = text.strip().lstrip("\ufeff").rstrip(";").strip()
    if bare[:1] not in ("{", "[") and bare.endswith(")"):
        bare = bare[bare.find("(") + 1 : -1]
    try:
        return json.loads(bare)
    except (ValueError, RecursionError) as error:
        raise ApiChanged(f"{url}: no JSON, but {text.strip()[:40]!r}") from error


def rows_of(document: Any, options: Mapping[str, str], url: str) -> tuple[Link, ...]:
    """The links that a document's rows name, in order.

    options  rows: path to the list of rows (or html: path to a text of HTML with links); link, text: paths within a
             row. A path is names and numbers with dots between; the empty one is the whole. `base`: what addresses
             are relative to. Links may have {name} of the row's fields in them
    raises   ApiChanged where the list, or the field of every row, is not there
    """
    base = urljoin(url, options.get("base", ""))
    if "html" in options:
        return links(Selector(text=f"<html>{at(document, options['html'], url)}</html>", type="html"), base)
    rows = at(document, options.get("rows", ""), url)
    if not isinstance(rows, list):
        raise ApiChanged(f"{url}: {options.get('rows', 'the document')!r} is no list of rows")
    found = [link for row in rows if (link := _link(row, options, base)) is not None]
    if rows and not found:
        raise ApiChanged(f"{url}: no row has an address at {options.get('link', 'url')!r}; it has {_names(rows[0])}")
    return tuple(found)


def at(document: Any, path: str, url: str) -> Any:
    """The value at a path.

    raises  ApiChanged naming the step that is missing
    """
    for step in filter(None, path.split(".")):
        found = _step(document, step)
        if found is None:
            raise ApiChanged(f"{url}: nothing at {step!r} of {path!r}; there is {_names(document)}")
        document = found
    return document


def _step(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list) and name.isascii() and name.isdigit() and int(name) < len(value):
        return value[int(name)]
    return None


def _names(value: Any) -> str:
    return ", ".join(list(value)[:12]) if isinstance(value, dict) else type(value).__name__


def _link(row: Any, options: Mapping[str, str], base: str) -> Link | None:
    """The link of a row; None where the row has no address that could be followed."""
    address = _value(row, options.get("link", "url"))
    text = _value(row, options.get("text", "title"))
    if not address:
        return None
    try:
        url = urljoin(base, address)
    except ValueError:
        return None
    plain = "".join(Selector(text=f"<p>{text}</p>", type="html").css("::text").getall()).strip()
    return Link(canonical(url), (plain,) if plain else ()) if url.startswith(("http://", "https://")) else None


def _value(row: Any, path: str) -> str:
    """A field as text; a path with braces is a text in which they stand for fields."""
    if "{" in path:
        parts = path.replace("}", "{").split("{")
        return "".join(part if n % 2 == 0 else _value(row, part) for n, part in enumerate(parts))
    for step in filter(None, path.split(".")):
        row = _step(row, step)
    return "" if row is None or isinstance(row, dict | list) else str(row).strip()
