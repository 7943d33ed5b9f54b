"""A report whose date is missing or damaged: its meeting from copies, or from the sessions around it, and marked so."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from a_desk import ADesk, text_of

from monitor.identity import identify_text

URL, PORTAL, OLD = (f"http://{name}.example/1.html" for name in ("reprint", "portal", "old"))


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[ADesk]:
    made = ADesk(tmp_path, capsys)
    yield made
    made.engine.dispose()


def masked(year: int) -> str:
    """The report with every year masked, as copying sites do."""
    return re.sub(r"(?:19|20)\d\d", "20xx", text_of(year))


def test_the_session_after_last_years_says_the_year_and_is_marked(desk: ADesk) -> None:
    desk.put(text_of(2025), OLD, quiet=True)
    desk.put(masked(2026), URL)
    [report] = [line for line in desk.lines("reports") if line["url"] == URL]
    assert (report["report"], report["meeting_on"]) == ("990101/2026", "2026-01-08")
    assert report["inferred"] == ["meeting_on", "year"]
    assert "meeting_on 2026-01-08 (inferred)" in desk.run("show", "990101/2026")[1]
    assert "year 2026 (inferred)" in desk.lines("why", "990101/2026")[0]["what"]


def test_what_was_inferred_is_replaced_by_what_a_better_copy_reads(desk: ADesk) -> None:
    desk.put(text_of(2025), OLD, quiet=True)
    desk.put(masked(2026), URL)
    desk.put(text_of(2026), PORTAL)
    [report] = [line for line in desk.lines("reports") if line["report"] == "990101/2026"]
    assert (report["copies"], report["inferred"], report["meeting_on"]) == (2, [], "2026-01-08")


def test_a_report_without_a_year_gets_it_from_a_copy(desk: ADesk) -> None:
    desk.put(masked(2026), URL)
    [name] = desk.names()
    assert name.startswith("unknown/")
    desk.put(text_of(2026), PORTAL, tier=4)
    assert desk.names() == ["990101/2026"]
    assert [key for key, *_ in desk.told()] == ["report.new:990101/2026"]


def test_a_report_without_a_year_gets_it_once_last_years_is_known(desk: ADesk) -> None:
    desk.put(masked(2026), URL)
    desk.put(text_of(2025), OLD, quiet=True)
    assert desk.names() == ["990101/2025", "990101/2026"]
    assert desk.run("diff", "澜汀", "2026")[0] == 1


def test_a_report_whose_year_was_wrongly_concluded_makes_room_for_the_one_that_reads_it(desk: ADesk) -> None:
    desk.put(text_of(2024), OLD, quiet=True)  # 第三次
    desk.put(masked(2026).replace("第五次", "第四次"), URL)  # 第四次, so it seems: 2025
    assert "990101/2025" in desk.names()
    desk.put(text_of(2025), PORTAL)
    assert desk.urls("990101/2025") == [PORTAL]
    [left] = [line for line in desk.lines("reports") if line["url"] == URL]
    assert (left["year"], left["meeting_on"], left["inferred"]) == (None, None, [])


def test_of_an_unknown_place_the_report_is_kept_and_said_so(desk: ADesk) -> None:
    desk.put(text_of(2026).replace("澜汀", "溟漪").replace("云岭", "杳岑"), URL)
    [name] = desk.names()
    assert desk.lines("why", name)[0]["what"].startswith("place not known, year 2026")
    assert desk.outcome(URL).startswith("a new report unknown/")


SALUTE = "各位代表：\n现在，我代表区人民政府向大会报告工作，请予审议，并请区政协委员提出意见。"


@pytest.mark.parametrize(
    ("line", "day", "inferred"),
    [
        ("——202014日在云岭市澜汀区第五届人民代表大会第四次会议上", date(2020, 1, 4), ("meeting_on",)),
        ("——二O一O年一月十二日在云岭市澜汀区第五届人民代表大会第四次会议上", date(2010, 1, 12), ()),
        ("——二〇一〇年一月十二日在云岭市澜汀区第五届人民代表大会第四次会议上", date(2010, 1, 12), ()),
        ("——20xx年x月x日在云岭市澜汀区第五届人民代表大会第四次会议上", None, ()),
        ("——2016年12月15日在云岭市澜汀区第五届人民代表大会第四次会议上", date(2016, 12, 15), ()),
    ],
)
def test_damaged_and_masked_days_of_meetings(line: str, day: date | None, inferred: tuple[str, ...]) -> None:
    found = identify_text(f"政府工作报告\n{line}\n澜汀区代区长 王强\n{SALUTE}")
    assert found.meeting_on == day
    assert "meeting_on" in found.inferred or "meeting_on" not in inferred
    assert found.speaker == "王强"


def test_the_years_that_the_plan_speaks_of_are_a_conclusion() -> None:
    plan = "要在2025年建成鹭洲大桥。确保2025年通水。" * 3
    found = identify_text(f"政府工作报告\n澜汀区区长 王强\n{SALUTE}\n一、工作回顾\n修了路。\n二、主要任务\n{plan}")
    assert (found.year, "year" in found.inferred) == (2025, True)


def test_masked_years_tell_nothing() -> None:
    found = identify_text(masked(2026))
    assert (found.year, found.meeting_on) == (None, None)
