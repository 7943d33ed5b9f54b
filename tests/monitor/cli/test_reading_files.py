"""`read` on compilations and on very many files."""

import json
from pathlib import Path

import pytest

from monitor.cli.main import main


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
    assert line["kind"] == "compilation"
    assert [line["text"][part["start"] : part["end"]] for part in line["reports"]] == texts
    assert [(part["part"], part["place"], part["meeting_on"], part["whole"]) for part in line["reports"]] == [
        (1, "北京市海淀区", "2026-01-08", True),
        (2, "北京市西城区", "2026-01-08", True),
    ]
    assert main(["read", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "part 1       北京市海淀区 2026, report" in shown
    assert "part 2       北京市西城区 2026, report" in shown


def test_a_single_report_holds_no_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "page.txt"
    file.write_text(report("海淀区", 0xB0), "utf-8")
    assert main(["read", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["reports"] == []
