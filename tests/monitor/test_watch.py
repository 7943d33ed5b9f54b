"""The desk, on the sample's reports and a real database."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from importlib.resources import files
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from crawler.sample.places import SAMPLE_PLACES
from monitor.places import learn
from monitor.watch import Desk, settle
from storage import outbox, queries, save, values
from storage.database import connect, migrate, reading, writing
from storage.model import Alert, Copy, Event, Finding, Page, Reading, Report

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)
NUMBERS = count(1)
TEXTS = files("crawler.sample") / "reports"


@pytest.fixture(autouse=True)
def places() -> None:
    learn(SAMPLE_PLACES)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = connect(f"sqlite:///{tmp_path / 'known.db'}")
    migrate(made)
    yield made
    made.dispose()


def text_of(year: int, place: str = "990101") -> str:
    return (TEXTS / f"{place}-{year}.txt").read_text("utf-8")


def put(engine: Engine, text: str, url: str = "", *, tier: int = 1, quiet: bool = False, verdict: str = "ok") -> int:
    """A reading as a crawl would leave it, waiting for the desk; its key."""
    number = next(NUMBERS)
    url = url or f"http://site{number}.example/{number}.html"
    source = values.Source(f"source{tier}", "站", "column", "http://x.example/", tier)
    said = values.Reading(url, values.Verdict(verdict), "read", None, text, "utf-8", "hans", 1)
    with writing(engine) as session:
        page = Page(
            source=source.id, url=url, fetched_at=NOW, status=200, digest=str(number), size=1, warc="a", offset=number
        )
        session.add(page)
        session.flush()
        row = save.save_reading(session, said, source, [page], NOW, quiet=quiet)
        assert row is not None
        return save.required(row.id)


def addressed(kind: str, place: str | None, novelty: float) -> Sequence[tuple[str, str]]:
    return [("mail", "a@example.org")]


def settled(engine: Engine) -> list[str]:
    done = settle(engine, Desk(addressed, {"source1": "澜汀门户"}), lambda: NOW)
    assert done.failed == []
    return done.reports


def outcome(engine: Engine, key: int) -> str:
    with reading(engine) as session:
        return session.get_one(Reading, key).outcome


def test_a_report_is_known_by_place_and_meeting(engine: Engine) -> None:
    put(engine, text_of(2026))
    assert settled(engine) == ["990101/2026"]
    with reading(engine) as session:
        report = queries.the_report(session, "990101/2026")
        assert (report.place_name, report.year, report.whole) == ("云岭市澜汀区", 2026, True)
        assert report.meeting_on is not None
        assert report.meeting_on.year == 2026
        assert queries.passages_of(session, save.required(report.id))


def test_a_report_given_in_december_belongs_to_the_year_it_plans(engine: Engine) -> None:
    put(engine, text_of(2022))
    assert settled(engine) == ["990101/2022"]
    with reading(engine) as session:
        assert queries.the_report(session, "990101/2022").meeting_on == date(2021, 12, 16)


def test_reprints_join_one_report_and_one_alert_is_made(engine: Engine) -> None:
    put(engine, text_of(2025), quiet=True)
    text = text_of(2026)
    for copy in (text, text[: len(text) // 3], text.replace("。", "。\n"), text[len(text) // 2 :]):
        put(engine, copy, tier=4)
    assert settled(engine) == ["990101/2025", "990101/2026"]
    with reading(engine) as session:
        report = queries.the_report(session, "990101/2026")
        rows = queries.copies_of(session, save.required(report.id))
        assert [copy.canonical for copy, _ in rows] == [True, False, False, False]
        assert sorted(copy.relation for copy, _ in rows) == ["partial", "partial", "same", "same"]
        [event] = session.exec(select(Event)).all()
        assert event.key == "report.new:990101/2026"
        assert event.facts["copies"] == 4
        assert "4 copies" in event.facts["canonical"]["why"]
        assert len(session.exec(select(Alert)).all()) == 1


def test_the_new_report_is_held_against_the_year_before(engine: Engine) -> None:
    for year in (2024, 2025):
        put(engine, text_of(year), quiet=True)
    put(engine, text_of(2026))
    settled(engine)
    with reading(engine) as session:
        report, before = (queries.the_report(session, f"990101/{year}") for year in (2026, 2025))
        comparison = queries.last_comparison(session, save.required(report.id))
        assert comparison is not None
        assert comparison.against_id == before.id
        findings = queries.findings_of(session, save.required(comparison.id))
        assert len(findings) > 60
        [event] = session.exec(select(Event)).all()
        assert event.facts["against"] == {"report": "990101/2025", "year": 2025}
        assert event.facts["counts"]["new"] == sum(f.kind == "new" for f in findings)
        assert event.facts["canonical"]["source_name"] == "澜汀门户"


def test_a_back_fill_tells_nobody(engine: Engine) -> None:
    put(engine, text_of(2024), quiet=True)
    put(engine, text_of(2025), quiet=True)
    settled(engine)
    with reading(engine) as session:
        assert session.exec(select(Event)).all() == []


def test_a_year_that_is_filled_in_later_is_compared_with_the_year_after(engine: Engine) -> None:
    put(engine, text_of(2026), quiet=True)
    settled(engine)
    put(engine, text_of(2025), quiet=True)
    settled(engine)
    with reading(engine) as session:
        report, before = (queries.the_report(session, f"990101/{year}") for year in (2026, 2025))
        comparison = queries.last_comparison(session, save.required(report.id))
        assert comparison is not None
        assert comparison.against_id == before.id


def test_the_whole_text_from_the_portal_takes_over_from_a_reprint_that_was_cut(engine: Engine) -> None:
    text = text_of(2026)
    put(engine, text[: len(text) // 2], tier=4, verdict="login-wall")
    settled(engine)
    with writing(engine) as session:
        outbox.mark_sent(session, 1, NOW, "250 OK")
    put(engine, text, tier=1)
    settled(engine)
    with reading(engine) as session:
        assert [event.kind for event in session.exec(select(Event))] == ["report.partial", "copy.better"]
        report = queries.the_report(session, "990101/2026")
        canonical = queries.canonical_copy(session, save.required(report.id))
        assert canonical is not None
        assert (canonical[1].tier, report.whole) == (1, True)


def test_what_nobody_was_told_yet_is_told_of_the_better_copy(engine: Engine) -> None:
    text = text_of(2026)
    put(engine, text[: len(text) // 2], tier=4, verdict="login-wall")
    settled(engine)
    put(engine, text, "http://portal.example/1.html", tier=1)
    settled(engine)
    with reading(engine) as session:
        [event] = session.exec(select(Event)).all()
        assert event.kind == "report.new"
        assert event.facts["canonical"]["url"] == "http://portal.example/1.html"
        assert len(session.exec(select(Alert)).all()) == 1


def test_a_text_that_shares_nothing_with_the_whole_report_is_no_copy_of_it(engine: Engine) -> None:
    put(engine, text_of(2026))
    head = "\n".join(text_of(2026).split("\n")[:5])
    other = "\n".join(f"第{n}项内容为全新编造之文字，与原报告并无一处相同{n}。" for n in range(40))
    key = put(engine, f"{head}\n{other}", tier=5)
    settled(engine)
    assert "shares nothing with the whole text of 990101/2026" in outcome(engine, key)


def test_a_notice_that_calls_itself_a_report_is_none(engine: Engine) -> None:
    key = put(engine, "政府工作报告\n——2026年1月8日在云岭市澜汀区第七届人民代表大会第五次会议上\n（全文另发）")
    assert settled(engine) == []
    assert "characters" in outcome(engine, key)


@pytest.mark.parametrize("verdict", ["blocked", "soft-404", "shell", "empty"])
def test_an_error_page_never_replaces_what_was_known(engine: Engine, verdict: str) -> None:
    put(engine, text_of(2026), "http://portal.example/1.html")
    settled(engine)
    key = put(engine, "页面不存在", "http://portal.example/1.html", verdict=verdict)
    assert settled(engine) == []
    assert verdict in outcome(engine, key)
    with reading(engine) as session:
        [copy] = session.exec(select(Copy)).all()
        assert copy.canonical


def test_a_page_that_shrank_is_held_back(engine: Engine) -> None:
    text = text_of(2026)
    put(engine, text, "http://portal.example/1.html")
    settled(engine)
    key = put(engine, text[: len(text) // 2], "http://portal.example/1.html")
    settled(engine)
    assert "held back" in outcome(engine, key)


def test_a_newer_text_of_an_address_takes_the_place_of_the_older(engine: Engine) -> None:
    text = text_of(2026)
    put(engine, text, "http://portal.example/1.html")
    settled(engine)
    put(engine, text.replace("各位代表", "各位代表、同志们"), "http://portal.example/1.html")
    settled(engine)
    with reading(engine) as session:
        copies = session.exec(select(Copy).order_by(Copy.id)).all()  # type: ignore[arg-type]
        assert [copy.superseded_at is None for copy in copies] == [False, True]
        assert [copy.canonical for copy in copies] == [False, True]


def test_what_is_no_report_is_said_so_and_filed_nowhere(engine: Engine) -> None:
    key = put(engine, "澜汀区举办新春灯会\n本报讯（记者 某某）1月5日晚，灯会在汀上公园开幕，市民踊跃参加。" * 3)
    assert settled(engine) == []
    assert outcome(engine, key).startswith("not a report")


def test_a_report_of_an_unknown_place_is_kept_and_said_so(engine: Engine) -> None:
    text = text_of(2026).replace("澜汀", "溟漪").replace("云岭", "杳岑")
    put(engine, text)
    [name] = settled(engine)
    assert name.startswith("unknown/")
    with reading(engine) as session:
        report = queries.the_report(session, name)
        assert (report.place, report.year) == (None, 2026)
        assert [event.kind for event in session.exec(select(Event))] == ["report.new"]


def test_settling_again_changes_nothing(engine: Engine) -> None:
    for year in (2025, 2026):
        put(engine, text_of(year))
    settled(engine)
    with reading(engine) as session:
        before = [len(session.exec(select(table)).all()) for table in (Report, Copy, Finding, Event, Alert)]
    assert settled(engine) == []
    with reading(engine) as session:
        assert [len(session.exec(select(table)).all()) for table in (Report, Copy, Finding, Event, Alert)] == before


def test_two_years_of_one_place_and_one_year_of_two_places_stay_apart(engine: Engine) -> None:
    for year in range(2022, 2027):
        for place in ("990101", "990102"):
            put(engine, text_of(year, place))
    assert len(settled(engine)) == 10
