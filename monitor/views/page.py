"""Findings and years as one HTML file that needs nothing else: light and dark, printable, filters, no script; PURE.

Everything scraped is escaped by the template; addresses are links only where they may be followed.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from monitor.views.chart import Point, svg
from monitor.views.marks import GONE, NEW, Segment, changed, is_edited
from monitor.views.safe import clean, inline, link
from monitor.views.shown import TITLES, Citation, Entry, Shown, by_kind
from monitor.views.story import Chapter
from monitor.views.text import sentence

TAGS = {NEW: "ins", GONE: "del"}


@cache
def templates() -> Environment:
    """The templates of this package, with everything escaped."""
    made = Environment(
        loader=PackageLoader("monitor.views"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else clean(str(value)),
    )
    made.filters |= {"link": link, "inline": inline, "marked": marked, "records": records}
    made.globals |= {"by_kind": by_kind, "facing": facing, "titles": TITLES}
    return made


def page(views: Sequence[Shown], *, explain: bool = False) -> str:
    """One page for one comparison or several."""
    kinds = [kind for kind in TITLES if any(e.finding.kind is kind for view in views for e in view.entries)]
    numbers = numbered(citation for view in views for citation in view.sources)
    return templates().get_template("findings.html").render(views=views, kinds=kinds, numbers=numbers, explain=explain)


def facing(entry: Entry) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """A finding's sentence and the earlier one, marked; by characters where the sentence was only edited."""
    prior = entry.finding.prior[0] if entry.finding.prior else None
    if prior is None:
        return sentence(entry, None), ()
    new = sentence(entry, prior)
    old, line = inline(prior.text), inline(entry.finding.text)
    return new, changed(old, line)[0] if is_edited(old, line) else (Segment(old),)


def marked(segments: Sequence[Segment]) -> Markup:
    """Segments as HTML: new ones <ins>, gone ones <del>."""
    parts = [
        Markup("<{0}>{1}</{0}>").format(TAGS[s.mark], clean(s.text)) if s.mark else Markup.escape(clean(s.text))
        for s in segments
    ]
    return Markup("").join(parts)


def records(citation: Citation) -> list[tuple[str, str, str]]:
    """(record, digest, address of its file) of each page quoted."""
    names = list(citation.archive) or [""] * len(citation.digest)
    return [
        (name, digest, link(f"{citation.folder}/{name.rpartition(':')[0]}") if citation.folder and name else "")
        for name, digest in zip(names, citation.digest, strict=False)
    ]


def targets_page(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    charts: Sequence[tuple[str, Sequence[Point]]],
    quotes: Sequence[tuple[str, Citation, str]],
    notes: Sequence[str] = (),
) -> str:
    """Main targets as a table and charts, with the sentences they stand in: (sentence, where, part)."""
    drawn = [(name, svg(points, name)) for name, points in charts]
    numbers = numbered(citation for _, citation, _ in quotes)
    template = templates().get_template("targets.html")
    return template.render(
        title=title, columns=columns, rows=rows, charts=drawn, quotes=quotes, numbers=numbers, notes=notes
    )


def story_page(
    title: str,
    chapters: Sequence[Chapter],
    points: Sequence[Point],
    cited: Mapping[int, Citation],
    notes: Sequence[str] = (),
) -> str:
    """An initiative year by year, with a chart of its numbers."""
    chart = svg(points, title) if points else ""
    numbers = numbered(cited[chapter.year] for chapter in chapters if chapter.mentions)
    template = templates().get_template("story.html")
    return template.render(title=title, chapters=chapters, chart=chart, cited=cited, numbers=numbers, notes=notes)


def numbered(citations: Iterable[Citation]) -> dict[Citation, str]:
    """An anchor for each citation, in order of first appearance."""
    return {citation: f"s{k}" for k, citation in enumerate(dict.fromkeys(citations), 1)}
