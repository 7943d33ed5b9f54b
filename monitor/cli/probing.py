"""A dry run of one source, step by step, and the entry for an address: nothing that is known is touched.

The crawl is the real one, in its process, under the same manners: its database and archive lie in a folder that goes
at the end, its turns at the host are those of every other crawl.
"""

import asyncio
import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from crawler.families import Guess, family_of, goes_on
from crawler.sources import faults_of, load
from crawler.turns import host_of
from monitor.children import Children
from monitor.crawling import Errand, job, run
from monitor.settings import Settings
from storage import model
from storage.archive import Archive, Record
from storage.database import open_database, reading
from storage.errors import BadArgument, FetchError
from storage.values import Page, Source

ARTICLES = "3"  # that a dry run fetches at most
BOUNDS = {"pages": "1", "most": ARTICLES, "batch": ARTICLES}
FAMILIES_WITH_PAGES = ("column",)


@dataclass
class Dry:
    """What a dry run brought: the line of its crawl, pages with their bodies in order, readings."""

    line: dict[str, Any] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    readings: list[model.Reading] = field(default_factory=list)
    seconds: float = 0.0


def dry_run(source: Source, settings: Settings) -> Dry:
    """Crawl a source into a folder that goes at the end.

    raises  FetchError when its process ended without a word
    """
    with tempfile.TemporaryDirectory(prefix="reportwatch-check-") as made:
        place = Path(made)
        errand = Errand((source,), quiet=True)
        asked = json.loads(job(errand, settings, {source.id: source.name}))
        asked |= {"database": f"sqlite:///{place}/dry.db", "archive": str(place / "archive")}
        found = Dry()
        begun = datetime.now(UTC)
        children = Children(1, settings.crawl.limit * 60)
        asyncio.run(run(children, errand, json.dumps(asked).encode(), found.line.update))
        found.seconds = (datetime.now(UTC) - begun).total_seconds()
        if not found.line:
            raise FetchError(f"{source.id}: its process ended without a word; see the messages above")
        with brought(place) as (pages, readings):
            found.pages, found.readings = pages, readings
    return found


@contextmanager
def brought(place: Path) -> Iterator[tuple[list[Page], list[model.Reading]]]:
    """Pages and readings of a dry run."""
    from sqlmodel import col, select

    engine = open_database(f"sqlite:///{place}/dry.db")
    try:
        with reading(engine) as session, Archive(place / "archive") as archive:
            rows = list(session.exec(select(model.Page).order_by(col(model.Page.id))))
            pages = [
                Page(
                    row.url,
                    row.fetched_at,
                    archive.body(Record(row.warc, row.offset, row.digest, row.revisit)),
                    row.status,
                    row.content_type,
                    row.source,
                )
                for row in rows
            ]
            yield pages, list(session.exec(select(model.Reading).order_by(col(model.Reading.id))))
    finally:
        engine.dispose()


def bounded(source: Source) -> Source:
    """The source, for a first list page and a few articles."""
    return replace(source, options={**source.options, **BOUNDS})


def check(source: Source, settings: Settings) -> list[dict[str, Any]]:
    """The steps of a dry run: source, step, whether it went well, what was found."""
    try:
        found = dry_run(bounded(source), settings)
    except FetchError as error:
        return [{"source": source.id, "step": "crawl", "ok": False, "found": str(error)}]
    return steps_of(source, found)


def steps_of(source: Source, found: Dry) -> list[dict[str, Any]]:
    """Each step as an object; those that were never reached are left out."""
    line, errors = found.line, found.line["errors"]
    told = list(_told(source, found))
    steps = [{"source": source.id, "step": step, "ok": ok, "found": text} for step, ok, text in told]
    for name, count, message in errors:
        steps.append({"source": source.id, "step": "error", "ok": False, "found": f"{name} ×{count}: {message}"})
    works = line["reason"] == "finished" and all(ok for _, ok, _ in told)
    first = next((step for step, ok, _ in told if not ok), None)
    verdict = "works" if works else f"does not work: {line['reason']}" + (f", at {first}" if first else "")
    cost = f"{line['requests']} requests, {line['bytes']} bytes, {found.seconds:.1f} s"
    steps.append({"source": source.id, "step": "verdict", "ok": works, "found": f"{verdict} ({cost})"})
    return steps


