"""The tree of a page: parsed, pruned, and the subtree that holds the body."""

import re
from typing import NamedTuple

from lxml import etree, html
from lxml.etree import _Element as Element

from crawler.text.lines import SILENT

# A page beyond this is cut: 20 MB of markup is no report, and the tree takes twelve times as much.
LONGEST = 20_000_000
SCRIPTS = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
BLOCK_TAG = re.compile(r"</?(?:p|br|div|tr|td|th|table|ul|ol|li|h[1-6]|body|section|article)\b[^<>]*>", re.IGNORECASE)
TAG = re.compile(r"<[^<>]*>")
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
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])", re.IGNORECASE)
PLAIN = 40  # characters without a mark weigh as much as one mark: lists and tables count, menus hardly
BULK = 0.30
HOLDS = 0.35  # of the page's punctuation makes a known container the body
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
    return len(PUNCTUATION.findall(text)) + len(text.strip()) / PLAIN


def names(node: Element) -> str:
    """Id and classes of an element."""
    return f"{node.get('id', '')} {node.get('class', '')}"


def body_of(root: Element, weights: dict[Element, float]) -> Body:
    """The subtree that holds the body: a known container with enough of it, else the last node that holds most."""
    total = weights[root] or 1.0
    known = container(root, weights, total)
    if known is not None:
        return Body(known, weights[known] / total, known=True)
    node = root
    while True:
        heaviest = max(node, key=lambda child: weights.get(child, 0.0), default=None)
        if heaviest is None or weights.get(heaviest, 0) < max(1.0, DESCENDS * weights[node]) or inline(heaviest):
            return Body(node, weights[node] / total, known=False)
        node = heaviest


def inline(node: Element) -> bool:
    """Is this an element inside a line, or a paragraph of its own?"""
    return node.tag in ("p", "font", "span", "b", "strong", "em", "i", "u", "a", "h1", "h2", "h3", "li")


def container(root: Element, weights: dict[Element, float], total: float) -> Element | None:
    """The innermost known container with HOLDS of the punctuation; of a forum's posts the first."""
    posts = [node for node in root.iter("td", "div") if (node.get("id") or "").startswith("postmessage_")]
    if posts:
        return posts[0]
    best: Element | None = None
    for node in root.iter("div", "td", "article", "section", "span", "ucapcontent", "font"):
        if weights[node] < HOLDS * total or not known_container(node):
            continue
        if best is None or weights[node] >= 0.9 * weights[best]:
            best = node
    return best


def known_container(node: Element) -> bool:
    """Does a widespread system put the body in such an element?"""
    if node.tag == "ucapcontent" or node.get("itemprop") == "articleBody":
        return True
    if CONTAINER_ID.match(node.get("id") or ""):
        return True
    return bool(CONTAINER_CLASS.search(node.get("class") or ""))


def chrome_in(root: Element, weights: dict[Element, float]) -> set[Element]:
    """The subtrees of a body that are hidden, or chrome by their names."""
    bulk = BULK * (weights[root] or 1.0)
    return {node for node in root.iter() if node is not root and weights.get(node, 0.0) < bulk and chrome(node)}


def chrome(node: Element) -> bool:
    """Is an element, by name or style, no part of the body?"""
    if node.tag in SEMANTIC or node.get("hidden") is not None:
        return True
    if HIDDEN.search(node.get("style") or ""):
        return True
    return bool(CHROME.search(names(node)))
