"""A fingerprint of what a page says, cheap enough to take before anything is extracted.

Counters of views, dates of today, nonces, online users and replies change a page from day to day; its text stands. What
is left after dropping them is hashed. Two pages with the same print need not be read twice; two with different prints
may still say the same, which only reading tells.
"""

import re
from collections.abc import Sequence
from hashlib import sha256

HIDDEN = re.compile(r"<(script|style|noscript|select|textarea)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
INLINE = re.compile(r"</?(?:span|font|a|b|strong|i|em|u|o:p|sub|sup|small|big|label|wbr)\b[^>]*>", re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")
POST = re.compile(r"id=[\"']postmessage_\d+[\"'][^>]*>")
NEXT_POST = re.compile(
    r"<\w+\b[^>]*id=[\"'](?:post_|pid|postmessage_|comment_|postlistreply|f_pst|fastpost)", re.IGNORECASE
)
HAN = re.compile("[一-鿿]")
SHORT = 40  # characters; a line of chrome is shorter, a sentence with a date or a count in it mostly longer
# A short line that has one of these beside a number tells of today, not of the text.
PASSING = re.compile(
    r"浏览|瀏覽|阅读|閱讀|点击|點擊|查看|访问|訪問|回复|回復|评论|評論|收藏|下载|点赞|积分|在线|今日|昨天|今天|前天|小时前|分钟前|天前|刚刚|"
    r"星期|℃|人次|位访|热度|金钱|威望|帖子|主题|好友|Processed|时间|時間|发表于|發表於|GMT|\d{4}-\d{1,2}-\d{1,2}|\d{1,2}:\d{2}"
)


def prose_of(bodies: Sequence[bytes]) -> str:
    """sha256 over the lines of these pages that their texts consist of; of what is no markup, over its bytes."""
    print_ = sha256()
    for body in bodies:
        if b"<" not in body[:1024]:
            print_.update(body)
            continue
        for line in lines_of(body):
            print_.update(line.encode("utf-8", "surrogatepass"))
            print_.update(b"\n")
    return print_.hexdigest()


def lines_of(body: bytes) -> list[str]:
    """The lines of a page of markup that stand from day to day; of a forum's thread those of its first post."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("gb18030", "replace")
    text = INLINE.sub("", HIDDEN.sub("", first_post(text)))
    lines = (" ".join(line.split()) for line in TAG.sub("\n", text).split("\n"))
    return [line for line in lines if line and standing(line)]


def first_post(text: str) -> str:
    """Of a thread made with Discuz! its first post; any other page as a whole."""
    first = POST.search(text)
    if first is None:
        return text
    end = NEXT_POST.search(text, first.end())
    return text[first.end() : end.start() if end else None]


def standing(line: str) -> bool:
    """Whether a line may be of the text: it has Chinese characters, and is not a short one that tells of today."""
    if not HAN.search(line):
        return False
    return len(line) >= SHORT or PASSING.search(line) is None or not any(c.isdigit() for c in line)
