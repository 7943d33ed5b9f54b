"""The tree of a page: parsed, pruned, and the subtree that holds the body."""

import re
from collections import Counter
from typing import NamedTuple

from lxml import etree, html
from lxml.etree import _Element as Element

from crawler.text.lines import SILENT, text_of

# A page beyond this is cut: 20 MB of markup is no report, and the tree takes twelve times as much.
LONGEST = 20_000_000
SCRIPTS = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
BLOCK_TAG = re.compile(r"</?(?:p|br|div|tr|td|th|table|ul|ol|li|h[1-6]|body|section|article)\b[^<>]*>", re.IGNORECASE)
TAG = re.compile(r"<[^<>]*>")
# Elements that a paragraph may stand in by mistake, as Word writes <span><p>…</span>…</p>: their end ends no paragraph
# (HTML Standard §13.2.6.4.7, "any other end tag" and the adoption agency), but libxml2 would end it.
INLINE = "span|font|b|strong|i|em|u|big|small"
INLINES = frozenset(INLINE.split("|"))
AROUND = re.compile(rf"<(?:{INLINE})\b[^<>]*>\s*<p\b", re.IGNORECASE)
NESTED = re.compile(rf"<(/?)({INLINE}|p|div|td|th|tr|table|li|h[1-6]|center|blockquote)\b[^<>]*>", re.IGNORECASE)
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
PUNCTUATION = re.compile("[，。；：、！？“”]|(?<=[一-鿿])[,;:!?](?=[一-鿿“‘《]|$)")

SEMANTIC = frozenset(("nav", "footer", "aside", "dialog", "menu"))

# Containers of the body in widespread systems, by id or class: Discuz! (postmessage_, article_content), TRS WCM
# (TRS_Editor, view), Founder and Huilan (zoom, UCAPCONTENT), Boda VSB (vsb_content, v_news_content), jpaas
# (article-content, pages_content), DedeCMS, PHPCMS, WordPress (entry-content), ASP.NET (lblContent), newspapers'
# digital editions (founder-content, ozoom), the rest by custom.
CONTAINER_ID = re.compile(
    r"^(?:postmessage_\d+|article_?content|ucapcontent|zoom|ozoom|zoomcon|vsb_content(?:_\d+)?|mainText|js_content|"
    r"\w*lbl_?content|fontzoom|text_?content|news_?content|artibody|endtext|contenttext|article_?body)$",
    re.IGNORECASE,
)
CONTAINER_CLASS = re.compile(
    r"(?:^|\s)(?:trs_editor|trs_uedit_para_formatter|trs_web|ucapcontent|t_f|v_news_content|pages_content|view|"
    r"article[-_]?con(?:tent)?|entry-content|post-content|content_body|news_content|article-body|content-text|"
    r"xl_content|detail_content|easysite-news-text|bt_content|wp_articlecontent)(?:\s|$)",
    re.IGNORECASE,
)
# Parts of a page that are no body, by id or class. A node with BULK of the punctuation is never taken for one.
CHROME = re.compile(
    r"(?:^|[\s_-])(?:nav\w*|menu\w*|bread\w*|crumbs?|header|head_?top|top_?bar|topnav|toptb|footer\w*|foot|ft|copyright\w*|"
    r"sidebar|side|aside|side-bar|share\w*|bdshare\w*|bshare\w*|jiathis\w*|comment\w*|reply|replies|related?\w*|recommend\w*|"
    r"hot\w*|rank\w*|digg\w*|pager|pagination|pages?|pagebar|dede_pages|page_?nav|prev(?:next)?|ad|ads|advert\w*|"
    r"ad[-_]\w+|guanggao|popup|pop|login\w*|register|search\w*|toolbar|tools?|ewm|qrcode|erweima|pingjia|pstatus|jammer|"
    r"quote|sign|tags?|disclaim\w*|statement|shengming|xgwz|xgyd|related_articles|editor_info|print|fontsize|"
    r"attach_nopermission|locked|pcbs|psth|modact|weixin|wx|scrolltop|kefu|tip|tip_4|tip_c)(?=$|[\s_-])",
    re.IGNORECASE,
)
COMMENTS = re.compile(
    r"(?:^|[\s_-])(?:comments?|comment_?-?list|replies|reply_?-?list|pinglun|feedbacks?)(?=$|[\s_-])", re.IGNORECASE
)
HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])|"
    r"text-indent\s*:\s*-\d{3}|(?:left|top)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
