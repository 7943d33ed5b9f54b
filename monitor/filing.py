"""Where a reading belongs: its report found or made, the canonical copy chosen again, the year before held against it.

Works in the caller's session and transaction; what the pure modules conclude is saved here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from monitor import copies, naming
from monitor.delivery import delivery
from monitor.identity import identify, session_told
from monitor.inverted import MANY, asked, likeliest
from monitor.naming import UNKNOWN
from monitor.novelty import compare
from monitor.partial import standing
from monitor.sessions import year_among
from monitor.sketch import Hashes
from monitor.structure import outline
from storage import parts, queries, rulings, save, values
from storage.model import Copy, Reading, Report
from storage.search import forget_passages, index_passages
from storage.values import Finding, Identity, Likeness, Outline, Part, Relation, Verdict


@dataclass(frozen=True)
class Filed:
    """Where a reading was put: the report, why, whether it is new, the canonical copy before and now."""

    report: Report
    why: str
    fresh: bool
    before: tuple[Copy, Reading] | None
    now: tuple[Copy, Reading]
    renamed: bool = False

    @property
    def moved(self) -> bool:
        """Is another copy canonical now, or is it known as another report?"""
        return self.renamed or self.before is None or self.before[0].id != self.now[0].id


@dataclass(frozen=True)
class Placed:
    """A text held against the reports it may be a copy of: the decision, these reports by their keys, its outline."""

    copy: copies.Copy
    home: copies.Placement
    likely: dict[int, Report]
    outlined: Outline | None = None


def prepared(row: Reading) -> copies.Copy:
    """The text of a reading, ready to be placed."""
    return copies.prepared(row.text, tier=row.tier, published_on=row.published_on)


def placed(session: Session, copy: copies.Copy) -> Placed:
    """Which known report a text is a copy of, by content alone: the inverted lists name few, their texts decide."""
    sketches = [part.sketch for part in copy.reports] or [copy.folded.sketch]
    keys = dict.fromkeys(key for sketch in sketches for key in likely(session, sketch))
    known = {key: queries.canonical_copy(session, key) for key in keys}
    leading = [(key, prepared(found[1])) for key, found in known.items() if found]
    # What is a copy by a person's word alone leads as well, for its own reprints.
    leading += [(key, prepared(reading)) for key, reading in rulings.merged(session, keys)]

    def others(key: int) -> Iterator[copies.Copy]:
        return (prepared(reading) for row, reading in queries.copies_of(session, key) if not row.canonical)

    home = copies.placed(copy, leading, others)
    return Placed(copy, home, {key: session.get_one(Report, key) for key in keys})


def likely(session: Session, sketch: Hashes) -> list[int]:
    """The reports worth verifying against a text of this sketch, the likeliest first."""
    for wanted in asked(sketch):
        rows = queries.sketch_rows(session, wanted.tolist(), MANY + 1)
        known, sizes = (rows.hashes, rows.reports), lambda keys: queries.sketch_sizes(session, keys)
        found = likeliest(len(sketch), len(wanted), known, sizes, rows.last) if rows.hashes else []
        if found:
            return [candidate.key for candidate in found]
    return []


def name_of(identity: Identity) -> str | None:
    """Place code/year; None where one of them is not known."""
    return naming.name_of(identity.place.code if identity.place else None, identity.year)


def known_whole(session: Session, identity: Identity) -> Report | None:
    """The report of that place and year, where its whole text is known: a true copy would be like it."""
    name = name_of(identity)
    report = queries.report_named(session, name) if name else None
    return report if report is not None and report.whole else None


def file_copy(session: Session, row: Reading, identity: Identity, placed: Placed, now: datetime) -> Filed:
    """Put a reading with its report, and rank the report's copies again."""
    identity = dated(session, row, identity)
    report, why, fresh = home_of(session, row, identity, placed, now)
    for other in placed.home.joins:
        if other != report.id and not rulings.parted(session, save.required(report.id), other):
            join(session, report, placed.likely[other])
    before = queries.canonical_copy(session, save.required(report.id))
    named, name = report.name, naming.name_of(report.place, report.year)
    if name and name != named and not fresh and queries.report_named(session, name) is None:
        naming.renamed(session, report, name)  # a better copy says which report it is
    save.extend_sketch(session, report, map(int, placed.copy.folded.sketch))
    replace_earlier(session, row, report, now)
    copy = save.save_copy(session, report, row, Likeness(Relation.SAME, 100, 100), now)
    return Filed(report, why, fresh, before, rank(session, report, copy), renamed=report.name != named)


