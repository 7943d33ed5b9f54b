"""Could a page be read, or is it a block, a shell, a soft 404, a login wall?"""

import re
from collections.abc import Sequence
from itertools import islice
from urllib.parse import urlsplit

from crawler.text.lines import Line
from storage.values import Verdict

REFUSED = frozenset((401, 403, 405, 412, 418, 429, 451, 503, 521))
GONE = frozenset((404, 410))
HAN = re.compile("[一-鿿]")
SENTENCE = re.compile("[。！？；]|(?<=[一-鿿])[;!?]")
LONG = 800  # Chinese characters; no page of an error, a wall or a list has so many in sentences
SHORT = 60  # less than this is no document at all

# Marks of challenge pages: Ruishu ($_ts, FSSBB), Aliyun (acw_sc), Jiasule (__jsl_clearance), Cloudflare, Yundun,
# SafeLine.
CHALLENGE = re.compile(
    r"\$_ts\b|FSSBB|acw_sc__v2|__jsl_clearance|_cf_chl|cf-challenge|challenge-platform|yunsuo_session|WZWS-RAY|wzwschallenge|"
    r"_waf_|SafeLine|slg-caption|captcha-container"
)
BLOCKED = re.compile(
    r"访问(?:被|已被|受)(?:拒绝|拦截|阻断|禁止|限)|请求(?:已)?被(?:拦截|阻断|拒绝)|访问过于频繁|访问频率|操作过于频繁|安全验证|人机验证|"
    r"滑动验证|请输入验证码后继续|网站防火墙|Web应用防火墙|Access Denied|403 Forbidden|Request Rejected|Just a moment",
    re.IGNORECASE,
)
MISSING = re.compile(
    r"页面(?:不存在|未找到|找不到|没有找到|已(?:被)?删除)|"
    r"您(?:访问|查看|浏览|请求)的(?:页面|网页|内容|文章|信息)(?:不存在|已|可能|走丢|没有|未)|"
    r"(?:内容|文章|信息|主题|帖子|网页|文件)(?:不存在|已(?:被)?删除|已下架|未找到)|无法找到(?:该|此|您)?(?:页|网页|资源)|"
    r"指定的主题不存在|没有找到(?:您|站点|页面)|404 ?(?:Not Found|错误|-|$)|^\s*404\s*$|HTTP 404|"
    r"Not Found|File not found",
    re.IGNORECASE | re.MULTILINE,
)
WALL = re.compile(
    r"(?:登录|登陆|登入|注册|付费|购买|开通会员|关注公众号|扫码)(?:后|即可|才能|才可以?|可)(?:继续)?(?:阅读|查看|浏览|下载|观看|解锁)(?:全文|完整|更多|剩余|原文|内容|本)?|"
    r"您需要(?:登录|登陆).{0,12}(?:查看|浏览|阅读|访问|继续本操作)|您所在的用户组.{0,20}无法|阅读权限|抱歉，您(?:没有|无)权限|尚未登录|"
    r"剩余\s*\d+\s*%|未(?:登录|付费)用户|会员(?:专享|可见)|本文为付费"
)
# What is written where the rest of a text would be. Behind a sentence that stops half-way the second sort is enough.
REST = re.compile(
    r"(?:登录|登陆|注册|付费|购买|会员|扫码|关注).{0,12}(?:全文|剩余|余下|完整(?:内容|版)|下文)|剩余\s*\d+\s*%|"
    r"(?:全文|剩余内容|完整内容).{0,8}(?:登录|登陆|付费|购买|会员)"
)
FURTHER = re.compile(
    r"(?:点击|展开|继续|查看|阅读|下载|浏览|获取).{0,6}(?:阅读|全文|更多|剩余|余下|完整版?|原文|下文)|试读|预览(?:已)?结束|未完待续|"
    r"(?:充值|开通|升级).{0,6}(?:会员|VIP)",
    re.IGNORECASE,
)
CLOSED = re.compile(r"[。！？；：…!?;:.”’）)》】]$")
HOME = re.compile(r"^(?:首页|网站首页|.{2,24}(?:人民政府|政府网|门户网站|门户网|人民政府网站?|首页))$")
ARTICLE = re.compile(r"\d[^/]*\.s?html?$|/content/|/art/")
# The 120 commonest characters of the 70 provincial and Hailar reports, which are half of all they hold, and their
# traditional forms. Every report of the corpus has hundred characters of which half are these, the most damaged ones
# included; of random characters of GB 2312 they are 2 in 100.
COMMON = frozenset(
    "业化建新全展发实动大进和国产推设的力工加中高一区人生增等务提持政体成强民能重地行作制保市城深资施家开会改平项质合创入经好个治量升年服"
    "长造企水以基省点理现上育用快机面目万心济代优坚有效科为要技农公社完级文在域安品支续更主度系出规投性态定革程不"
    "優創動務區國堅實強態會業機濟爲為現產發級經續萬規設資質農進長開項體點"
)
STRETCH, KNOWN = 100, 0.12  # characters, and the share of common ones that some stretch of a text has at least
MOVED = re.compile(
    r"location\s*(?:\.\s*(?:replace|assign)\s*\(|(?:\.href)?\s*=\s*[\"'])|http-equiv\s*=\s*[\"']?refresh", re.IGNORECASE
)
FILES = re.compile(r"\.(?:pdf|docx?|ofd|wps|xlsx?|zip|rar)\b", re.IGNORECASE)
NAME = re.compile(r"[^\s\"'<>(]{0,80}$")
APP = re.compile(r"id\s*=\s*[\"'](?:app|root|__next|__nuxt)[\"']", re.IGNORECASE)


