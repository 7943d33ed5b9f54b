"""Commands on files, needing no database: read, group, compare."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.forms import Format
from monitor.cli.show import DIFFERENT, DONE, PARTLY, clean, emit, plain, reason, tell
from storage.errors import BadArgument, ReportwatchError
from storage.values import Finding, FindingKind, Identity, Kind, Outline, Part, Reading, Repair, Verdict

if TYPE_CHECKING:
    from monitor.cutting import Cut

app = typer.Typer()

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def read_one(path: str, url: str | None) -> dict[str, object]:
    """The line of `read` for one file; a file that cannot be read gives its error instead."""
    try:
        reading = reading_of(path, url)
    except BadArgument as error:
        return {"path": path, "error": str(error)}
    identity, outlined, reports = claims(reading)
    unreadable = reading.verdict is Verdict.UNREADABLE
    parts = [part for part in outlined.parts if part is not Part.CLOSING]  # it frames, as the head does
    place = identity.place
    return {
        "path": path,
        "verdict": reading.verdict,
        "why": f"{reading.why}; {identity.why}",
        "kind": identity.kind,
        "title": None if unreadable else reading.title,
        "text": reading.text,
        "encoding": reading.encoding,
        "script": None if unreadable else reading.script,
        "confidence": reading.confidence,
        "repairs": plain(summed_up(reading.repairs) if unreadable else reading.repairs),
        "published_on": reading.published_on,
        "place": place.name if place else None,
        "code": place.code if place else None,
        "year": identity.year,
        "meeting_on": identity.meeting_on,
        "session": identity.session,
        "speaker": identity.speaker,
        "whole": identity.whole,
        "parts": parts,
        "inferred": identity.inferred,
        "reports": [report_line(number, *found) for number, found in enumerate(reports, 1)],
    }


def claims(reading: Reading) -> tuple[Identity, Outline, list[tuple["Cut", Identity]]]:
    """What a reading is, its outline and the reports it holds as a compilation; nothing of what could not be read."""
    from monitor.identity import identified, of_page, within

    if reading.verdict is Verdict.UNREADABLE:
        return Identity(Kind.OTHER, "so what it is cannot be told"), Outline(reading.text, ()), []
    identity, outlined = identified(reading.text, reading.url, reading.title)
    if identity.kind is not Kind.COMPILATION:
        return identity, outlined, []
    reports = within(reading)
    return of_page(identity, reading, [known for _, known in reports]), outlined, reports


def summed_up(repairs: Sequence[Repair]) -> list[Repair]:
    """How often each rule found something in what is no text at all, as one record."""
    counts = Counter(repair.how for repair in repairs)
    return [Repair("", "", "; ".join(f"{how}: {n} times" for how, n in counts.items()), 0.0)] if counts else []


def report_line(number: int, part: "Cut", identity: Identity) -> dict[str, object]:
    """One report of a compilation: its position, from 1, where in the text it stands, and which it is."""
    return {
        "part": number,
        "title": part.title or None,
        "start": part.start,
        "end": part.end,
        "kind": identity.kind,
        "place": identity.place.name if identity.place else None,
        "code": identity.place.code if identity.place else None,
        "year": identity.year,
        "meeting_on": identity.meeting_on,
        "session": identity.session,
        "speaker": identity.speaker,
        "whole": identity.whole,
        "inferred": identity.inferred,
    }


def lines_of(files: list[str], url: str | None, jobs: int) -> Iterator[dict[str, object]]:
    """The lines of `read`, in the order of the files, made on `jobs` cores."""
    if jobs <= 1 or len(files) < 2:
        yield from (read_one(path, url) for path in files)
        return
    from monitor.cli.parallel import mapped

    yield from mapped(partial(read_one, url=url), files, jobs, unread)


def unread(path: str) -> dict[str, object]:
    """The line of a file that ended the process which read it."""
    return {"path": path, "error": "the process that read it was ended from outside, perhaps for want of memory"}


def reading_of(path: str, url: str | None = None) -> Reading:
    """The reading of a file; where there is none, BadArgument, which says why without its name."""
    from crawler.reading import page_of_file, read

    try:
        return read([page_of_file(Path(path), url)])
    except (OSError, ReportwatchError) as error:
        raise BadArgument(reason(error, path)) from error


def groupable(path: str) -> Reading:
    """The reading of a file that may be a copy of something; BadArgument where there is nothing to read in it.

    A text without any punctuation is called empty as well; it is grouped as long as it is no shorter than a document.
    """
    from crawler.verdict import HAN, SHORT

    reading = reading_of(path)
    short = len(HAN.findall(reading.text)) < SHORT
    if reading.verdict is Verdict.UNREADABLE or (reading.verdict is Verdict.EMPTY and short):
        raise BadArgument(f"{reading.verdict}: {reading.why}")
    return reading


def comparable(path: str) -> tuple[Reading, Outline]:
    """The reading of a file and its outline; BadArgument where there is nothing in it to compare."""
    try:
        reading = reading_of(path)
    except BadArgument as error:
        raise BadArgument(f"{path}: {error}") from error
    if reading.verdict is Verdict.UNREADABLE:
        raise BadArgument(f"{path}: unreadable: {reading.why}")
    identity, outlined, reports = claims(reading)
    if not outlined.passages:
        raise BadArgument(f"{path}: no sentence in it, so there is nothing to compare")
    if identity.kind is Kind.COMPILATION:
        held = "; ".join(named(known) for _, known in reports) or "which they are could not be told"
        tell(f"reportwatch: {path}: a page with several reports, compared as one text: {held}")
    return reading, outlined


def named(known: Identity) -> str:
    """A report by place and year."""
    return f"{known.place.name if known.place else 'unknown place'} {known.year or 'unknown year'}"


@app.command()
def read(
    files: Annotated[list[str], typer.Argument(help="html, docx, pdf, ofd, doc or txt")],
    url: Annotated[str | None, typer.Option(help="Where the page is from.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Cores to use.")] = 1,
    as_json: Json = False,
) -> int:
    """What pages say: verdict, kind, text, place, meeting."""
    failed = 0
    for line in lines_of(files, url, jobs):
        failed += "error" in line
        if "error" in line:
            tell(f"reportwatch: {line['path']}: {line['error']}")
        if as_json:
            emit(line)
        elif "error" not in line:
            print(described(line))
    return PARTLY if failed else DONE


def described(line: dict[str, object]) -> str:
    """A reading for the eye: what it is, then its text."""
    shown = [
        "verdict",
        "why",
        "kind",
        "title",
        "place",
        "code",
        "year",
        "meeting_on",
        "session",
        "speaker",
        "published_on",
    ]
    head = "\n".join(f"{key:13}{'–' if line[key] is None else line[key]}" for key in shown)
    reports = line["reports"]
    assert isinstance(reports, list)
    listed = "".join(
        f"{'part ' + str(r['part']):13}{r['place'] or 'unknown place'} {r['year'] or 'unknown year'}, {r['kind']}"
        f"{'' if r['whole'] else ', not whole'}, {r['end'] - r['start']} characters: {r['title'] or '–'}\n"
        for r in reports
    )
    if line["kind"] == Kind.COMPILATION and not reports:
        listed = f"{'parts':13}several reports, which could not be told apart\n"
    return clean(f"{line['path']}\n{head}\n{listed}\n{line['text']}\n")


@app.command()
def group(
    files: Annotated[list[str], typer.Argument(help="Reports, in any format that read takes.")],
    as_json: Json = False,
) -> int:
    """Which files are copies of one report, and which copy to trust."""
    from monitor.copies import group as grouped

    readings: list[tuple[str, Reading]] = []
    for path in files:
        try:
            readings.append((path, groupable(path)))
        except BadArgument as error:
            tell(f"reportwatch: {path}: {error}")
            if as_json:
                emit({"path": path, "error": str(error)})
    for found in grouped(readings):
        if as_json:
            emit(found)
            continue
        print(clean(f"{found.canonical}: {found.why}"))
        for copy in found.copies:
            figures = f"{copy.relation:8} {copy.likeness:5.1f} {copy.coverage:5.1f}"
            print(clean(f"  {figures}  {copy.path}  {'; '.join(copy.notes)}"))
        for path in found.related:
            print(clean(f"  related                 {path}"))
    return DONE if len(readings) == len(files) else PARTLY


@app.command()
def compare(
    old: Annotated[str, typer.Argument(help="Last year's report.")],
    new: Annotated[str, typer.Argument(help="This year's report.")],
    only: Annotated[str, typer.Option(help="Kinds to show: new,mixed,revised,…")] = "",
    top: Annotated[int | None, typer.Option(min=1, help="The N most novel.")] = None,
    explain: Annotated[bool, typer.Option(help="Say how each score comes about.")] = False,
    form: Annotated[Format | None, typer.Option("--format", help="How to show it; else a list in order.")] = None,
    as_json: Json = False,
) -> int:
    """What became of every sentence of the new report's plan. Exit status 1 where anything differs."""
    from monitor.novelty import compare as compared

    readings, outlines = zip(*(comparable(path) for path in (old, new)), strict=True)
    if not outlines[1].of(Part.PLAN):
        tell(f"reportwatch: {new}: no plan was found in it, only its closing can be compared")
    findings = compared(outlines[0], outlines[1])
    if form not in (None, Format.JSON) and not as_json:
        from monitor.cli.comparing import show_files

        show_files((old, new), readings, findings, form, kinds_of(only), top, explain=explain)
    else:
        for finding in chosen(findings, only, top):
            show_finding(finding, explain=explain, as_json=as_json or form is Format.JSON)
    alike = {FindingKind.CONTINUED, FindingKind.GENERIC}
    return DIFFERENT if any(f.kind not in alike for f in findings) else DONE


