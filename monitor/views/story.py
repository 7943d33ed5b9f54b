"""An initiative through the years: when it came, went and came again, and its numbers; PURE."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crawler.text.fold import fold
from monitor.change import amount_of, measured, pairs_of
from monitor.lineage import Mention
from monitor.views.chart import Point
from monitor.views.lines import place_cells
from monitor.views.shown import Citation
from storage.values import Part, Target

PLANNED = (Part.PLAN, Part.OUTLOOK, Part.CLOSING)
STORY_COLUMNS = (
    *("report", "year", "standing", "part", "heading", "text", "targets"),
    *("source", "url", "date", "digest", "archive"),
)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One year of an initiative.

    standing  first seen, planned, returned (planned again after a year without), reported (in the review alone),
              dropped (planned the year before, now in no part), or absent; first seen means: as far as known
    """

    year: int
    standing: str
    mentions: tuple[Mention, ...]


def chapters(mentions: Sequence[Mention], years: Sequence[int]) -> list[Chapter]:
    """A chapter for each known year from the first that speaks of it."""
    found: list[Chapter] = []
    for year in sorted(years):
        told = tuple(mention for mention in mentions if mention.year == year)
        if told or found:
            found.append(Chapter(year, standing(told, found), told))
    return found


def standing(told: Sequence[Mention], before: Sequence[Chapter]) -> str:
    """What a year is in the life of an initiative, by what it says and the years before."""
    if not told:
        return "absent" if before[-1].standing in ("dropped", "absent") else "dropped"
    if not before:
        return "first seen"
    if not any(mention.passage.part in PLANNED for mention in told):
        return "reported"
    return "returned" if before[-1].standing in ("dropped", "absent") else "planned"


def points(mentions: Sequence[Mention], words: str) -> list[Point]:
    """The quantity that most years give of what the words name, by year and part; [] where they name none."""
    near = [(m, [t for t in m.targets if amount_of(t) is not None and named(t, words)]) for m in mentions]
    years = {(m.year, measured(t), t.growth) for m, found in near for t in found}
    kinds = Counter((unit, growth) for _, unit, growth in sorted(years))
    if not kinds:
        return []
    lead = kinds.most_common(1)[0][0]
    shown: dict[str, Point] = {}
    for mention, found in near:
        same = [target for target in found if (measured(target), target.growth) == lead]
        if same:
            best = max(same, key=lambda target: named(target, words))
            label = f"{mention.year} {mention.passage.part}"
            shown.setdefault(label, Point(label, amount_of(best) or 0.0, written(best)))
    return list(shown.values())


def named(target: Target, words: str) -> int:
    """How many pairs of characters a target's name shares with the words."""
    return sum(len(pairs_of(target.name) & pairs_of(fold(word))) for word in words.split())


def written(target: Target) -> str:
    """A target with its name."""
    return f"{target.name} {target.value or ''}{target.unit}{target.qualifier}"


def story_rows(story: Sequence[Chapter], cited: Mapping[int, Citation]) -> Iterator[dict[str, Any]]:
    """A row for each sentence, by STORY_COLUMNS; one without a sentence for a year that has none."""
    for chapter in story:
        source = cited[chapter.year]
        where = {"report": source.report, "year": chapter.year, "standing": chapter.standing}
        if not chapter.mentions:
            yield {**where, "text": None}
        for mention in chapter.mentions:
            passage = mention.passage
            yield {
                **where,
                "part": passage.part,
                "heading": passage.heading,
                "text": passage.text,
                "targets": " | ".join(written(target) for target in mention.targets),
                **place_cells(source, ""),
            }
