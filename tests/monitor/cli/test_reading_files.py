"""`read` on compilations and on very many files."""

import gc
import json
import os
import signal
from pathlib import Path

import pytest

from monitor.cli.files import read_one
from monitor.cli.main import main
from monitor.cli.parallel import mapped


def undertakings(row: int, verb: str) -> list[str]:
    """Twenty sentences of words that no other row of GB 2312 has."""
    words = [bytes((row, cell)).decode("gb2312") for cell in range(0xA1, 0xF9)]
    return [
        f"{verb}{''.join(words[at : at + 4] * 3)}工程，{''.join(words[at : at + 4])}项目{at}个。"
        for at in range(0, 80, 4)
    ]


def report(place: str, row: int) -> str:
    """A report of a district, long enough to be one."""
    lines = [
        f"{place}人民政府工作报告",
        f"——2026年1月8日在北京市{place}第十七届人民代表大会第六次会议上",
        f"{place}区长 文 献",
        "各位代表：",
        f"现在，我代表{place}人民政府，向大会报告工作，请予审议。",
        "一、2025年工作回顾",
        *undertakings(row, "完成"),
        *undertakings(row + 1, "建成"),
        "二、2026年重点任务",
        *undertakings(row + 2, "推进"),
        *undertakings(row + 3, "启动"),
        f"各位代表！让我们团结起来，为建设美好{place}而奋斗！",
    ]
    return "\n".join(lines)


def test_a_compilation_is_read_with_the_reports_it_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "page.txt"
    texts = [report("海淀区", 0xB0), report("西城区", 0xC0)]
    file.write_text("\n".join(["北京市各区政府工作报告汇编", *texts]), "utf-8")
    assert main(["read", str(file), "--json"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert (line["kind"], line["place"], line["session"]) == ("compilation", "北京市", None)
    assert [line["text"][part["start"] : part["end"]] for part in line["reports"]] == texts
    assert [(part["part"], part["place"], part["meeting_on"], part["whole"]) for part in line["reports"]] == [
        (1, "北京市海淀区", "2026-01-08", True),
        (2, "北京市西城区", "2026-01-08", True),
    ]
    assert main(["read", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "part 1       北京市海淀区 2026, report" in shown
    assert "part 2       北京市西城区 2026, report" in shown
    assert main(["compare", str(file), str(file)]) in (0, 1)
    assert "several reports, compared as one text: 北京市海淀区 2026; 北京市西城区 2026" in capsys.readouterr().err


def test_a_single_report_holds_no_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "page.txt"
    file.write_text(report("海淀区", 0xB0), "utf-8")
    assert main(["read", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["reports"] == []


def test_many_files_are_read_in_order_on_several_cores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [tmp_path / f"{number}.txt" for number in range(40)]
    for number, file in enumerate(files):
        file.write_text(f"第{number}号通知。" * 12, "utf-8")
    assert main(["read", *map(str, files), str(tmp_path / "none.txt"), "--jobs", "2", "--json"]) == 3
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["path"] for line in lines] == [*map(str, files), str(tmp_path / "none.txt")]
    assert [line["text"][:5] for line in lines[10:12]] == ["第10号通", "第11号通"]
    assert "error" in lines[-1]


def halved(number: int) -> str:
    """Half a number, in words; 13 ends the process."""
    if number == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    return str(number / 2)


def test_a_file_that_ends_its_process_is_named_and_the_others_are_read() -> None:
    found = list(mapped(halved, range(50), 2, lambda number: f"{number} ended"))
    assert found == [f"{number} ended" if number == 13 else str(number / 2) for number in range(50)]


def test_nothing_is_left_of_a_file_once_its_line_is_told(tmp_path: Path) -> None:
    text = report("海淀区", 0xB0)
    files = [tmp_path / f"{number}.txt" for number in range(60)]
    for number, file in enumerate(files):
        file.write_text(f"{text}\n{number}", "utf-8")
    for path in files[:20]:
        read_one(str(path), None)
    gc.collect()
    before = len(gc.get_objects())
    for path in files[20:]:
        read_one(str(path), None)
    gc.collect()
    assert len(gc.get_objects()) - before < 400
