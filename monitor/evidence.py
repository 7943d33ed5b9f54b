"""What speaks for and against a clause being new, and a sentence being a slogan, as numbers; PURE.

Every sign is a column with a name; `weights/novelty.json` says what each weighs. New is measured against the whole
old report, review and plan: an n-gram that stands nowhere in it counts for more the fewer reports use it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor import cues
from monitor.align import Alignment, Side, align
from monitor.change import LEAST, Replacement, numbers_of
from monitor.commonness import Commonness
from monitor.grams import Codes, Grams, Indices, Numbers, regrouped, shared_weight

Table = dict[str, Numbers]
FEW, MANY = 2.5, 3.5  # an n-gram that at most 2 of the counted reports use is rare, one that 4 use is common
EPSILON = 1e-6
TRIPLES = np.uint64(1 << 32)  # from this number on an n-gram has three characters


@dataclass(frozen=True, slots=True)
class Known:
    """Which n-grams of the new sentences stand in the old report, by size; in order of the text.

    tone  of single characters and of pairs
    """

    grams: dict[int, Grams]
    unseen: dict[int, NDArray[np.bool_]]
    rarity: dict[int, Numbers]
    users: dict[int, Numbers]
    tone: dict[int, Numbers]


def known_of(new: Side, old: Side, commonness: Commonness) -> Known:
    """The n-grams of two, three and four characters, each with whether the old report has it and how rare it is."""
    grams = {size: new.letters.grams(size) for size in (2, 3, 4)}
    known = {2: old.phrases.codes, 3: old.phrases.codes, 4: np.sort(old.letters.grams(4).codes)}
    users = {size: commonness.users(g.codes) for size, g in grams.items()}
    return Known(
        grams,
        {size: lacking(g.codes, known[size]) for size, g in grams.items()},
        {size: np.maximum(np.log((commonness.total + 1) / (users[size] + 0.5)), 0.0) for size in grams},
        users,
        {size: commonness.slogan(new.letters.grams(size).codes) for size in (1, 2)},
    )


def lacking(codes: Codes, ordered: Codes) -> NDArray[np.bool_]:
    """Which codes an ordered array does not hold."""
    place = np.searchsorted(ordered, codes)
    place[place == len(ordered)] = 0
    return np.asarray(ordered[place] != codes if len(ordered) else np.ones(len(codes)), dtype=bool)


def per(grams: Grams, owners: int, values: Numbers | NDArray[np.bool_]) -> Numbers:
    """Sums of values over the n-grams of each owner."""
    return np.asarray(np.bincount(grams.owner, values.astype(np.float64), owners), dtype=np.float64)


def mean(grams: Grams, owners: int, values: Numbers | NDArray[np.bool_], *, empty: float) -> Numbers:
    """Means over the n-grams of each owner; `empty` where it has none."""
    count = np.bincount(grams.owner, minlength=owners)
    return np.where(count > 0, per(grams, owners, values) / np.maximum(count, 1), empty)


def extreme(grams: Grams, owners: int, values: Numbers, *, largest: bool, empty: float) -> Numbers:
    """Largest or smallest value over the n-grams of each owner; `empty` where it has none."""
    best = np.full(owners, -np.inf if largest else np.inf)
    (np.maximum if largest else np.minimum).at(best, grams.owner, values)
    return np.where(np.isinf(best), empty, best)


def longest_run(grams: Grams, owners: int, unseen: NDArray[np.bool_]) -> Numbers:
    """Length of the longest stretch of unseen n-grams in each owner."""
    count = np.arange(1, len(unseen) + 1)
    opens = np.ones(len(unseen), dtype=bool)
    opens[1:] = grams.owner[1:] != grams.owner[:-1]
    stop = np.where(~unseen, count, np.where(opens, count - 1, 0))
    run = np.where(unseen, count - np.maximum.accumulate(stop), 0) if len(unseen) else count
    return extreme(grams, owners, run.astype(np.float64), largest=True, empty=0.0)


def covers(new: Side, old: Side, alignment: Alignment, commonness: Commonness) -> Table:
    """How much of each clause the old report's likeliest clause and sentences hold, by weight of pairs."""
    count = len(new.clauses.texts)
    pairs, old_clauses = new.pairs, old.pairs
    weight = np.sqrt(commonness.rarity(pairs.codes))
    whole = np.bincount(pairs.owner, weight, count) + EPSILON
    in_clauses = shared_weight(pairs, old_clauses, weight, (count, len(old.clauses.texts)))
    in_sentences = shared_weight(pairs, pairs_in_sentences(old), weight, (count, len(old.passages)))
    in_sentences /= whole[:, None]
    size = np.bincount(old_clauses.owner, minlength=len(old.clauses.texts)) + EPSILON
    own = np.bincount(pairs.owner, minlength=count) + EPSILON
    in_clauses /= np.sqrt(size)
    candidates = alignment.candidates[new.clauses.owner]
    near = in_sentences[np.arange(count)[:, None], candidates]
    return {
        "clause": in_clauses.max(axis=1, initial=0.0) * np.sqrt(own) / whole,
        "sentence": in_sentences.max(axis=1, initial=0.0),
        "answer": near.max(axis=1, initial=0.0),
        "first answer": near[:, 0] if near.shape[1] else np.zeros(count),
    }