def judge(
    status: int, raw: str, lines: Sequence[str], around: Sequence[Line], *, url: str = "", title: str | None = None
) -> tuple[Verdict, str]:
    """Whether a page could be read, with a reason a person understands. A text of some length is always taken.

    status  of the response; 200 for a file
    raw     the decoded source
    lines   of the body as extracted
    around  lines of the whole page
    url, title  of the page, where they are known
    """
    text = "\n".join(lines)
    han, sentences = len(HAN.findall(text)), len(SENTENCE.findall(text))
    if han >= LONG and sentences >= han // 150 and sensible(text):
        return cut_off(lines, around, han)
    seen = "\n".join(line.text for line in around)
    for test in (refusal, absence, wall):
        if found := test(status, raw, seen, han):
            return found
    if han >= SHORT and not sensible(text):
        return Verdict.UNREADABLE, f"{han} characters that are no Chinese text in any encoding that was tried"
    if (listing(around) or han < SHORT) and at_home(url, title):
        return Verdict.SOFT_404, f"the address of an article shows the home page “{title}”"
    if han < SHORT or sentences == 0:
        return little(raw, seen, around, han)
    if listing(around):
        return Verdict.LIST, f"mostly links ({len(around)} lines) and only {sentences} sentences"
    return Verdict.OK, f"a short text of {han} characters"


def cut_off(lines: Sequence[str], around: Sequence[Line], han: int) -> tuple[Verdict, str]:
    """A long text: readable, unless a line at its end or just behind it offers the rest for a log-in.

    Where the text stops half-way, an offer of the rest is enough; without any, it is readable as far as it goes.
    """
    last = next((at for at in range(len(around) - 1, -1, -1) if around[at].text == lines[-1]), len(around))
    for line in [*lines[-3:], *(line.text for line in around[last + 1 : last + 6])]:
        if len(line) < 80 and (found := REST.search(line)):
            return Verdict.LOGIN_WALL, f"the text breaks off after {han} characters at “{found[0]}”"
    prose = next((line for line in reversed(lines) if len(line) > 30), "")
    if not prose or CLOSED.search(prose):
        return Verdict.OK, f"a text of {han} characters"
    after = [*lines[len(lines) - lines[::-1].index(prose) :], *(line.text for line in around[last + 1 : last + 6])]
    for line in after:
        if len(line) < 30 and (found := FURTHER.search(line)):
            return Verdict.LOGIN_WALL, f"the text breaks off inside a sentence after {han} characters at “{found[0]}”"
    return Verdict.OK, f"a text of {han} characters, which breaks off inside a sentence"


def sensible(text: str) -> bool:
    """Is some stretch of a text Chinese, by its common characters? Bytes of a picture decode to rare ones."""
    found = HAN.finditer(text)
    first = stretch = [match[0] for match in islice(found, STRETCH)]
    while len(stretch) == STRETCH or stretch is first:
        if sum(character in COMMON for character in stretch) >= KNOWN * len(stretch):
            return True
        stretch = [match[0] for match in islice(found, STRETCH)]
    return False


def at_home(url: str, title: str | None) -> bool:
    """Does the address of an article show a page that calls itself the site's first?"""
    return bool(title and HOME.match(title.strip()) and ARTICLE.search(urlsplit(url).path))


def refusal(status: int, raw: str, seen: str, _han: int) -> tuple[Verdict, str] | None:
    """A page of a firewall, or a status that refuses."""
    if status in REFUSED:
        return Verdict.BLOCKED, f"the site answered with status {status}"
    if found := CHALLENGE.search(raw):
        return Verdict.BLOCKED, f"a challenge of a firewall ({found[0]}) instead of the page"
    if found := BLOCKED.search(seen):
        return Verdict.BLOCKED, f"the page says “{found[0]}”"
    return None


def absence(status: int, _raw: str, seen: str, han: int) -> tuple[Verdict, str] | None:
    """A page that says it is not there."""
    if status in GONE or status >= 500:
        return Verdict.SOFT_404, f"the site answered with status {status}"
    found = MISSING.search(seen)
    if found and han < 300:
        return Verdict.SOFT_404, f"status {status}, but the page says “{found[0].strip()}”"
    return None


def wall(_status: int, _raw: str, seen: str, han: int) -> tuple[Verdict, str] | None:
    """A page that wants a log-in before it shows the text."""
    found = WALL.search(seen)
    if found and han < 300:
        return Verdict.LOGIN_WALL, f"the page says “{found[0]}”"
    return None


def little(raw: str, seen: str, around: Sequence[Line], han: int) -> tuple[Verdict, str]:
    """What a page without a text is: a shell, a list, a cover of an attachment, or empty."""
    file = file_in(raw)
    if MOVED.search(raw) and len(seen) < 200:
        return Verdict.SHELL, "only a script that leads to another address"
    if file and not listing(around):
        return Verdict.ATTACHMENT_ONLY, f"no text, but a file: {file}"
    if listing(around):
        return Verdict.LIST, f"a list of {sum(line.linked > 0.6 for line in around)} links"
    if len(HAN.findall(seen)) < SHORT and (APP.search(raw) or "<script" in raw.lower() or "<iframe" in raw.lower()):
        return Verdict.SHELL, "no text; scripts or a frame would have to bring it"
    return Verdict.EMPTY, f"no sentence of a document in it ({han} characters)"


def file_in(raw: str) -> str | None:
    """The end of the first address of a document in a source."""
    found = FILES.search(raw)
    if not found:
        return None
    name = NAME.search(raw[max(0, found.start() - 80) : found.start()])
    return (name[0] if name else "") + found[0]


def listing(around: Sequence[Line]) -> bool:
    """Are most lines of a page links with titles in them?"""
    titles = sum(line.linked > 0.6 and len(line.text) >= 8 for line in around)
    return titles >= 8 and titles * 2 > sum(len(line.text) >= 8 for line in around)
