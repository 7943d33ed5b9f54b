"""diff, targets, follow, mark and marks on a real database of invented reports."""

import csv
import io
import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from crawler.sample.places import SAMPLE_PLACES, told
from monitor.cli.main import main
from monitor.watch import Desk, settle
from storage import save, values
from storage.archive import digest_of
from storage.database import open_database, writing
from storage.model import Page

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)
TEXTS = files("crawler.sample") / "reports"
PORTAL = "http://www.lanting.example/{}.html"


def text_of(year: int, place: str = "990101") -> str:
    return (TEXTS / f"{place}-{year}.txt").read_text("utf-8")


class Known:
    """A database that readings are put into as a crawl leaves them, and commands on it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str] | None = None) -> None:
        self.folder, self.capsys, self.count = folder, capsys, 0
        self.file = folder / "settings.toml"
        self.file.write_text(f'[storage]\nfolder = "{folder}"\n[crawl]\nbuiltin = false\n{told()}', "utf-8")
        self.database = f"sqlite:///{folder / 'known.db'}"

    def put(self, text: str, url: str, tier: int = 1) -> None:
        from monitor.places import learn

        learn(SAMPLE_PLACES)
        engine = open_database(self.database)
        self.count += 1
        source = values.Source("portal", "澜汀门户", "column", "http://www.lanting.example/", tier)
        said = values.Reading(url, values.Verdict.OK, "read", None, text, "utf-8", "hans", 1)
        with writing(engine) as session:
            page = Page(
                source="portal",
                url=url,
                fetched_at=NOW,
                status=200,
                digest=digest_of(text.encode()),
                size=1,
                warc="a.warc.gz",
                offset=self.count,
            )
            session.add(page)
            session.flush()
            save.save_reading(session, said, source, [page], NOW, quiet=True)
        assert settle(engine, Desk(), lambda: NOW).failed == []
        engine.dispose()

    def run(self, *words: str) -> tuple[int, str, str]:
        assert self.capsys is not None
        status = main([*words, "--settings", str(self.file), "--database", self.database])
        return status, *self.capsys.readouterr()

    def lines(self, *words: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run(*words, "--json")[1].splitlines()]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both places of 2024 to 2026, made once."""
    known = Known(tmp_path_factory.mktemp("filled"))
    for year in (2024, 2025, 2026):
        for place in ("990101", "990102"):
            known.put(text_of(year, place), PORTAL.format(f"{place}-{year}"))
    return known.folder


@pytest.fixture
def known(filled: Path, capsys: pytest.CaptureFixture[str]) -> Known:
    """Commands on the filled database; tests that write use `fresh`."""
    return Known(filled, capsys)


@pytest.fixture
def fresh(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Known:
    """A database of one's own."""
    return Known(tmp_path, capsys)


def rows_of(said: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(said.removeprefix("\ufeff"))))


def test_diff_ends_with_status_1_and_tells_what_is_new_with_its_source(known: Known) -> None:
    status, out, _ = known.run("diff", "澜汀区", "2026")
    assert status == 1
    assert "new 新举措" in out
    assert f"[2026] 990101/2026 · 云岭市澜汀区 · portal · {PORTAL.format('990101-2026')}" in out
    assert "a.warc.gz:5" in out


@pytest.mark.parametrize("form", ["text", "side", "html", "markdown", "json", "csv"])
def test_diff_shows_the_same_sentences_in_every_form(known: Known, form: str) -> None:
    [line] = known.lines("diff", "990101", "2026", "--only", "dropped", "--top", "1")
    status, out, _ = known.run("diff", "990101", "2026", "--format", form, "--only", "dropped", "--top", "1")
    assert status == 1
    assert line["text"][:12] in out
    assert line["id"] in out.replace("\\", "")


def test_a_report_may_be_named_as_a_whole(known: Known) -> None:
    assert known.run("diff", "990101/2026")[1] == known.run("diff", "澜汀", "2026")[1]


def test_one_csv_holds_all_places_of_a_year(known: Known) -> None:
    status, out, _ = known.run("diff", "--year", "2026", "--format", "csv")
    assert status == 1
    assert {row["report"] for row in rows_of(out)} == {"990101/2026", "990102/2026"}
    assert {row["url"] for row in rows_of(out)} >= {PORTAL.format("990101-2026"), PORTAL.format("990102-2026")}


def test_all_places_of_a_year_end_with_status_3_where_one_has_nothing_before_it(known: Known) -> None:
    status, out, err = known.run("diff", "--year", "2024", "--format", "csv")
    assert (status, rows_of(out)) == (3, [])
    assert "990102/2024: no earlier report of this place is known" in err


def test_a_missing_year_is_said(fresh: Known) -> None:
    fresh.put(text_of(2024), PORTAL.format(2024))
    fresh.put(text_of(2026), PORTAL.format(2026))
    assert "990101/2025 is not known whole; compared with 2024" in fresh.run("diff", "990101", "2026")[1]


