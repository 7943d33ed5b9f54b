"""Grouping on real reports: copies of all kinds are found, and neighbours stay apart."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import invented
import pytest

from monitor.copies import group, prepared, same_report
from monitor.sameness import Verdict as Sameness
from storage.values import CopyGroup, Reading, Verdict

pytestmark = pytest.mark.corpus


def read(text: str) -> Reading:
    return Reading("", Verdict.OK, "", None, text, "text", "hans", 0)


def texts(folder: Path, pattern: str) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text("utf-8", "replace") for p in sorted(folder.glob(pattern))}


def grouped(files: dict[str, str]) -> list[CopyGroup]:
    """Groups of the files, given in random order."""
    names = list(files)
    random.Random(4).shuffle(names)
    return group([(name, read(files[name])) for name in names])


@pytest.fixture(scope="module")
def local(shared: Path) -> dict[str, str]:
    """Two years of all provinces, eight of one district."""
    return {**texts(shared / "corpus", "prov/*/*.txt"), **texts(shared / "corpus", "hailar/*.txt")}


def test_provinces_and_years_are_never_one_report(local: dict[str, str]):
    assert [len(g.copies) for g in grouped(local)] == [1] * len(local)
    assert not any(g.related for g in grouped(local))


def made(text: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Copies of a real report by kind."""
    yield from invented.copies(text, rng)
    pieces = re.findall(r"[^。！？\n]*[。！？\n]+", text)
    blocks = ["".join(pieces[at : at + 10]) for at in range(0, len(pieces), 10)]
    yield "sentences shuffled", "".join(rng.sample(blocks, len(blocks)))
    yield "10 % dropped", invented.dropped(text, 0.1, rng)
    yield "printed twice", text + text


def test_copies_of_every_kind_find_their_report_among_neighbours(local: dict[str, str]):
    rng = random.Random(7)
    files = dict(local)
    chosen = rng.sample(sorted(local), 10)
    for name in chosen:
        files |= {f"{name}#{kind}": text for kind, text in made(local[name], rng)}
    home = {copy.path: number for number, g in enumerate(grouped(files)) for copy in g.copies}
    assert len({home[name] for name in local}) == len(local)
    missed = [path for path in files if home.get(path) != home[path.partition("#")[0]]]
    assert len(missed) <= 0.01 * len(files), missed


def test_two_reports_on_a_page_and_digests_are_related_to_their_reports(local: dict[str, str]):
    rng = random.Random(8)
    names = sorted(local)
    for at in range(12):
        one, other = rng.sample(names, 2)
        found = grouped(
            {
                one: local[one],
                other: local[other],
                "page": local[one] + "\n" + local[other],
                "digest": invented.digest(local[one], 0.25, rng),
            }
        )
        related = {g.copies[0].path: set(g.related) for g in found}
        assert related == {one: {"page", "digest"}, other: {"page"}}, at


def test_national_copies_that_are_cut_repeated_or_half_mojibake_are_one_group_a_year(shared: Path):
    files = texts(shared / "corpus" / "national", "*[048]/*.txt") | texts(shared / "corpus" / "national", "2006/*.txt")
    assert all(len({c.path[:4] for c in g.copies}) == 1 for g in grouped(files))
    assert len(grouped(files)) == len({name[:4] for name in files})


def test_the_canonical_copy_of_national_reports_is_whole_and_sound(shared: Path):
    for found in grouped(texts(shared / "corpus" / "national", "200[5-8]/*.txt")):
        assert Path(found.canonical).name not in ("cjc2019.txt", "ljtyduyu.txt"), found.why


def test_digests_of_real_reports_that_keep_up_to_half_of_the_sentences_are_related(local: dict[str, str]):
    rng = random.Random(9)
    for share in (0.2, 0.35, 0.5):
        for name in rng.sample(sorted(local), 20):
            found = same_report(prepared(invented.digest(local[name], share, rng)).folded, prepared(local[name]).folded)
            assert found.verdict is Sameness.RELATED, (name, share, found)
