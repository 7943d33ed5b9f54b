"""What a page is, before its text counts as content."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.reading import page_of_file, read
from crawler.text.lines import Line
from crawler.verdict import judge
from storage.values import Page, Verdict

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
SENTENCE = "全区地区生产总值增长6.1%，城乡居民收入稳步增长，民生福祉持续改善，各项任务圆满完成。"


def judged(source: str, status: int = 200) -> tuple[Verdict, str]:
    reading = read([Page("https://example.gov.cn/1.html", WHEN, source.encode("utf-8"), status, "text/html")])
    return reading.verdict, reading.why


def listed(number: int) -> str:
    items = "".join(
        f"<li><a href='/{n}'>关于印发云水区第{n}号工作方案的通知</a> 2024-01-{n:02}</li>" for n in range(1, number)
    )
    return f"<html><body><ul>{items}</ul></body></html>"


@pytest.mark.parametrize(
    ("source", "status", "verdict"),
    [
        ("<html><script>var $_ts=window['$_ts'];</script></html>", 412, Verdict.BLOCKED),
        ("<html><script src='/FSSBBIl1UgzbN7N80T.js'></script></html>", 200, Verdict.BLOCKED),
        ("<html><body>403 Forbidden</body></html>", 403, Verdict.BLOCKED),
        ("<html><body>您的访问过于频繁，请稍后再试。</body></html>", 200, Verdict.BLOCKED),
        ("<script>location.replace('/zwgk/index.html')</script>", 200, Verdict.SHELL),
        ("<html><head><meta http-equiv='refresh' content='0;url=/a'></head></html>", 200, Verdict.SHELL),
        ("<html><body><div id='app'></div><script src='a.js'></script></body></html>", 200, Verdict.SHELL),
        ("<html><body><p>抱歉，您访问的页面不存在。</p><a href='/'>返回首页</a></body></html>", 200, Verdict.SOFT_404),
        ("<html><body>Not Found</body></html>", 404, Verdict.SOFT_404),
        ("<html><body><p>抱歉，指定的主题不存在或已被删除或正在被审核</p></body></html>", 200, Verdict.SOFT_404),
        ("<html><body><p>您需要登录才可以查看本帖内容。</p></body></html>", 200, Verdict.LOGIN_WALL),
        (
            "<html><body><h1>政府工作报告</h1><a href='/f/P020.pdf'>政府工作报告.pdf</a></body></html>",
            200,
            Verdict.ATTACHMENT_ONLY,
        ),
        (listed(20), 200, Verdict.LIST),
        ("", 200, Verdict.EMPTY),
        ("<html><body><p>你好</p></body></html>", 200, Verdict.EMPTY),
        ("<html><body>" + f"<p>{SENTENCE}</p>" * 6 + "</body></html>", 200, Verdict.OK),
    ],
)
def test_pages_that_are_no_report_are_told_apart(source, status, verdict):
    found, why = judged(source, status)
    assert found == verdict
    assert len(why) > 10


ADDRESS = "https://example.gov.cn/zwgk/202601/t20260116_2501260.html"


@pytest.mark.parametrize(
    ("source", "status", "verdict", "reason"),
    [
        ("<html><body>安全验证：请完成滑动验证后继续访问</body></html>", 200, Verdict.BLOCKED, "安全验证"),
        ("<script>document.cookie='__jsl_clearance=1'</script>", 521, Verdict.BLOCKED, "status 521"),
        ("<script>var arg1='A';setCookie('acw_sc__v2',arg1)</script>", 200, Verdict.BLOCKED, "acw_sc__v2"),
        ("<title>Just a moment...</title><div class='cf-challenge'></div>", 200, Verdict.BLOCKED, "cf-challenge"),
        ("<script>window.location.href='/index.html';</script>", 200, Verdict.SHELL, "leads to another address"),
        ("<html><body><iframe src='/real.html'></iframe></body></html>", 200, Verdict.SHELL, "frame"),
        ("<html><body><p>您查看的文章已被删除</p></body></html>", 200, Verdict.SOFT_404, "已"),
        ("<html><body>服务器错误</body></html>", 502, Verdict.SOFT_404, "status 502"),
        ("<html><body><p>本文为付费内容，购买后阅读全文</p></body></html>", 200, Verdict.LOGIN_WALL, "本文为付费"),
        ("<h1>报告</h1><a href='/f/a.ofd'>政府工作报告.ofd</a>", 200, Verdict.ATTACHMENT_ONLY, "a.ofd"),
    ],
)
def test_the_reason_of_a_verdict_names_what_was_seen(source, status, verdict, reason):
    found, why = judged(source, status)
    assert found == verdict
    assert reason in why


def test_the_home_page_at_the_address_of_an_article_is_a_missing_page():
    home = listed(20).replace("<html>", "<html><head><title>云水区人民政府门户网站</title></head>")
    assert read([Page(ADDRESS, WHEN, home.encode(), 200, "text/html")]).verdict == Verdict.SOFT_404
    assert read([Page("https://example.gov.cn/", WHEN, home.encode(), 200, "text/html")]).verdict == Verdict.LIST
    column = home.replace("云水区人民政府门户网站", "政府工作报告")
    assert read([Page(ADDRESS, WHEN, column.encode(), 200, "text/html")]).verdict == Verdict.LIST


def test_a_text_that_stops_inside_a_sentence_is_a_wall_where_more_is_offered():
    body = f"<div class='content'>{f'<p>{SENTENCE}</p>' * 40}<p>{SENTENCE}全区经济社会发展取得新的{{}}</div>"
    found, why = judged(f"<html><body>{body.format('<p>点击阅读全文</p>')}</body></html>")
    assert (found, "inside a sentence" in why) == (Verdict.LOGIN_WALL, True)
    found, why = judged(f"<html><body>{body.format('')}</body></html>")
    assert (found, "breaks off inside a sentence" in why) == (Verdict.OK, True)


def test_a_text_of_short_lines_alone_is_read():
    lines = [f"新建学校{n}所，修路{n}公里。" for n in range(100)]
    assert judge(200, "", lines, [Line(line) for line in lines])[0] == Verdict.OK


def foreign(number: int) -> bytes:
    """Bytes of no text: wholly random, a picture, a program, pairs of GB 2312 with full stops between."""
    dice = random.Random(number)
    pairs = (
        b"\xa1\xa3" if dice.random() < 0.03 else bytes((dice.randrange(0xB0, 0xF8), dice.randrange(0xA1, 0xFF)))
        for _ in range(20_000)
    )
    heads = (b"", b"\x89PNG\r\n\x1a\n", b"\x7fELF\x02\x01\x01", b"GIF89a", b"Rar!\x1a\x07\x00", b"\xff\xd8\xff\xe0")
    return b"".join(pairs) if number % 7 == 6 else heads[number % 7] + dice.randbytes(40_000)


@pytest.mark.parametrize("kind", ["text/html", "text/plain", ""])
def test_bytes_of_no_text_are_never_ok(kind):
    for number in range(14):
        reading = read([Page("https://example.com/1", WHEN, foreign(number), 200, kind)])
        assert reading.verdict in (Verdict.UNREADABLE, Verdict.EMPTY), number


def test_a_text_that_breaks_off_at_a_login_is_a_wall_with_its_text():
    source = "<html><body><div>" + f"<p>{SENTENCE}</p>" * 40 + "<p>登录后阅读全文</p></div></body></html>"
    reading = read([Page("https://example.com/1.html", WHEN, source.encode("utf-8"), content_type="text/html")])
    assert reading.verdict == Verdict.LOGIN_WALL
    assert reading.text.count(SENTENCE) == 40


@pytest.mark.parametrize(
    "sentence",
    [
        "坚决依法查处访问受限网站，健全安全验证机制，页面不存在问题全部整改。",
        "群众登录后查看办事进度，注册后下载证照，实现一网通办。",
        "大力整治网站404错误，Not Found页面清零，安全验证全覆盖。",
    ],
)
def test_words_of_a_block_inside_a_report_do_not_refuse_it(sentence):
    lines = [SENTENCE] * 30 + [sentence] + [SENTENCE] * 10
    assert judged("<div>" + "".join(f"<p>{line}</p>" for line in lines) + "</div>")[0] == Verdict.OK


@pytest.mark.corpus
def test_no_true_report_is_refused(shared: Path):
    files = [*shared.glob("corpus/prov/*/*.txt"), *shared.glob("corpus/hailar/*.txt"), *shared.glob("seeds/*.txt")]
    files += list(shared.glob("corpus/national/19[5-9]*/mybook.txt"))
    refused = [file for file in sorted(files) if read([page_of_file(file, None)]).verdict != Verdict.OK]
    assert len(files) > 70
    assert refused == []


@pytest.mark.corpus
def test_the_whole_corpus_holds_no_text_that_is_judged_to_be_none(shared: Path):
    """The verdict alone, on the texts as they are: 62 provincial, 8 of Hailar and all 282 national copies."""
    files = sorted(shared.glob("corpus/*/*/*.txt")) + sorted(shared.glob("corpus/hailar/*.txt"))
    refused = []
    for file in files:
        lines = [line for line in file.read_text("utf-8", "replace").splitlines() if line.strip()]
        verdict, why = judge(200, "", lines, [Line(line) for line in lines])
        refused += [(file, why)] if verdict != Verdict.OK else []
    assert len(files) > 340
    assert refused == []