def home_of(
    session: Session, row: Reading, identity: Identity, placed: Placed, now: datetime
) -> tuple[Report, str, bool]:
    """The report a reading belongs to: by its text if that is known, else by its place and year, else a new one."""
    name, home = name_of(identity), placed.home
    if home.report is not None:
        report, why = placed.likely[home.report], home.why
        if name and report.name != name and not surer(session, report, identity, name):
            why = f"{why}; it calls itself {name}"
            identity = replace(identity, year=None, meeting_on=None, place=None, session=None, speaker=None)
        report, _ = save.save_report(session, report.name, identity, now)
        return report, why, False
    stranger = known_whole(session, identity)
    if stranger is not None and "year" in stranger.inferred and "year" not in identity.inferred:
        give_way(session, stranger)
    elif stranger is not None:
        # Two whole texts of one place and year that share nothing: one of them has a wrong title.
        name, identity = None, replace(identity, inferred=(*identity.inferred, "year"))
    report, fresh = save.save_report(session, name or f"{UNKNOWN}/{row.id}", identity, now)
    return report, "by its place and year" if not fresh else home.why, fresh


def dated(session: Session, row: Reading, identity: Identity) -> Identity:
    """The identity with the year, and the day where one was told, that the sessions of the years around it tell."""
    if identity.year is not None or identity.place is None or identity.session is None:
        return identity
    year = year_among(identity.session, sessions_read(queries.reports(session, [identity.place.code])))
    if year is None:
        return identity
    told = identify(value_of(row), year)
    day = identity.meeting_on or told.meeting_on
    inferred = {*identity.inferred, "year", *(["meeting_on"] if identity.meeting_on is None and day else [])}
    return replace(identity, year=year, meeting_on=day, inferred=tuple(sorted(inferred)))


def sessions_read(reports: Iterable[Report]) -> list[tuple[str, int]]:
    """Sessions and years of those of these reports whose year was read, not concluded."""
    return [(r.session, r.year) for r in reports if r.session and r.year and "year" not in r.inferred]


def give_way(session: Session, report: Report) -> None:
    """A report whose year was concluded, and wrongly, as another's shows: its year is not known."""
    key, year = save.required(report.id), report.year
    report.meeting_on = None if "meeting_on" in report.inferred else report.meeting_on
    report.year, report.inferred = None, [name for name in report.inferred if name not in ("year", "meeting_on")]
    session.add(report)
    session.flush()
    forget_passages(session, key, year)
    index_passages(session, key)
    naming.renamed(session, report, f"{UNKNOWN}/{queries.copies_of(session, key)[0][1].id}")


def surer(session: Session, report: Report, identity: Identity, name: str) -> bool:
    """Does a copy read which report it is, where that was unknown or concluded, and has no other report the name?"""
    said = {"place": identity.place.code if identity.place else None, "year": identity.year}
    differing = {field for field, value in said.items() if getattr(report, field) not in (None, value)}
    return differing <= set(report.inferred) - set(identity.inferred) and queries.report_named(session, name) is None


def replace_earlier(session: Session, row: Reading, report: Report, now: datetime) -> None:
    """A newer reading of an address, or of another position on its page, takes the place of the one before."""
    for copy in parts.standing_copies_of_page(session, row, save.required(report.id)):
        save.supersede(session, copy, now)


def join(session: Session, report: Report, other: Report) -> None:
    """Two reports are one, as a copy shows, or a person says: copies and words move over, and it is forgotten."""
    move(session, queries.every_copy(session, save.required(other.id)), report)
    rulings.hand_over(session, other, report)
    save.forget_report(session, other)


def move(session: Session, rows: Iterable[tuple[Copy, Reading]], report: Report) -> None:
    """Copies of another report are this one's from now on; that one has to be ranked again, or forgotten."""
    for copy, reading in rows:
        copy.report_id, copy.canonical = save.required(report.id), False
        session.add(copy)
        if copy.relation != queries.RELATED:
            save.extend_sketch(session, report, map(int, prepared(reading).folded.sketch))
    session.flush()


def rank(session: Session, report: Report, added: Copy | None = None) -> tuple[Copy, Reading]:
    """Choose the canonical copy again, and hold every copy against it; returns it.

    added  the one copy that is new: where another still leads, only this one is held against it
    """
    rows = queries.copies_of(session, save.required(report.id))
    texts = [prepared(reading) for _, reading in rows]
    best, why = trusted(session, report, rows, texts)
    leads = added is not None and rows[best][0].canonical and rows[best][0].id != added.id
    for (copy, _), text in zip(rows, texts, strict=True):
        if leads and copy is not added:
            continue
        found = copies.likeness(texts[best], text)
        copy.relation, copy.likeness, copy.coverage = str(found.relation), found.likeness, found.coverage
        copy.notes, copy.canonical, copy.why = list(found.notes), False, ""
        session.add(copy)
    chosen = rows[best]
    chosen[0].canonical, chosen[0].why = True, why
    session.flush()
    return chosen


