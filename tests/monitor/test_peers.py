"""A source that works and brings nothing that others have; a source that is retired."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlmodel import select

from monitor.health import State, health_of, observe
from monitor.registry import registered, retire
from monitor.settings import Settings, load
from storage.database import connect, migrate, writing
from storage.errors import BadSetting, BadSource
from storage.model import Copy, Event, Page, Reading, Receipt, Report
from storage.values import Source

NOW = datetime(2026, 2, 20, 8, 0, tzinfo=UTC)
GRACE = timedelta(hours=12)
NUMBERS = count(1)
PORTAL = Source("portal", "门户", "column", "http://portal.example/", 1, place="990101")
BOARD = Source("board", "转载", "forum", "http://board.example/", 4)


@pytest.fixture
def session(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'known.db'}")
    migrate(engine)
    with writing(engine) as opened:
        yield opened
    engine.dispose()


def brings(session, source, year, days_ago, tier=4, place="990101", stands_for=None):
    """A copy of a place's report, that many days before now."""
    number, at = next(NUMBERS), NOW - timedelta(days=days_ago)
    name = f"{place}/{year}"
    report = session.exec(select(Report).where(Report.name == name)).first()
    report = report or Report(name=name, place=place, year=year, found_at=at)
    page = Page(source=source, url=str(number), fetched_at=at, status=200, digest="", size=1, warc="a", offset=number)
    reading = Reading(
        source=source, tier=tier, place_hint=stands_for, url=str(number), fingerprint=str(number), reader=1,
        made_at=at, verdict="ok", why="", text="",
    )  # fmt: skip
    for row in (report, page, reading):
        session.add(row)
    session.flush()
    session.add(
        Copy(report_id=report.id, reading_id=reading.id, relation="same", likeness=100, coverage=100, added_at=at)
    )
    session.flush()


def state(session, source, ran_days_ago=0.05):
    at = NOW - timedelta(days=ran_days_ago)
    session.add(Receipt(source=source.id, started_at=at, ended_at=at, reason="finished", pages=2, links=5))
    session.flush()
    found = health_of(session, source, NOW, GRACE)
    return found.state, found.why


def test_a_portal_without_the_report_that_others_have_had_for_two_weeks_is_silent(session):
    brings(session, "board", 2026, 15)
    brings(session, "mirror", 2026, 3)
    found, why = state(session, PORTAL)
    assert found is State.SILENT
    assert why == "the report of 2026 is known from 2 other sources but not from this one"
    brings(session, "portal", 2026, 0, tier=1, stands_for="990101")
    assert state(session, PORTAL)[0] is State.WORKING


def test_others_that_are_not_long_ahead_or_have_another_place_or_year_say_nothing(session):
    brings(session, "board", 2026, 13)
    brings(session, "board", 2026, 40, place="990102")
    brings(session, "board", 2025, 400)
    assert state(session, PORTAL)[0] is State.WORKING


def test_a_congress_is_expected_to_have_reports_only_if_it_had_some(session):
    congress = Source("congress", "人大", "api", "http://congress.example/", 2, place="990101")
    brings(session, "board", 2026, 20)
    assert state(session, congress)[0] is State.WORKING
    brings(session, "congress", 2024, 700, tier=2, stands_for="990101")
    assert state(session, congress)[0] is State.SILENT


def test_a_board_is_silent_where_three_others_have_brought_reports_and_it_used_to(session):
    for number, days in enumerate((30, 20, 16)):
        brings(session, f"other{number}", 2026, days, place=f"99010{number}")
    assert state(session, BOARD)[0] is State.WORKING, "it never brought any"
    brings(session, "board", 2025, 380)
    found, why = state(session, BOARD)
    assert (found, why) == (
        State.SILENT,
        "3 other sources of its kind have brought reports of 2026 but this one none",
    )


def test_silence_beside_others_is_one_event_a_reminder_a_day_and_none_after_four_months(session):
    brings(session, "board", 2026, 15)
    state(session, PORTAL)

    def told(days):
        now = NOW + timedelta(days=days)
        at = now - timedelta(hours=1)
        session.add(Receipt(source="portal", started_at=at, ended_at=at, reason="finished", pages=2, links=5))
        session.flush()
        return observe(session, [PORTAL], lambda *_: [], now, GRACE)

    assert [len(told(days)) for days in (0, 0.5, 1.1, 2.2, 150)] == [1, 0, 1, 1, 0]
    events = session.exec(select(Event)).all()
    assert [event.facts.get("reminder") for event in events] == [None, 16, 17]


def test_a_retired_source_is_told_once_and_when_it_is_back(session):
    retired = retire((PORTAL,), ("portal",))
    day = timedelta(days=1)
    state(session, PORTAL)
    for number in range(4):
        observe(session, retired, lambda *_: [], NOW + number * day, GRACE)
    [event] = session.exec(select(Event)).all()
    assert (event.kind, event.facts["why"]) == ("source.retired", "it is retired: the settings say so")
    observe(session, [PORTAL], lambda *_: [], NOW, GRACE)
    assert [event.kind for event in session.exec(select(Event))] == ["source.retired", "source.recovered"]


def test_a_source_is_retired_by_its_entry_or_by_the_settings_and_then_not_crawled(tmp_path):
    entry = "- {{id: {0}, name: 某站, family: column, start: 'http://{0}.example/', tier: 1{1}}}\n"
    (tmp_path / "sources").mkdir()
    own = tmp_path / "sources" / "own.yaml"
    own.write_text(entry.format("a", "") + entry.format("b", ", options: {retired: '2025-12: closed'}"), "utf-8")
    file = tmp_path / "settings.toml"
    file.write_text('[crawl]\nbuiltin = false\nretired = ["a"]\n', "utf-8")
    settings = load(file, environ={})
    found = registered(settings)
    assert [source.options["retired"] for source in found] == ["the settings say so", "2025-12: closed"]
    with pytest.raises(BadSetting, match="no source c"):
        registered(Settings(**(settings.model_dump() | {"crawl": {"builtin": False, "retired": ["c"]}, "file": file})))
    own.write_text(entry.format("b", ", options: {retired: ''}"), "utf-8")
    file.write_text("[crawl]\nbuiltin = false\n", "utf-8")
    with pytest.raises(BadSource, match="retired"):
        registered(load(file, environ={}))
