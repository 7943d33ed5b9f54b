"""How fast two years' reports are compared, beside difflib and diff-match-patch in the same run.

    python tests/bench/compare.py [--pairs 31] [--peers 3]

CPU seconds on one core, texts in, findings out: this year's provincial reports of shared/corpus against last year's,
all in one process. The peers compare a few of the same pairs by characters: difflib, and diff-match-patch where it is
installed (bench-only: `pip install diff-match-patch`), which gets the second that it allows itself. They only say
where the texts differ. Exit status 1 where a pair takes more than its share of the 5 seconds for 31, or difflib is
not slower.
"""

import argparse
import importlib
import importlib.util
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from monitor.delivery import delivery
from monitor.novelty import compare
from monitor.structure import outline

SHARED = Path(os.environ.get("REPORTWATCH_SHARED", Path(__file__).resolve().parents[3] / "shared"))
ALLOWED = 5 / 31  # seconds a pair
Pair = tuple[str, str]


def pairs_of(shared: Path) -> list[Pair]:
    """The provincial reports of which both years are known."""
    new = sorted((shared / "corpus/prov/2026").glob("*.txt"))
    old = shared / "corpus/prov/2025"
    return [((old / p.name).read_text("utf-8"), p.read_text("utf-8")) for p in new if (old / p.name).exists()]


def seconds(work: Callable[[Pair], object], pairs: list[Pair]) -> float:
    """CPU seconds a pair."""
    start = time.process_time()
    for pair in pairs:
        work(pair)
    return (time.process_time() - start) / len(pairs)


def findings(pair: Pair) -> object:
    """What `reportwatch compare` does with two texts."""
    return compare(outline(pair[0]), outline(pair[1]))


def deliveries(pair: Pair) -> object:
    """What became of the old plan."""
    return delivery(outline(pair[0]), outline(pair[1]))


def by_characters(pair: Pair) -> object:
    """difflib over characters."""
    matcher = importlib.import_module("difflib").SequenceMatcher
    return matcher(None, *pair, autojunk=False).get_opcodes()


def by_patch(pair: Pair) -> object:
    """diff-match-patch with its own limit of a second."""
    return importlib.import_module("diff_match_patch").diff_match_patch().diff_main(*pair)


def main() -> int:
    """Prints a line for each way of comparing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=31)
    parser.add_argument("--peers", type=int, default=3)
    options = parser.parse_args()
    pairs = pairs_of(SHARED)[: options.pairs]
    if not pairs:
        sys.exit(f"no reports at {SHARED / 'corpus/prov'}; set REPORTWATCH_SHARED")
    findings(pairs[0])  # tables are read once
    ours = seconds(findings, pairs)
    print(f"{len(pairs)} pairs of {sum(len(a) + len(b) for a, b in pairs) // len(pairs) // 2} characters each side")
    print(f"{'compare':20}{ours * 1000:8.0f} ms a pair, {ours * len(pairs):.2f} s for all")
    print(f"{'delivery':20}{seconds(deliveries, pairs) * 1000:8.0f} ms a pair")
    few = pairs[: options.peers]
    slower = seconds(by_characters, few) / ours
    print(f"{'difflib':20}{slower * ours * 1000:8.0f} ms a pair, {slower:.1f} times as long")
    if importlib.util.find_spec("diff_match_patch"):
        ratio = seconds(by_patch, few) / ours
        print(f"{'diff-match-patch':20}{ratio * ours * 1000:8.0f} ms a pair, {ratio:.1f} times as long")
    else:
        print("diff-match-patch    not installed")
    return 1 if ours > ALLOWED or slower < 1 else 0


if __name__ == "__main__":
    sys.exit(main())
