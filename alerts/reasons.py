"""The reasons that the monitor gives in English, in the language of the alert. Pure.

A reason is made of fixed phrases (monitor/canonical.py, monitor/condition.py, monitor/health.py); each is translated by
itself, and what is none of them, a server's answer for instance, stays as it is.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

PHRASES: Final[Mapping[str, str]] = {
    # monitor/canonical.py: why a copy is the one to trust
    "the only copy": "目前唯一的版本",
    "whole": "全文",
    "the fullest of copies that are all partial or damaged": "各版本均不完整或有损坏，此版最全",
    r"has (\d+) % of what at least two of (\d+) copies agree on": r"含 \2 个版本中至少两个共有内容的 \1%",
    "no damage seen": "未见损坏",
    r"(\d+) % unreadable": r"\1% 无法辨认",
    "numbers masked": "数字被遮盖",
    "simplified characters": "简体",
    "traditional characters": "繁体",
    r"source tier 1": "来源为政府门户网站",
    r"source tier 2": "来源为人大网站",
    r"source tier 3": "来源为报纸",
    r"source tier 4": "来源为转载",
    r"source tier 5": "来源为镜像",
    # monitor/health.py: how a run ended
    "no run yet": "尚未检查过",
    "ran to its end": "检查已完成",
    "some pages could not be had": "部分页面未能取得",
    "ran to its end without a single page": "检查已完成，但没有取得任何页面",
    "the list holds no link to an article": "列表页上没有文章链接",
    "the column is not where the source says": "栏目已不在原地址",
    "the page is not laid out as its spider knows it": "页面版式已变",
    "the interface no longer answers with its list": "接口不再返回列表",
    "the site refuses us": "网站拒绝访问",
    "its address is not one that may be reached": "该地址不允许访问",
    "could not be reached": "无法连接",
    "the crawl broke off with an error nobody foresaw": "检查因意外错误中断",
    "the crawl's process was killed": "检查进程被终止",
    "the crawl's process left no receipt": "检查进程没有留下记录",
    "it is retired": "此信息源已停用",
    "the settings say so": "按设置停用",
    # monitor/peers.py
    r"the report of (\d+) is known from (\d+) other sources but not from this one": (
        r"\1 年的报告已见于另外 \2 个信息源，此处没有"
    ),
    r"(\d+) other sources of its kind have brought reports of (\d+) but this one none": (
        r"同类信息源中已有 \1 个收到 \2 年的报告，此处没有"
    ),
}
DUE: Final = re.compile(r"was due at (\S+) and has not run")
SEPARATORS: Final[Mapping[str, str]] = {"; ": "；", ", ": "，", ": ": "："}
PATTERNS: Final = tuple((re.compile(phrase), words) for phrase, words in PHRASES.items())


def reason(text: object, language: str, local: Callable[[str], str]) -> str:
    """A reason as a reader of this language has it; separators change only after a phrase that was translated.

    local   how an ISO time is shown
    """
    said = str(text or "")
    if language != "zh":
        return said
    pieces = re.split(r"(; |, |: )", said)
    words = [_phrase(piece, local) for piece in pieces[::2]]
    made = []
    for index, separator in enumerate([*pieces[1::2], ""]):
        known = words[index]
        made += [known or pieces[2 * index], SEPARATORS.get(separator, "") if known else separator]
    return "".join(made)


def _phrase(piece: str, local: Callable[[str], str]) -> str | None:
    """The phrase in Chinese; None where it is none that we know."""
    if due := DUE.fullmatch(piece):
        return f"应于 {local(due[1])} 检查，至今未检查"
    return next((found.expand(words) for pattern, words in PATTERNS if (found := pattern.fullmatch(piece))), None)
