"""Findings as Markdown, with a footnote for every report quoted; PURE."""

import re

from monitor.views.marks import NEW, Segment
from monitor.views.safe import inline, link
from monitor.views.shown import TITLES, Citation, Entry, Shown, by_kind
from monitor.views.text import sentence

SPECIAL = re.compile(r"[\\`*_\[\]<>!|~&^$@]|^[-+#=]|(?<=^\d)[.)]|:(?=//)|(?<=www)\.", re.IGNORECASE)
ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


def markdown(view: Shown, *, explain: bool = False) -> str:
    """A section for each kind, a list item for each finding; scraped text is escaped, so nothing in it is markup."""
    keys = {citation: footnote_key(citation) for citation in view.sources}
    counts = " · ".join(f"{kind} {view.counts[kind]}" for kind in TITLES if view.counts.get(kind))
    title = f"# {escaped(view.new.place)} {escaped(view.new.label)} against {escaped(view.old.label)}"
    lines = [title, "", counts or "nothing differs", ""]
    lines += [line for note in view.notes for line in (f"> {escaped(note)}", "")]
    for kind, groups in by_kind(view):
        lines += [f"## {TITLES[kind]}", ""]
        for heading, entries in groups:
            lines += [f"### {escaped(heading)}", ""] if heading else []
            lines += [line for entry in entries for line in item(view, entry, keys, explain=explain)] + [""]
    return "\n".join([*lines, *(f"[^{key}]: {footnote(citation)}" for citation, key in keys.items()), ""])


def item(view: Shown, entry: Entry, keys: dict[Citation, str], *, explain: bool) -> list[str]:
    """One finding as an item, with what moved and what it answers to below it."""
    finding = entry.finding
    prior = finding.prior[0] if finding.prior else None
    mark = f", {finding.mark} by hand" if finding.mark else ""
    where = f"{finding.part} [^{keys[view.cited(finding)]}] `{inline(entry.id).replace('`', '')}`{mark}"
    lines = [f"- {strong(sentence(entry, prior))} — {finding.novelty:.2f}, {where}"]
    lines += [f"  - {escaped(str(t))}" for t in finding.targets]
    if prior is not None:
        at = f"{prior.part} [^{keys[view.behind(prior)]}], likeness {prior.likeness:.0f}"
        lines.append(f"  - ← {escaped(prior.text)} — {at}")
    return lines + [f"  - {escaped(reason)}" for reason in finding.reasons if explain]


def strong(segments: tuple[Segment, ...]) -> str:
    """Segments with the new ones strong; as a tag, for ** does not close beside CJK marks (CommonMark §6.2)."""
    return "".join(f"<strong>{escaped(s.text)}</strong>" if s.mark == NEW else escaped(s.text) for s in segments)


def escaped(text: str) -> str:
    """Text that no Markdown program takes for markup (CommonMark §2.4)."""
    return SPECIAL.sub(lambda sign: ENTITIES.get(sign[0], f"\\{sign[0]}"), inline(text))


def footnote_key(citation: Citation) -> str:
    """A name for a footnote: letters, digits and hyphens."""
    return re.sub(r"\W+", "-", citation.report).strip("-") or "source"


def footnote(citation: Citation) -> str:
    """Where a report is quoted from."""
    url = link(citation.url)
    address = f"<{url}>" if url and not set("<>") & set(url) else escaped(citation.url)
    parts = [escaped(part) for part in (citation.report, citation.place, citation.source) if part]
    rest = [escaped(part) for part in (citation.dated, *citation.digest, *citation.archive) if part]
    return " · ".join([*parts, address, *rest])