def pairs_in_sentences(side: Side) -> Grams:
    """The distinct pairs of characters of each sentence, ordered."""
    two = int(np.searchsorted(side.phrases.codes, TRIPLES))
    return Grams(side.phrases.codes[:two], side.phrases.owner[:two])


@dataclass(frozen=True, slots=True)
class Found:
    """Two sides, how they answer to each other, and what of the new one the old one knows.

    cover    columns: how much of each new clause the old report's likeliest clause and sentences hold
    numbers  for each new sentence the old numbers that its own replace
    """

    new: Side
    old: Side
    alignment: Alignment
    known: Known
    cover: Table
    numbers: list[tuple[Replacement, ...]]


def find(new: Side, old: Side, commonness: Commonness, ranking: Numbers) -> Found:
    """All that is measured before anything is weighed but the ranking of answers."""
    alignment = align(new, old, commonness, ranking)
    known = known_of(new, old, commonness)
    return Found(new, old, alignment, known, covers(new, old, alignment, commonness), numbers_of(new, old, alignment))


def clause_signs(found: Found) -> Table:
    """A column for each sign of a clause."""
    new, known = found.new, found.known
    return newness(new, known, found.cover) | tones(new, known) | wording(new) | standing(new)


def newness(new: Side, known: Known, cover: Table) -> Table:
    """Signs of how much of each clause the old report lacks."""
    count = len(new.clauses.texts)
    two, three, four = (known.grams[n] for n in (2, 3, 4))
    unseen, rarity, users = known.unseen, known.rarity, known.users
    root = np.sqrt(rarity[2])
    mass = per(two, count, unseen[2] * rarity[2])
    return {
        "likest clause": cover["clause"],
        "likest sentence": cover["sentence"],
        "likest answer": cover["answer"],
        "unseen share": per(two, count, unseen[2] * root) / (per(two, count, root) + EPSILON),
        "unseen mass": mass,
        "unseen mass, log": np.log1p(mass),
        "unseen of three": per(three, count, unseen[3] * rarity[3]) / (per(three, count, rarity[3]) + 1),
        "unseen of four": per(four, count, unseen[4] * rarity[4]) / (per(four, count, rarity[4]) + 1),
        "unseen run": np.log1p(longest_run(two, count, unseen[2])),
        "unseen and rare": per(two, count, unseen[2] & (users[2] < FEW)),
        "unseen and rare of three": per(three, count, unseen[3] & (users[3] < MANY)),
        "unseen name": unseen_names(new, known),
    }


def unseen_names(new: Side, known: Known) -> Numbers:
    """Has the clause a thing in quotes or title marks of which the old report lacks a part?"""
    lacking = per(known.grams[3], len(new.clauses.texts), known.unseen[3]) > 0
    named = np.array([bool(cues.named_things(text)) for text in new.clauses.texts], dtype=bool)
    return np.asarray(lacking & named, dtype=np.float64)


