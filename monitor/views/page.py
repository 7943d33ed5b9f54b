"""Findings and years as one HTML file that needs nothing else: light and dark, printable, filters, no script; PURE.

Everything scraped is escaped by the template; addresses are links only where they may be followed.
"""

from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from monitor.views.marks import GONE, NEW, Segment, changed
from monitor.views.safe import clean, inline, link
from monitor.views.shown import TITLES, Citation, Entry, Shown, by_kind
from monitor.views.text import ALMOST, sentence

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
    numbers = {citation: f"s{k}" for k, citation in enumerate(dict.fromkeys(c for v in views for c in v.sources), 1)}
    return templates().get_template("findings.html").render(views=views, kinds=kinds, numbers=numbers, explain=explain)


def facing(entry: Entry) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """A finding's sentence and the earlier one, marked; by characters where the sentence was only edited."""
    prior = entry.finding.prior[0] if entry.finding.prior else None
    if prior is None:
        return sentence(entry, None), ()
    new = sentence(entry, prior)
    if prior.likeness >= ALMOST:
        return new, changed(inline(prior.text), inline(entry.finding.text))[0]
    return new, (Segment(inline(prior.text)),)


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
