"""What persons said of an address, before the desk concludes anything: their word stands over the program's.

A word holds for the text it was said of, in every later reading: the same bytes read again, or a text that is alike.
Another report at the same address, next year's for instance, is another matter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlmodel import Session

from monitor.copies import Copy, Placement
from monitor.filing import Placed
from monitor.identity import year_of
from monitor.overlap import folded
from monitor.places import NATION, find
from monitor.sameness import Verdict, same_report
from storage import rulings, save
from storage.model import Reading, Report, Ruling
from storage.values import Identity, Kind


@dataclass(frozen=True)
class Word:
    """What holds for a reading by a person's word.

    said  by the names of Reading.said, and "kind" and "year"
    home  the report it is a copy of
    why   who said so, when
    """

    said: Mapping[str, str] = field(default_factory=dict)
    home: Report | None = None
    why: str = ""


def word_on(session: Session, row: Reading) -> Word:
    """What holds for a reading, by the words about its address; a later word stands over an earlier one."""
    said, home, why = dict(row.said), None, "a person's word, when it was added" if row.said else ""
    known = [(ruling, told) for ruling, told in rulings.about(session, row.url) if holds(told, row)]
    for ruling, _ in reversed(known):
        why = rulings.spoken(ruling)
        if ruling.act == rulings.SET:
            said |= ruling.said
        elif ruling.report_id is not None:
            home = session.get_one(Report, ruling.report_id)
    return Word(said, home, why)


def holds(told: Reading, row: Reading) -> bool:
    """Does what was said of one reading hold for another: the same pages, uncut, or a text alike?"""
    if told.id == row.id or (told.pages == row.pages and told.part_of is None and row.part_of is None):
        return True
    return same_report(folded(told.text), folded(row.text)).verdict is Verdict.SAME


def told(identity: Identity, row: Reading, word: Word) -> Identity:
    """The identity after a person's word; and where the text names no place, with its source's."""
    if word.said:
        return replace(as_said(identity, word.said), why=word.why or identity.why)
    places = find(row.place_hint) if row.place_hint and identity.place is None else []
    return replace(identity, place=places[0], inferred=(*identity.inferred, "place")) if places else identity


def as_said(identity: Identity, said: Mapping[str, str]) -> Identity:
    """The identity with what a person says of it: of this kind or a report, of this place, given on this day."""
    meeting = date.fromisoformat(said["meeting_on"]) if said.get("meeting_on") else identity.meeting_on
    place = next(iter(find(said["place"])), None) if said.get("place") else identity.place
    year, _ = year_of(meeting, identity.year, planned_read=False, national=place == NATION)
    year = int(said["year"]) if said.get("year") else year
    inferred = tuple(name for name in identity.inferred if name not in {*said, "year"})
    kind = Kind(said.get("kind") or Kind.REPORT)
    return replace(identity, kind=kind, place=place, meeting_on=meeting, year=year, inferred=inferred)


def obeyed(session: Session, identity: Identity, placed: Placed, word: Word) -> tuple[Identity, Placed]:
    """What the desk concludes from: identity and placement, with a person's word over them."""
    if word.home is not None:
        key = save.required(word.home.id)
        home = Placement(key, word.why, (), (), ())
        return replace(identity, kind=Kind.REPORT), replace(placed, home=home, likely={key: word.home})
    if "kind" not in word.said and placed.home.report is None and identity.kind is Kind.REPORT:
        refusal = refused(session, placed.copy)
        if refusal is not None:
            kind, why = Kind(refusal.said["kind"]), f"like a text that is none by {rulings.spoken(refusal)}"
            return replace(identity, kind=kind, why=why), placed
    if word.said.get("kind", Kind.REPORT) == Kind.REPORT:
        own = replace(placed.home, related=()) if "kind" in word.said else placed.home
        return identity, replace(placed, home=own)
    near = () if identity.kind is Kind.OTHER else (*filter(None, (placed.home.report,)), *placed.home.related)
    return identity, replace(placed, home=Placement(None, word.why, (), near, ()))


def refused(session: Session, copy: Copy) -> Ruling | None:
    """The word by which a text like this one is no report."""
    for ruling, reading in rulings.refused(session):
        if same_report(copy.folded, folded(reading.text)).verdict is Verdict.SAME:
            return ruling
    return None