def test_against_a_partial_report_nothing_is_called_new(fresh: Known) -> None:
    whole = text_of(2025)
    fresh.put(whole[: len(whole) // 2], PORTAL.format(2025))
    fresh.put(text_of(2026), PORTAL.format(2026))
    _, out, _ = fresh.run("diff", "990101", "2026", "--against", "2025")
    assert "known in part only: nothing is called new" in out
    assert fresh.lines("diff", "990101", "2026", "--against", "2025", "--only", "new,mixed,returned") == []


@pytest.mark.parametrize(
    "words",
    [
        ["diff"],
        ["diff", "澜汀区"],
        ["diff", "澜汀区", "2026", "--against", "2026"],
        ["diff", "x", "--copies", "--format", "csv"],
    ],
)
def test_wrong_use_of_diff_ends_with_status_2(known: Known, words: list[str]) -> None:
    status, out, err = known.run(*words)
    assert (status, out) == (2, "")
    assert err.startswith("reportwatch: ")


def test_what_was_edited_at_an_address_is_shown(fresh: Known) -> None:
    url = PORTAL.format(2026)
    fresh.put(text_of(2026), url)
    fresh.put(text_of(2026).replace("5.5%左右", "6%左右", 1), url)
    for what in (url, "990101/2026"):
        status, out, _ = fresh.run("diff", what, "--versions")
        assert status == 1
        assert "〔5.5〕【6】%左右" in out
        assert "the page changed" in out


def test_where_copies_disagree_is_shown(fresh: Known) -> None:
    fresh.put(text_of(2026), PORTAL.format(2026))
    fresh.put(text_of(2026).replace("5.5%左右", "5.8%左右", 1), "http://mirror.example/1", tier=4)
    [line] = fresh.lines("diff", "990101/2026", "--copies")
    assert [(d["sort"], d["old"], d["new"]) for d in line["differences"]] == [("number", "5.5", "5.8")]


def test_one_version_is_no_difference(known: Known) -> None:
    status, out, _ = known.run("diff", PORTAL.format("990101-2026"), "--versions")
    assert (status, out) == (0, "one version only\n")


def test_targets_of_a_place_hold_target_outcome_and_next_target(known: Known) -> None:
    found = {(line["indicator"], line["year"]): line for line in known.lines("targets", "澜汀区")}
    gdp = found["gdp", 2025]
    assert [gdp[name]["written"] for name in ("target", "outcome", "following")] == ["5%左右", "5.2%", "5.5%左右"]
    assert gdp["outcome"]["report"] == "990101/2026"
    assert gdp["outcome"]["url"] == PORTAL.format("990101-2026")


def test_targets_of_a_year_hold_all_places(known: Known) -> None:
    status, out, _ = known.run("targets", "2026", "--chart")
    assert status == 0
    assert "云岭市澜汀区" in out
    assert "云岭市砚溪区" in out
    assert "█" in out
    rows = rows_of(known.run("targets", "2026", "--format", "csv")[1])
    assert {row["place"] for row in rows} == {"云岭市澜汀区", "云岭市砚溪区"}


def test_targets_and_follow_are_pages_with_charts_too(known: Known) -> None:
    assert "<svg" in known.run("targets", "澜汀区", "--format", "html")[1]
    assert "<svg" in known.run("follow", "澜汀区", "老旧小区", "--format", "html")[1]


def test_follow_tells_the_years_of_an_initiative(known: Known) -> None:
    status, out, _ = known.run("follow", "澜汀区", "老旧小区")
    assert status == 0
    assert "2024  first seen" in out
    assert "[2026 plan] 改造老旧小区18个" in out
    assert PORTAL.format("990101-2024") in out


def test_what_no_report_speaks_of_is_said(known: Known) -> None:
    status, out, err = known.run("follow", "澜汀区", "航天港")
    assert (status, out) == (2, "")
    assert "in no report of 云岭市澜汀区 that is known" in err


def test_a_mark_is_kept_shown_and_exported(fresh: Known, tmp_path: Path) -> None:
    for year in (2025, 2026):
        fresh.put(text_of(year), PORTAL.format(year))
    new = fresh.lines("diff", "990101", "2026", "--only", "new", "--top", "2")
    assert fresh.run("mark", new[0]["id"], "not-new")[0] == 0
    assert fresh.run("mark", new[1]["id"], "new")[0] == 0
    marks = {line["id"]: line["mark"] for line in fresh.lines("marks", "--export", str(tmp_path / "labels"))}
    assert marks == {new[0]["id"]: "not-new", new[1]["id"]: "new"}
    home = tmp_path / "labels" / "990101-2026-2025"
    items = dict(line.split("\t") for line in (home / "items.tsv").read_text("utf-8").splitlines())
    labels = {line.split("\t")[0]: line.split("\t") for line in (home / "labels.tsv").read_text("utf-8").splitlines()}
    assert {items[name]: label[1] for name, label in labels.items()}[new[1]["text"]] == "NEW"
    assert all(len(label) == 6 for label in labels.values())
    assert "(not-new by hand)" in fresh.run("diff", "990101", "2026")[1]


def test_a_mark_outlives_a_better_copy(fresh: Known) -> None:
    for year in (2025, 2026):
        fresh.put(text_of(year), f"http://mirror.example/{year}", tier=4)
    finding = fresh.lines("diff", "990101", "2026", "--only", "new", "--top", "1")[0]["id"]
    fresh.run("mark", finding, "not-new")
    fresh.put(text_of(2026).replace("各位代表", "各位代表、同志们", 1), PORTAL.format(2026), tier=1)
    assert [(line["id"], line["mark"]) for line in fresh.lines("marks")] == [(finding, "not-new")]
    fresh.run("mark", finding, "none")
    assert fresh.lines("marks") == []


@pytest.mark.parametrize("finding", ["x", "990101/2026:00000000"])
def test_a_mark_needs_a_finding_that_is_known(known: Known, finding: str) -> None:
    status, out, err = known.run("mark", finding, "new")
    assert (status, out) == (2, "")
    assert "reportwatch diff" in err


def test_compare_shows_files_in_the_same_forms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = []
    for year in (2025, 2026):
        path = tmp_path / f"{year}.txt"
        path.write_text(text_of(year), "utf-8")
        paths.append(str(path))
    for form in ("text", "side", "markdown", "html", "csv"):
        assert main(["compare", *paths, "--format", form, "--top", "1"]) == 1
        assert digest_of(text_of(2026).encode()) in capsys.readouterr().out
