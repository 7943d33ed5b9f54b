"""Facts about n-grams as arrays and words counted in many texts at once."""

import numpy as np
import pytest

from monitor import cues
from monitor.grams import Grams, distinct, shared_weight

TEXTS = (
    "继续推进河道治理工程，2031年新建码头4座",
    "2031年是开局之年",
    "",
    "试点先行，开展三年行动，提升服务水平",
    "编号12031年",
)


def grams(pairs):
    """N-grams of (code, owner)."""
    return Grams(np.array([c for c, _ in pairs], np.uint64), np.array([o for _, o in pairs], np.intp))


def some(seed, count, codes, owners):
    """N-grams by chance; low codes are the common ones, as in a text."""
    dice = np.random.default_rng(seed)
    return Grams((dice.random(count) ** 3 * codes).astype(np.uint64), dice.integers(0, owners, count).astype(np.intp))


@pytest.mark.parametrize("far", [3, 70_000])
def test_each_n_gram_is_kept_once_per_owner_in_order(far):
    found = distinct(grams([(9, 1), (5, far), (9, 1), (5, 0), (1 << 47, 2), (5, far)]))
    assert found.codes.tolist() == [5, 5, 9, 1 << 47]
    assert found.owner.tolist() == [0, far, 1, 2]


@pytest.mark.parametrize("seed", range(5))
def test_weight_in_common_is_what_counting_by_hand_gives(seed):
    left, right = distinct(some(seed, 900, 60, 12)), distinct(some(seed + 50, 1100, 60, 17))
    weight = np.sqrt(left.codes.astype(float) + 1)
    by_hand = np.zeros((12, 17))
    for code, owner, value in zip(left.codes, left.owner, weight, strict=True):
        by_hand[owner, right.owner[right.codes == code]] += value
    np.testing.assert_allclose(shared_weight(left, right, weight, (12, 17)), by_hand)


def test_nothing_has_no_weight_in_common():
    nothing = grams([])
    assert shared_weight(nothing, nothing, np.zeros(0), (2, 3)).tolist() == [[0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("pattern", [cues.GOING_ON, cues.BEGINNING, cues.OBJECT, cues.NAMED, cues.FUNCTION, cues.AIM])
def test_words_are_counted_in_all_texts_as_in_each(pattern):
    assert cues.tally(pattern, TEXTS).tolist() == [len(pattern.findall(text)) for text in TEXTS]


def test_numbers_are_seen_in_all_texts_as_in_each():
    assert cues.numbered(TEXTS).tolist() == [float(cues.has_number(text)) for text in TEXTS]
    assert cues.numbered(()).tolist() == []
