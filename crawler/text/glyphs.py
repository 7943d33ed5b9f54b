"""Characters that stand for others: widths, radicals, marks; and those that stand for nothing.

Sources: Unicode 15.1, blocks Halfwidth and Fullwidth Forms, Kangxi Radicals, CJK Radicals Supplement, CJK
Compatibility Ideographs; the radicals of the supplement, which have no decomposition, after their names in the
Unicode Character Database.
"""

import re
import unicodedata

# CJK radicals that PDF fonts map ordinary characters to; only those whose shape is a whole character.
SUPPLEMENT = dict(
    zip(
        "⺁⺄⺇⺊⺌⺍⺎⺒⺓⺜⺝⺟⺠⺩⺬⺮⺶⺷⺸⺺⺻⺼⺽⻁⻄⻅⻆⻇⻉⻊⻋⻑⻒⻓⻔⻗⻘⻙⻚⻛⻜⻝⻞⻟⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻱⻳",
        "厂乙几卜小小兀巳幺日月母民王示竹羊羊羊聿聿肉臼虎西见角角贝足车長長长门雨青韦页风飞食食食马骨鬼鱼鸟卤麦黄黾齐齿龙龜龟",
        strict=True,
    )
)

RADICALS: dict[int, int] = {ord(mark): ord(char) for mark, char in SUPPLEMENT.items()} | {
    code: ord(unicodedata.normalize("NFKC", chr(code)))
    for code in (*range(0x2F00, 0x2FD6), *range(0xF900, 0xFA6E), *range(0xFA70, 0xFADA), *range(0x2F800, 0x2FA1E))
    if len(unicodedata.normalize("NFKC", chr(code))) == 1
}

# Zero width, direction marks, soft hyphen, byte-order mark, variation selectors.
INVISIBLE = frozenset(
    code
    for block in (
        (0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x180E, 0x3164, 0xFEFF, 0xFFA0),
        range(0x2060, 0x2065),
        range(0x200B, 0x2010),
        range(0x202A, 0x202F),
        range(0x2066, 0x2070),
        range(0xFE00, 0xFE10),
    )
    for code in block
)

# No text: C0 and C1 controls but tab, line ends and NEL, and noncharacters, for which nothing stands; halves of
# surrogate pairs, which were characters.
CONTROLS = (*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0))
UNPRINTED: dict[int, int | None] = {
    **dict.fromkeys((*CONTROLS, *range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF)),
    **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD),
}

# Characters that are lost: replacement marks, private use (the glyphs of a font that did not come along), and the boxes
# that stand for a glyph between two characters; at the head of a line they are bullets.
BOXES = re.compile("(?<=[\u3400-\u9fff，。、；：“”（）])[■□▇█]+(?=[\u3400-\u9fff，。、；：“”（）])")
LOST = re.compile(f"[\ufffd\ue000-\uf8ff]+|{BOXES.pattern}")

# One mark for each use of it; 。 stays apart from the decimal point, 、 from the comma.
MARKS = {
    ",": "，﹐",
    ";": "；﹔",
    ":": "：﹕︰∶",
    "!": "！﹗",
    "?": "？﹖",
    "(": "（﹙",
    ")": "）﹚",
    "[": "［〔【﹝",
    "]": "］〕】﹞",
    '"': "“”„‟＂「」『』〝〞〟﹁﹂",
    "'": "‘’‚‛＇`´",
    "。": "｡",
    "、": "､﹑",
    "-": "—–―‒‐‑─━－﹣﹘−",
    "~": "～〜∼˜",
    "%": "％﹪",
    "·": "•‧・･∙⋅",
    "…": "⋯",
    "《": "〈＜«‹",
    "》": "〉＞»›",
}


def narrow(code: int) -> int:
    """The ordinary form of a full- or half-width character, as NFKC has it, where that is one character."""
    plain = unicodedata.normalize("NFKC", chr(code))
    return ord(plain) if len(plain) == 1 else code


FOLDED: dict[int, int] = (
    {code: narrow(code) for code in range(0xFF01, 0xFFEF)}
    | RADICALS
    | {ord(mark): ord(plain) for plain, marks in MARKS.items() for mark in marks}
)
