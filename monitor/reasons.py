"""How a novelty came about, in words; PURE."""

from heapq import nlargest

import numpy as np

from monitor.evidence import Found, Table
from monitor.weighing import Model, Weighing
from storage.values import FindingKind

TOLD = 3  # signs that are told


def reasons_of(
    found: Found, signs: Table, weights: Model, k: int, kind: FindingKind, slogan: float, novelty: float
) -> tuple[str, ...]:
    """The parts of a sentence's novelty in words, the sum first."""
    measure = 1 - slogan
    told = [f"novelty {novelty:.2f}: {measure:.2f} that it names a measure × {novelty / measure:.2f} that it is new"]
    if not novelty:
        told = ["novelty 0: word for word in last year's report"]
    elif kind is FindingKind.GENERIC:
        told += strongest(weights.slogan, signs, k, "slogan")
    else:
        told += strongest(weights.new, signs, k, "new")
        told += unseen(found, k)
    return tuple(told)


def strongest(weighing: Weighing, signs: Table, k: int, towards: str) -> list[str]:
    """The signs that weigh most, against what they usually are."""
    pulls = {name: weight * (signs[name].item(k) - weighing.usual[name]) for name, weight in weighing.weights.items()}
    return [
        f"{'for' if pulls[name] > 0 else 'against'} {towards}: "
        f"{name} {signs[name][k]:.2f}, usually {weighing.usual[name]:.2f}"
        for name in nlargest(TOLD, pulls, key=lambda name: abs(pulls[name]))
    ]


def unseen(found: Found, k: int) -> list[str]:
    """The stretch of a sentence of which no pair of characters stands in the old report."""
    clauses = np.searchsorted(found.new.clauses.owner, [k, k + 1])
    start, stop = np.searchsorted(found.known.grams[2].owner, clauses)
    mine = start + np.flatnonzero(found.known.unseen[2][start:stop])
    if not len(mine):
        return ["every pair of its characters stands somewhere in last year's report"]
    codes = found.known.grams[2].codes[mine]
    follows = (np.diff(mine) == 1) & (codes[:-1] & np.uint64(0xFFFF) == codes[1:] >> np.uint64(16))
    runs = np.split(mine, np.flatnonzero(~follows) + 1)
    stretches = ["".join(words(found, run)) for run in sorted(runs, key=len, reverse=True)[:TOLD]]
    return [f"stands nowhere in last year's report: {'、'.join(dict.fromkeys(stretches))}"]


def words(found: Found, run: "np.ndarray[tuple[int], np.dtype[np.intp]]") -> str:
    """The characters of neighbouring pairs; # for a number."""
    pairs = [int(code) for code in found.known.grams[2].codes[run]]
    return (chr(pairs[0] >> 16) + "".join(chr(pair & 0xFFFF) for pair in pairs)).replace("0", "#")
