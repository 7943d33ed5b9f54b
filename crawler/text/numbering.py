"""The labels that Word puts before paragraphs by itself: 一、 （一） 1. 第一部分 ① (ECMA-376 part 1, §17.9).

A paragraph names a list (numId) and a level (ilvl), or its style does; the list's definition says how a level counts
and what stands around the number. The labels are nowhere in the text of the file, so they are counted here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml.etree import _Element as Element

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
VAL = f"{{{WORD}}}val"
DIGITS, LEGAL = "〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖"
UNITS, LEGAL_UNITS = ("", "十", "百", "千"), ("", "拾", "佰", "仟")
ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X")),
    *((9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
HOLE = re.compile(r"%([1-9])")
DEPTH = 9  # levels of a list
LONGEST = 40  # characters of a label; real ones have ten at most
STYLES = 20  # styles that may rest on each other


def chinese(number: int, digits: str = DIGITS, units: tuple[str, ...] = UNITS) -> str:
    """A number below 10 000 as it is counted in Chinese: 12 is 十二, 105 一百〇五; others in digits."""
    if not 0 < number < 10_000:
        return str(number)
    written, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            written += (digits[0] if gap and written else "") + digits[digit] + units[place]
        gap = not digit
    ten = digits[1] + units[1]
    return written[1:] if digits is DIGITS and written.startswith(ten) else written


def roman(number: int) -> str:
    """A number below 4000 in capital Roman numerals; others in digits."""
    if not 0 < number < 4000:
        return str(number)
    written = ""
    for worth, sign in ROMAN:
        count, number = divmod(number, worth)
        written += sign * count
    return written


def letters(number: int) -> str:
    """From a to z, then aa, bb and so on, as Word counts."""
    return chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, LONGEST) if number > 0 else str(number)


def circled(number: int) -> str:
    """① … ⑳; beyond that in brackets."""
    return chr(0x2460 + number - 1) if 0 < number <= 20 else f"({number})"


def counted(number: int, form: str) -> str:
    """A number in one of Word's forms (ST_NumberFormat, §17.18.59); digits in those that no Chinese document uses."""
    if form in ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCountingThousand"):
        return chinese(number)
    if form in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"):
        return "".join(DIGITS[int(digit)] for digit in str(max(number, 0)))
    if form in ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"):
        return chinese(number, LEGAL, LEGAL_UNITS)
    if form.startswith("decimalEnclosedCircle"):
        return circled(number)
    if form == "decimalFullWidth":
        return "".join(chr(ord(digit) + 0xFEE0) for digit in str(max(number, 0)))
    plain = {"upperRoman": roman, "lowerRoman": lambda n: roman(n).lower(), "lowerLetter": letters}
    if form == "upperLetter":
        return letters(number).upper()
    return plain[form](number) if form in plain else str(number)


@dataclass(frozen=True, slots=True)
class Level:
    """How a level of a list counts: from where, in what form, with what around the number (%1、)."""

    start: int = 1
    form: str = "decimal"
    pattern: str = ""
    legal: bool = False
    style: str = ""


@dataclass
class Numbering:
    """The lists of a document and how far each has counted.

    levels   by list (numId) and level
    shared   which definition a list uses: lists of one definition count on, unless they say where to start
    by_style the list and level of a paragraph style
    """

    levels: Mapping[str, Mapping[int, Level]] = field(default_factory=dict)
    shared: Mapping[str, str] = field(default_factory=dict)
    restarts: Mapping[str, frozenset[int]] = field(default_factory=dict)
    by_style: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def label(self, paragraph: Element) -> str:
        """What stands before a paragraph, counted on by one; "" for one that is in no list, or under a bullet."""
        found = listed(paragraph.find(f"{{{WORD}}}pPr"), self.by_style)
        levels = self.levels.get(found[0]) if found else None
        if not found or not levels:
            return ""
        name, depth = found
        level = levels.get(depth, Level())
        counts = self._counts.setdefault(self.shared.get(name, name), {})
        if (name, depth) not in self._begun and depth in self.restarts.get(name, ()):
            counts.pop(depth, None)
        self._begun.add((name, depth))
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if level.form in ("bullet", "none"):
            return ""

        def number(hole: re.Match[str]) -> str:
            at = int(hole[1]) - 1
            of = levels.get(at, Level())
            return counted(counts.get(at, of.start), "decimal" if level.legal else of.form)

        return HOLE.sub(number, level.pattern)[:LONGEST]


