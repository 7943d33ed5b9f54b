"""One initiative through the years; PURE."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crawler.text.fold import fold, table_of
from monitor.targets import as_written, targets_of
from storage.values import Outline, Part, Passage, Target

TOLD = (Part.REVIEW, Part.OUTLOOK, Part.PLAN, Part.CLOSING)


@dataclass(frozen=True, slots=True)
class Mention:
    """A sentence of one year's report that speaks of an initiative, with its numbers."""

    year: int
    passage: Passage
    targets: tuple[Target, ...]


def follow(outlines: Sequence[tuple[int, Outline]], words: str) -> list[Mention]:
    """The sentences that hold all of the words, oldest year first, in each year in order of the text.

    words  parted by spaces; script, width and quotes do not matter: 電梯 finds 电梯. [] for no words
    """
    wanted = [fold(word) for word in words.split() if fold(word)]
    if not wanted:
        return []
    mentions = []
    for year, outline in sorted(outlines, key=lambda pair: pair[0]):
        table = table_of(outline.text)
        for passage in outline.of(*TOLD):
            folded = fold(passage.text, table)
            if all(word in folded for word in wanted):
                mentions.append(Mention(year, passage, targets_in(passage.text, folded)))
    return mentions


def targets_in(text: str, folded: str) -> tuple[Target, ...]:
    """The targets of a sentence, read from its fold and given as the sentence has them."""
    return tuple(
        replace(
            target,
            name=as_written(target.name, text, folded),
            value=as_written(target.value, text, folded) if target.value else None,
            unit=as_written(target.unit, text, folded),
        )
        for target in targets_of(folded)
    )