def tones(new: Side, known: Known) -> Table:
    """Signs of what everybody says."""
    count = len(new.clauses.texts)
    two, three, four = (known.grams[n] for n in (2, 3, 4))
    slogan = known.tone[2]
    whole = regrouped(two, new.clauses.owner)
    return {
        "users of two": mean(two, count, np.log1p(known.users[2]), empty=1.0),
        "users of four": mean(four, count, np.log1p(known.users[4]), empty=1.0),
        "common of four": mean(four, count, known.users[4] > MANY, empty=0.0),
        "rare of three": mean(three, count, known.users[3] < FEW, empty=0.0),
        "tone": mean(two, count, slogan, empty=0.5),
        "least tone": extreme(two, count, slogan, largest=False, empty=0.5),
        "most tone": extreme(two, count, slogan, largest=True, empty=0.5),
        "tone of characters": mean(new.letters.grams(1), count, known.tone[1], empty=0.5),
        "tone of sentence": mean(whole, len(new.passages), slogan, empty=0.5)[new.clauses.owner],
    }


def wording(new: Side) -> Table:
    """Signs by words of beginning, going on, aims and things."""
    texts = new.clauses.texts
    length = np.maximum(2.0, lengths(texts))
    return {
        "length": np.log(length),
        "number": cues.numbered(texts),
        "beginning": has(cues.BEGINNING, texts),
        "opens going on": cues.opening(cues.GOING_ON, texts),
        "going on": cues.tally(cues.GOING_ON, texts) / length * 10,
        "aim": has(cues.AIM, texts),
        "ends in aim": has(cues.AIM, [t[-3:] for t in texts]),
        "things": cues.tally(cues.OBJECT, texts),
        "ends in thing": has(cues.NAMED, texts),
        "rhetoric": cues.tally(cues.RHETORIC, texts) / length * 10,
        "function words": cues.tally(cues.FUNCTION, texts) / length * 10,
        "purpose": cues.opening(cues.PURPOSE, texts),
        "listed": column(t.count("、") for t in texts),
    }


def has(pattern: re.Pattern[str], texts: Sequence[str]) -> Numbers:
    """1 for each text in which the pattern is found, else 0."""
    return (cues.tally(pattern, texts) > 0).astype(np.float64)


def lengths(texts: Sequence[str]) -> Numbers:
    """How many characters each text has."""
    return np.fromiter(map(len, texts), np.float64, len(texts))


def standing(new: Side) -> Table:
    """Signs by where a clause stands in its sentence."""
    owner = new.clauses.owner
    count = np.bincount(owner, minlength=len(new.passages))[owner]
    place = np.arange(len(owner)) - new.clauses.first[owner]
    return {
        "first": (place == 0).astype(np.float64),
        "last": (place == count - 1).astype(np.float64),
        "only": (count == 1).astype(np.float64),
        "clauses": np.log(count),
    }


def column(values: Iterable[float]) -> Numbers:
    """Values as an array of numbers."""
    return np.array([float(v) for v in values], dtype=np.float64)


def sentence_signs(found: Found, odds: Numbers) -> Table:
    """A column for each sign of a sentence; `odds` are the log odds of its clauses being new."""
    new = found.new
    return (
        chances(new, odds)
        | build(new)
        | manner(new)
        | sayings(new, found.known)
        | answers(found.alignment)
        | numbers(found.numbers)
    )


def chances(new: Side, odds: Numbers) -> Table:
    """The odds of the clauses, as signs of the sentence."""
    owner, count = new.clauses.owner, len(new.passages)
    clauses = Grams(np.empty(0, np.uint64), owner)
    best = extreme(clauses, count, odds, largest=True, empty=-3.0)
    rest = np.where(np.arange(len(odds)) == top_of(new, odds)[owner], -np.inf, odds)
    return {
        "best clause": best,
        "any clause": np.log(per(clauses, count, np.exp(odds)) + EPSILON),
        "mean clause": mean(clauses, count, odds, empty=-3.0),
        "second clause": extreme(clauses, count, rest, largest=True, empty=-3.0),
        "worst clause": extreme(clauses, count, odds, largest=False, empty=-3.0),
    }


