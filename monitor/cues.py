"""Words of a plan that tell a measure from a slogan, and a beginning from a going on; PURE.

Lists of our own, from the verbs and nouns that reports of all levels use; what each weighs was fitted, not guessed.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

BEGINNING = re.compile(
    "启动|出台|首次|首个|首批|试点|筹建|新建|开工|制定|制订|编制|设立|成立|探索|开通|组建|引进|举办|承办|立法|条例"
    "|三年行动|专项行动"
)
GOING_ON = re.compile(
    "继续|持续|深化|加快|进一步|巩固|不断|深入|坚持|全面|扎实|推进|推动|加强|完善|强化|提升|提高|增强"
)
AIM = re.compile("水平|能力|质量|发展|作用|环境|意识|精神|氛围|活力|优势|格局|基础|合力|效能|品质|满意|幸福|获得感")
OBJECT = re.compile(
    "工程|行动|计划|中心|条例|项目|试点|机制|平台|制度|基地|园区|产业园|示范区|方案|体系|清单|学校|医院|公园|公路|高铁"
    "|机场|桥|路|广场|市场|酒店|基金|规划|办法|政策|标准|补贴|津贴"
)
NAMED = re.compile(
    "(?:工程|行动|计划|中心|条例|项目|试点|机制|平台|制度|基地|园区|产业园|示范区|方案|清单|学校|医院|公园|公路|高铁"
    "|机场|大桥|广场|市场|酒店|基金|规划|办法|标准|法)$",
    re.MULTILINE,
)
# 是, 必须, 我们 …: a plan's measures have no subject; its rhetoric has.
RHETORIC = re.compile("是|要|我们|必须|才能|不|心|让|就|之|为了|只有|使命|责任|担当|作风|干部|精神|思想")
# Words without content: a measure is a string of nouns and verbs, a slogan is a sentence.
FUNCTION = re.compile("[的了是要就才都以为与和在之其使让把对]")
PURPOSE = re.compile(
    "(?:让|使|把|以|为|不断|促进|提升|提高|增强|确保|切实|努力|真正|全面|推动|实现|有效|进一步|营造|激发)"
)
POLITICAL = re.compile(
    "习近平|党中央|邓小平|科学发展观|[一二]十[一二三四五六七八九]?大|总基调|总要求|总体要求|中国特色社会主义|新发展理念"
    "|人大代表|同志们|各位代表|我们"
)
YEAR = re.compile(r"\d{4}年")
DIGIT = re.compile(r"\d")
RETURNING = re.compile("重启|恢复|重新|再次|重办|重开|复办|复开|再启|重建|重拾|续办")
QUOTED = re.compile('["“「《]([^"”」》]{2,30})["”」》]')


def named_things(text: str) -> list[str]:
    """What stands in quotes or title marks."""
    return QUOTED.findall(text)


def has_number(text: str) -> bool:
    """Is there a number other than a year?"""
    return bool(DIGIT.search(YEAR.sub("", text)))


def tally(pattern: re.Pattern[str], texts: Sequence[str]) -> NDArray[np.float64]:
    """How often a pattern that crosses no line is found in each text; all are searched at once."""
    return counted([found.start() for found in pattern.finditer("\n".join(texts))], texts)


def opening(pattern: re.Pattern[str], texts: Sequence[str]) -> NDArray[np.float64]:
    """1 for each text that begins with the pattern, else 0."""
    return np.array([pattern.match(text) is not None for text in texts], dtype=np.float64)


def counted(places: Sequence[int], texts: Sequence[str]) -> NDArray[np.float64]:
    """How many of the places in the texts, joined by a line's end, fall into each text."""
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    return np.bincount(np.searchsorted(ends, places, side="right"), minlength=len(texts)).astype(np.float64)


def numbered(texts: Sequence[str]) -> NDArray[np.float64]:
    """1 for each text with a number other than a year (`has_number`), else 0."""
    return (tally(DIGIT, texts) > 4 * tally(YEAR, texts)).astype(np.float64)
