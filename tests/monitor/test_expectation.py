from datetime import UTC, date, datetime, timedelta

import pytest

from alerts.render import render
from monitor.expectation import Overdue, Seen, expectations, parent_of, year_due
from monitor.expecting import all_quiet, expect, lines
from monitor.health import GOOD
from storage import mutes
from storage.database import connect, migrate, writing
from storage.model import Copy, Event, Reading, Receipt, Report
from storage.values import Source

DISTRICTS = [f"1101{number:02}" for number in (1, 2, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19)]
TONGZHOU, HAIDIAN = "110112", "110108"
ZONE = "Asia/Shanghai"


def known(years=range(2021, 2026), day=(1, 8), places=DISTRICTS) -> list[Seen]:
    return [Seen(place, year, date(year, *day)) for place in places for year in years]


def out(year: int, *missing: str, day=(1, 9)) -> list[Seen]:
    return [Seen(place, year, date(year, *day)) for place in DISTRICTS if place not in missing]


def beijing(seen, today, slack=7, watched=()):
    [group] = [group for group in expectations(seen, watched, today, slack) if group.parent == "110000"]
    return group


def test_a_place_that_is_later_than_ever_is_named_with_what_is_out():
    group = beijing([*known(), *out(2026, TONGZHOU, HAIDIAN)], date(2026, 1, 20))
    assert (group.expected, group.out) == (16, 14)
    assert group.overdue == (Overdue(HAIDIAN, 12, "01-08"), Overdue(TONGZHOU, 12, "01-08"))
    said = lines([group], {"110000": "北京市", TONGZHOU: "通州区", HAIDIAN: "海淀区"}.__getitem__)
    assert "\n".join(said) == (
        "14 of 16 reports of 2026 are out in 北京市; 海淀区 is 12 days later than ever before (latest 01-08); "
        "通州区 is 12 days later than ever before (latest 01-08)"
    )


def test_within_the_slack_nobody_is_late_and_long_after_it_is_no_news():
    seen = [*known(), *out(2026, TONGZHOU)]
    assert beijing(seen, date(2026, 1, 15)).overdue == ()
    assert beijing(seen, date(2026, 1, 16)).overdue != ()
    assert beijing(seen, date(2026, 9, 1)).overdue == ()


def test_a_place_that_was_once_late_is_measured_by_that():
    seen = [*known(), Seen(TONGZHOU, 2020, date(2020, 2, 20)), *out(2026, TONGZHOU)]
    assert beijing(seen, date(2026, 2, 10)).overdue == ()
    assert beijing(seen, date(2026, 3, 1)).overdue == (Overdue(TONGZHOU, 9, "02-20"),)


def test_in_a_year_of_a_new_term_december_is_the_next_year():
    assert (year_due(date(2026, 11, 30)), year_due(date(2026, 12, 1))) == (2026, 2027)
    before = [Seen(place, 2022, date(2021, 12, 20)) for place in DISTRICTS]
    seen = [*before, *known(range(2023, 2027)), *[Seen(p, 2027, date(2026, 12, 18)) for p in DISTRICTS[1:]]]
    group = beijing(seen, date(2026, 12, 28))
    assert (group.year, group.out, group.overdue) == (2027, 15, ())
    assert beijing(seen, date(2027, 1, 20)).overdue == (Overdue(DISTRICTS[0], 12, "01-08"),)


def test_a_place_without_history_is_late_when_three_quarters_of_its_peers_are_long_out():
    seen = [*known(places=DISTRICTS[1:]), *out(2026, DISTRICTS[0])]
    watched = [DISTRICTS[0]]
    assert beijing(seen, date(2026, 1, 25), watched=watched).overdue == ()
    assert beijing(seen, date(2026, 2, 5), watched=watched).overdue == (Overdue(DISTRICTS[0]),)
    few = [*known(places=DISTRICTS[1:]), *out(2026, *DISTRICTS[:6])]
    assert Overdue(DISTRICTS[0]) not in beijing(few, date(2026, 2, 5), watched=watched).overdue


