"""How a novelty came about, in words; PURE."""

from collections.abc import Mapping, Sequence

import numpy as np

from monitor.evidence import Found, Table
from monitor.grams import Numbers
from monitor.weighing import Model, Weighing
from storage.values import FindingKind

TOLD = 3  # signs that are told, and stretches


def reasons_of(
    found: Found, signs: Table, weights: Model, kinds: Mapping[int, FindingKind], slogan: Numbers, novelty: Numbers
) -> dict[int, tuple[str, ...]]:
    """For some sentences the parts of their novelty in words, the sum first.

    kinds            what became of each of them, by index of the sentence
    slogan, novelty  the chances that were found, of all sentences
    """
    told = [k for k in kinds if novelty[k]]
    generic = [k for k in told if kinds[k] is FindingKind.GENERIC]
    rest = [k for k in told if kinds[k] is not FindingKind.GENERIC]
    signed = strongest(weights.slogan, signs, "slogan", generic) | strongest(weights.new, signs, "new", rest)
    stretches = unseen(found)
    lacked = {k: [lacking(stretches[k])] for k in rest}
    return {k: (whole(slogan.item(k), novelty.item(k)), *signed.get(k, []), *lacked.get(k, [])) for k in kinds}


def whole(slogan: float, novelty: float) -> str:
    """The sum in words."""
    if not novelty:
        return "novelty 0: word for word in last year's report"
    measure = 1 - slogan
    return f"novelty {novelty:.2f}: {measure:.2f} that it names a measure × {novelty / measure:.2f} that it is new"


def strongest(weighing: Weighing, signs: Table, towards: str, rows: Sequence[int]) -> dict[int, list[str]]:
    """For some sentences the signs that weigh most, against what they usually are."""
    names = list(weighing.weights)
    values = np.stack([signs[name][rows] for name in names], axis=1)
    usual = [weighing.usual[name] for name in names]
    pulls = np.array(list(weighing.weights.values())) * (values - np.array(usual))
    best = np.argsort(-np.abs(pulls), axis=1, kind="stable")[:, :TOLD]
    picked = zip(
        best.tolist(),
        np.take_along_axis(values, best, axis=1).tolist(),
        np.take_along_axis(pulls, best, axis=1).tolist(),
        strict=True,
    )
    return {
        k: [
            f"{'for' if pull > 0 else 'against'} {towards}: {names[n]} {value:.2f}, usually {usual[n]:.2f}"
            for n, value, pull in zip(*row, strict=True)
        ]
        for k, row in zip(rows, picked, strict=True)
    }


def unseen(found: Found) -> list[list[list[int]]]:
    """For each sentence the stretches of which no pair of characters stands in the old report, as pairs."""
    pairs, clauses = found.known.grams[2], found.new.clauses
    mine = np.flatnonzero(found.known.unseen[2])
    codes, sentence = pairs.codes[mine], clauses.owner[pairs.owner[mine]]
    opens = np.ones(len(mine), dtype=bool)
    opens[1:] = (np.diff(mine) != 1) | (codes[:-1] & np.uint64(0xFFFF) != codes[1:] >> np.uint64(16))
    opens[1:] |= sentence[1:] != sentence[:-1]
    starts = np.flatnonzero(opens).tolist()
    numbers, owners = codes.tolist(), sentence[opens].tolist()
    stretches: list[list[list[int]]] = [[] for _ in found.new.passages]
    for owner, start, stop in zip(owners, starts, [*starts, len(numbers)][1:], strict=True):
        stretches[owner].append(numbers[start:stop])
    return stretches


def lacking(runs: list[list[int]]) -> str:
    """What of a sentence the old report lacks, in words."""
    if not runs:
        return "every pair of its characters stands somewhere in last year's report"
    longest = [words(run) for run in sorted(runs, key=len, reverse=True)[:TOLD]]
    return f"stands nowhere in last year's report: {'、'.join(dict.fromkeys(longest))}"


def words(pairs: list[int]) -> str:
    """The characters of neighbouring pairs; # for a number."""
    return (chr(pairs[0] >> 16) + "".join(chr(pair & 0xFFFF) for pair in pairs)).replace("0", "#")
