"""Head and tail of a page: lines that belong to the site and not to the document."""

import re
from collections.abc import Sequence

from crawler.text.fold import converter, script_of
from crawler.text.lines import Line

# All patterns are written in simplified characters; traditional lines are converted before they are asked.
# Seen around reports of Beijing's districts and their reprints (sources.md §1.2 and §2.1), and in the manuals of the
# systems named in tree.py.

# A line like this in the last part of a page ends the body; all that follows is the site's.
ENDS = re.compile(
    r"^[【\[（(]?(?:责任编辑|责编|编辑[:：]|本文来源|文章来源[:：]|原标题[:：]|扫一扫|上一[篇条页]|下一[篇条页]|免责声明|特别声明|郑重声明|"
    r"版权声明|版权所有|本版积分规则|您需要登录后才可以|快速回复|返回(?:顶部|列表)|打印本页|关闭(?:窗口|本页)|分享到|分享[:：]$|顶一下|"
    r"踩一下|收藏0?$|举报$|使用道具|标签[:：]|关键词[:：]|本文(?:仅代表作者|地址|链接|网址|标签|由)|"
    r"以上(?:内容|就是).{0,30}(?:平台|网友|整理|全部内容)|本站(?:所有|文章)|声明[:：]|反侵权公告|本[帖贴]由.{1,20}于|关注.{0,12}公众号|微信扫|扫码|长按.{0,6}二维码|"
    r"您访问本页面|您觉得本|留言与评论|验证码|附件下载|点击下载|点击数[:：]|主办(?:单位)?[:：]|承办(?:单位)?[:：]|网站地图|网站标识码|"
    r"政府网站标识码|联系我们|关于我们|Powered by|Copyright|©|"
    r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]ICP[备证]|.{0,6}公网安备|客服中心|在线咨询|本主题由|回复$|楼主热帖|高级模式)",
    re.IGNORECASE,
)
# The same for a heading of a list of links or of comments, unless paragraphs of the document follow it.
LISTS = re.compile(
    r"^[【\[（(■|]?\s*(?:(?:相关|热门|热点|精彩|推荐|延伸|更多)(?:文章|报告|信息|链接|连接|阅读|新闻|推荐|文档|资料|专题|报道|帖子|图片|内容)|"
    r"猜你喜欢|为您?你?推荐|友情链接|最新(?:评论|文章|新闻)|网友评论|发表评论|我要评论|评论列表|全部评论|精彩评论)",
)
# The line between an entry and its comments in blogs (Movable Type, WordPress and their kin), however many these are.
TRACKBACK = re.compile(r"Trackback|引用通告|通告引用", re.IGNORECASE)
LABELLED = 60  # characters of a line that ends the body by a label; only a notice is longer
NOTICE = re.compile(
    r"声明|本文仅代表|以上内容|本站|版权|转载|如有侵权|侵犯|您访问本页面|公众号|公网安备|ICP|Copyright|主办",
    re.IGNORECASE,
)
CLAUSE = 20  # characters of a line with a comma that is one of the document, whatever word of a site is in it
GOES_ON = 300  # characters of unlinked sentences behind such a heading that show the document goes on
# Short lines of a site, wherever they stand at the edge.
SITE = re.compile(
    r"当前位置|所在(?:的)?位置|您的位置|首页\s*[>»›]|>\s*正文$|^正文$|设为首页|收藏本站|加入收藏|导航菜单|网站首页|无障碍|长者版|简体|繁体|"
    r"【?字(?:体|号)[:：]?|\[?大\]?\s*\[?中\]?\s*\[?小\]?|打印|【?关闭|浏览(?:次数|量)?[:：]?|阅读(?:次数|量|数)?[:：]|点击(?:数|率|次数)?[:：]|"
    r"访问(?:量|次数)|查看[:：]|回复[:：]|评论[:：]|人气[:：]|投稿[:：]|作者[:：]|来源[:：]|编辑[:：]|发布(?:者|人|机构|单位)[:：]|"
    r"(?:发布|更新|发表|录入|上传|成文|生成|公开|印发|信息)?(?:时间|日期)[:：]\s*\d|发表于|发表时间|只看该作者|倒序浏览|阅读模式|显示全部楼层|电梯直达|"
    r"复制链接|签到天数|^积分|^版主|Rank:|^主题$|^帖子$|^楼主|发消息|^TA的每日心情|\[LV\.|本帖最后由|点击文件名下载|下载次数|上传$|"
    r"导语[:：]|下面是小编|小编为大家|【广告】|^广告$|立即领取|^分享|微信|微博|客户端|^打开|展开全文|下载App|扫码|登录|注册|"
    r"^\[?(?:复制|收藏|邀请|评论|分享|推荐|纠错)\]?$|\[(?:主题分类|发文机构|实施日期|成文日期|发文字号|废止日期|有效性|发布日期)\]|"
    r"^(?:索引号|信息分类|主题分类|发布机构|发文机构|成文日期|发文字号|文号|有效性|信息有效性|关键词|公开类型|公开日期|生成日期|公开责任部门|"
    r"信息名称|载体类型|记录形式|公开形式|内容概述|所属目录|备注|主题词|体裁分类|服务对象)[:：]?",
    re.IGNORECASE,
)
STAMP = re.compile(r"^\W*(?:\d{4}\s*[-/年.]\s*\d{1,2}\s*[-/月.]\s*\d{1,2}\s*日?)(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?\W*$")
# The sentence with which the editors of a site of model documents hand one on.
EDITOR = re.compile(r"小编|供大家参考|希望(?:对|能).{0,10}(?:有所|帮助)|欢迎(?:大家)?(?:阅读|收藏|下载)")
# What a site calls the first characters of a text, run together, which it prints before the text.
LABEL = re.compile(
    r"^[【\[（(]?(?:[内內]容|文章|核心)?(?:摘要|提要|提示|[导導][读讀语語]|[简簡]介|概要)[】\])）]?\s*[:：]?\s*"
)
# The line by which a forum's software ends a post: a day with the time of day.
POSTED = re.compile(r"\d{4}\s*[-/年.]\s*\d{1,2}\s*[-/月.]\s*\d{1,2}\s*日?\s*\d{1,2}:\d{2}:\d{2}")
# A heading with spaces between its characters: 郑 重 声 明.
SPREAD = re.compile(r"(?:[一-鿿][ \u3000]+){2,}[一-鿿]\W?")
# Where a government document begins, whatever stands before it.
BEGINS = re.compile(
    r"^(?:各位代表|同志们[:：]|[—─-]{1,3}\s*(?:在)?\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|\d{4}年\d{1,2}月\d{1,2}日在.{4,40}会议上|"
    r"政\s*府\s*工\s*作\s*报\s*告$|一、|第一部分)"
)
SENTENCE = re.compile(r"[。！？；!?;]")
ENDING = re.compile(r"[。！？；：…!?;:”）)]$")
PAGER = re.compile(
    r"^(?:共?\s*\d++\s*页|第?\s*\d++\s*页|上一页|下一页|首页|尾页|末页|前一页|后一页|\[?\d++\]?|[<>«»|·…\s]|分页)++[:：]?$"
)
JUNK = re.compile(r"^[^\w一-鿿（(—“]+$")
ABOVE = 4  # lines of a document before which its abstract may stand
OPENING = 12  # lines of a document that its abstract may be made of
REPEATED = 24  # characters of a line that stand in the text as well make it an abstract of it
DEEP = 60  # lines that a head may have: the profile of a forum's author takes forty
GAP = 1  # short lines between two of the site's that belong to it as well
DUMP_GAP = 4  # the same in a text dump, which holds the whole page: a forum's profile has up to two
LISTED = 0.6  # of its characters in links make a line one of a list
TAIL_SHARE = 0.35  # of the characters at most may be cut as a tail
COMMENTED = 0.8  # the same for comments


