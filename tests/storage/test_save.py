"""Writes are idempotent, and questions find what was written."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from storage import queries, save, values
from storage.database import reading, writing
from storage.errors import NotKnown
from storage.model import Alert, Copy, Finding, Page, Reading, Report
from storage.search import passages_with, words, words_of

SOURCE = values.Source("portal", "澜汀门户", "column", "http://lanting.example/", 1, place="990101")
PLACE = values.Place("990101", "云岭市澜汀区", "澜汀")
TEXT = "二、2026年重点任务\n新建口袋公园12个。促进高质量充分就业。"


@dataclass(frozen=True)
class Record:
    """Where the archive put a response."""

    warc: str = "a.warc.gz"
    offset: int = 0
    digest: str = "sha256:00"
    revisit: bool = False


def a_page(session: Session, now: datetime, record: Record | None = None) -> Page:
    page = values.Page("http://lanting.example/1.html", now, b"<html>", 200, "text/html", "portal")
    return save.save_page(session, page, None, record or Record(), etag='"1"')  # type: ignore[arg-type]


def a_reading(session: Session, now: datetime, text: str = TEXT, digest: str = "sha256:00") -> Reading | None:
    page = a_page(session, now, Record(digest=digest, offset=int(digest[-2:], 16)))
    said = values.Reading(page.url, values.Verdict.OK, "", "政府工作报告", text, "utf-8", "hans", 1)
    return save.save_reading(session, said, SOURCE, [page], now)


def an_identity(**known: object) -> values.Identity:
    return values.Identity(values.Kind.REPORT, "", place=PLACE, year=2026, whole=True, **known)  # type: ignore[arg-type]


def an_outline() -> values.Outline:
    heading, first, second = "二、2026年重点任务", "新建口袋公园12个。", "促进高质量充分就业。"
    plan = values.Part.PLAN
    return values.Outline(
        TEXT,
        (
            values.Passage(0, 0, 0, plan, heading, heading, 1),
            values.Passage(1, 1, 11, plan, heading, first),
            values.Passage(2, 1, 20, plan, heading, second),
        ),
    )


def a_report(session: Session, now: datetime, text: str = TEXT, digest: str = "sha256:00") -> tuple[Report, Copy]:
    row = a_reading(session, now, text, digest)
    assert row is not None
    report, _ = save.save_report(session, "990101/2026", an_identity(), now)
    likeness = values.Likeness(values.Relation.SAME, 100, 100)
    copy = save.save_copy(session, report, row, likeness, now)
    copy.canonical = True
    save.save_passages(session, report, an_outline())
    return report, copy


def test_the_same_bytes_are_read_into_one_row(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        assert a_reading(session, now) is not None
        assert a_reading(session, now + timedelta(days=1)) is None
        assert len(session.exec(select(Page)).all()) == 1
        assert queries.readings_to_watch(session) == [1]


def test_a_reading_is_waiting_until_the_desk_concludes(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        row = a_reading(session, now)
        assert row is not None
        save.conclude(session, row, "a copy of 990101/2026", an_identity(), now)
    with reading(engine) as session:
        assert queries.readings_to_watch(session) == []
        kept = queries.last_reading(session, "http://lanting.example/1.html")
        assert kept is not None
        assert (kept.kind, kept.place, kept.year) == ("report", "990101", 2026)


def test_what_was_inferred_gives_way_to_what_was_read(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        guessed = an_identity(meeting_on=date(2026, 1, 1), inferred=("meeting_on",))
        save.save_report(session, "990101/2026", guessed, now)
        report, fresh = save.save_report(session, "990101/2026", an_identity(meeting_on=date(2026, 1, 8)), now)
        assert not fresh
        assert (report.meeting_on, report.inferred) == (date(2026, 1, 8), [])
        again, _ = save.save_report(session, "990101/2026", guessed, now)
        assert again.meeting_on == date(2026, 1, 8)


def test_reports_are_found_by_the_hashes_they_share(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        for number, hashes in enumerate([range(2000), range(1900, 2500), [-(2**62), 2**62]]):
            report, _ = save.save_report(session, f"{number}/2026", an_identity(), now)
            save.extend_sketch(session, report, hashes)
        rows = queries.sketch_rows(session, [0, 7, 1950, 2**62, 7_000], 9)
        assert rows == ([0, 7, 1950, 1950, 2**62], [1, 1, 1, 2, 3], 3)
        assert queries.sketch_rows(session, [1950, 7_000], 1) == ([1950], [1], 3)
        assert queries.sketch_rows(session, [7_000], 1) == queries.sketch_rows(session, [], 1) == ([], [], 3)
        assert queries.sketch_sizes(session, [1, 2, 9]) == {1: 2000, 2: 600}
        report = queries.the_report(session, "1/2026")
        save.extend_sketch(session, report, range(1000, 1950))
        assert report.hashes == 1500
        assert queries.sketch_rows(session, [1000], 9).reports == [1, 2]


@pytest.mark.parametrize("query", ["就业", "口袋公园 12", "充分就業", "高质量充分"])
def test_passages_are_found_by_words_of_any_length_and_script(engine: Engine, now: datetime, query: str) -> None:
    with writing(engine) as session:
        a_report(session, now)
        [(report, passage)] = passages_with(session, query)
        assert report.name == "990101/2026"
        assert passage.text in TEXT


@pytest.mark.parametrize("query", ["业就", '"', "* OR 1", "", "。", "NEAR("])
def test_a_query_that_no_passage_holds_finds_nothing(engine: Engine, now: datetime, query: str) -> None:
    with writing(engine) as session:
        a_report(session, now)
        assert passages_with(session, query) == []


def test_passages_that_are_replaced_are_no_longer_found(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        report, _ = a_report(session, now)
        save.save_passages(session, report, values.Outline("", ()))
        assert passages_with(session, "就业") == []


def test_passages_are_found_newest_year_first_also_when_the_year_was_learnt_later(
    engine: Engine, now: datetime
) -> None:
    with writing(engine) as session:
        a_report(session, now)
        unknown, _ = save.save_report(session, "unknown/1", values.Identity(values.Kind.REPORT, ""), now)
        save.save_passages(session, unknown, an_outline())
        assert [found.name for found, _ in passages_with(session, "就业", limit=1)] == ["990101/2026"]
        later = values.Identity(values.Kind.REPORT, "", year=2027)
        save.save_report(session, "unknown/1", later, now)
        assert [found.name for found, _ in passages_with(session, "就业", limit=1)] == ["unknown/1"]
        assert len(passages_with(session, "就业")) == 2
        save.save_passages(session, unknown, values.Outline("", ()))
        assert [found.name for found, _ in passages_with(session, "就业")] == ["990101/2026"]


def test_words_part_every_han_character() -> None:
    assert words("促进“就业”，新增 1.5万个AB") == "促 进 就 业 新 增 1.5 万 个 AB"


def test_words_of_many_passages_are_those_of_each() -> None:
    passages = ["促进“就业”。", "", "  ", "新增1.5万个\n岗位——", "——%A", "\ufdd0建\ufdd0"]
    assert words_of(passages) == [words(passage) for passage in passages]
    assert words_of([]) == []


def test_sentences_that_are_saved_again_unchanged_keep_their_rows(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        report, _ = a_report(session, now)
        before = [passage.id for passage in queries.passages_of(session, save.required(report.id))]
        save.save_passages(session, report, an_outline())
        assert [passage.id for passage in queries.passages_of(session, save.required(report.id))] == before
        assert len(passages_with(session, "就业")) == 1


def test_an_outline_comes_back_as_it_was_saved(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        report, _ = a_report(session, now)
        assert queries.outline_of(session, save.required(report.id)) == an_outline()


def test_a_comparison_made_again_keeps_the_marks_of_a_person(engine: Engine, now: datetime) -> None:
    finding = values.Finding(values.FindingKind.NEW, "新建口袋公园12个。", "二", values.Part.PLAN, 1, 0.9)
    with writing(engine) as session:
        report, copy = a_report(session, now)
        first = save.save_comparison(session, (report, copy), (report, copy), [finding], now)
        assert queries.findings_of(session, save.required(first.id)) == [finding]
        [row] = session.exec(select(Finding)).all()
        row.mark = "not-new"
        session.add(row)
        second = save.save_comparison(session, (report, copy), (report, copy), [finding], now)
        assert [f.mark for f in queries.findings_of(session, save.required(second.id))] == ["not-new"]
        assert len(session.exec(select(Finding)).all()) == 1


def test_an_event_is_told_once_to_each_recipient(engine: Engine, now: datetime) -> None:
    addressed = [("mail", "a@example.org"), ("mail", "b@example.org"), ("mail", "a@example.org")]
    with writing(engine) as session:
        assert save.save_event(session, "report.new:1", "report.new", "1", {"a": 1}, now, addressed) is not None
        assert save.save_event(session, "report.new:1", "report.new", "1", {"a": 2}, now, addressed) is None
        found = session.exec(select(Alert)).all()
        assert sorted(alert.recipient for alert in found) == ["a@example.org", "b@example.org"]
        assert len({alert.key for alert in found}) == 2


def test_the_year_before_is_the_newest_earlier_one_of_which_the_whole_is_known(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        for year, whole in [(2022, True), (2024, True), (2025, False), (2026, True)]:
            identity = values.Identity(values.Kind.REPORT, "", place=PLACE, year=year)
            report, _ = save.save_report(session, f"990101/{year}", identity, now)
            report.whole = whole
        this = queries.the_report(session, "990101/2026")
        before = queries.year_before(session, this)
        assert before is not None
        assert before.year == 2024
        assert queries.years_known(session, "990101") == [2026, 2024, 2022]
        with pytest.raises(NotKnown):
            queries.the_report(session, "990101/1999")
