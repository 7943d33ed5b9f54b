"""Build crawler/text/ngrams.xz: how often which character follows which one, or which two, in government reports.

    python tests/bench/ngrams.py SHARED

SHARED  the folder of real data; its corpus/ is read, all copies of the national reports but the damaged ones

One line a context of one or two characters: itself, then for falling powers of two of the count the characters that
follow it so often, each group headed by a letter: a = once, b = two or three times, c = four to seven, and so on.
Of the contexts of two those are kept that say most beyond their second character.
"""

import lzma
import math
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

from crawler.text.fold import fold

LEAST = 3  # a pair seen less often is left out: names and slips
TRIPLES = 44_000  # as many as keep the file under 300 kB
TARGET = Path(__file__).resolve().parents[2] / "crawler" / "text" / "ngrams.xz"


def texts(corpus: Path) -> list[str]:
    """The lines of all texts, folded, each once; copies that turn to mojibake part-way are left out."""
    files = [*corpus.glob("prov/*/*.txt"), *corpus.glob("hailar/*.txt"), *corpus.glob("national/*/*.txt")]
    lines = [
        "。" + fold(line)
        for file in sorted(files)
        if "cjc2019" not in file.name
        for line in file.read_text("utf-8", "replace").splitlines()
        if "\ufffd" not in line
    ]
    return list(dict.fromkeys(lines))


def counted(lines: list[str]) -> dict[str, int]:
    """Counts of the pairs and triples that are kept, as strings of two or three characters."""
    singles: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    triples: Counter[str] = Counter()
    for line in lines:
        singles.update(line)
        pairs.update(map("".join, pairwise(line)))
        triples.update(map("".join, zip(line, line[1:], line[2:], strict=False)))

    def gain(triple: str) -> float:
        beyond = triples[triple] / pairs[triple[:2]] / (pairs[triple[1:]] / singles[triple[1]])
        return triples[triple] * math.log(beyond)

    best = sorted((triple for triple, times in triples.items() if times >= LEAST), key=gain, reverse=True)
    kept = {pair: times for pair, times in pairs.items() if times >= LEAST}
    return kept | {triple: triples[triple] for triple in best[:TRIPLES]}


def main() -> None:
    """Write the table and say how large it is."""
    groups: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    kept = counted(texts(Path(sys.argv[1]) / "corpus"))
    for gram, times in kept.items():
        groups[gram[:-1]][times.bit_length()].append(gram[-1])
    rows = [
        context
        + "\t"
        + "\t".join(chr(96 + size) + "".join(sorted(sizes[size])) for size in sorted(sizes, reverse=True))
        for context, sizes in sorted(groups.items())
    ]
    packed = lzma.compress("\n".join(rows).encode("utf-8"), preset=9 | lzma.PRESET_EXTREME)
    TARGET.write_bytes(packed)
    print(f"{len(rows)} contexts, {len(kept)} counts, {len(packed)} bytes")


if __name__ == "__main__":
    main()
