"""Commands on files, needing no database: read, group, compare."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.forms import Format
from monitor.cli.show import DIFFERENT, DONE, PARTLY, clean, emit, plain, tell
from storage.errors import BadArgument, ReportwatchError
from storage.values import Finding, FindingKind, Identity, Kind, Outline, Part, Reading

if TYPE_CHECKING:
    from monitor.cutting import Cut

app = typer.Typer()

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def read_one(path: str, url: str | None) -> dict[str, object]:
    """The line of `read` for one file; a file that cannot be read gives its error instead."""
    from crawler.reading import page_of_file, read
    from monitor.identity import identify, within
    from monitor.structure import outline

    try:
        reading = read([page_of_file(Path(path), url)])
    except (OSError, ReportwatchError) as error:
        return {"path": path, "error": str(error)}
    identity = identify(reading)
    reports = within(reading) if identity.kind is Kind.COMPILATION else []
    parts = [part for part in outline(reading.text).parts if part is not Part.CLOSING]  # it frames, as the head does
    place = identity.place
    return {
        "path": path,
        "verdict": reading.verdict,
        "why": f"{reading.why}; {identity.why}",
        "kind": identity.kind,
        "title": reading.title,
        "text": reading.text,
        "encoding": reading.encoding,
        "script": reading.script,
        "confidence": reading.confidence,
        "repairs": plain(reading.repairs),
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


def reading_of(path: str) -> Reading:
    """The reading of a file; BadArgument where there is none."""
    from crawler.reading import page_of_file, read

    try:
        return read([page_of_file(Path(path), None)])
    except (OSError, ReportwatchError) as error:
        raise BadArgument(f"{path}: {error}") from error


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
    return clean(f"{line['path']}\n{head}\n{listed}\n{line['text']}\n")


@app.command()
def group(
    files: Annotated[list[str], typer.Argument(help="Reports, in any format that read takes.")],
    as_json: Json = False,
) -> int:
    """Which files are copies of one report, and which copy to trust."""
    from monitor.copies import group as grouped

    for found in grouped([(path, reading_of(path)) for path in files]):
        if as_json:
            emit(found)
            continue
        print(clean(f"{found.canonical}: {found.why}"))
        for copy in found.copies:
            figures = f"{copy.relation:8} {copy.likeness:5.1f} {copy.coverage:5.1f}"
            print(clean(f"  {figures}  {copy.path}  {'; '.join(copy.notes)}"))
        for path in found.related:
            print(clean(f"  related                 {path}"))
    return DONE


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
    from monitor.structure import outline

    readings = [reading_of(path) for path in (old, new)]
    outlines: list[Outline] = [outline(reading.text) for reading in readings]
    for path, taken in zip((old, new), outlines, strict=True):
        if not taken.passages:
            raise BadArgument(f"{path}: no sentence in it, so there is nothing to compare")
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
