"""What a page says: decoded, extracted, repaired, dated, judged."""

import mimetypes
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from crawler.reader import READER
from crawler.text import dates
from crawler.text.attachments import LARGEST, Unopenable, format_of, lines_of_document
from crawler.text.decode import decode
from crawler.text.extract import extract
from crawler.text.fold import script_of
from crawler.text.glued import unglued
from crawler.text.lines import Line
from crawler.text.repair import Mend, repair
from crawler.text.trim import DUMP_GAP, LABEL, head_at, repeats, simplified, tight, trim
from crawler.verdict import judge
from storage.errors import ReadError
from storage.values import Page, Reading, Repair, Verdict

HEAD = 6  # lines of a page among which those stand that every page of an article repeats
PAGED = re.compile(r"\s*[（(_－-]\s*第?\s*\d{1,2}\s*页?\s*[)）]?$")  # the number of a page behind a title
REPEATED = 40  # characters of a line that no report has twice

TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".shtml": "text/html",
    ".txt": "text/plain",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".doc": "application/msword",
    ".wps": "application/msword",
    ".ofd": "application/ofd",
}
CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
MARKUP = re.compile(r"<\s*(?:!doctype|html|head|body|div|table|p|br|meta|script)\b", re.IGNORECASE)


class Sheet(NamedTuple):
    """What one page says, before pages are joined."""

    lines: list[str]
    title: str | None
    published_on: date | None
    encoding: str
    verdict: Verdict
    why: str
    repairs: tuple[Mend, ...]
    confidence: float = 1.0  # of the encoding


def page_of_file(path: Path, url: str | None) -> Page:
    """A file as a page; its type is told by suffix, its time is that of the file.

    raises  OSError where the file cannot be opened, ReadError where it is none or larger than is read
    """
    status = path.stat()
    if not path.is_file():
        raise ReadError(f"{path}: {'a folder, not a file' if path.is_dir() else 'no regular file'}")
    if status.st_size > LARGEST:
        raise ReadError(f"{path}: {status.st_size} bytes; at most {LARGEST} are read: split it")
    suffix = path.suffix.lower()
    kind = TYPES.get(suffix) or mimetypes.guess_type(path.name)[0] or ""
    fetched = datetime.fromtimestamp(status.st_mtime, UTC)
    return Page(url or path.absolute().as_uri(), fetched, path.read_bytes(), content_type=kind)


def read(pages: Sequence[Page]) -> Reading:
    """What a page, or the pages of one article in order, say; the same bytes always give the same reading.

    Nothing is raised for a page that cannot be read: its verdict says what it is.

    pages   at least one; the first gives address, title and date
    raises  ValueError for no page at all
    """
    if not pages:
        raise ValueError("no page to read")
    sheets = [sheet_of(page) for page in pages]
    first = sheets[0]
    text = "\n".join(joined(sheets))
    cover = (Verdict.ATTACHMENT_ONLY,) if any(sheet.verdict == Verdict.OK for sheet in sheets[1:]) else ()
    failed = next((sheet for sheet in sheets if sheet.verdict not in (Verdict.OK, *cover)), first)
    if failed.verdict in cover:  # the file that the page only names has come along, and says what the page does not
        failed = next(sheet for sheet in sheets if sheet.verdict == Verdict.OK)
    number = "" if failed is first else f"page {sheets.index(failed) + 1} of {len(sheets)}: "
    return Reading(
        url=pages[0].url,
        verdict=failed.verdict,
        why=number + failed.why,
        title=first.title,
        text=text,
        encoding=first.encoding,
        script=script_of(text),
        reader=READER,
        repairs=tuple(Repair(*mend) for sheet in sheets for mend in sheet.repairs),
        published_on=next((sheet.published_on for sheet in sheets if sheet.published_on), None),
        confidence=round(min(sheet.confidence for sheet in sheets), 3),
    )


def sheet_of(page: Page) -> Sheet:
    """What one page says."""
    kind = format_of(page.body)
    if kind:
        return of_document(page, kind)
    declared = CHARSET.search(page.content_type)
    decoded = decode(page.body[:LARGEST], declared[1] if declared else None)
    if page.content_type.startswith("text/plain") and not marked_up(decoded.text):
        sheet = of_dump(page, decoded.text, decoded.encoding)
    else:
        sheet = of_html(page, decoded.text, decoded.encoding)
    return sheet._replace(confidence=decoded.confidence)


