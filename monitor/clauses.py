"""Clauses of sentences, and the words in them that tell a measure from a slogan; PURE."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.grams import Indices, folded

CLAUSE = re.compile(r"[^，,；;。．：:？?！!\n]{2,}")
# A comma inside a number parts nothing.
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")


@dataclass(frozen=True, slots=True)
class Clauses:
    """The clauses of several sentences in order.

    spans    (start, end) of each in its sentence
    texts    each as folded
    owner    the sentence of each
    first    for each sentence the index of its first clause; every sentence has one at least
    """

    spans: tuple[tuple[int, int], ...]
    texts: tuple[str, ...]
    owner: Indices
    first: Indices

    def only(self, sentences: NDArray[np.bool_]) -> "Clauses":
        """The clauses of these sentences, the sentences counted anew."""
        kept = np.flatnonzero(sentences[self.owner])
        owner = (np.cumsum(sentences) - 1)[self.owner[kept]]
        first = np.searchsorted(owner, np.arange(int(sentences.sum())))
        return Clauses(
            tuple(self.spans[k] for k in kept), tuple(self.texts[k] for k in kept), owner, first.astype(np.intp)
        )


def clauses_of(sentences: Sequence[str], table: str | None = None) -> Clauses:
    """The clauses of sentences, parted at commas, colons and stops, not at 、; `table` as of `fold`."""
    spans: list[tuple[int, int]] = []
    raw: list[str] = []
    owner: list[int] = []
    first: list[int] = []
    for number, sentence in enumerate(sentences):
        first.append(len(spans))
        for start, end in spans_of(sentence):
            spans.append((start, end))
            raw.append(sentence[start:end])
            owner.append(number)
    return Clauses(
        tuple(spans),
        tuple(folded(raw, table)),
        np.array(owner, dtype=np.intp),
        np.array(first, dtype=np.intp),
    )


def spans_of(sentence: str) -> list[tuple[int, int]]:
    """Where the clauses of one sentence stand; the whole sentence where it has none."""
    veiled = THOUSANDS.sub("0", sentence)
    return [m.span() for m in CLAUSE.finditer(veiled)] or [(0, len(sentence))]
