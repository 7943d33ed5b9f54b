"""A person's word is kept, found by report and by address, taken back, and outlives its report."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from storage import queries, rulings, save, values
from storage.database import reading, writing
from storage.errors import NotKnown
from storage.model import Alert, Event, Page, Reading, Report, Ruling

SOURCE = values.Source("portal", "澜汀门户", "column", "http://lanting.example/", 1)
NOBODY = values.Identity(values.Kind.REPORT, "", place=values.Place("990101", "云岭市澜汀区", "澜汀"), year=2026)


def a_reading(session: Session, now: datetime, number: int) -> Reading:
    page = Page(
        source="portal",
        url=f"http://x.example/{number}",
        fetched_at=now,
        status=200,
        digest=f"sha256:{number}",
        size=1,
        warc="a",
        offset=number,
    )
    session.add(page)
    session.flush()
    said = values.Reading(page.url, values.Verdict.OK, "", None, f"第{number}篇", "utf-8", "hans", 1)
    row = save.save_reading(session, said, SOURCE, [page], now)
    assert row is not None
    return row


def a_report(session: Session, now: datetime, year: int) -> Report:
    return save.save_report(session, f"990101/{year}", replace(NOBODY, year=year), now)[0]


def test_a_later_word_stands_over_an_earlier_one_until_it_is_taken_back(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        report = a_report(session, now, 2026)
        key = save.required(report.id)
        rulings.save_ruling(session, rulings.SET, report, {"place": "990102", "year": "2026"}, "李", now)
        later = rulings.save_ruling(session, rulings.SET, report, {"place": "990103"}, "王", now, reason="改名")
        assert rulings.said_of(session, key) == {"place": "990103", "year": "2026"}
        assert rulings.spoken(later) == f"王's word of {now:%Y-%m-%d %H:%M} UTC (ruling 2): 改名"
        rulings.withdraw(session, later, "赵", now)
        assert rulings.said_of(session, key) == {"place": "990102", "year": "2026"}
    with reading(engine) as session:
        assert [row.withdrawn_by for row in rulings.rulings(session)] == ["", "赵"]
        assert len(rulings.rulings(session, withdrawn=False)) == 1


def test_words_are_found_by_the_addresses_they_are_about(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        one, other = a_report(session, now, 2025), a_report(session, now, 2026)
        rows = [a_reading(session, now, number) for number in (1, 2)]
        rulings.save_ruling(session, rulings.MERGE, one, {"names": ["x"]}, "李", now, addresses=rows)
        rulings.save_ruling(session, rulings.SET, None, {"kind": "other"}, "李", now, addresses=rows[:1])
        split = rulings.save_ruling(session, rulings.SPLIT, other, {}, "李", now, addresses=rows[1:], parted=one)
        assert [ruling.act for ruling, _ in rulings.about(session, rows[0].url)] == ["set", "merge"]
        assert rulings.addresses_of(session, split) == [rows[1].url]
        keys = save.required(one.id), save.required(other.id)
        assert [(key, row.id) for key, row in rulings.merged(session, keys)] == [(one.id, row.id) for row in rows]
        assert [(ruling.act, row.id) for ruling, row in rulings.refused(session)] == [("set", rows[0].id)]
        assert rulings.parted(session, *keys)
        assert rulings.parted(session, *keys[::-1])
        rulings.withdraw(session, split, "李", now)
        assert not rulings.parted(session, *keys)


def test_words_go_over_to_the_report_that_another_became_part_of(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        one, other = a_report(session, now, 2025), a_report(session, now, 2026)
        rulings.save_ruling(session, rulings.PIN, other, {"url": "http://x.example/1"}, "李", now)
        rulings.hand_over(session, other, one)
        save.forget_report(session, other)
        pin = rulings.pinned(session, save.required(one.id))
        assert pin is not None
        assert (pin.named, pin.said) == ("990101/2026", {"url": "http://x.example/1"})


def test_a_word_outlives_its_report(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        report = a_report(session, now, 2026)
        rulings.save_ruling(session, rulings.PIN, report, {"url": "u"}, "李", now)
        save.forget_report(session, report)
    with reading(engine) as session:
        [row] = session.exec(select(Ruling)).all()
        assert (row.report_id, row.named) == (None, "990101/2026")
        with pytest.raises(NotKnown, match="no ruling 7"):
            rulings.the_ruling(session, 7)


def test_an_event_under_a_key_that_another_event_had_has_alerts_of_its_own(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        first = save.save_event(session, "report.new:a", "report.new", "a", {}, now, [("mail", "x")])
        assert first is not None
        first.key = "report.new:b"
        session.add(first)
        session.flush()
        assert save.save_event(session, "report.new:a", "report.new", "a", {}, now, [("mail", "x")]) is not None
    with reading(engine) as session:
        assert len({alert.key for alert in session.exec(select(Alert))}) == 2
        assert len(session.exec(select(Event)).all()) == 2


def test_what_is_concluded_is_marked_and_gives_way_to_what_is_read(engine: Engine, now: datetime) -> None:
    concluded = replace(NOBODY, year=2025, speaker="某甲", inferred=("place", "year"))
    with writing(engine) as session:
        report, _ = save.save_report(session, "unknown/1", replace(NOBODY, place=None, year=None), now)
        save.save_report(session, "unknown/1", concluded, now)
        assert (report.place, report.year, report.inferred) == ("990101", 2025, ["place", "year"])
        save.save_report(session, "unknown/1", NOBODY, now)
        assert (report.year, report.speaker, report.inferred) == (2026, "某甲", [])
        save.save_report(session, "unknown/1", concluded, now)
        assert report.year == 2026
        assert queries.report_named(session, "unknown/1") is report
