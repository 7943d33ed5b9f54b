"""What the inline scripts of a page do, as far as lists need it: lead elsewhere, write links, turn pages.

Nothing is run. Literals are taken out of the few forms that such scripts have on government portals.
"""

import re
from urllib.parse import urljoin

from parsel import Selector

SHELL = 60  # characters that a page which only runs a script shows at most
MOVES = re.compile(
    r"location\s*(?:\.\s*(?:replace|assign)\s*\(\s*|(?:\.\s*href)?\s*=\s*)[\"']([^\"'\s<>]+)[\"']\s*\)?\s*(?:;|$|\}|<)",
    re.MULTILINE,
)
SCRIPTED = re.compile(r"location(\.href)?\s*=|location\.(replace|assign)\s*\(")
REFRESH = re.compile(r"\s*\d*\.?\d*\s*[;,]\s*url\s*=\s*[\"']?([^\"'\s]+)", re.IGNORECASE)
LITERAL = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'")
WRITES = re.compile(r"document\s*\.\s*write(?:ln)?\s*\(((?:\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|[^()\"'])*)\)")
ESCAPED = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)")
# TRS WCM writes the links of a list by script: createPageHTML(pages, this page from 0, "index", "html").
WRITTEN = re.compile(
    r"createPageHTML\(\s*['\"]?(\d+)['\"]?\s*,\s*['\"]?(\d+)['\"]?\s*,\s*['\"]([\w./-]+)['\"]\s*,\s*['\"](\w+)['\"]"
)
TURN = re.compile(r"(?:javascript\s*:\s*)?next\s*\(\s*['\"]?(\d+)['\"]?\s*\)", re.IGNORECASE)
TURNING = re.compile(r"function\s+next\s*\(\s*(\w+)\s*\)\s*\{(.*?)\}", re.DOTALL)


def scripts_of(elements: Selector) -> str:
    """The text of all inline scripts."""
    return "\n".join(elements.css("script::text").getall())


def shown_text(elements: Selector) -> str:
    """What a page shows, scripts and styles left out."""
    parts = elements.xpath("//body//text()[not(parent::script or parent::style or parent::noscript)]").getall()
    return "".join(parts).strip()


def is_shell(elements: Selector) -> bool:
    """Whether a page shows nothing, and only leads elsewhere."""
    moved = SCRIPTED.search(scripts_of(elements)) or refresh(elements) is not None
    return bool(moved) and len(shown_text(elements)) < SHELL


def refresh(elements: Selector) -> str | None:
    """Where a meta refresh leads."""
    for meta in elements.css("meta[http-equiv]"):
        if meta.attrib["http-equiv"].lower() == "refresh" and (found := REFRESH.match(meta.attrib.get("content", ""))):
            return found[1]
    return None


def leads_to(elements: Selector, url: str) -> str | None:
    """The address that a page which only runs a script leads to, where the script names it; None for other pages."""
    if not is_shell(elements):
        return None
    found = MOVES.search(scripts_of(elements))
    target = refresh(elements) or (unescaped(found[1]) if found else None)
    if not target:
        return None
    try:
        joined = urljoin(url, target)
    except ValueError:
        return None  # no browser could follow it either
    return joined if joined.startswith(("http://", "https://")) and joined != url else None


def written_html(elements: Selector) -> str:
    """The HTML that document.write calls with literal arguments would put into the page."""
    calls = WRITES.findall(scripts_of(elements))
    return "\n".join("".join(unescaped(double or single) for double, single in LITERAL.findall(call)) for call in calls)


def unescaped(literal: str) -> str:
    """The characters of a JavaScript literal (ECMA-262 §12.9.4)."""

    def character(found: re.Match[str]) -> str:
        escape = found[1]
        if escape[0] in "ux" and len(escape) > 1:
            return chr(int(escape[1:], 16))
        return {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}.get(escape, escape)

    return ESCAPED.sub(character, literal)


def created_next(elements: Selector) -> str | None:
    """Where createPageHTML would lead from this page, relative to it; None on the last."""
    found = WRITTEN.search(scripts_of(elements))
    if found is None or int(found[2]) + 1 >= int(found[1]):
        return None
    return f"{found[3]}_{int(found[2]) + 1}.{found[4]}"


def turned_next(elements: Selector, number: int, template: str | None = None) -> str | None:
    """Where `javascript:next(N)` would lead from list page `number` (from 1), relative to it.

    The link that turns the page is the one whose N is the smallest above that of this page, or of this page where N
    counts from 0; links back have smaller ones.

    template  address of a list page with {} for N; without it, it is taken from the page's `function next`
    """
    turns = {int(found[1]): link for link, found in _turns(elements)}
    following = [n for n in (number, number + 1) if n in turns and _forward(turns[n], n, number)]
    if not following:
        return None
    template = template or _turning(scripts_of(elements))
    return template.replace("{}", str(following[-1])) if template else None


def turns_by_script(elements: Selector) -> bool:
    """Whether a page has links of the kind `javascript:next(N)`."""
    return next(iter(_turns(elements)), None) is not None


def _turns(elements: Selector) -> list[tuple[Selector, re.Match[str]]]:
    anchors = elements.css("a[href*='next('], a[onclick*='next(']")
    found = [(a, TURN.search(f"{a.attrib.get('href', '')} {a.attrib.get('onclick', '')}")) for a in anchors]
    return [(link, match) for link, match in found if match]


def _forward(link: Selector, n: int, number: int) -> bool:
    """Whether a link leads on: its N is higher than this page's number, or it says that it is the next page."""
    return n > number or re.search(r"下一?[页頁]|>|›|»", "".join(link.css("::text").getall())) is not None


def _turning(script: str) -> str | None:
    """The address that `function next(n)` makes, with {} for n: the literals around n."""
    found = TURNING.search(script)
    if found is None:
        return None
    made = re.search(rf"[\"']([^\"']*)[\"']\s*\+\s*{re.escape(found[1])}\s*(?:\+\s*[\"']([^\"']*)[\"'])?", found[2])
    return f"{made[1]}{{}}{made[2] or ''}" if made else None
