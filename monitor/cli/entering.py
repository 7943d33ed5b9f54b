"""A source is entered: what a person says of it is checked, its address probed, its entry put into the own file."""

import os
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.families import Guess
from crawler.sources import faults_of, load
from monitor.cli.hall import the_place
from monitor.cli.probing import bounded, dry_run, entry_for, guessed, source_of, steps_of, with_pages, written
from monitor.registry import own_folder, registered
from monitor.settings import Settings
from storage.errors import BadArgument, BadSource, FetchError
from storage.values import Source

FAMILIES = "column, forum, paged, api, feed or epaper"  # that need no option which only a person can know
PORTS = {"http": 80, "https": 443}
Steps = list[dict[str, Any]]


def checked(url: str, place: str | None, said: dict[str, Any]) -> dict[str, Any]:
    """What a person says of a source, by field, without what they left out; nothing was asked of the network yet.

    raises  BadArgument with every fault, each by the name of its option
    """
    given = {key: value for key, value in said.items() if value is not None}
    faults = [
        sentence if field == "start" else f"--{field or 'family'} {given.get(field or 'family')}: {sentence}"
        for field, sentence in faults_of({"id": "a", "name": "a", "family": "column", "start": url, "tier": 4, **given})
    ]
    if place is not None:
        try:
            given["place"] = the_place(place).code
        except BadArgument as error:
            faults.append(f"--place {error}")
    if faults:
        raise BadArgument("\n".join(faults))
    return given


def check_free(known: Sequence[Source], url: str, name: str | None, *, anyway: bool) -> None:
    """Whether neither the id nor the start address is another source's.

    anyway  an address may be watched twice; an id never
    raises  BadArgument naming the source that has it
    """
    for source in known:
        if source.id == name:
            raise BadArgument(f"--id {name}: is taken by {source.name} ({source.origin}); nothing is written")
        if not anyway and same_address(source.start, url):
            told = f"{source.id} ({source.origin}) starts there already; --anyway writes a second entry"
            raise BadArgument(f"{url}: {told}")


def same_address(one: str, other: str) -> bool:
    """Whether two addresses ask the same host for the same page, however their hosts and ports are written."""

    def asked(url: str) -> tuple[str, str, int | None, str, str]:
        parts = urlsplit(url)
        return (
            parts.scheme,
            (parts.hostname or "").rstrip("."),
            parts.port or PORTS.get(parts.scheme),
            parts.path or "/",
            parts.query,
        )

    return asked(one) == asked(other)


def probed(url: str, known: Settings, family: str | None, *, anyway: bool) -> tuple[Guess, str, str]:
    """The family of the page at an address, where that leads, and why it could not be had: "" where it could.

    raises  FetchError or BadArgument where it cannot be had or is no list, as far as nobody said what it is
    """
    try:
        guess, page = guessed(url, known)
    except (FetchError, BadArgument) as error:
        unreached = isinstance(error, FetchError)
        if not anyway and (unreached or family is None):
            raise
        if family is None:
            told = f"{error}\nso its family cannot be told and nothing is written; say it: --family {FAMILIES}"
            raise BadArgument(told) from error
        return Guess(family, "as you say"), url, str(error) if unreached else ""
    if family not in (None, guess.family):
        guess = Guess(str(family), f"as you say; it looks like {guess.family}: {guess.why}")
    return guess, url if guess.family == "epaper" else page.url, ""


def tried(entry: dict[str, Any], known: Settings, failure: str, *, paged: bool) -> tuple[dict[str, Any], Steps]:
    """The entry and the steps of its dry run; a page that could not be had is not asked for again.

    failure  why it could not be had, "" where it could
    paged    whether a column may turn out to have articles of several pages
    """
    if not failure:
        try:
            found = dry_run(bounded(source_of(entry)), known)
        except FetchError as error:
            failure = str(error)
        else:
            entry = with_pages(entry, found) if paged else entry
            return entry, steps_of(source_of(entry), found)
    verdict = {"source": entry["id"], "step": "verdict", "ok": False, "found": f"does not work: {failure}"}
    return entry, [verdict]


def with_verdict(entry: dict[str, Any], steps: Steps, now: datetime) -> dict[str, Any]:
    """The entry, with how certain it is and what speaks for it."""
    return entry | {
        "certainty": "verified" if steps[-1]["ok"] else "unknown",
        "evidence": f"sources add, {now:%Y-%m-%d}: {steps[-1]['found']}",
    }


def new_entry(url: str, said: dict[str, Any], known: Settings, *, anyway: bool) -> tuple[dict[str, Any], Steps, str]:
    """The entry of an address, the steps of its dry run, and why it is of its family.

    raises  BadArgument where id or address is another source's
    """
    every = registered(known)
    check_free(every, url, said.get("id"), anyway=anyway)
    guess, start, failure = probed(url, known, said.get("family"), anyway=anyway)
    check_free(every, start, None, anyway=anyway)
    entry = entry_for(start, guess, said, {source.id for source in every})
    entry, steps = tried(entry, known, failure, paged="family" not in said)
    why = f"family {entry['family']}: {guess.why}"
    return with_verdict(entry, steps, datetime.now(UTC)), steps, why


def put(entry: dict[str, Any], known: Settings) -> Path:
    """Put an entry at the end of the file of the user's own sources, which is checked before it is put in place.

    raises  BadArgument where the id was taken meanwhile, or the file cannot be written or would not be read;
            BadSource where the registry cannot be read as it is
    """
    check_free(registered(known), entry["start"], entry["id"], anyway=True)
    file = own_folder(known) / "own.yaml"
    made = file.with_name(".own.yaml.new")  # not .yaml: nobody reads it as sources
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        old = file.read_bytes() if file.exists() else b""
        made.write_bytes((old.rstrip(b"\r\n") + b"\n\n" if old.strip() else b"") + written(entry).encode())
        load([made])
        if file.exists():
            shutil.copymode(file, made)
        os.replace(made, file.resolve())
    except OSError as error:
        raise BadArgument(f"{file}: cannot be written: {error.strerror}; the entry:\n{written(entry)}") from error
    except BadSource as error:
        told = str(error).replace(str(made), str(file))
        raise BadArgument(f"{told}\nnothing is written; put the entry there yourself:\n{written(entry)}") from error
    finally:
        made.unlink(missing_ok=True)
    return file
