"""A published report that was silently edited in its numbers is news of its own."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from monitor import facts, filing
from monitor.views.editions import Difference, disagreeing
from storage import queries, save
from storage.model import Copy, Reading

KIND = "report.edited"
AT_MOST = 60  # changes in an event
SENTENCE = 5  # Chinese characters that a sentence has; page numbers and dates have fewer
HAN = re.compile("[\u4e00-\u9fff]")
# What pages count and date around a text: no number of the report.
COUNTED = re.compile(
    "浏览|阅读|点击|访问|访客|次数|字号|来源|发布|更新时间|打印|责任编辑|编辑[:：]|作者|下载|评论|点赞|收藏"
)


def edited_numbers(before: str, now: str) -> list[Difference]:
    """The numbers of a report's sentences that are others now, with both sentences; none that a page counts."""
    return [
        found
        for found in disagreeing(before, now)
        if found.sort == "number"
        and len(HAN.findall(found.sentence)) >= SENTENCE
        and not COUNTED.search(found.sentence)
        and not COUNTED.search(found.other)
    ]


def tell_edited(
    session: Session,
    addressed: Callable[[str, str | None, float], Sequence[tuple[str, str]]],
    names: Mapping[str, str],
    filed: filing.Filed,
    earlier: tuple[Copy, Reading] | None,
    row: Reading,
    now: datetime,
) -> None:
    """One event for each reading of an address in which numbers differ from the reading it takes the place of.

    Not for what another reader reads otherwise, nor for readings that never alert.
    """
    if earlier is None or row.quiet or earlier[1].id == row.id or earlier[1].reader != row.reader:
        return
    report = filed.report
    if earlier[0].report_id != report.id:
        return
    changes = edited_numbers(earlier[1].text, row.text)
    if not changes:
        return
    count = len(queries.copies_of(session, save.required(report.id)))
    said: dict[str, Any] = facts.of_report(report)
    said |= {"canonical": facts.of_copy(*filed.now, names), "copies": count}
    said |= {
        "edited": {
            "url": row.url,
            "source": row.source,
            "source_name": names.get(row.source, row.source),
            "tier": row.tier,
            "before": earlier[1].made_at.isoformat(),
            "now": row.made_at.isoformat(),
        },
        "changed": len(changes),
        "changes": [{"old": d.old, "new": d.new, "was": d.sentence, "now": d.other} for d in changes[:AT_MOST]],
    }
    key = f"{KIND}:{report.name}:{row.fingerprint[:16]}"
    save.save_event(session, key, KIND, report.name, said, now, addressed(KIND, report.place, 1.0))
