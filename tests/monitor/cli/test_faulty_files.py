"""`read`, `group` and `compare` on files that are missing, empty, no text at all, or several reports on one page."""

import json
import random
from pathlib import Path

import pytest

from monitor.cli.main import main
from monitor.cli.show import emit

VERBS = ["推进", "开展", "整治", "优化", "培育", "扩建", "启动", "落实"]
GOALS = ["夜间经济", "绿道", "粮库", "医院", "学校", "河道", "湿地", "菜场", "路灯", "图书馆", "数字政务", "人才公寓"]


def sentence(dice: random.Random) -> str:
    """An undertaking out of one mould."""
    goals = [dice.choice(GOALS) for _ in range(3)]
    begun, done = dice.choice(VERBS), dice.choice(VERBS)
    return (
        f"{begun}{goals[0]}{dice.randrange(90)}处，{done}{goals[1]}和{goals[2]}，惠及群众{dice.randrange(90)}万人次。"
    )


def templated(place: str, day: int, seed: int) -> str:
    """A report of which every sentence has the same mould; only seeds, place and day tell two of them apart."""
    dice = random.Random(seed)
    lines = [sentence(dice) + sentence(dice) for _ in range(120)]
    head = [
        f"{place}政府工作报告",
        f"——2026年1月{day}日在{place}第七届人民代表大会第五次会议上",
        f"{place}区长 欧阳某",
        "各位代表：",
        "现在，我代表区人民政府，向大会报告政府工作，请予审议。",
    ]
    return "\n".join(
        [*head, "一、2025年工作回顾", *lines[:60], "二、2026年重点工作", *lines[60:], "各位代表！让我们团结奋斗！"]
    )


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with two reports, a page that holds both, an empty page, random bytes and a folder."""
    one, two = templated("北京市海淀区", 7, 1), templated("北京市朝阳区", 9, 2)
    (tmp_path / "one.txt").write_text(one, "utf-8")
    (tmp_path / "two.txt").write_text(two, "utf-8")
    (tmp_path / "both.txt").write_text(f"2026年各区政府工作报告汇编\n{one}\n{two}", "utf-8")
    (tmp_path / "empty.html").write_text("", "utf-8")
    (tmp_path / "noise.bin").write_bytes(random.Random(3).randbytes(20_000))
    (tmp_path / "noise.pdf").write_bytes(b"%PDF-1.4\n" + random.Random(4).randbytes(2_000))
    (tmp_path / "folder").mkdir()
    return tmp_path


def test_what_cannot_be_read_is_told_by_itself_and_the_rest_is_grouped(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = [str(shelf / name) for name in ("none.html", "folder", "empty.html", "noise.bin", "noise.pdf")]
    assert main(["group", str(shelf / "one.txt"), *bad, "--json"]) == 3
    out, err = capsys.readouterr()
    *failed, found = [json.loads(line) for line in out.splitlines()]
    assert [(line["path"], line["error"].split(":")[0]) for line in failed] == list(
        zip(bad, ["no such file", "a folder, not a file", "empty", "unreadable", "unreadable"], strict=True)
    )
    assert [copy["path"] for copy in found["copies"]] == [str(shelf / "one.txt")]
    assert all(line["error"] in err for line in failed)


def test_a_text_without_punctuation_is_still_grouped(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = shelf / "bare.txt"
    bare.write_text(templated("北京市海淀区", 7, 1)[:600].replace("。", "").replace("！", ""), "utf-8")
    assert main(["group", str(bare), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["canonical"] == str(bare)


@pytest.mark.parametrize("command", ["read", "group", "compare"])
def test_an_error_names_the_file_once_and_says_why_in_words(
    command: str, shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, why in (("none.html", "no such file"), ("folder", "a folder, not a file")):
        assert main([command, str(shelf / name), str(shelf / name)]) in (2, 3)
        assert capsys.readouterr().err.splitlines()[0] == f"reportwatch: {shelf / name}: {why}"


def test_no_compilation_is_a_copy_of_the_reports_it_holds(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = [str(shelf / name) for name in ("both.txt", "one.txt", "two.txt")]
    assert main(["group", *paths, "--json"]) == 0
    groups = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(copy["path"] != paths[0] for found in groups for copy in found["copies"])
    assert any(paths[0] in found["related"] for found in groups)


def test_a_compilation_has_no_place_and_no_meeting_of_its_own(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(shelf / "both.txt"), "--json"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["kind"], line["year"]) == ("compilation", 2026)
    assert [line[name] for name in ("place", "code", "meeting_on", "session", "speaker")] == [None] * 5
    assert main(["read", str(shelf / "both.txt")]) == 0
    assert "several reports" in capsys.readouterr().out


def test_what_is_no_text_is_compared_with_nothing(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(shelf / "one.txt"), str(shelf / "noise.bin"), "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "noise.bin: unreadable: " in err


def test_a_compilation_is_compared_with_a_warning(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(shelf / "one.txt"), str(shelf / "both.txt"), "--json"]) in (0, 1)
    assert "both.txt: a page with several reports" in capsys.readouterr().err


def test_nothing_is_concluded_from_what_is_no_text(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(shelf / "noise.bin"), "--json"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["verdict"], line["kind"], line["parts"], line["script"]) == ("unreadable", "other", [], None)
    assert line["text"]
    [repair] = line["repairs"]
    assert "times" in repair["how"]


def test_no_character_that_commands_a_terminal_leaves_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    said = "甲\x1b[31m\x7f\x85\x9b2J\u202e乙\u2066\u2028\u200f丙"
    emit({"text": said})
    out = capsys.readouterr().out
    assert json.loads(out) == {"text": said}
    assert "甲" in out
    assert not set(said) & set(out) - set("甲乙丙[31m2J")