def trim(lines: Sequence[Line], *, gap: int = GAP) -> list[Line]:
    """The lines without those of the site before, after and between those of the document; gap as in `head_at`."""
    plain = simplified(lines)
    keep = tail_at(lines, plain)
    begin = head_at(lines[:keep], plain, gap=gap)
    linked = links(lines, plain)
    return without_abstract(
        [
            line
            for at, line in enumerate(lines[begin:keep], begin)
            if at not in linked and not inner(line, plain[at], edge=min(at - begin, keep - 1 - at))
        ]
    )


def without_abstract(lines: list[Line]) -> list[Line]:
    """The lines of a document without the abstract of it that a site puts before it."""
    for at in range(min(ABOVE, len(lines) - 1)):
        whole = tight("".join(line.text for line in lines[at + 1 : at + 1 + OPENING]))
        if label := LABEL.match(lines[at].text):
            if repeats(lines[at].text, whole):
                return lines[:at] + lines[at + 1 :]
            if label.end() == len(lines[at].text) and repeats(
                lines[at + 1].text, whole[len(tight(lines[at + 1].text)) :]
            ):
                return lines[:at] + lines[at + 2 :]
    return lines


def repeats(text: str, whole: str) -> bool:
    """Does a line, whatever label it has, begin like something in a whole text without white space?"""
    start = tight(LABEL.sub("", text))[:REPEATED].rstrip("….")
    return len(start) >= REPEATED / 2 and start in whole


