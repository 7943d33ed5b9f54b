import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2.sandbox import SecurityError
from lxml import html as markup

from alerts.phrases import PHRASES
from alerts.render import BODY, DOCUMENT, SUBJECT, encode, render
from alerts.words import marked

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)


def rendered(kind, facts, subject="990102/2026", **options):
    options = {"key": "ab" * 16, "recipient": "one@example.org", "created_at": NOW} | options
    return render(kind, subject, facts, **options)


def test_a_new_report_is_told_with_all_that_is_known(facts):
    message = rendered("report.new", facts)
    assert (
        message.subject
        == "【新报告】云州市兰亭区 2026 年政府工作报告：新提 1 项，部分新提 1 项，目标调整 1 项，未再提及 1 项"
    )
    for body in (message.text, markup.fromstring(message.html.encode()).text_content()):
        for said in (
            "顾长河",
            "2026-01-08 第九届人民代表大会第五次会议",
            "http://lanting.example/1.html",
            "兰亭区政府网 · 政府门户网站",
            "政府门户的全文",
            "4 份",
            "2025 年报告（990102/2025）",
            "开通三条低空物流示范线。",
            "扩建河东物流园。",
            "2025 年，相似度 41",
            "5.5% → 5%左右",
            "修建南渡老桥。",
            "reportwatch diff 990102 2026",
        ):
            assert said in body
    assert message.document["data"]["initiatives"] == facts["initiatives"]


def test_alerts_speak_english_where_asked_and_both_languages_have_the_same_phrases(facts):
    message = rendered("report.new", facts, language="en")
    assert message.subject.startswith("[New report] 云州市兰亭区 government work report 2026: 1 new, 1 partly new")
    assert "Closest earlier sentence (2025, likeness 41): 扩建河东物流园。" in message.text
    assert PHRASES["zh"].keys() == PHRASES["en"].keys()


def test_a_report_without_an_earlier_one_says_so(facts):
    message = rendered("report.new", facts | {"against": None, "counts": {}, "initiatives": [], "targets": []})
    assert message.subject.endswith("没有往年报告可以对照")
    assert "新提 0 项" not in message.text


def test_unknown_facts_are_left_out_and_never_named_none():
    for kind in ("report.new", "report.edited", "copy.better", "source.broken", "alert.dead", "never.heard"):
        message = rendered(kind, {})
        assert message.subject
        assert message.text
        assert "None" not in message.text + message.html
        assert json.loads(encode(message.document))["type"] == kind


def test_every_kind_of_event_says_its_facts():
    broken = rendered(
        "source.broken",
        {
            "source": "lanting",
            "name": "兰亭区政府网",
            "url": "http://lanting.example/list",
            "state": "broken",
            "before": "working",
            "why": "栏目页里没有链接",
            "since": "2026-01-20T00:30:00+00:00",
            "last_good": None,
        },
        subject="lanting",
    )
    assert broken.subject == "【信息源故障】兰亭区政府网：栏目页里没有链接"
    for said in ("现在：故障", "先前：正常", "2026-01-20 08:30 (UTC+8)", "从未成功", "sources check lanting"):
        assert said in broken.text
    dead = rendered("alert.dead", {"channel": "office", "recipient": "x@example.org", "why": "550 no such user"})
    assert "x@example.org（office）" in dead.subject
    assert "550 no such user" in dead.text
    better = rendered(
        "copy.better",
        {"place": {"name": "云州市兰亭区"}, "year": 2026, "why": "全文", "before": {"url": "http://x.example/"}},
    )
    assert "云州市兰亭区 2026 年政府工作报告有了更好的版本" in better.text
    assert "http://x.example/" in better.text


def test_an_edited_report_says_which_numbers_changed_and_where():
    edited = rendered(
        "report.edited",
        {
            "place": {"name": "云州市兰亭区"},
            "year": 2026,
            "edited": {"url": "http://x.example/1.html", "source_name": "兰亭门户"},
            "changed": 1,
            "changes": [{"old": "4861", "new": "4816", "was": "就业4861人。", "now": "就业4816人。"}],
        },
    )
    assert edited.subject == "【已发布报告数字被改】云州市兰亭区 2026 年政府工作报告：兰亭门户改了 1 处数字"
    for said in ("4861 → 4816", "就业4816人。", "reportwatch diff http://x.example/1.html --versions"):
        assert said in edited.text
        assert said.partition(" → ")[0] in edited.html


def test_alerts_of_one_report_share_a_thread_and_others_do_not():
    threads = {rendered(kind, {}).thread for kind in ("report.new", "report.partial", "copy.better")}
    assert len(threads) == 1
    assert rendered("source.broken", {}).thread not in threads


def test_scraped_markup_is_shown_and_not_obeyed(facts):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7*7 }}{% raw %}"
    facts["initiatives"][0] |= {"text": evil, "heading": evil, "new": [evil]}
    facts["speaker"] = evil
    facts["canonical"] |= {"url": "javascript:alert(1)", "why": evil}
    tree = markup.fromstring(rendered("report.new", facts).html.encode())
    assert tree.xpath("//script | //img | //@onerror | //a") == []
    assert evil in tree.text_content()


