"""Two files held against each other, shown like any comparison; they are their own citations."""

from collections.abc import Collection, Sequence
from pathlib import Path

from monitor.cli.forms import Format
from monitor.cli.rendering import show_views
from monitor.identity import identify
from monitor.views.shown import USUAL, Citation, chosen, judged, shown
from storage.archive import digest_of
from storage.values import Finding, FindingKind, Identity, Reading


def show_files(
    paths: tuple[str, str],
    readings: Sequence[Reading],
    findings: Sequence[Finding],
    form: Format,
    kinds: Collection[FindingKind],
    top: int | None,
    *,
    explain: bool,
) -> None:
    """Print the comparison of two files, old and new; what a partial one cannot vouch for is held back and said."""
    old, new = (identify(reading) for reading in readings)
    kept, notes = judged(findings, new_whole=new.whole, old_whole=old.whole)
    cited = [cite(*each) for each in zip(paths, (old, new), readings, strict=True)]
    view = shown(cited[1], cited[0], kept, notes=notes)
    show_views([chosen(view, kinds or USUAL, top)], form, explain=explain)


def cite(path: str, identity: Identity, reading: Reading) -> Citation:
    """A file as the source of its sentences."""
    place = identity.place.name if identity.place else "未知"
    digest = digest_of(Path(path).read_bytes())
    return Citation(path, place, identity.year, "", path, identity.meeting_on, reading.published_on, digest=(digest,))
