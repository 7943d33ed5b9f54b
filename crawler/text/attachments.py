"""Text of documents that are no web pages: docx, pdf, ofd, doc.

Each reader gives lines, one paragraph a line, and raises Unopenable, with what was found, where nothing can be read.
Archives are measured before they are opened, no XML entity is ever resolved, and what may take long is read in a
process of its own (confined.py): nothing takes longer than SECONDS or unpacks to more than LARGEST.
"""

import io
import os
import re
import shutil
import signal
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path

from lxml import etree

from crawler.text.confined import SECONDS, confined
from crawler.text.markup import parsed
from crawler.text.pages import flow
from crawler.text.word import lines_of_word

LARGEST = 64 * 1024 * 1024  # bytes of a document, packed or unpacked
PAGES = 3000  # of a PDF; the compilation of all reports of a province has under 1000
SMALL = 4 << 20  # bytes unpacked that are read at once: three times the largest report, a tenth of a second
DIRECTORY = 1 << 20  # bytes of an archive's table of contents, 10 000 members; no document has a tenth of them
NUMBERED = re.compile(r"Doc_(\d+)/Pages/Page_(\d+)/Content\.xml$", re.IGNORECASE)
# First bytes of what is no document, and what to say of it. Others show by their text that they have none.
FOREIGN = {
    b"\x89PNG\r\n": "a picture (png); it needs character recognition",
    b"\xff\xd8\xff": "a picture (jpeg); it needs character recognition",
    b"GIF8": "a picture (gif)",
    b"Rar!\x1a\x07": "an archive (rar); docx, pdf, ofd and doc are read",
    b"7z\xbc\xaf\x27\x1c": "an archive (7z); docx, pdf, ofd and doc are read",
    b"\x7fELF": "a program",
}
BROKEN = (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, KeyError, ValueError, NotImplementedError, EOFError)


class Unopenable(Exception):
    """The document is damaged, too large, encrypted, or its converter is not installed; the message says which."""


def format_of(body: bytes) -> str | None:
    """Kind of document by its first bytes: pdf, docx, ofd, doc; "zip" for other archives, None for text.

    "foreign" for what is neither text nor a document.
    """
    if any(body.startswith(head) for head in FOREIGN):
        return "foreign"
    if body[:1024].lstrip().startswith(b"%PDF"):
        return "pdf"
    if body.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "doc"
    if not body.startswith(b"PK\x03\x04"):
        return "doc" if body.startswith(b"{\\rtf") else None
    if crowded(body):
        return "zip"
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = set(archive.namelist())
    except BROKEN:
        return "zip"
    if "word/document.xml" in names:
        return "docx"
    return "ofd" if any(name.lower() == "ofd.xml" for name in names) else "zip"


def lines_of_document(body: bytes, kind: str) -> list[str]:
    """The paragraphs of a document of the kind that `format_of` gives; empty where it holds pictures only.

    raises  Unopenable
    """
    if len(body) > LARGEST:
        raise Unopenable(f"{len(body)} bytes; {LARGEST} are the most that is read")
    if kind == "foreign":
        raise Unopenable(next(said for head, said in FOREIGN.items() if body.startswith(head)))
    if kind not in READERS:
        raise Unopenable("an archive that is neither docx nor ofd")
    if kind == "doc" or (kind != "pdf" and unpacked(body) <= SMALL):
        return lines_within(body, kind)
    lines, why = confined(body, kind)
    if why:
        raise Unopenable(why)
    return lines


def lines_within(body: bytes, kind: str) -> list[str]:
    """The same in this process, however long it takes.

    raises  Unopenable, MemoryError
    """
    return READERS[kind](body)


def crowded(body: bytes) -> bool:
    """Has an archive more members than a document has? Told without reading their names."""
    end = body.rfind(b"PK\x05\x06", max(0, len(body) - (1 << 16) - 22))
    return end >= 0 and int.from_bytes(body[end + 12 : end + 16], "little") > DIRECTORY


def unpacked(body: bytes) -> int:
    """Bytes of the members of an archive together, as it says; zipfile reads no more of any than that.

    raises  Unopenable
    """
    with measured(body) as archive:
        return sum(member.file_size for member in archive.infolist())