def test_a_re_post_years_later_says_nothing_of_when_a_report_comes_out():
    seen = [*known(), Seen(TONGZHOU, 2019, date(2023, 5, 1)), *out(2026, TONGZHOU)]
    assert beijing(seen, date(2026, 1, 20)).overdue == (Overdue(TONGZHOU, 12, "01-08"),)


@pytest.mark.parametrize(
    ("place", "parent"),
    [("110108", "110000"), ("330106", "330100"), ("330100", "330000"), ("330000", "000000"), ("500101", "500000")],
)
def test_districts_are_compared_within_their_city_or_municipality(place, parent):
    assert parent_of(place) == parent


@pytest.fixture
def engine(tmp_path):
    made = connect(f"sqlite:///{tmp_path / 'known.db'}")
    migrate(made)
    yield made
    made.dispose()


def keep(session, place: str, year: int, meeting: date, published: date | None = None) -> None:
    report = Report(name=f"{place}/{year}", place=place, year=year, meeting_on=meeting, found_at=NOW)
    session.add(report)
    session.flush()
    if published:
        reading = Reading(
            source="x",
            url="http://x.example/",
            fingerprint=report.name,
            reader=1,
            made_at=NOW,
            verdict="ok",
            why="",
            text="",
            published_on=published,
        )
        session.add(reading)
        session.flush()
        copy = Copy(report_id=report.id, reading_id=reading.id, relation="same", likeness=1, coverage=1, added_at=NOW)
        session.add(copy)


NOW = datetime(2026, 2, 1, 4, 0, tzinfo=UTC)


def test_a_late_place_is_one_event_unless_it_is_muted_and_a_second_place_another(engine):
    asked = []

    def addressed(kind, place, _novelty):
        asked.append(place)
        return [("office", place)]

    def look(days: int) -> list[str]:
        with writing(engine) as session:
            return expect(session, [], addressed, NOW + timedelta(days=days), 7, ZONE)

    with writing(engine) as session:
        for place, day in ((HAIDIAN, 10), (TONGZHOU, 12), ("110105", 25)):
            keep(session, place, 2025, date(2025, 1, day), date(2025, 1, day + 3))
        keep(session, "110105", 2026, date(2026, 1, 9))
        mutes.mute(session, f"place:{TONGZHOU}", NOW + timedelta(days=2), NOW)
    assert look(0) == ["place.late:110000/2026:110108"]
    assert look(1) == []
    assert look(2) == ["place.late:110000/2026:110112"]
    assert look(3) == []
    assert asked == [HAIDIAN, TONGZHOU]
    with writing(engine) as session:
        event = session.get_one(Event, 1)
    message = render(event.kind, event.subject, event.facts, key="k", recipient="r", created_at=NOW)
    assert (
        message.subject
        == "【逾期未见报告】北京市 2026 年：应有 3 份报告，已见 1 份；北京市海淀区比以往任何一年都晚 19 天"
    )
    assert "01-13" in message.text
    english = render(event.kind, event.subject, event.facts, key="k", recipient="r", created_at=NOW, language="en")
    assert english.subject.endswith("1 of 3 reports are out; 北京市海淀区 is 19 days later than ever before")


def test_a_day_without_events_is_told_once_in_the_morning_and_counts_who_works(engine):
    source = Source("lanting", "兰亭", "column", "http://lanting.example/", 1)

    def quiet(hours: float) -> list[str]:
        with writing(engine) as session:
            now = NOW + timedelta(hours=hours)
            return all_quiet(session, [source], lambda *_: [("office", "x")], now, timedelta(hours=12), ZONE)

    with writing(engine) as session:
        session.add(Receipt(source="lanting", started_at=NOW, ended_at=NOW, reason=GOOD[0], pages=1))
        session.add(Event(key="a", kind="report.new", subject="a", at=NOW - timedelta(hours=12), facts={}))
    assert quiet(0) == []
    assert quiet(12.5) == []  # half past midnight in Shanghai
    assert quiet(21) == ["all.quiet:2026-02-02"]
    assert quiet(22) == []
    with writing(engine) as session:
        facts = session.get_one(Event, 2).facts
    assert facts == {"day": "2026-02-02", "sources": 1, "working": 1}
