"""What a page is, before its text counts as content."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.reading import page_of_file, read
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
