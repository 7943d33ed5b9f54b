"""The desk and the page with several reports: each becomes a reading of its own, and waits to be looked at like any."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from monitor.identity import identified, within
from storage import parts, save, values
from storage.model import Reading
from storage.values import Identity, Kind


def parted(session: Session, row: Reading, said: values.Reading, now: datetime) -> bool:
    """Cut a compilation, save its reports, and say so of the page; False, and nothing done, where it is none.

    What is saved waits for the desk: each report gets a transaction of its own.
    """
    found = within(said)
    if not found:
        return False
    hint = hint_of(row, [identity for _, identity in found])
    for number, (part, _) in enumerate(found, 1):
        parts.save_part(session, row, number, said.text[part.start : part.end], part.title, hint, now)
    named = "; ".join(f"{number} {named_as(identity)}" for number, (_, identity) in enumerate(found, 1))
    whole, _ = identified(said.text, said.url, said.title, parts=len(found))
    page = replace(whole, kind=Kind.COMPILATION, place=None, year=None)
    save.conclude(session, row, f"compilation of {len(found)} reports: {named}", page, now)
    return True


def hint_of(row: Reading, identities: Sequence[Identity]) -> str | None:
    """The place of the page's source, where no report on the page is another place's."""
    places = {identity.place.code for identity in identities if identity.place}
    return row.place_hint if places <= {row.place_hint} else None


def named_as(identity: Identity) -> str:
    """A report of a compilation in a few words."""
    place = identity.place.name if identity.place else "unknown place"
    kind = "" if identity.kind is Kind.REPORT else f" ({identity.kind})"
    return f"{place} {identity.year or 'unknown year'}{kind}"
