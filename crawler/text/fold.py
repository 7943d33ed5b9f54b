"""Fold: the form of a text that is compared and never shown.

Two copies of a sentence fold alike when they differ in script (海淀區 / 海淀区), in width (％ / %), in the style of a
mark (“ / 「), in spaces or in marks of zero width. The tables of OpenCC convert the script.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from crawler.text.glyphs import FOLDED, INVISIBLE

if TYPE_CHECKING:
    from opencc import OpenCC

UNICODE = 0x110000
BETWEEN = "\ufdd0"  # stands between texts folded together: a noncharacter of Unicode, that no text should have
HAN = "".join(map(chr, range(0x4E00, 0xA000)))

# Words of a text that went through a Big5 gateway or was written in Taiwan, and the mainland's words for them. A list
# of our own: OpenCC's tw2sp takes 新增 for 添加, 核心 for 内核 and 建立 for 创建, which changed 4 % of the characters
# of twenty provincial reports that had merely been converted; tw2s changed 3 characters of 404 619.
WORDS = {
    "每人平均": "人均",
    "高品質": "高质量",
    "水準": "水平",
    "支援": "支持",
    "資訊": "信息",
    "網路": "网络",
    "軟體": "软件",
    "硬體": "硬件",
    "智慧財產權": "知识产权",
    "計畫": "计划",
    "透過": "通过",
    "人工智慧": "人工智能",
    "數位": "数字",
}
TAIWAN = re.compile("|".join(WORDS))
MAINLAND = re.compile("人均|高質量|水平|支持|信息|網絡|軟件|硬件|知識產權|計劃|通過|人工智能|數字")
RUNS = re.compile(r"([-…])\1+")
BESIDE = "—\xa0•"  # that no text is without, and GB 2312 is
HONG_KONG = frozenset("衞綫羣爲裏着")


@cache
def converter(table: str) -> "OpenCC":
    """OpenCC with one of its configurations: s2t, t2s, tw2s, hk2s."""
    from opencc import OpenCC

    return OpenCC(table)


@cache
def only_hant() -> frozenset[str]:
    """Characters that a simplified text does not use: OpenCC changes them and GB 2312 lacks them."""
    simplified = converter("t2s").convert(HAN)
    changed = {old for old, new in zip(HAN, simplified, strict=True) if old != new}
    return frozenset(changed - set(HAN.encode("gb2312", "ignore").decode("gb2312")))


@cache
def only_hans() -> frozenset[str]:
    """Characters that a traditional text does not use: OpenCC changes them and Big5 lacks them."""
    traditional = converter("s2t").convert(HAN)
    changed = {old for old, new in zip(HAN, traditional, strict=True) if old != new}
    return frozenset(changed - set(HAN.encode("big5", "ignore").decode("big5")))


@cache
def folding() -> Callable[[bytes], Any]:
    """For UTF-32 in bytes an array of the code points it folds to; 0 for those that fold away.

    numpy is imported here: it is a tenth of a crawl's start, and most crawls find nothing to fold.
    """
    import numpy as np

    table = np.arange(UNICODE, dtype=np.uint32)
    for code, plain in FOLDED.items():
        table[code] = plain
    gone = [*INVISIBLE, *range(0xD800, 0xE000), *range(0x7F, 0xA1), *range(0x21)]
    gone += [0x1680, 0x2028, 0x2029, 0x205F, 0x3000, 0xFFFD, *range(0x2000, 0x200B)]
    table[gone] = 0
    return lambda text: table[np.frombuffer(text, dtype=np.uint32)]


def script_of(text: str) -> str:
    """Script of a text, "hans" or "hant", by the characters that the other script lacks; "hans" where none decides."""
    if hantless(text):
        return "hans"
    hant, hans = (len(characters.findall(text)) for characters in scripts())
    return "hant" if hant > hans else "hans"


@cache
def scripts() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The characters of traditional texts alone, and of simplified ones."""
    hant, hans = (re.compile(f"[{''.join(sorted(only))}]") for only in (only_hant(), only_hans()))
    return hant, hans


def hantless(text: str) -> bool:
    """Does a text lack all characters that a simplified one does not use? Told at once where GB 2312 has all it has."""
    lacking = len(text) - len(text.encode("gb2312", "ignore").decode("gb2312"))
    if lacking == sum(map(text.count, BESIDE)):
        return True
    return only_hant().isdisjoint(text)


def table_of(text: str) -> str:
    """The table for a text: "" for simplified, tw2s or hk2s by its variants, "words" where its words are Taiwan's too.

    A mainland text converted character by character (every clone of a reprint site) keeps 信息 and 水平; one that went
    through a gateway has 資訊 and 水準. Only that one gets its words mapped: 支援 is a mainland word too.
    """
    if hantless(text):
        return ""
    if len(TAIWAN.findall(text)) > len(MAINLAND.findall(text)):
        return "words"
    return "tw2s" if HONG_KONG.isdisjoint(text) else "hk2s"


def fold(text: str, table: str | None = None) -> str:
    """The text without spaces and marks of zero width, simplified, in ordinary width, with one form for each mark.

    Line breaks go too: fold line by line to keep them. Runs of dashes and of … count as one. Never longer than the
    text but where a word is mapped.

    table  one of those that `table_of` gives; by default the text's own. A sentence of a known text is folded best
           with the table of the whole text.
    """
    text = text.replace("&amp;", "&")  # one that survived stays in the text (see repair) and is no difference
    codes = folding()(text.encode("utf-32-le", "surrogatepass"))
    plain: str = codes[codes != 0].tobytes().decode("utf-32-le")
    if "--" in plain or "……" in plain:
        plain = RUNS.sub(r"\1", plain)
    table = table_of(plain) if table is None else table
    return simplify(plain, table) if table else plain


def fold_all(texts: Sequence[str], table: str | None = None) -> list[str]:
    """The fold of each of these texts, by one table: the whole's where none is given. A tenth of the cost of each."""
    if not texts:
        return []
    whole = BETWEEN.join(texts)
    if whole.count(BETWEEN) >= len(texts):  # a damaged text may have anything
        whole = BETWEEN.join(text.replace(BETWEEN, "") for text in texts)
    return fold(whole, table).split(BETWEEN)


def simplify(text: str, table: str) -> str:
    """The text in simplified characters, by the table of that name."""
    if table == "words":
        text = TAIWAN.sub(lambda word: WORDS[word[0]], text)
        table = "tw2s"
    return str(converter(table).convert(text))