def marked_up(text: str) -> bool:
    """Is what calls itself plain text a web page? One tag in the midst of it makes none, nor does a < before it."""
    tags = len(MARKUP.findall(text[:2000]))
    return tags >= 5 or (tags > 0 and text.lstrip("\ufeff \t\r\n").startswith("<"))


def of_html(page: Page, source: str, encoding: str) -> Sheet:
    """What a web page says."""
    found = extract(source)
    lines, repairs = repair(found.lines)
    verdict, why = judge(page.status, source, lines, found.around, url=page.url, title=found.title)
    day = found.published_on or dates.in_url(page.url)
    return Sheet(lines, found.title, day, encoding, verdict, why, repairs)


def of_dump(page: Page, source: str, encoding: str) -> Sheet:
    """What a text dump of a page says: the same chrome around the same body, but no tags."""
    around = [Line(line.strip("\ufeff\u3000 \t\r\xa0")) for line in source.splitlines()]
    around = [line for line in around if line.text]
    kept = once([line.text for line in unglued(trim(around, gap=DUMP_GAP))])
    lines, repairs = repair(kept, spread=True)
    begin = head_at(around, simplified(around), gap=DUMP_GAP)
    day = dates.in_lines([line.text for line in around[:begin]]) or dates.in_url(page.url)
    verdict, why = judge(page.status, "", lines, around)
    return Sheet(
        lines, title_among([*(line.text for line in around[:begin]), *lines[:2]]), day, encoding, verdict, why, repairs
    )


def once(lines: list[str]) -> list[str]:
    """The lines of a dump that holds its page several times, of the first time only."""
    first = next((at for at, line in enumerate(lines) if len(line) >= REPEATED), None)
    if first is None:
        return lines
    again = next((at for at in range(first + 1, len(lines)) if lines[at] == lines[first]), None)
    if again is None or again < len(lines) // 4:
        return lines
    block = set(lines[:again])
    rest = lines[again:]
    return lines[: again - first] if sum(line in block for line in rest) >= 0.9 * len(rest) else lines


def of_document(page: Page, kind: str) -> Sheet:
    """What an attachment says."""
    try:
        found = lines_of_document(page.body, kind)
    except Unopenable as error:
        return Sheet([], None, None, kind, Verdict.UNREADABLE, str(error), ())
    lines, repairs = repair(found, spread=True)
    day = dates.in_url(page.url)
    if not lines:
        why = f"a {kind} without text: pictures of pages; it needs character recognition"
        return Sheet([], None, day, kind, Verdict.SCANNED, why, ())
    verdict, why = judge(200, "", lines, [Line(line) for line in lines])
    return Sheet(lines, title_among(lines[:3]), day, kind, verdict, why, repairs)


def title_among(lines: Sequence[str]) -> str | None:
    """The line that is most of a title: one that names a report, else the last one without a full stop."""
    short = [line for line in lines if 4 <= len(line) <= 80 and not re.search(r"[。；|]", line)]
    named = [line for line in short if "报告" in line or "報告" in line]
    chosen = named[0] if named else short[-1] if short else None
    return re.sub(r"^\[[^\]]{1,8}\]\s*", "", chosen) if chosen else None


def joined(sheets: Sequence[Sheet]) -> list[str]:
    """The lines of all pages of an article, without the head that each page repeats."""
    lines = list(sheets[0].lines)
    for sheet in sheets[1:]:
        more = fresh(sheets[0].lines, sheet)
        if lines and more and broken_off(lines[-1]) and not heading(more[0]):
            lines[-1] += more[0]
            more = more[1:]
        lines += more
    return lines


def fresh(first: Sequence[str], sheet: Sheet) -> list[str]:
    """The lines of a later page without those at its head that the first page began with, its title, its abstract."""
    head = {PAGED.sub("", line) for line in (*first[:HEAD], sheet.title or "")}
    whole = tight("".join(first))
    begin = 0
    for at, line in enumerate(sheet.lines[:HEAD]):
        if PAGED.sub("", line) in head or (LABEL.match(line) and repeats(line, whole)):
            begin = at + 1
    return list(sheet.lines[begin:])


def broken_off(line: str) -> bool:
    """Does a line stop inside a sentence?"""
    return len(line) > 40 and not re.search(r"[。！？；：…!?;:”）)]$", line)


def heading(line: str) -> bool:
    """Does a line begin a part of its own?"""
    return (
        re.match(r"[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|[—─]|各位代表|第[一二三四五]部分", line)
        is not None
    )
