"""What was silently edited at an address: versions, and an event of its own where numbers changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from a_desk import ADesk, text_of

from monitor.edits import edited_numbers

PORTAL, REPRINT = (f"http://{name}.example/1.html" for name in ("portal", "reprint"))
TEXT = text_of(2026)
EDITED = TEXT.replace("4861人", "4816人")


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[ADesk]:
    """The report of 2026, told of and sent."""
    made = ADesk(tmp_path, capsys)
    made.put(TEXT, PORTAL)
    made.send()
    yield made
    made.engine.dispose()


def kinds(desk: ADesk) -> list[str]:
    return [kind for _, kind, _ in desk.told()]


def test_a_number_silently_changed_is_an_event_of_its_own_and_a_version(desk: ADesk) -> None:
    desk.put(EDITED, PORTAL)
    assert kinds(desk) == ["report.new", "report.edited"]
    assert desk.run("diff", PORTAL, "--versions")[0] == 1
    [line] = desk.lines("diff", PORTAL, "--versions")
    assert line["why"] == "the page changed"
    assert "4816人" in line["differences"][0]["new"]
    [again] = desk.lines("diff", "990101/2026", "--versions")
    assert again == line


def test_words_that_change_are_a_version_and_no_event(desk: ADesk) -> None:
    desk.put(TEXT.replace("街市烟火越聚越旺", "街市人气越聚越旺"), PORTAL)
    assert kinds(desk) == ["report.new"]
    assert len(desk.lines("diff", PORTAL, "--versions")) == 1


def test_reading_again_makes_no_version_and_no_event(desk: ADesk) -> None:
    desk.reread(PORTAL, EDITED)
    assert kinds(desk) == ["report.new"]
    assert desk.run("diff", PORTAL, "--versions") == (0, "one version only\n", "")
    assert desk.lines("diff", PORTAL, "--versions") == []


def test_an_edit_after_reading_again_is_held_against_what_the_same_reader_read(desk: ADesk) -> None:
    desk.reread(PORTAL, TEXT + "\n名词解释：无。", reader=1 + 1)
    desk.put(EDITED, PORTAL, reader=1 + 1)
    assert kinds(desk) == ["report.new", "report.edited"]
    [line] = desk.lines("diff", PORTAL, "--versions")
    assert [d["sort"] for d in line["differences"]] == ["number", "missing"]


def test_a_reprint_with_other_numbers_is_no_edit(desk: ADesk) -> None:
    desk.put(EDITED, REPRINT, tier=4)
    assert kinds(desk) == ["report.new"]


def test_what_is_edited_quietly_tells_nobody(desk: ADesk) -> None:
    desk.put(EDITED, PORTAL, quiet=True)
    assert kinds(desk) == ["report.new"]


def test_each_further_edit_is_told_once(desk: ADesk) -> None:
    desk.put(EDITED, PORTAL)
    desk.put(EDITED.replace("31.7微克", "31.2微克"), PORTAL)
    desk.settle()
    assert kinds(desk) == ["report.new", "report.edited", "report.edited"]


def test_an_edit_that_is_taken_back_is_a_third_version_and_told_too(desk: ADesk) -> None:
    desk.put(EDITED, PORTAL)
    desk.put(TEXT, PORTAL)
    assert kinds(desk) == ["report.new", "report.edited", "report.edited"]
    assert len(desk.lines("diff", PORTAL, "--versions")) == 2
    assert "4861人" in desk.one("show", "990101/2026")["text"]


def test_what_pages_count_and_date_is_no_number_of_a_report() -> None:
    before = "澜汀区人民政府发布时间2026年1月8日浏览次数1204次。\n全年新增就业4861人，好于年初的预期。"
    assert edited_numbers(before, before.replace("1204", "1377").replace("8日", "9日")) == []
    [found] = edited_numbers(before, before.replace("4861", "4816").replace("1204", "1377"))
    assert (found.old, found.new) == ("4861", "4816")
    assert edited_numbers(before, before + "\n另有5件事。") == []
