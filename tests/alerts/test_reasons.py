import pytest

from alerts.reasons import reason
from alerts.render import render
from alerts.words import fragments


def said(text: str) -> str:
    return reason(text, "zh", str)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            "whole: has 98 % of what at least two of 4 copies agree on; no damage seen, source tier 1",
            "全文：含 4 个版本中至少两个共有内容的 98%；未见损坏，来源为政府门户网站",
        ),
        ("the only copy; 3 % unreadable, simplified characters", "目前唯一的版本；3% 无法辨认，简体"),
        ("could not be reached: Timeout: no answer, twice", "无法连接：Timeout: no answer, twice"),
        ("was due at 2026-01-20T06:30:00 and has not run", "应于 2026-01-20T06:30:00 检查，至今未检查"),
        ("something new, and whole", "something new, and whole"),
    ],
)
def test_a_reason_is_said_in_chinese_and_what_is_no_phrase_stays(english, chinese):
    assert said(english) == chinese
    assert reason(english, "en", str) == english


def test_every_reason_of_the_monitor_has_its_phrase(facts):
    from monitor.health import reason as ended
    from storage.model import Receipt

    whys = "finished partly empty moved changed dead-api blocked refused failed crashed killed missing"
    for why in whys.split():
        english = ended(Receipt(source="x", started_at=None, reason=why, pages=1))
        assert not any(character.isascii() and character.isalpha() for character in said(english)), english


def test_what_others_have_and_what_is_retired_has_its_phrase_too():
    for english in (
        "the report of 2026 is known from 2 other sources but not from this one",
        "3 other sources of its kind have brought reports of 2026 but this one none",
        "it is retired: the settings say so",
    ):
        assert not any(character.isascii() and character.isalpha() for character in said(english)), english


def test_a_sentence_that_is_all_new_is_not_repeated_as_its_own_new_part(clock, facts):
    assert fragments(["开通三条低空物流示范线"], "开通三条低空物流示范线。") == []
    assert fragments(["低空物流"], "开通三条低空物流示范线。") == ["低空物流"]
    facts["initiatives"][0]["new"] = ["开通三条低空物流示范线"]
    message = render("report.new", "x", facts, key="k", recipient="r", created_at=clock.now)
    assert "新增部分" not in message.text
