"""Build crawler/text/ngrams.xz: how often which character follows which others in government reports.

    python tests/bench/ngrams.py SHARED [--half N] [--to FILE]

SHARED  the folder of real data; its corpus/ is read, all copies of the national reports but the damaged ones
--half  of the reports of that half of places and years only (0 or 1), to measure what the counts are worth for others
--to    another file to write

Of several copies of one report a sequence counts as often as in the copy that has it most often.
"""

import argparse
import hashlib
import lzma
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from crawler.text.model import BOUND, END, ORDER, Table, counted, letters, packed

LEAST = (1, 1, 1, 1, 1)  # a sequence of so many characters seen less often is left out
TARGET = Path(__file__).resolve().parents[2] / "crawler" / "text" / "ngrams.xz"
Lines = list[str]


def reports(corpus: Path, half: int | None = None) -> dict[str, list[Lines]]:
    """The copies of each report, as folded lines; copies that turn to mojibake part-way are left out."""
    found: dict[str, list[Lines]] = defaultdict(list)
    for file in sorted([*corpus.glob("prov/*/*.txt"), *corpus.glob("hailar/*.txt"), *corpus.glob("national/*/*.txt")]):
        if "cjc2019" not in file.name and half in (None, half_of(file)):
            whole = [line.strip() for line in file.read_text("utf-8", "replace").splitlines() if "\ufffd" not in line]
            name = file.parent.name if "national" in file.parts else str(file)
            found[name].append([letters(line) + END for line in dict.fromkeys(filter(None, whole))])
    return found


def half_of(file: Path) -> int:
    """Which half a file is in: by province, by year of the State Council; Hailar's are together."""
    name = file.parent.name if file.parts[-3] == "national" else file.stem if "prov" in file.parts else "hailar"
    return hashlib.sha256(name.encode()).digest()[0] % 2


def alphabet_of(copies: list[list[Lines]]) -> str:
    """The characters of all reports, the commonest first, then the others of GB 2312."""
    times: Counter[str] = Counter()
    for report in copies:
        for line in report[0]:
            times.update(line)
    for report in copies:
        times.update(dict.fromkeys({char for lines in report for line in lines for char in line} - set(times), 1))
    rows = range(0xB0, 0xF8)
    level = "".join(bytes((row, cell)).decode("gb2312", "ignore") for row in rows for cell in range(0xA1, 0xFF))
    known = [char for char, _ in times.most_common(BOUND - 2)]
    return "".join([*known, *(char for char in level if char not in times)])[: BOUND - 2]


def tables_of(copies: list[list[Lines]], alphabet: str) -> list[Table]:
    """Counts over all reports."""
    symbols = {symbol: number for number, symbol in enumerate(alphabet, 1)}
    parts: list[list[Table]] = [[] for _ in range(ORDER)]
    for report in copies:
        coded = [[[symbols.get(char, BOUND - 1) for char in line] for line in lines] for lines in report]
        each = [counted(lines, symbols["。"]) for lines in coded]
        for n in range(ORDER):
            parts[n].append(merged([tables[n] for tables in each], largest=True))
    summed = [merged(tables, largest=False) for tables in parts]
    return [
        Table(table.keys[table.counts >= least], table.counts[table.counts >= least])
        for table, least in zip(summed, LEAST, strict=True)
    ]


def merged(tables: list[Table], *, largest: bool) -> Table:
    """Tables as one, with the sum or the largest of the counts."""
    keys, index = np.unique(np.concatenate([table.keys for table in tables]), return_inverse=True)
    counts = np.zeros(len(keys))
    (np.maximum if largest else np.add).at(counts, index, np.concatenate([table.counts for table in tables]))
    return Table(keys, counts)


def main() -> None:
    """Write the table and say how large it is."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("shared", type=Path)
    asked.add_argument("--half", type=int, choices=(0, 1))
    asked.add_argument("--to", type=Path, default=TARGET)
    options = asked.parse_args()
    copies = list(reports(options.shared / "corpus", options.half).values())
    alphabet = alphabet_of(copies)
    tables = tables_of(copies, alphabet)
    body = lzma.compress(packed(alphabet, tables), preset=9 | lzma.PRESET_EXTREME)
    options.to.write_bytes(body)
    sizes = ", ".join(str(len(table.keys)) for table in tables)
    print(f"{len(alphabet)} characters; {sizes} sequences of one to five; {len(body)} bytes")


if __name__ == "__main__":
    main()