def kinds_of(only: str) -> set[FindingKind]:
    """The kinds that an option names, parted by commas."""
    names = {name.strip() for name in only.split(",") if name.strip()}
    unknown = names - set(FindingKind)
    if unknown:
        raise BadArgument(f"--only: {', '.join(sorted(unknown))}: no such kind; known are {', '.join(FindingKind)}")
    return {FindingKind(name) for name in names}


def chosen(findings: list[Finding], only: str, top: int | None) -> list[Finding]:
    """The findings of these kinds, or the most novel ones."""
    kinds = kinds_of(only)
    found = [f for f in findings if not kinds or f.kind in kinds]
    return found if top is None else sorted(found, key=lambda f: -f.novelty)[:top]


def show_finding(finding: Finding, *, explain: bool, as_json: bool) -> None:
    """One finding, as JSON or for the eye."""
    if as_json:
        line = plain(finding)
        assert isinstance(line, dict)
        emit({k: v for k, v in line.items() if explain or k not in ("reasons", "mark")})
        return
    print(clean(f"{finding.kind:10}{finding.novelty:5.2f}  {finding.text}"))
    for prior in finding.prior[:1]:
        print(clean(f"          {prior.likeness:5.1f}  ← {prior.text}"))
    for target in finding.targets:
        print(clean(f"                 {target}"))
    if explain:
        print(clean("".join(f"                 · {reason}\n" for reason in finding.reasons)), end="")