def measured(body: bytes) -> zipfile.ZipFile:
    """The archive, once its members together are known to be small enough.

    raises  Unopenable
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
    except BROKEN as error:
        raise Unopenable(f"a damaged archive: {error}") from error
    size = sum(member.file_size for member in archive.infolist())
    if size > LARGEST:
        raise Unopenable(f"unpacks to {size} bytes; {LARGEST} are the most that is read")
    return archive


def of_docx(body: bytes) -> list[str]:
    """Paragraphs of a Word document in order, with their labels; a row of a table is one line."""
    with measured(body) as archive:
        try:
            return lines_of_word(archive)
        except BROKEN as error:
            raise Unopenable(f"a damaged docx: {error}") from error


def of_pdf(body: bytes) -> list[str]:
    """Paragraphs of a PDF, its running heads and page numbers left out; empty for a scan."""
    from pypdf import PdfReader  # here: most crawls meet no such document, and it takes a tenth of their start
    from pypdf.errors import PyPdfError

    from crawler.text.printed import lines_on

    try:
        reader = PdfReader(io.BytesIO(body))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unopenable("an encrypted pdf; it opens with a password only")
        pages = [lines_on(page) for page in islice(reader.pages, PAGES)]
    except (PyPdfError, RecursionError, OverflowError, AttributeError, TypeError, IndexError, *BROKEN) as error:
        raise Unopenable(f"a damaged pdf: {error}") from error
    return flow(pages)


def of_ofd(body: bytes) -> list[str]:
    """Paragraphs of an OFD document (GB/T 33190-2016): text objects by their place on each page."""
    pages = []
    with measured(body) as archive:
        members = [(found, name) for name in archive.namelist() if (found := NUMBERED.search(name))]
        try:
            for _, name in sorted(members, key=lambda pair: (int(pair[0][1]), int(pair[0][2]))):
                pages.append(placed(archive.read(name)))
        except BROKEN as error:
            raise Unopenable(f"a damaged ofd: {error}") from error
    return flow(pages)


def placed(content: bytes) -> list[str]:
    """The lines of one page of an OFD document, from top to bottom."""
    rows: dict[int, list[tuple[float, str]]] = {}
    for node in parsed(content).iter("{*}TextObject"):
        left, top, *_ = [*map(float, (node.get("Boundary") or "0 0").split()), 0.0, 0.0]
        for code in node.iter("{*}TextCode"):
            y = top + float(code.get("Y") or 0)
            rows.setdefault(round(y), []).append((left + float(code.get("X") or 0), code.text or ""))
    return ["".join(text for _, text in sorted(row)) for _, row in sorted(rows.items())]


def of_doc(body: bytes) -> list[str]:
    """Paragraphs of an old Word document, by catdoc or LibreOffice, whichever is installed."""
    for program in ("catdoc", "soffice"):
        if path := shutil.which(program):
            return converted(body, program, path)
    raise Unopenable("an old Word document; install catdoc (Debian package catdoc) or LibreOffice to read it")


def converted(body: bytes, program: str, path: str) -> list[str]:
    """What a converter makes of an old Word document."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "document.doc"
        source.write_bytes(body)
        options = (
            ["-d", "utf-8", "-w"] if program == "catdoc" else ["--headless", "--convert-to", "txt:Text (encoded):UTF8"]
        )
        options += [] if program == "catdoc" else ["--outdir", folder, f"-env:UserInstallation=file://{folder}/home"]
        made = source.with_suffix(".txt")
        status, out, said = finished([path, *options, str(source)], program)
        text = out if program == "catdoc" else made.read_bytes() if made.exists() else b""
    if status or not text.strip():
        raise Unopenable(f"{program} could not read it: {said.decode('utf-8', 'replace').strip()[:200]}")
    return [line.strip() for line in text.decode("utf-8", "replace").splitlines() if line.strip()]


def finished(command: list[str], program: str) -> tuple[int, bytes, bytes]:
    """Status and both outputs of a converter; LibreOffice starts others, which end with it."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as run:  # noqa: S603
        try:
            out, said = run.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            os.killpg(run.pid, signal.SIGKILL)
            raise Unopenable(f"{program} did not finish within {SECONDS} s") from error
    return run.returncode, out, said


READERS: Mapping[str, Callable[[bytes], list[str]]] = {"docx": of_docx, "pdf": of_pdf, "ofd": of_ofd, "doc": of_doc}
