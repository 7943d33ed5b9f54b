"""Texts of one report held against each other: what was edited at an address, where copies disagree."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from monitor.cli.forms import Format
from monitor.cli.hall import Hall
from monitor.cli.rendering import coloured
from monitor.cli.show import DIFFERENT, DONE, clean, emit, plain
from monitor.views.editions import Difference, counted, difference_lines, disagreeing, edited
from storage import queries
from storage.errors import BadArgument, NotKnown

if TYPE_CHECKING:
    from sqlmodel import Session

    from storage.model import Reading

Clock = Callable[[datetime | None], str | None]
AT_MOST = 60  # differences shown of two texts, unless more are asked for


def show_editions(known: Hall, what: str, form: Format, top: int | None, *, versions: bool) -> int:
    """Print what differs, at most `top` differences of two texts; exit status 1 where anything does."""
    from storage.database import reading

    if form not in (Format.TEXT, Format.JSON):
        raise BadArgument(f"--format {form}: versions and copies are shown as text or json")
    with reading(known.engine) as session:
        found = edits_of(session, what, known.clock) if versions else copies_of(session, what)
    for line, differences in found:
        if form is Format.JSON:
            emit({**line, "differences": plain(differences[:top])})
            continue
        print(clean("  ".join(f"{name} {value}" for name, value in line.items() if value)))
        print(f"  {counted(differences)}")
        for shown in islice(difference_lines(differences, colour=coloured()), top or AT_MOST):
            print(shown)
        if len(differences) > (top or AT_MOST):
            print(f"  … and {len(differences) - (top or AT_MOST)} more; --top N or --json shows them")
    if not found and form is Format.TEXT:
        print("one version only" if versions else "one copy only")
    return DIFFERENT if any(differences for _, differences in found) else DONE


def edits_of(session: "Session", what: str, clock: Clock) -> list[tuple[dict[str, object], list[Difference]]]:
    """What changed between the readings of an address, or of every address that a report's copies stand at."""
    if "://" in what:
        urls = [what]
    else:
        report = queries.the_report(session, what)
        urls = [row.url for _, row in queries.copies_of(session, report.id or 0)]
    found = [(url, queries.readings_at(session, url)) for url in urls]
    if not any(rows for _, rows in found):
        raise NotKnown(f"{what}: never read; `reportwatch sources` lists what is watched")
    return [edit_of(url, *both, clock) for url, rows in found for both in pairwise(versions(session, rows))]


def versions(session: "Session", rows: "list[Reading]") -> "list[tuple[Reading, Reading]]":
    """The versions of a page, oldest first, each by its first and its last reading: the same bytes are one version."""
    found: list[tuple[Reading, Reading]] = []
    last: list[str] | None = None
    for row in rows:
        digests = [page.digest for page in queries.pages_of(session, row)]
        found[-1:] = [(found[-1][0], row)] if digests == last else [*found[-1:], (row, row)]
        last = digests
    return found


def edit_of(
    url: str, before: "tuple[Reading, Reading]", after: "tuple[Reading, Reading]", clock: Clock
) -> tuple[dict[str, object], list[Difference]]:
    """Two versions of a page in a row, as one reader read them where one read both."""
    readers = {row.reader: row for row in before}
    new = next((row for row in after if row.reader in readers), after[0])
    old = readers.get(new.reader, before[1])
    line: dict[str, object] = {
        "url": url,
        "from": clock(old.made_at),
        "to": clock(new.made_at),
        "verdict": None if new.verdict == old.verdict else f"{old.verdict} → {new.verdict}",
        "why": "the page changed" if old.reader == new.reader else "the page changed, and another reader read it",
    }
    return line, edited(old.text, new.text)


def copies_of(session: "Session", what: str) -> list[tuple[dict[str, object], list[Difference]]]:
    """Where each copy of a report departs from the canonical one."""
    report = queries.the_report(session, what)
    rows = queries.copies_of(session, report.id or 0)
    canonical = next((row for copy, row in rows if copy.canonical), None)
    if canonical is None:
        raise NotKnown(f"{what}: no copy of it stands")
    others = [row for _, row in rows if row.id != canonical.id]
    return [
        ({"canonical": canonical.url, "copy": row.url, "source": row.source}, disagreeing(canonical.text, row.text))
        for row in others
    ]
