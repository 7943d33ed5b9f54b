"""Bytes to text, whatever the header, the meta tag and the byte-order mark claim."""

import codecs
import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from crawler.text.fold import converter

# The 300 commonest characters of 70 work reports of 2012–2026, two thirds of all characters in them. Any Chinese text
# uses them for a third of its characters; text decoded with the wrong table for hardly any.
COMMON = (
    "业化建新全展发实动大进和国产推设的力工加中高一区人生增等务提持政体成强民能重地行作制保市城深资施家开会改平项质创入经好个治量升"
    "年服长造企水以基省点理现上育用快机面目万心济代优坚有效科为要技农公社完级文在域安品支续更主度系出规投性态定革程不学稳三融源村场"
    "事领色共五海型标活通法数总群金统落向府同管善集费打策电商医方位运教放到境各环亿十防乡本元消台对是分办部营达我特护步协做范自引绿"
    "多促居期扩就风整路外构关精口转旅四流收健物应战老智时园培障局划准联综际试线式游批下交专小立第计利决二险县党与模结积网贸导山供西"
    "内监次镇值突率道先争养众础任信习们极超两南干验取江抓术解势示果前兴院件来得表空均近链首调接题房了这他说也那你会想见着没过"
)

# WHATWG Encoding Standard §4.2: labels mean the superset.
LABELS = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}
META = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
HEAD = 4096  # bytes in which a meta tag is looked for
SAMPLE = 16_000  # bytes that candidates are judged by, from the first beyond ASCII on
MIXED = 0.5  # likeness below which a page may be in two encodings
WIDE = 0.5  # likeness below which bytes without zeros are not UTF-16: any two bytes are a character of it
TELLING = 16  # bytes beyond ASCII that tell in which encoding a piece is
PIECES = re.compile(rb"(?=[<\n])")
TWICE = 2  # wrong encodings that are undone
HAN = re.compile("[一-鿿㐀-䶿]")
# What UTF-8 looks like that was read as GBK (政府 = 鏀垮簻): every third character comes of E4–E9 and 80–BF. And as
# Latin-1 (æ”¿, å¹´), and GBK as Latin-1 (ÖÐ¹ú).
AS_GBK = re.compile(
    "["
    + "".join({bytes((a, b)).decode("gb18030") for a in range(0xE4, 0xEA) for b in range(0x80, 0xC0)} - set(COMMON))
    + "]"
)
LEAST = 5  # of them: fewer are never a fifth of 20 characters
AS_LATIN = re.compile("[\u00c0-\u00ff][\u0080-\u00bf\u0152-\u2122]|[\u00a1-\u00ff]{2}")
CP1252 = {
    ord(bytes([byte]).decode("cp1252")): byte
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


class Decoded(NamedTuple):
    """A text, the codec that gave it, and how sure that is, from 0 to 1."""

    text: str
    encoding: str
    confidence: float


@cache
def common() -> frozenset[str]:
    """The commonest characters, in both scripts."""
    return frozenset(COMMON) | frozenset(converter("s2t").convert(COMMON))


def likeness(text: str) -> float:
    """How much a text looks like Chinese, up to 1: the share of common ones among its characters beyond ASCII."""
    beyond, good, bad = counting()(text.encode("utf-32-le", "surrogatepass"))
    return (good - 2 * bad) / beyond if beyond else 0.5


@cache
def counting() -> Callable[[bytes], tuple[int, int, int]]:
    """For UTF-32 in bytes: how many characters are beyond ASCII, of these common, and no text at all.

    By a table in numpy, imported where it is first needed: a loop takes twenty times as long.
    """
    import numpy as np

    kinds = np.zeros(0x110000, np.uint8)
    kinds[0x80:] = 1
    kinds[[*map(ord, common()), *range(0x3000, 0x3012), *range(0xFF01, 0xFF20)]] |= 2
    kinds[[0xFFFD, *range(0xE000, 0xF900)]] |= 4
    kinds[:0x80] = 0

    def counted(text: bytes) -> tuple[int, int, int]:
        found = np.bincount(kinds[np.frombuffer(text, np.uint32)], minlength=8).tolist()
        return sum(found[1:]), sum(found[n] for n in (2, 3, 6, 7)), sum(found[4:])

    return counted


def decode(body: bytes, declared: str | None = None) -> Decoded:
    """Text of a page, with the codec that gave it; never raises.

    A byte-order mark first; then UTF-16 without one, by its zeros; then UTF-8, for bytes rarely pass as UTF-8 by
    accident; then GB 18030 against Big5 and what is declared, by how common the characters are. What was damaged
    before it was sent (UTF-8 read as GBK or as Latin-1 and encoded again) is undone where the whole text shows it.

    body      as received
    declared  the charset of the header, unproven; the meta tag is looked up here
    """
    for mark, codec in MARKS:
        if body.startswith(mark) and (codec != "utf-8" or plausible(body)):
            return Decoded(body[len(mark) :].decode(codec, "replace"), codec, 1.0)
    if wide := sixteen(body):
        return Decoded(body.decode(wide, "replace"), wide, 0.9)
    body = body.removeprefix(codecs.BOM_UTF8)
    try:
        return undouble(Decoded(body.decode("utf-8"), "utf-8", 1.0))
    except UnicodeDecodeError:
        pass
    return best(body, [label for label in (declared, charset_of(body)) if label])


def plausible(body: bytes) -> bool:
    """Is a page that starts with the mark of UTF-8 really written in it?"""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > HEAD
    return True


def sixteen(body: bytes) -> str | None:
    """The codec of UTF-16 without a mark: tags make every other byte a zero."""
    head = body[:256]
    if head.count(0) * 8 < len(head) or len(head) < 4:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 4 * odd else None


def charset_of(body: bytes) -> str | None:
    """What a page says about its charset in a meta tag or an XML declaration; None where it says nothing."""
    found = META.search(body[:HEAD]) or re.search(rb"<\?xml[^>]*encoding=[\"']([\w.-]+)", body[:200])
    return found[1].decode("ascii") if found else None


def codec_of(label: str) -> str | None:
    """The name of the Python codec for a label; None for labels nobody knows and for those that are no charset."""
    label = label.strip().lower()
    try:
        found = codecs.lookup(LABELS.get(label, label))
    except (LookupError, ValueError):
        return None
    known = found.name if getattr(found, "_is_text_encoding", False) else None
    return None if known in {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"} else known


def best(body: bytes, labels: list[str]) -> Decoded:
    """The likeliest text of bytes that are no clean UTF-8."""
    valid, broken = multibyte(body)
    if broken * 20 <= valid:
        if broken * 200 <= valid:
            return Decoded(body.decode("utf-8", "replace"), "utf-8", 1 - broken / (valid + 1))
        return Decoded(patchwork(body), "utf-8", 0.7)
    whole = whole_characters(body)
    declared = [codec for codec in map(codec_of, labels) if codec and not codec.startswith(("utf-8", "iso", "cp1252"))]
    score, codec = likeliest(body, declared)
    if whole > 20 and broken < 30 * whole and likeness(text := patchwork(body)) > score:
        return Decoded(text, "utf-8", 0.5)
    if score < MIXED and codec in ("gb18030", "big5hkscs"):
        text = in_turn(body)
        if likeness(text) > score + 0.1:
            return Decoded(text, "gb18030 and big5hkscs", max(0.0, min(1.0, likeness(text))))
    return undouble(Decoded(body.decode(codec, "replace"), codec, max(0.0, min(1.0, score + 0.3))))


def likeliest(body: bytes, declared: list[str]) -> tuple[float, str]:
    """The codec whose text looks most like Chinese, with that likeness; one that is declared needs a little less."""
    found = re.search(rb"[\x80-\xff]", body)
    start = found.start() if found else 0
    scored = []
    for codec in dict.fromkeys([*declared, "gb18030", "big5hkscs", "utf-16-le", "utf-16-be"]):
        wide = codec.startswith("utf-16")  # whose characters begin at even places
        sample = body[start & ~1 :][:SAMPLE] if wide else body[start : start + SAMPLE]
        score = likeness(sample.decode(codec, "replace")) + 0.02 * (codec in declared)
        if not wide or score > WIDE:
            scored.append((score, codec))
    return max(scored, key=lambda pair: pair[0])


def multibyte(body: bytes) -> tuple[int, int]:
    """How many sequences of several bytes are valid UTF-8, and how many bytes are not."""
    sample = body[: 16 * SAMPLE]
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(char > "\x7f" for char in text) - broken, broken


def whole_characters(body: bytes) -> int:
    """How many Chinese characters UTF-8 finds: three bytes that fit, of which other encodings have hardly any."""
    return len(HAN.findall(body[: 16 * SAMPLE].decode("utf-8", "ignore")))


def patchwork(body: bytes) -> str:
    """Text of a page put together from UTF-8 and GBK or Big5, decided between tags and line by line."""
    pieces = PIECES.split(body)
    other = max(("gb18030", "big5hkscs"), key=lambda codec: likeness(strangers(pieces, codec)))
    return "".join(either(piece, ("utf-8", other)) for piece in pieces)


def in_turn(body: bytes) -> str:
    """Text of a page put together from GBK and Big5; a piece too short to tell is as the next that tells."""
    pieces = PIECES.split(body)
    told = [
        max(("gb18030", "big5hkscs"), key=lambda codec: likeness(piece.decode(codec, "replace")))
        if sum(byte >= 0x80 for byte in piece) >= TELLING
        else None
        for piece in pieces
    ]
    last = next((codec for codec in reversed(told) if codec), "gb18030")
    for at in range(len(told) - 1, -1, -1):
        told[at] = last = told[at] or last
    return "".join(piece.decode(codec or last, "replace") for piece, codec in zip(pieces, told, strict=True))


def strangers(pieces: list[bytes], codec: str) -> str:
    """The pieces that are no valid UTF-8, read by another codec."""
    return "".join(piece.decode(codec, "replace") for piece in pieces if not valid(piece))


def valid(piece: bytes) -> bool:
    """Are these bytes UTF-8?"""
    try:
        piece.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def either(piece: bytes, codecs_: tuple[str, ...]) -> str:
    """Bytes in one of several encodings, as whichever text looks most like Chinese; valid UTF-8 is UTF-8."""
    if valid(piece):
        return piece.decode("utf-8")
    return max((piece.decode(codec, "replace") for codec in codecs_), key=likeness)


def undouble(decoded: Decoded) -> Decoded:
    """The text with a second, wrong encoding undone, where most of the text shows one; a third one too."""
    for _ in range(TWICE):
        text = decoded.text
        latin, han = len(AS_LATIN.findall(text)), len(HAN.findall(text))
        if len(AS_GBK.findall(text)) * 5 > han > 20:
            ways, gain = [("utf-8", "gb18030")], 0.1
        elif latin > 20 and han * 2 < latin:
            ways, gain = [("utf-8", "latin"), ("gb18030", "latin")], 0.3
        else:
            return decoded
        found = next((way for way in ways if better(text, *way, gain)), None)
        if found is None:
            return decoded
        right, wrong = found
        name = f"{right} read as {'latin-1' if wrong == 'latin' else wrong}"
        decoded = Decoded(again(text, wrong, right), name, 0.6)
    return decoded


def better(text: str, right: str, wrong: str, gain: float) -> bool:
    """Does a text look so much more like Chinese, or more like one layer of mojibake less, when it is read anew?"""
    plain = again(text, wrong, right)
    layered = wrong == "latin" and right == "utf-8" and len(AS_LATIN.findall(plain)) > 20 and "\ufffd" not in plain
    return layered or likeness(plain) > likeness(text) + gain


def again(text: str, wrong: str, right: str) -> str:
    """The text as if its bytes had been decoded with the right codec in the first place; lost characters stay lost."""
    if "\ufffd" in text:
        return "\ufffd".join(again(part, wrong, right) for part in text.split("\ufffd"))
    body = text.translate(CP1252).encode("latin-1", "replace") if wrong == "latin" else text.encode(wrong, "replace")
    return body.decode(right, "replace")