def trusted(
    session: Session, report: Report, rows: Sequence[tuple[Copy, Reading]], texts: Sequence[copies.Copy]
) -> tuple[int, str]:
    """Which of these copies to trust, as its index, and why: the one a person pinned, if it stands."""
    best, why = copies.canonical(texts)
    pin = rulings.pinned(session, save.required(report.id))
    urls = [reading.url for _, reading in rows]
    if pin is None or pin.said["url"] not in urls:
        return best, why
    chosen = urls.index(pin.said["url"])
    said = f"pinned: {rulings.spoken(pin)}"
    return chosen, said if chosen == best else f"{said}; by itself {urls[best]} would lead: {why}"


def take_apart(
    session: Session, report: Report, canonical: Reading, *, whole: bool, outlined: Outline | None = None
) -> None:
    """Save the sentences of the canonical copy, by its outline if that is known, and whether the whole text is."""
    report.whole = whole
    save.save_passages(session, report, outlined or outline(canonical.text))
    session.add(report)


def compare_around(session: Session, report: Report, now: datetime) -> tuple[list[Finding], Report | None]:
    """Hold a report against the year before, and the year after against it; the findings of the first."""
    later = queries.year_after(session, report) if report.whole else None
    if later is not None:
        compare_with(session, later, report, now)
    earlier = queries.year_before(session, report)
    if earlier is None:
        return [], None
    return compare_with(session, report, earlier, now), earlier


def compare_with(session: Session, new: Report, old: Report, now: datetime) -> list[Finding]:
    """Compare two reports by their canonical copies, with all years before for what returns; save the findings.

    What became of the old plan (`delivery`) is saved behind them, and not among those that come back.
    """
    pairs = [queries.canonical_copy(session, save.required(report.id)) for report in (old, new)]
    findings, deliveries = found_between(session, new, old)
    if pairs[0] is None or pairs[1] is None or not findings:
        return []
    save.save_comparison(session, (new, pairs[1][0]), (old, pairs[0][0]), [*findings, *deliveries], now)
    return findings


def found_between(session: Session, new: Report, old: Report) -> tuple[list[Finding], list[Finding]]:
    """What became of every sentence, and of the old plan by the new review, as far as both reports are known.

    Nothing where a text is not known or the new one has no plan.
    """
    before, after = (queries.outline_of(session, save.required(report.id)) for report in (old, new))
    if before is None or after is None or not after.of(Part.PLAN):
        return [], []
    findings = compare(before, after, earlier(session, old), old.year)
    deliveries = delivery(before, after, new.year)
    whole = {"old_whole": old.whole, "new_whole": new.whole}
    return standing(findings, **whole), standing(deliveries, **whole)


def earlier(session: Session, report: Report) -> Sequence[tuple[int, Outline]]:
    """The outlines of all whole reports of the place before this one, newest first."""
    if report.place is None or report.year is None:
        return []
    found = []
    for year in queries.years_known(session, report.place):
        past = queries.report_named(session, f"{report.place}/{year}") if year < report.year else None
        text = queries.outline_of(session, save.required(past.id)) if past else None
        if text is not None:
            found.append((year, text))
    return found


def value_of(row: Reading) -> values.Reading:
    """The reading that a row keeps; a part of a page has no address that tells its place."""
    return values.Reading(
        row.url if row.part_of is None else "",
        Verdict(row.verdict),
        row.why,
        row.title,
        row.text,
        row.encoding,
        row.script,
        row.reader,
        tuple(values.Repair(**repair) for repair in row.repairs),
        row.published_on,
        row.confidence,
    )


def adopt(session: Session, report: Report, now: datetime) -> None:
    """Tie the digests that came before their report, and date the reports that it tells the years of."""
    if report.place is None or report.year is None:
        return
    for row in queries.digests_of(session, report.place, report.year):
        if queries.report_of(session, save.required(row.id)) is None:
            tie(session, report, row, now)
    date_others(session, report, now)


def date_others(session: Session, report: Report, now: datetime) -> None:
    """Reports of the same place whose years nobody knew may follow from this one's session."""
    reports = queries.reports(session, [report.place] if report.place else [])
    known = sessions_read(reports)
    for other in [other for other in reports if other.year is None]:
        canonical = queries.canonical_copy(session, save.required(other.id))
        if canonical is None or not datable(canonical[1], known):
            continue
        identity = dated(session, canonical[1], identify(value_of(canonical[1])))
        name = name_of(identity)
        if name and queries.report_named(session, name) is None:
            save.save_report(session, other.name, identity, now)
            naming.renamed(session, other, name)
            compare_around(session, other, now)


def datable(row: Reading, known: Sequence[tuple[str, int]]) -> bool:
    """Can a year be told of a reading: by itself, or by these sessions? Dear to ask `identify` for, cheap here."""
    if row.year is not None:
        return True
    named = session_told(value_of(row)) if known else None
    return named is not None and year_among(named, known) is not None


def tie(session: Session, report: Report, row: Reading, now: datetime) -> None:
    """A row that says: this document belongs to that report, but is no copy."""
    save.save_copy(session, report, row, Likeness(Relation.PARTIAL, 0, 0), now, relation=queries.RELATED)