WHITE = re.compile(
    r"(?:^|[;\s])color\s*:\s*(?:#fff(?:fff)?|white|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))\s*(?:;|!|$)", re.IGNORECASE
)
WHITES = frozenset(("#fff", "#ffffff", "white", "ffffff"))
PAINT = re.compile(r"background(?:-color|-image)?\s*:\s*(?!#fff|white|transparent|none|inherit)", re.IGNORECASE)
CLASS = re.compile(r"\.[\w-]{1,60}")  # a selector of a class alone
PLAIN = 40  # characters without a mark weigh as much as one mark: lists and tables count, menus hardly
SHORT = 12  # characters of a text without a mark that weigh nothing: 评论 80 beside each of a hundred links
BULK = 0.30
SHARES = 0.25  # of the marks of a container in another of its class: both are parts of one body
LEAST = 15.0  # marks that a page without its comments must hold to be one of an entry and its comments
LEFT = 0.05  # the same as a share: the entry of A_54e89e4e has .07 beside a year of comments
HOLDS = 0.35  # of the page's punctuation makes a known container the body
COLUMNS = frozenset(("div", "td", "li", "aside", "section", "article", "main"))
LINKED = 0.4  # of its characters in links make an element a column of links
INNER = 0.4  # of the marks of a known container in one inside it: the inner one is meant
BESIDE = 0.9  # the same in a later one beside it
DESCENDS = 0.72  # of a node's punctuation in one child: the body is in there (extraction.md, sets A, B, D)


class Body(NamedTuple):
    """The subtree that holds the body, its share of the page's punctuation; is its container a known one?"""

    root: Element
    share: float
    known: bool


def parse(text: str) -> Element | None:
    """The tree of a page; None where there is no element at all. Entities outside are never fetched."""
    text = UNFIT.sub("", text[:LONGEST])
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    if not text.strip():
        return None
    if AROUND.search(text):
        text = NESTED.sub(Nesting().tag, text)
    root = grown(text)
    return grown(flat(text)) if root is None else root


def grown(text: str) -> Element | None:
    """The tree of a markup; None where there is no element, or libxml2 gives up (deeper than 2048 levels)."""
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    try:
        root = html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    too_deep = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return root if isinstance(root.tag, str) and not too_deep else None


class Nesting:
    """Keeps account of the inline elements that are open in a paragraph, over the tags of a page in order."""

    def __init__(self) -> None:
        self.inside = False
        self.open: Counter[str] = Counter()

    def tag(self, found: re.Match[str]) -> str:
        """A tag as it stands, or nothing for the end of an inline element that began before the paragraph."""
        name = found[2].lower()
        if name == "p" or name not in INLINES:
            self.inside = name == "p" and not found[1]
            self.open.clear()
        elif not found[1]:
            self.open[name] += 1
        elif self.inside and not self.open[name]:
            return ""
        else:
            self.open[name] -= 1
        return found[0]


def flat(text: str) -> str:
    """A markup without its nesting: a paragraph for each stretch between two tags of blocks."""
    text = SCRIPTS.sub("", text)
    rows = (TAG.sub("", row).strip() for row in BLOCK_TAG.split(text))
    return "<html><body>" + "".join(f"<p>{row}</p>" for row in rows if row) + "</body></html>"


def weigh(root: Element) -> dict[Element, float]:
    """Chinese punctuation marks in every subtree; what stands in links counts for nothing."""
    weights: dict[Element, float] = {}
    for node in root.iter():
        own = 0.0 if node.tag in SILENT or node.tag == "a" else marks(node.text)
        weights[node] = own
    for node in reversed(list(weights)):
        parent = node.getparent()
        if parent is not None:
            own = 0.0 if node.tag in SILENT else weights[node]
            weights[parent] += own + (0.0 if parent.tag in SILENT or parent.tag == "a" else marks(node.tail))
    return weights


def marks(text: str | None) -> float:
    """Weight of a text: its Chinese punctuation marks, and a little for its length."""
    if not text or text.isspace():
        return 0.0
    found = len(PUNCTUATION.findall(text))
    length = len(text.strip())
    return found + (length / PLAIN if found or length >= SHORT else 0.0)


def names(node: Element) -> str:
    """Id and classes of an element."""
    return f"{node.get('id', '')} {node.get('class', '')}"


def without_comments(root: Element, weights: dict[Element, float]) -> dict[Element, float]:
    """The weights of a page as if readers had written nothing below it, unless nothing else would be left."""
    lists = {node for node in root.iter("div", "ul", "ol", "section", "table") if COMMENTS.search(names(node))}
    outer = [node for node in lists if lists.isdisjoint(node.iterancestors())]
    written = sum(weights[node] for node in outer)
    rest = weights[root] - written
    if not written or rest < max(LEAST, LEFT * weights[root]):
        return weights
    mended = dict(weights)
    for node in outer:
        for above in (node, *node.iterancestors()):
            mended[above] -= weights[node]
    return mended


def body_of(root: Element, weights: dict[Element, float]) -> Body:
    """The subtree that holds the body: a known container with enough of it, else the last node that holds most."""
    total = weights[root] or 1.0
    known = container(root, weights, total)
    node = root if known is None else known
    while (child := inner(node, weights, whole=known is not None)) is not None:
        node = child
    return Body(node, weights[node] / total, known=known is not None)


