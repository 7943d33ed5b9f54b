"""What an address gives is doubted and held back; tests/crawler/test_trust_crawl.py tells how it is believed."""

import opencc
import pytest
from test_watch import engine, outcome, places, put, settled, text_of

from monitor.trust import doubt

YEARS = [text_of(year, place) for place in ("990101", "990102") for year in range(2022, 2027)]
ENGLISH = "The work report of the people's government, delivered at the congress of the district. " * 60


def test_another_report_or_script_is_no_cause_for_doubt():
    whole = opencc.OpenCC("s2t")
    for before in YEARS:
        for now in YEARS:
            if len(now) > len(before):
                assert doubt(before, now) == ""
        assert doubt(before, whole.convert(before)) == ""


@pytest.mark.parametrize("before", YEARS[:3])
@pytest.mark.parametrize(("written", "read"), [("utf-8", "gb18030"), ("gb18030", "big5"), ("gb18030", "latin-1")])
def test_what_is_garbled_is_doubted(before, written, read):
    assert "garbled" in doubt(before, before.encode(written, "replace").decode(read, "replace"))


def test_another_language_and_a_page_that_shrank_are_doubted():
    assert "another language" in doubt(YEARS[0], ENGLISH * 9)
    assert doubt(YEARS[0], YEARS[0][: len(YEARS[0]) * 2 // 3]).startswith("much shorter")
    assert doubt(YEARS[0], YEARS[0][: len(YEARS[0]) * 3 // 4]) == ""
    assert doubt(ENGLISH, YEARS[0]) == ""


@pytest.mark.parametrize("now", [ENGLISH * 9, YEARS[3].encode().decode("gb18030", "replace")])
def test_what_is_strange_is_held_back_whatever_kind_of_document_it_seems(engine, now):
    put(engine, YEARS[3], "http://portal.example/1.html")
    settled(engine)
    key = put(engine, now, "http://portal.example/1.html")
    settled(engine)
    assert outcome(engine, key).startswith("held back: in another language or garbled")


def test_a_whole_report_of_another_year_at_the_same_address_is_believed_at_once(engine):
    put(engine, YEARS[3] + YEARS[3][len(YEARS[3]) // 5 :], "http://portal.example/newest.html")
    settled(engine)
    assert doubt(YEARS[3] + YEARS[3][len(YEARS[3]) // 5 :], YEARS[4])
    key = put(engine, YEARS[4], "http://portal.example/newest.html")
    assert settled(engine) == ["990101/2026"]
    assert outcome(engine, key).startswith("a new report")


__all__ = ["engine", "places"]
