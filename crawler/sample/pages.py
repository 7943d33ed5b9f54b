"""Pages of the sample from their templates."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

SHANGHAI = ZoneInfo("Asia/Shanghai")
HEADING = re.compile(r"(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|第[一二三四五]部分)\s?\S{2,38}$")


def render(template: str, **values: object) -> str:
    """The text of a template under crawler/sample/templates; every name it uses must be given."""
    return _environment().get_template(template).render(**values)


def is_heading(line: str) -> bool:
    """Whether a site would set this line in bold: numbered, short, without a full stop."""
    return HEADING.match(line) is not None and not line.endswith(("。", "；", "："))


def chunks(lines: Sequence[str], size: int) -> tuple[tuple[str, ...], ...]:
    """Lines in stretches of at least `size` characters, the last may be shorter: pages of an article."""
    pages: list[list[str]] = [[]]
    for line in lines:
        if sum(map(len, pages[-1])) >= size:
            pages.append([])
        pages[-1].append(line)
    return tuple(map(tuple, pages))


def noon(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A moment in Asia/Shanghai."""
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("crawler.sample"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["heading"] = is_heading
    return environment