def tight(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())


def simplified(lines: Sequence[Line]) -> list[str]:
    """The text of each line in simplified characters; headings spread by spaces are drawn together."""
    texts = [line.text for line in lines]
    whole = "\n".join(texts)
    plain = texts if script_of(whole) == "hans" else converter("t2s").convert(whole).split("\n")
    if len(plain) != len(texts):
        plain = texts
    return ["".join(text.split()) if len(text) < 20 and SPREAD.fullmatch(text) else text for text in plain]


def links(lines: Sequence[Line], plain: Sequence[str]) -> set[int]:
    """The indices of lists of links inside a text, each with its heading."""
    found: set[int] = set()
    for at, line in enumerate(lines):
        linked = line.linked > LISTED
        headed = LISTS.search(plain[at]) is not None and len(plain[at]) < LABELLED and not prose(plain[at])
        below = at + 1 < len(lines) and lines[at + 1].linked > LISTED and lists(plain[at])
        if (linked and at - 1 in found) or (headed and (linked or below)):
            found.add(at)
    return found


def prose(text: str) -> bool:
    """Does a line hold a sentence of the document?"""
    return len(text) >= 30 and SENTENCE.search(text) is not None


def tail_at(lines: Sequence[Line], plain: Sequence[str]) -> int:
    """The index behind the last line of the document."""
    total = sum(len(line.text) for line in lines)
    left, end = 0, len(lines)
    for at in range(len(lines) - 1, -1, -1):
        left += len(lines[at].text)
        if TRACKBACK.search(plain[at]) and len(plain[at]) < 2 * LABELLED and left < COMMENTED * total:
            end = at
            continue
        if left > TAIL_SHARE * total:
            continue
        if ends(plain[at]) or (lists(plain[at]) and not goes_on(lines[at + 1 : end])):
            end = at
    while end and (siteline(lines[end - 1], plain[end - 1]) or posted(plain[end - 1])):
        end -= 1
    return end or len(lines)


def posted(plain: str) -> bool:
    """Is a line at the end of a body the stamp of a forum's software?"""
    return len(plain) < LABELLED and POSTED.search(plain) is not None


def ends(plain: str) -> bool:
    """Does a line, by its label or its notice, end the body?"""
    return ENDS.search(plain) is not None and (len(plain) < LABELLED or NOTICE.search(plain[:LABELLED]) is not None)


def lists(plain: str) -> bool:
    """Is a line the heading of a list of links?"""
    return len(plain) < LABELLED / 3 and LISTS.search(plain) is not None


def goes_on(lines: Sequence[Line]) -> bool:
    """Do sentences of the document follow?"""
    return sum(len(line.text) for line in lines if line.linked < 0.3 and prose(line.text)) > GOES_ON


def head_at(lines: Sequence[Line], plain: Sequence[str], *, gap: int = GAP) -> int:
    """The index of the first line of the document.

    gap  how many short lines in a row may belong to the site without showing it, between two that show it
    """
    begin = 0
    for at in range(min(DEEP, len(lines))):
        if EDITOR.search(plain[at]) and len(plain[at]) < 3 * LABELLED and not BEGINS.search(plain[at]):
            begin = at + 1
            continue
        if BEGINS.search(plain[at]) or prose(plain[at]) or at - begin > gap or len(plain[at]) > 120:
            break
        if siteline(lines[at], plain[at]) and not (at > begin and JUNK.search(plain[at])):
            begin = at + 1
    return begin if begin < len(lines) else 0


def siteline(line: Line, plain: str) -> bool:
    """Is a line at the edge of the body the site's?"""
    if len(plain) > 120:
        return False
    if line.linked > 0.6 or STAMP.search(plain) or PAGER.search(plain) or JUNK.search(plain):
        return True
    found = SITE.search(plain)
    clause = len(plain) >= CLAUSE and "，" in plain
    return found is not None and not prose(plain) and not (clause and found.start() > 0)


def inner(line: Line, plain: str, *, edge: int) -> bool:
    """Is a line inside the body the site's: a pager, an advertisement?"""
    if 3 < len(plain) <= LABELLED and PAGER.search(plain):
        return True
    if plain.startswith(("【广告】", "立即领取", "[广告]")):
        return True
    return edge < 3 and line.linked > 0.9 and len(plain) < 40
