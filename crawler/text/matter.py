"""Front and back matter: the lines of an article that stand outside its body's container, or above the site's lines."""

import re
import unicodedata
from collections.abc import Sequence

from crawler.text.lines import Line
from crawler.text.trim import BEGINS, EDITOR, OPENING, ends, lists, prose, repeats, simplified, siteline, tight

LINKED = 0.3  # of its characters in links make a line no part of an article
LONGEST = 120  # characters of a subtitle; Latin ones are longer than Chinese ones
SHORTEST = 6  # characters of a subtitle or a title: less may be a button
REACH = 60  # lines between title and body; a forum puts a profile of forty there
TITLED = 6  # lines of a body among which its title may stand
# What no line of an article between title and text holds, though the site's stamps and labels may.
STAMPED = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|\d{1,2}[:：]\d{2}|https?:|www\.|\.(?:com|cn|net|org)\b|[©®|]",
    re.IGNORECASE,
)
NOTICE = re.compile(
    r"本站|本网|版权|转载|侵权|公众号|下载|扫码|登录|注册|免责|网友|点击|关注|客户端|App", re.IGNORECASE
)
SITE_NAME = re.compile(r"(?:网|网站|人民政府|门户|频道|首页|论坛|博客|空间)$")
# Labels of the front matter of papers in journals (GB/T 7713.2), which stands around an abstract.
PAPER = re.compile(
    r"^(?:作者|关键词|Key ?words|DOI|摘要|Abstract|文章引用|引用本文|引用格式|基金项目|中图分类号)\s*[:：]",
    re.IGNORECASE,
)
ABSTRACT = re.compile(r"^[【\[]?(?:摘\s*要|Abstract)[】\]]?\s*[:：]", re.IGNORECASE)
BACK = re.compile(
    r"^[【\[（(]?(?:参考文献|注\s*释|尾注|名词(?:解释|注释|说明)|相关名词|附\s*[件录表注])[】\])）]?"
    r"\s*[一二三四五六七八九十\d]*\s*(?:[:：].{0,40})?$"
)


def even(text: str) -> str:
    """A text without white space and with one form of each mark."""
    return tight(unicodedata.normalize("NFKC", text))


def front(page: Sequence[Line], begin: int, full: str, body: Sequence[str]) -> tuple[list[str], str | None]:
    """Subtitle, lead and abstract before a body, led by the title that they belong to; and the title.

    A title alone is no line of the text: it is told apart. Nothing where no line before the body is the title.

    page   the lines of the page
    begin  the index of the first line of its body
    full   the text of its <title>
    body   the lines of the body; what they repeat is left out
    """
    at = title_at(page, begin, even(full))
    if at is None or not body:
        return [], None
    title = page[at].text
    below = between(page[at + 1 : begin], tight("".join(body[:OPENING])))
    alone = not below or any(tight(line) == tight(title) for line in body[:TITLED])
    return below if alone else [title, *below], title


def title_at(page: Sequence[Line], begin: int, full: str) -> int | None:
    """The index of the last line before a body that names the document as a <title>, without spaces, does."""
    for at in range(begin - 1, max(-1, begin - 1 - REACH), -1):
        line = page[at]
        if line.linked < LINKED and len(line.text) >= SHORTEST and names(even(line.text), full):
            return at
    return None


def names(line: str, full: str) -> bool:
    """Is a line the part of a <title> that names the document and not the site?"""
    if SITE_NAME.search(line):
        return line == full
    return full.startswith(line) or full.endswith(line) or (2 * len(line) >= len(full) and line in full)


def between(lines: Sequence[Line], body: str) -> list[str]:
    """The lines between title and body that are the article's; body is how it opens, without spaces."""
    plain = simplified(lines)
    fresh = [not repeats(line.text, body) for line in lines]
    paper = any(ABSTRACT.search(text) and prose(text) and new for text, new in zip(plain, fresh, strict=True))
    kept: list[str] = []
    adjoining = True
    for line, text, new in zip(lines, plain, fresh, strict=True):
        mine = own(line, text) and (prose(text) or BEGINS.search(text) is not None or (adjoining and subtitle(text)))
        mine = new and (mine or (paper and PAPER.search(text) is not None))
        adjoining = mine and (adjoining or BEGINS.search(text) is not None)
        kept += [line.text] * mine
    return kept


def own(line: Line, plain: str) -> bool:
    """May a line between title and body be the article's?"""
    if (
        EDITOR.search(plain)
        or line.linked > LINKED
        or line.aside > 0
        or ends(plain)
        or lists(plain)
        or NOTICE.search(plain[:LONGEST])
    ):
        return False
    return not siteline(line, plain)


def subtitle(plain: str) -> bool:
    """May a line right below a title belong to it?"""
    return SHORTEST <= len(plain) <= LONGEST and not STAMPED.search(plain)


def back(page: Sequence[Line], end: int) -> list[str]:
    """Notes, references and annexes right behind a body, with their heading, up to the first line of the site.

    page  the lines of the page
    end   the index behind the last line of its body
    """
    lines = page[end:]
    if not lines or not BACK.search(lines[0].text) or lines[0].aside > 0:
        return []
    kept: list[str] = []
    for line, text in zip(lines, simplified(lines), strict=True):
        if line.linked > LINKED or line.aside > 0 or ends(text) or lists(text) or siteline(line, text):
            break
        kept.append(line.text)
    return kept if len(kept) > 1 else []
