"""The administrative divisions: 行政区划代码 and names, former ones too, and which of several namesakes is meant.

The table `places.tsv` is made by `make_places.py`: every province, prefecture and county of today with the names and
codes it has had since 1980, and those that have gone. It is loaded on first use, in about 20 ms.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from urllib.parse import urlsplit

from crawler.text.fold import fold
from storage.values import Place

NATION = Place("100000", "全国", "全国")
MUNICIPALITIES = ("11", "12", "31", "50")
# 北京市 and 重庆市 are cities and provinces in one; their districts hang on a dummy division with code …0100.
LONGEST_NAME = 15
NATIONS = (
    "蒙古族 回族 藏族 维吾尔族 维吾尔 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 哈萨克 "
    "傣族 黎族 傈僳族 佤族 畲族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 柯尔克孜 土族 达斡尔族 仫佬族 羌族 布朗族 "
    "撒拉族 毛南族 仡佬族 锡伯族 锡伯 塔吉克族 塔吉克 怒族 鄂温克族 裕固族 保安族 独龙族 鄂伦春 鄂温克 普米族 各族 蒙古"
)
PEOPLES = re.compile(f"(?:{'|'.join(NATIONS.split())})+(?=自治)")
KINDS = re.compile("(?:特别行政区|自治区|自治州|自治县|自治旗|地区|林区|特区|矿区|新区|省|市|盟|区|县|旗)$")
KIND_READ = re.compile("(?:shi|sheng|qu|xian|qi|zizhiqu|zizhixian|zizhizhou)$")


@dataclass(frozen=True)
class Division:
    """A line of the table; `reading` has its syllables apart, `past` where the division is no more."""

    code: str
    name: str
    short: str
    reading: str
    former: tuple[str, ...]
    past: bool

    @property
    def level(self) -> int:
        """0 for a province, 1 for a prefecture, 2 for a county."""
        return 0 if self.code.endswith("0000") else 1 if self.code.endswith("00") else 2

    @cached_property
    def above(self) -> tuple["Division", ...]:
        """The divisions it lies in, province first, dummies left out."""
        codes = (self.code[:2] + "0000", self.code[:4] + "00")
        known = table().by_code
        return tuple(known[c] for c in codes if c != self.code and c in known)

    @property
    def place(self) -> Place:
        """The division as it travels: name from the province down."""
        return Place(self.code, "".join(d.name for d in (*self.above, self)), self.short)

    @property
    def spelt(self) -> str:
        """The reading in one word, as in host names: haidian."""
        return self.reading.replace(" ", "")

    @cached_property
    def initials(self) -> frozenset[str]:
        """The abbreviations that host names use: cy and chy for 朝阳."""
        short, long = "", ""
        for syllable in self.reading.split():
            short += syllable[0]
            long += syllable[:2] if syllable[:2] in ("zh", "ch", "sh") else syllable[0]
        return frozenset((short, long))


@dataclass(frozen=True)
class Table:
    """The divisions by code, by codes they had before, by every name they have or had, and by reading."""

    by_code: dict[str, Division]
    by_old_code: dict[str, Division]
    by_name: defaultdict[str, list[Division]]
    by_reading: defaultdict[str, list[Division]]

    def add(self, division: Division) -> None:
        """Make a division known by its code, names and reading."""
        self.by_code[division.code] = division
        bare = (former[:-1] for former in division.former if len(former) > 2)
        for name in dict.fromkeys((division.name, division.short, *division.former, *bare)):
            self.by_name[name].append(division)
        if division.spelt:
            self.by_reading[division.spelt].append(division)


@cache
def table() -> Table:
    """The table, read once; `learn` adds to it."""
    known = Table({}, {}, defaultdict(list), defaultdict(list))
    for line in files("monitor").joinpath("places.tsv").read_text("utf-8").splitlines():
        code, name, short, reading, former, past, codes = [*line.split("\t"), "", "", ""][:7]
        division = Division(code, name, short, reading, tuple(filter(None, former.split("|"))), past == "past")
        known.add(division)
        known.by_old_code.update(dict.fromkeys(filter(None, codes.split("|")), division))
    return known


def learn(places: Iterable[Place]) -> None:
    """Make places known beside those of the table, for this process; those known already stay as they are.

    A place lies in those whose codes begin as its own does (990101 in 990100 and 990000), as in GB/T 2260. One that
    comes without a short name is known by its own without its kind.
    """
    for place in sorted(places, key=lambda p: (not p.code.endswith("0000"), not p.code.endswith("00"))):
        if place.code in table().by_code:
            continue
        whole = Division(place.code, place.name, place.short, "", (), past=False)
        own = place.name.removeprefix("".join(d.name for d in whole.above))
        short = place.short if place.short not in ("", place.name) else short_of(own)
        table().add(Division(place.code, own, short, "", (), past=False))


def short_of(name: str) -> str:
    """The name without its kind: 海淀区 → 海淀, 延边朝鲜族自治州 → 延边; 易县 keeps it, being one character."""
    bare = KINDS.sub("", name)
    peopled = PEOPLES.sub("", name)
    if peopled != name and len(KINDS.sub("", peopled)) > 1:
        bare = KINDS.sub("", peopled)
    elif "自治" in name:
        bare = bare.removesuffix("族")
    if len(bare) > 1:
        return bare
    return name[:-1] if len(name) > 2 else name


def find(name_or_code: str) -> list[Place]:
    """The places of that name or code, provinces before counties; those of the past only
    where there is none of today.

    Takes 110108, 海淀, 海淀区, 北京市海淀区, 北京海淀, haidian, haidianqu, in either script. [] where there is none.
    """
    wanted = fold(name_or_code).lower()
    if wanted in ("全国", "国务院", NATION.code, "quanguo"):
        return [NATION]
    if wanted.isdigit():
        known = table().by_code.get(wanted) or table().by_old_code.get(wanted)
        return [known.place] if known else []
    if wanted.isascii():
        plain = re.sub("[^a-z]", "", wanted)
        found = table().by_reading.get(plain) or table().by_reading.get(KIND_READ.sub("", plain), [])
    else:
        found = [d for d, length in ending(wanted) if length == len(wanted)]
    found = [d for d in found if not d.past] or found
    return [d.place for d in sorted(found, key=lambda d: (not wanted.endswith(d.name), d.level, d.code))]


def ending(text: str) -> list[tuple[Division, int]]:
    """The divisions whose name, or former name, the text ends with, and how much of the text is that name.

    The longest name counts, with the names of what it lies in: 呼伦贝尔市海拉尔区 is 9 characters of 海拉尔区.
    """
    for length in range(min(LONGEST_NAME, len(text)), 1, -1):
        if found := table().by_name.get(text[-length:]):
            spans = [(d, length + above_length(text[:-length], d)) for d in found]
            longest = max(span for _, span in spans)
            return [(d, span) for d, span in spans if span == longest]
    return []


def above_length(text: str, division: Division) -> int:
    """How many characters at the end of the text name what the division lies in."""
    left = text
    for above in reversed(division.above):
        name = next((n for n in (above.name, above.short, *above.former) if left.endswith(n)), "")
        left = left[: len(left) - len(name)]
    return len(text) - len(left)


def named_by_host(url: str) -> frozenset[str]:
    """Codes of the divisions that the labels of a host may name: chaoyang.changchun, bjchy, bj."""
    labels = (urlsplit(url).hostname or "").split(".")
    codes = {d.code for label in labels for d in table().by_reading.get(label, [])}
    for division in table().by_code.values():
        if division.code[:2] not in MUNICIPALITIES or division.level == 1:
            continue
        city = division.above[0] if division.above else division
        own = division.initials if division.above else {""}
        if any(first + rest in labels for first in city.initials for rest in own):
            codes |= {division.code, city.code}
    return frozenset(codes)


def meant(found: list[Division], near: str, text: str, url: str) -> tuple[Division | None, bool]:
    """Which of several namesakes is meant, and whether that was read (True) or concluded (False).

    What it lies in speaks for it: named near by (title and head), or by the host. Failing that, how often the whole
    text names it; failing that, a city's district (朝阳区 of 北京) before a namesake elsewhere. (None, False) where
    nothing tells them apart.

    near, text  folded
    """
    now = [d for d in found if not d.past] or found
    if len(now) < 2:
        return (now[0], True) if now else (None, False)
    hosts = named_by_host(url)

    def placed(d: Division) -> int:
        return sum(near_weight(a, near) for a in d.above) + 3 * sum(a.code in hosts for a in (d, *d.above))

    def mentioned(d: Division) -> int:
        return sum(text.count(a.name) for a in d.above)

    def urban(d: Division) -> int:
        return int(d.code[:2] in MUNICIPALITIES)

    for weigh in (placed, mentioned, urban):
        weights = [weigh(d) for d in now]
        if weights.count(max(weights)) == 1 and max(weights) > 0:
            return now[weights.index(max(weights))], weigh is placed
    return None, False


def near_weight(division: Division, text: str) -> int:
    """How clearly a text names a division: 3 in full, 2 in short, 0 not at all."""
    return 3 if division.name in text else 2 if division.short in text else 0