def test_nothing_that_commands_a_header_a_terminal_or_the_writing_direction_is_left():
    facts = {"name": "源\r\nBcc: all@example.org\x1b[2J\u202e\x00", "why": "a\u2028b\x85c"}
    message = rendered("source.broken", facts)
    assert message.subject == "【信息源故障】源 Bcc: all@example.org[2J：a b c"
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028]", message.text)


def test_what_does_not_fit_is_counted():
    facts = {
        "against": {"report": "990102/2025", "year": 2025},
        "counts": {"new": 50, "mixed": 7, "dropped": 0},
        "initiatives": [{"kind": "new", "text": f"第{n}项", "novelty": 1.0} for n in range(57)],
    }
    message = rendered("report.new", facts)
    assert "20. 第19项" in message.text
    assert "21. " not in message.text
    assert "另有 37 项" in message.text
    assert "另有 37 项" in message.html
    assert len(message.document["data"]["initiatives"]) == 57
    assert "and 37 more" in rendered("report.new", facts, language="en").text


@pytest.mark.parametrize("length", [10, 10_000, 1_000_000])
def test_no_message_is_larger_than_its_budget(facts, length):
    long = "长" * length
    facts["initiatives"] = [
        {"kind": "new", "text": long, "heading": long, "novelty": 1, "new": [long] * 99, "prior": {"text": long}}
    ] * 300
    facts["dropped"] = [{"text": long, "heading": long}] * 300
    facts["speaker"] = facts["session"] = facts["place"]["name"] = long
    message = rendered("report.new", facts)
    assert len(message.subject) <= SUBJECT
    assert len(message.text.encode()) <= BODY
    assert len(message.html.encode()) <= BODY
    assert len(encode(message.document)) <= DOCUMENT
    assert list(message.document)[:6] == ["type", "version", "id", "timestamp", "subject", "summary"]


TEXT = st.text(st.characters(codec=None), max_size=60) | st.none()
FIGURE = st.none() | st.floats() | st.integers()


def with_keys(*names: str, **others):
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, TEXT) | others)


COPY = with_keys("url", "source", "source_name", "why", "published_on", tier=FIGURE) | st.none()
FOUND = with_keys(
    "kind", "text", "heading", novelty=FIGURE, new=st.lists(TEXT), prior=with_keys("text", likeness=FIGURE) | st.none()
)
FACTS = with_keys(
    "report",
    "session",
    "name",
    "source",
    "why",
    "since",
    "last_good",
    "url",
    "state",
    place=with_keys("code", "name") | st.none(),
    year=FIGURE,
    canonical=COPY,
    before=COPY,
    against=with_keys("report", year=FIGURE) | st.none(),
    counts=with_keys(new=FIGURE, dropped=FIGURE),
    initiatives=st.lists(FOUND, max_size=3),
    targets=st.lists(with_keys("name", "old", "new", "unit"), max_size=3),
    dropped=st.lists(with_keys("text", "heading"), max_size=3),
)


@settings(max_examples=30, deadline=None)
@given(
    kind=st.sampled_from(["report.new", "copy.better", "source.silent", "alert.dead", "other.kind"]),
    facts=FACTS,
    language=st.sampled_from(["zh", "en"]),
)
def test_any_facts_give_a_message_whose_json_is_valid(kind, facts, language):
    message = rendered(kind, facts, language=language)
    json.loads(encode(message.document))
    message.text.encode()
    message.html.encode()
    assert "\n" not in message.subject


def test_marked_pieces_are_the_text_again():
    assert marked("开通三条低空物流示范线。", ["三条", "示范线"]) == [
        ("开通", False),
        ("三条", True),
        ("低空物流", False),
        ("示范线", True),
        ("。", False),
    ]
    assert marked("原文", ["没有的"]) == [("原文", False)]


def test_html_is_self_contained_and_knows_narrow_and_dark_screens(facts):
    html = rendered("report.new", facts).html
    tree = markup.fromstring(html.encode())
    assert tree.xpath("//link | //script | //img | //*[@src]") == []
    assert tree.xpath("//meta[@name='viewport']/@content") == ["width=device-width, initial-scale=1"]
    assert "prefers-color-scheme: dark" in html
    assert not re.search(r"[^-]width:\s*\d{3,}px", html)


def test_templates_can_be_replaced_and_reach_nothing_but_the_facts(clock, facts, tmp_path):
    (tmp_path / "report.txt").write_text("{{ f.place.name }}: {{ f.canonical.why | reason }}\n", "utf-8")
    told = {"key": "k", "recipient": "r", "created_at": clock.now}
    message = render("report.new", "x", facts, **told, templates=tmp_path)
    assert message.text == "云州市兰亭区: 政府门户的全文\n"
    assert "<html" in message.html
    (tmp_path / "report.txt").write_text("{{ f.__class__.__mro__[1].__subclasses__() }}", "utf-8")
    with pytest.raises(SecurityError):
        render("report.new", "y", facts, **told, templates=tmp_path)