def listed(properties: Element | None, by_style: Mapping[str, tuple[str, int]]) -> tuple[str, int] | None:
    """List and level of a paragraph, by its own word, else by its style's; numId 0 takes it out of any."""
    if properties is None:
        return None
    style = properties.find(f"{{{WORD}}}pStyle")
    inherited = by_style.get(style.get(VAL, "")) if style is not None else None
    own = properties.find(f"{{{WORD}}}numPr")
    if own is None:
        return inherited
    name, depth = value(own, "numId"), value(own, "ilvl")
    if name == "0":
        return None
    chosen = name or (inherited[0] if inherited else "")
    return (chosen, whole(depth, inherited[1] if inherited and not name else 0)) if chosen else None


def value(node: Element | None, name: str) -> str:
    """The value of a child; "" where there is none."""
    child = node.find(f"{{{WORD}}}{name}") if node is not None else None
    return child.get(VAL, "") if child is not None else ""


def whole(text: str, otherwise: int) -> int:
    """The number a text stands for; otherwise where it is none."""
    return int(text) if re.fullmatch(r"\d{1,9}", text) else otherwise


def level_of(node: Element) -> Level:
    """One level of a list as its definition says."""
    legal = node.find(f"{{{WORD}}}isLgl")
    return Level(
        whole(value(node, "start"), 0 if value(node, "start") == "0" else 1),
        value(node, "numFmt") or "decimal",
        value(node, "lvlText"),
        legal is not None and legal.get(VAL, "1") not in ("0", "false"),
        value(node, "pStyle"),
    )


def numbering_of(lists: Element | None, styles: Element | None) -> Numbering:
    """The lists of a document from its numbering and its styles; none where it has no such parts."""
    if lists is None:
        return Numbering()
    drafts = {
        node.get(f"{{{WORD}}}abstractNumId", ""): levels_in(node, "lvl")
        for node in lists.iterfind(f"{{{WORD}}}abstractNum")
    }
    levels, shared, restarts = {}, {}, {}
    for node in lists.iterfind(f"{{{WORD}}}num"):
        name, draft = node.get(f"{{{WORD}}}numId", ""), value(node, "abstractNumId")
        changed = dict(drafts.get(draft, {}))
        begun = set()
        for override in node.iterfind(f"{{{WORD}}}lvlOverride"):
            depth = whole(override.get(f"{{{WORD}}}ilvl", ""), 0)
            changed |= levels_in(override, "lvl")
            if start := value(override, "startOverride"):
                of = changed.get(depth, Level())
                changed[depth] = Level(whole(start, 1), of.form, of.pattern, of.legal, of.style)
                begun.add(depth)
        levels[name], shared[name], restarts[name] = changed, draft, frozenset(begun)
    return Numbering(levels, shared, restarts, styled(styles, levels))


def levels_in(node: Element, name: str) -> dict[int, Level]:
    """The levels that a definition holds."""
    found = {whole(child.get(f"{{{WORD}}}ilvl", ""), 0): child for child in node.iterfind(f"{{{WORD}}}{name}")}
    return {depth: level_of(child) for depth, child in found.items() if depth < DEPTH}


def styled(styles: Element | None, levels: Mapping[str, Mapping[int, Level]]) -> dict[str, tuple[str, int]]:
    """List and level of each paragraph style that has one, its own or that of the style it rests on."""
    if styles is None:
        return {}
    nodes = {node.get(f"{{{WORD}}}styleId", ""): node for node in styles.iterfind(f"{{{WORD}}}style")}
    found: dict[str, tuple[str, int]] = {}
    for name, node in nodes.items():
        at: Element | None = node
        for _ in range(STYLES):
            if at is None:
                break
            properties = at.find(f"{{{WORD}}}pPr")
            numbered = properties.find(f"{{{WORD}}}numPr") if properties is not None else None
            if numbered is not None:
                list_ = value(numbered, "numId")
                of = levels.get(list_, {})
                depth = next((d for d, level in of.items() if level.style == name), whole(value(numbered, "ilvl"), 0))
                if list_ not in ("", "0"):
                    found[name] = (list_, depth)
                break
            at = nodes.get(value(at, "basedOn"))
    return found