def top_of(new: Side, odds: Numbers) -> Indices:
    """For each sentence the index of its most likely new clause."""
    order = np.lexsort((-odds, new.clauses.owner))
    return np.asarray(order[new.clauses.first], dtype=np.intp)


def build(new: Side) -> Table:
    """Signs by where a sentence stands and how it is built."""
    paragraph = np.array([p.paragraph for p in new.passages], dtype=np.int64)
    opens = np.ones(len(paragraph), dtype=bool)
    opens[1:] = paragraph[1:] != paragraph[:-1]
    closes = np.roll(opens, -1)
    single = np.bincount(new.clauses.owner, minlength=len(new.passages)) == 1
    single &= column("、" not in t for t in new.folded) > 0
    length = column(max(2, len(t)) for t in new.folded)
    return {
        "length": np.log(length),
        "clauses": np.log(np.bincount(new.clauses.owner, minlength=len(new.passages))),
        "opens paragraph": opens.astype(np.float64),
        "closes paragraph": closes.astype(np.float64),
        "is paragraph": (opens & closes).astype(np.float64),
        "single": single.astype(np.float64),
        "single and opens": (single & opens).astype(np.float64),
        "short": (length < 14).astype(np.float64),
        "heading": column(p.level > 0 for p in new.passages),
        "very long": (length > 150).astype(np.float64),
        "place": np.arange(len(length)) / max(1, len(length)),
        "from the end": np.log1p(len(length) - np.arange(len(length))),
    }


def manner(new: Side) -> Table:
    """Signs by words of the sentence."""
    texts = new.folded
    length = np.maximum(2.0, lengths(texts))
    return {
        "political": has(cues.POLITICAL, texts),
        "number": cues.numbered(texts),
        "things": cues.tally(cues.OBJECT, texts),
        "aims": cues.tally(cues.AIM, texts) / length * 10,
        "going on": cues.tally(cues.GOING_ON, texts) / length * 10,
        "beginning": has(cues.BEGINNING, texts),
        "name": column(bool(cues.named_things(t)) for t in texts),
        "rhetoric": cues.tally(cues.RHETORIC, texts) / length * 10,
        "function words": cues.tally(cues.FUNCTION, texts) / length * 10,
        "is": column("是" in t for t in texts),
        "we must": column("我们" in t or "要" in t for t in texts),
        "not": column("不" in t for t in texts),
    }


def sayings(new: Side, known: Known) -> Table:
    """Signs of what everybody says, over the sentence."""
    count = len(new.passages)
    two, four = (regrouped(known.grams[n], new.clauses.owner) for n in (2, 4))
    one = regrouped(new.letters.grams(1), new.clauses.owner)
    slogan = known.tone[2]
    return {
        "users of four": mean(four, count, np.log1p(known.users[4]), empty=2.0),
        "common of four": mean(four, count, known.users[4] > MANY, empty=1.0),
        "rare of two": mean(two, count, known.users[2] < MANY, empty=0.0),
        "has rare": (extreme(two, count, known.users[2], largest=False, empty=60.0) < FEW).astype(np.float64),
        "tone": mean(two, count, slogan, empty=1.0),
        "tone of characters": mean(one, count, known.tone[1], empty=0.5),
        "whole tone": per(two, count, slogan),
        "least tone": extreme(two, count, slogan, largest=False, empty=1.0),
        "most tone": extreme(two, count, slogan, largest=True, empty=1.0),
    }


def answers(alignment: Alignment) -> Table:
    """Signs by the old sentences that may answer."""
    return {"likeness": alignment.likeness.max(axis=1, initial=0.0) / 100}


def numbers(found: list[tuple[Replacement, ...]]) -> Table:
    """Signs by the old numbers that the sentence's own replace or repeat."""
    return {
        "changed number": column(max((r.agreement for r in one if r.changed), default=0.0) for one in found),
        "same number": column(max((r.agreement for r in one if not r.changed), default=0.0) for one in found),
        "numbers answered": column(sum(r.agreement >= LEAST for r in one) for one in found),
    }