def _told(source: Source, found: Dry) -> Iterator[tuple[str, bool, str]]:
    """Step, whether it went well, and what was found, in the order in which a crawl meets them."""
    for page in found.pages:
        if page.url.endswith("/robots.txt"):
            yield "robots", page.status < 500, robots_in_words(page)
    pages = [page for page in found.pages if not page.url.endswith("/robots.txt")]
    articles = {reading.url for reading in found.readings}
    for page in pages:
        if page.url not in articles:
            yield "page", page.status in (200, 301, 302, 303, 307, 308, 404), in_words(page)
    if pages:
        links = found.line["links"]
        yield "links", links > 0, f"{links} with a text that matches {source.title!r}"
    if found.line["links"]:
        yield "articles", bool(found.readings), f"{len(found.readings)} read (a dry run takes {ARTICLES} at most)"
    for reading_ in found.readings:
        yield from read_in_words(reading_)


def read_in_words(found: model.Reading) -> Iterator[tuple[str, bool, str]]:
    """What one article says: its text, its date, what it is and of which place."""
    characters = f"{len(found.text)} characters, {found.encoding}, {found.title or 'no title'}"
    yield "text", found.verdict == "ok", f"{found.url}: {found.verdict}, {found.why}; {characters}"
    yield "date", True, f"published {found.published_on or 'on an unknown day'}"
    yield (
        "place",
        True,
        f"{found.kind or 'unknown'} of {found.place or 'no known place'} {found.year or ''}: {found.outcome}",
    )


def robots_in_words(page: Page) -> str:
    """What a robots.txt says, as far as this program is concerned."""
    if page.status >= 500:
        return f"status {page.status}: the site is to be left alone (RFC 9309)"
    if page.status >= 400:
        return f"status {page.status}: free"
    rules = [line.strip() for line in page.body.decode("utf-8", "replace").splitlines() if line.strip()]
    wanted = [rule for rule in rules if re.match(r"(?i)(dis)?allow|crawl-delay|user-agent", rule)]
    return "; ".join(wanted[:8]) or "says nothing"


def in_words(page: Page) -> str:
    """Address, status, type and size of a page."""
    return f"{page.url}: status {page.status}, {page.content_type or 'no type'}, {len(page.body)} bytes"


def guessed(url: str, settings: Settings) -> tuple[Guess, Page]:
    """The family of the page at an address, and the page.

    raises  FetchError where it cannot be had, BadArgument where it looks like no list
    """
    found = dry_run(Source("probe", url, "single", url, 4), settings)
    pages = [page for page in found.pages if page.status == 200 and not page.url.endswith("/robots.txt")]
    if not pages:
        told = "; ".join(message for _, _, message in found.line["errors"]) or found.line["reason"]
        statuses = ", ".join(str(page.status) for page in found.pages if not page.url.endswith("/robots.txt"))
        raise FetchError(f"{url}: {told}{f' (status {statuses})' if statuses else ''}")
    guess = next(((guess, page) for page in pages if (guess := family_of(page))), None)
    if guess is None:
        raise BadArgument(f"{url}: no list, feed, board or front page; give the address of the page that lists reports")
    return guess


def entry_for(url: str, guess: Guess, said: dict[str, Any], taken: set[str]) -> dict[str, Any]:
    """An entry of the registry; what a person said goes before what was guessed."""
    host = host_of(url)
    label = re.sub(r"[^a-z0-9]+", "-", host.lower().removeprefix("www.")).strip("-")
    name = (label if re.match(r"\d", label) else label.split("-")[0])[:36] or "source"  # room for a number
    number = next(n for n in range(1, 1000) if (name if n == 1 else f"{name}-{n}") not in taken)
    entry = {
        "id": name if number == 1 else f"{name}-{number}",
        "name": host,
        "family": guess.family,
        "start": url,
        "tier": 1 if (urlsplit(url).hostname or "").endswith(".gov.cn") else 4,
        **{key: value for key, value in said.items() if value is not None},
    }
    return entry | ({"options": dict(guess.options)} if guess.options else {})


def source_of(entry: dict[str, Any]) -> Source:
    """The entry as the registry would read it.

    raises  BadArgument naming what of it cannot be
    """
    faults = [f"{field}: {sentence}" if field else sentence for field, sentence in faults_of(entry)]
    if faults:
        raise BadArgument(f"no entry can be made of {entry['start']}: {'; '.join(faults)}")
    with tempfile.TemporaryDirectory(prefix="reportwatch-entry-") as made:
        file = Path(made) / "entry.yaml"
        file.write_text(written(entry), "utf-8")
        return load([file])[0]


def written(entry: dict[str, Any]) -> str:
    """An entry as YAML, in the order of its fields."""
    return yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=110)


def with_pages(entry: dict[str, Any], found: Dry) -> dict[str, Any]:
    """The entry, its family `paged` where an article of the dry run goes over several pages."""
    articles = {reading_.url for reading_ in found.readings}
    if entry["family"] in FAMILIES_WITH_PAGES and any(goes_on(p) for p in found.pages if p.url in articles):
        return entry | {"family": "paged"}
    return entry
