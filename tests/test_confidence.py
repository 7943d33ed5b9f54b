"""How sure a reading is, and what is lost in it, is kept and told."""

import random
from datetime import UTC, datetime

from crawler.reading import read
from monitor.cli.why import mended
from monitor.condition import condition
from monitor.sketch import han_codes
from storage.values import Page, Verdict

SENTENCES = "全区经济社会发展取得新成效，重点任务全面完成。\n" * 20


def page(body: bytes, kind: str = "text/plain") -> Page:
    return Page("https://www.yunshui.example/a.txt", datetime(2026, 1, 8, tzinfo=UTC), body, content_type=kind)


def test_the_confidence_of_the_decoder_reaches_the_reading():
    assert read([page(SENTENCES.encode("utf-8"))]).confidence == 1
    halves = read([page(SENTENCES.encode("utf-8") + SENTENCES.encode("gbk"))])
    assert "\ufffd" not in halves.text
    assert halves.confidence < 1


def test_the_least_sure_of_several_pages_counts():
    halves = page(SENTENCES.encode("utf-8") + SENTENCES.encode("gbk"))
    assert read([page(SENTENCES.encode("utf-8")), halves]).confidence == read([halves]).confidence


def test_random_bytes_are_no_page():
    for size in (300, 4000, 40_000):
        body = random.Random(size).randbytes(size)
        for kind in ("text/plain", "text/html"):
            reading = read([page(body, kind)])
            assert reading.verdict is not Verdict.OK
            assert reading.confidence < 0.2


def test_lost_characters_are_recorded_and_count_against_the_copy():
    whole = SENTENCES.replace("\n", "")
    boxes = whole.replace("社会发展", "社■□展")
    reading = read([page(boxes.encode("utf-8"))])
    assert {(repair.before == repair.after, repair.sure) for repair in reading.repairs} == {(True, 0.0)}
    assert condition(boxes, han_codes(boxes)).damaged
    assert not condition(whole, han_codes(whole)).damaged


def test_why_tells_mends_guesses_and_lost_places_apart():
    repairs = [{"sure": 1.0}, {"sure": 0.3}, {"sure": 0.0}, {}]
    assert mended(repairs) == "3 repairs, 1 of them guesses, 1 places lost"
    assert mended([]) == "0 repairs"