def inner(node: Element, weights: dict[Element, float], *, whole: bool) -> Element | None:
    """The child that holds the body; None where the body is in several, or in the element itself.

    That is one with most of the marks, or with half of them beside columns of links; in a known container, which is
    whole, only the latter.
    """
    heaviest = max(node, key=lambda child: weights.get(child, 0.0), default=None)
    weight = 0.0 if heaviest is None else weights.get(heaviest, 0.0)
    if heaviest is None or weight < 1.0 or inline(heaviest):
        return None
    if not whole and weight >= DESCENDS * weights[node]:
        return heaviest
    if heaviest.tag not in COLUMNS or weight < 0.5 * weights[node]:
        return None
    others = [child for child in node if child is not heaviest and (weights.get(child, 0.0) > 0 or whole)]
    full = [child for child in others if child.tag not in SILENT and text_of(child)]
    return heaviest if full and all(child.tag in COLUMNS and linked(child) > LINKED for child in full) else None


def linked(node: Element) -> float:
    """Share of an element's characters that stand in links."""
    inside = sum(len(text_of(link)) for link in node.iter("a"))
    return inside / max(1, len(text_of(node)))


def inline(node: Element) -> bool:
    """Is this an element inside a line, or a paragraph of its own?"""
    if node.tag not in ("p", "font", "span", "b", "strong", "em", "i", "u", "a", "h1", "h2", "h3", "li"):
        return False
    return node.tag != "li" or not any(child.tag in ("div", "p", "table", "section", "article") for child in node)


def container(root: Element, weights: dict[Element, float], total: float) -> Element | None:
    """The innermost known container with HOLDS of the punctuation; of a forum's posts the first."""
    posts = [node for node in root.iter("td", "div") if (node.get("id") or "").startswith("postmessage_")]
    if posts:
        return posts[0]
    best: Element | None = None
    for node in root.iter("div", "td", "article", "section", "span", "ucapcontent", "font"):
        if weights[node] < HOLDS * total or not known_container(node):
            continue
        if best is None or weights[node] >= (INNER if best in node.iterancestors() else BESIDE) * weights[best]:
            best = node
    return None if best is None else whole(best, root, weights)


def whole(box: Element, root: Element, weights: dict[Element, float]) -> Element:
    """A known container, or what is around it and others of its class that hold a good part of the text as well."""
    kind = box.get("class")
    if not kind or "t_f" in kind.split():  # Discuz! puts every post into one of the same class
        return box
    others = [node for node in root.iter(box.tag) if node.get("class") == kind and node is not box]
    others = [node for node in others if weights[node] >= SHARES * weights[box] and box not in node.iterancestors()]
    above = [box, *box.iterancestors()]
    for node in others:
        around = {node, *node.iterancestors()}
        above = [shared for shared in above if shared in around]
    return above[0]


def known_container(node: Element) -> bool:
    """Does a widespread system put the body in such an element?"""
    if node.tag == "ucapcontent" or node.get("itemprop") == "articleBody":
        return True
    if CONTAINER_ID.match(node.get("id") or ""):
        return True
    return bool(CONTAINER_CLASS.search(node.get("class") or ""))


def chrome_in(root: Element, body: Element, weights: dict[Element, float]) -> set[Element]:
    """The subtrees of a page that are hidden, or chrome by their names; none that holds its body."""
    bulk = BULK * (weights[body] or 1.0)
    around = {body, *body.iterancestors()}
    unseen = unseen_classes(root)
    return {
        n for n in root.iter() if weights.get(n, 0.0) < bulk and n not in around and (chrome(n) or hidden(n, unseen))
    }


def chrome(node: Element) -> bool:
    """Is an element, by its name, no part of the body?"""
    return node.tag in SEMANTIC or bool(CHROME.search(names(node)))


def unseen_classes(root: Element) -> frozenset[str]:
    """The classes that the style sheets in a page hide."""
    rules = "".join(sheet.text or "" for sheet in root.iter("style")).split("}")
    hiding = (rule.partition("{") for rule in rules if "{" in rule)
    found = (name.strip() for names, _, how in hiding if HIDDEN.search(how) for name in names.split(","))
    return frozenset(name[1:] for name in found if CLASS.fullmatch(name))


def hidden(node: Element, unseen: frozenset[str]) -> bool:
    """Does an element hide its text: by an attribute, its style, white ink on a white page, or, in a line, by class?"""
    if node.get("hidden") is not None:
        return True
    style = node.get("style") or ""
    if style and HIDDEN.search(style):
        return True
    if node.tag not in INLINES:
        return False
    if unseen and not unseen.isdisjoint((node.get("class") or "").split()):
        return True
    return (bool(WHITE.search(style)) or (node.get("color") or "").lower() in WHITES) and not painted(node)


def painted(node: Element) -> bool:
    """Does an element, or one around it, have a background that is not white?"""
    above = (node, *node.iterancestors())
    return any(
        PAINT.search(n.get("style") or "") or n.get("background") or (n.get("bgcolor") or "white").lower() not in WHITES
        for n in above
    )
