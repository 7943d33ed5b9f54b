"""Copies that disagree, on a real database: said sentence by sentence, never merged, mended only for the eye."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from a_desk import ADesk, text_of
from sqlmodel import select

from storage.database import reading
from storage.model import Reading

PORTAL, REPRINT, WORN = (f"http://{name}.example/1.html" for name in ("portal", "reprint", "worn"))
TEXT = text_of(2026)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[ADesk]:
    made = ADesk(tmp_path, capsys)
    yield made
    made.engine.dispose()


def test_numbers_and_names_that_copies_disagree_in_are_told_with_their_sentences(desk: ADesk) -> None:
    desk.put(TEXT, PORTAL)
    desk.put(TEXT.replace("4861人", "4816人").replace("鹭洲大桥", "白洲大桥", 1), REPRINT, tier=4)
    status, out, _ = desk.run("diff", "990101/2026", "--copies")
    assert status == 1
    assert "number 1  name 1" in out
    [line] = desk.lines("diff", "990101/2026", "--copies")
    [number] = [d for d in line["differences"] if d["sort"] == "number"]
    assert (number["old"], number["new"]) == ("4861", "4816")
    assert "城镇新增就业4861人" in number["sentence"]
    assert "城镇新增就业4816人" in number["other"]
    assert line["copy"] == REPRINT
    assert [step["differs"] for step in desk.lines("why", "990101/2026")[2:]] == ["", "number 1  name 1"]


def test_disagreeing_copies_are_never_merged(desk: ADesk) -> None:
    desk.put(TEXT, PORTAL)
    desk.put(TEXT.replace("4861人", "4816人"), REPRINT, tier=4)
    assert "4861人" in desk.one("show", "990101/2026")["text"]
    assert desk.one("show", "990101/2026")["mended"] == []
    with reading(desk.engine) as session:
        assert [("4861" in text) for text in session.exec(select(Reading.text))] == [True, False]


def test_where_the_leading_copy_is_damaged_the_sound_text_is_shown_with_where_it_is_from(desk: ADesk) -> None:
    at = TEXT.index("声学消声实验室投入使用")
    half = TEXT.index("（二）", len(TEXT) // 2)
    masked = re.sub(r"\d", "x", TEXT[:half]) + TEXT[half:]
    desk.put(TEXT[:at] + "\ufffd" * 11 + TEXT[at + 11 :], PORTAL)
    desk.put(masked, WORN, tier=4)
    shown = desk.one("show", "990101/2026")
    assert shown["url"] == PORTAL
    assert shown["text"] == TEXT
    [mend] = shown["mended"]
    assert (mend["url"], "声学消声实验室" in mend["now"], "\ufffd" in mend["was"]) == (WORN, True, True)
    out = desk.run("show", "990101/2026")[1]
    assert f"mended     1 place, damaged there, from {WORN}" in out
    with reading(desk.engine) as session:
        assert "\ufffd" in session.exec(select(Reading.text).where(Reading.url == PORTAL)).one()


def test_each_copys_relation_says_why_likeness_and_what_each_has_of_the_other(desk: ADesk) -> None:
    desk.put(TEXT, PORTAL)
    desk.put("首页 政务公开 当前位置 打印 关闭\n" * 40 + TEXT[: len(TEXT) // 2], REPRINT, tier=4)
    _, copy = [step for step in desk.lines("why", "990101/2026") if step["step"] == "copy"]
    assert (copy["relation"], copy["likeness"]) == ("partial", 100.0)
    assert 45 < copy["coverage"] < 55
    assert 70 < copy["within"] < 95
    assert "ends early" in copy["what"]
    assert "other characters before" in copy["what"]
    assert "missing 1" in copy["differs"]
    assert f"has {copy['coverage']} % of the canonical copy, which has {copy['within']} % of it" in copy["what"]


def test_group_says_how_much_of_each_the_other_has(desk: ADesk, tmp_path: Path) -> None:
    files = [tmp_path / "a.txt", tmp_path / "b.txt"]
    files[0].write_text(TEXT, "utf-8")
    files[1].write_text(TEXT[: len(TEXT) // 2] + "无关的网站导航文字，别处没有。" * 60, "utf-8")
    [group] = desk.lines_of("group", *map(str, files))
    held = {Path(copy["path"]).name: (copy["coverage"], copy["within"]) for copy in group["copies"]}
    assert held["a.txt"] == (100.0, 100.0)
    assert 45 < held["b.txt"][0] < 55
    assert held["b.txt"][1] < 95


def test_a_report_whose_copies_were_all_cut_is_not_called_whole(desk: ADesk) -> None:
    desk.put(TEXT[: len(TEXT) // 2], PORTAL)
    desk.put(TEXT[: len(TEXT) // 2], REPRINT, tier=4)
    out = desk.run("show", "990101/2026")[1]
    assert re.search("^whole +no: no .*closing is known of it", out, re.MULTILINE)
    assert re.search("^why +as much as any copy: has", out, re.MULTILINE)
