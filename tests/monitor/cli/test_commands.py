"""The command line: what it prints where, and its exit statuses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli.main import COMMANDS, main

OLD = """政府工作报告
——2025年1月8日在云岭市澜汀区第七届人民代表大会第四次会议上
澜汀区人民政府区长 闻人嘉澍
各位代表：
现在，我代表澜汀区人民政府，向大会报告政府工作，请予审议，并请区政协委员提出意见。
一、2024年工作回顾
新建口袋公园9个。
二、2025年重点任务
新建口袋公园12个。建成鹭洲大桥。办好汀上灯会。
各位代表！让我们共同奋斗！
"""
NEW = OLD.replace("2025", "2026").replace("2024", "2025").replace("第四次", "第五次").replace("公园12个", "公园15个")


def reportwatch(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    call = [sys.executable, "-m", "monitor.cli", *words]
    return subprocess.run(call, capture_output=True, text=True, encoding="utf-8", check=False, **options)  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def old(tmp_path: Path) -> str:
    path = tmp_path / "old.txt"
    path.write_text(OLD, "utf-8")
    return str(path)


@pytest.fixture
def new(tmp_path: Path) -> str:
    path = tmp_path / "new.txt"
    path.write_text(NEW, "utf-8")
    return str(path)


@pytest.fixture
def home(tmp_path: Path) -> list[str]:
    """Options that keep a command to a folder of its own."""
    file = tmp_path / "settings.toml"
    file.write_text(f'[storage]\nfolder = "{tmp_path / "known"}"\n[crawl]\nbuiltin = false\n', "utf-8")
    return ["--settings", str(file)]


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_says_what_it_is_for(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    assert "Usage" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [["nosuch"], ["read"], ["read", "--nosuch", "x"], ["compare", "only-one"], ["--nosuch"]]
)
def test_wrong_use_is_told_on_standard_error_with_status_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "reportwatch:" in err


def test_wrong_use_names_the_command_and_where_help_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alerts", "mute"]) == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith("reportwatch: alerts mute: Missing argument")
    assert said.endswith("`reportwatch alerts mute --help` lists what it takes")


def test_without_a_command_the_help_is_all_that_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    out, err = capsys.readouterr()
    assert "Usage" in out + err
    assert "reportwatch: ;" not in out + err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("reportwatch ")


def test_read_gives_one_object_a_line_and_nothing_else(old: str) -> None:
    done = reportwatch("read", old, "--json")
    [line] = done.stdout.splitlines()
    said = json.loads(line)
    assert (said["kind"], said["year"], said["meeting_on"]) == ("report", 2025, "2025-01-08")
    assert said["parts"] == ["review", "plan"]
    assert done.returncode == 0


def test_a_file_that_cannot_be_read_gives_its_line_and_status_3(old: str, tmp_path: Path) -> None:
    done = reportwatch("read", str(tmp_path / "none.txt"), old, "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert "error" in lines[0]
    assert lines[1]["kind"] == "report"
    assert done.returncode == 3
    assert "none.txt" in done.stderr


def test_several_cores_give_the_same_lines_in_the_same_order(old: str, new: str) -> None:
    files = [old, new] * 3
    assert reportwatch("read", *files, "--json", "--jobs", "2").stdout == reportwatch("read", *files, "--json").stdout


def test_compare_ends_with_status_1_where_something_differs(
    old: str, new: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", old, new, "--json"]) == 1
    findings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [revised] = [finding for finding in findings if finding["kind"] == "revised"]
    assert [(target["old"], target["new"]) for target in revised["targets"]] == [("12", "15")]


def test_compare_ends_with_status_0_where_nothing_differs(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", old, old, "--json"]) == 0
    assert {json.loads(line)["kind"] for line in capsys.readouterr().out.splitlines()} <= {"continued", "generic"}


def test_an_unknown_kind_is_wrong_use(old: str, new: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", old, new, "--only", "newest"]) == 2
    assert "known are" in capsys.readouterr().err


def test_copies_are_grouped_whatever_their_names(old: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample = (Path(__file__).parents[3] / "crawler/sample/reports/990101-2026.txt").read_text("utf-8")
    paths = [tmp_path / "a.txt", tmp_path / "b.txt"]
    paths[0].write_text(sample, "utf-8")
    paths[1].write_text(sample[: len(sample) // 2], "utf-8")
    assert main(["group", *map(str, paths), old, "--json"]) == 0
    groups = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted(len(group["copies"]) for group in groups) == [1, 2]


def test_a_page_cannot_command_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.txt"
    path.write_text(OLD.replace("闻人嘉澍", "闻\x1b]0;owned\x07人\x9b31m"), "utf-8")
    main(["read", str(path)])
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\x9b" not in out


@pytest.mark.parametrize(
    "words",
    [
        ["diff", "海淀", "2025"],
        ["show", "110108/2025"],
        ["copies", "x"],
        ["why", "http://x.example/"],
        ["crawl", "nosuch"],
    ],
)
def test_what_is_not_known_is_told_with_what_to_do(
    words: list[str], home: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, *home]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "reportwatch:" in err


@pytest.mark.parametrize("name", ["reports", "alerts", "status", "sources"])
def test_an_empty_database_is_no_error(name: str, home: list[str]) -> None:
    assert main([name, *home]) == 0


def test_init_leaves_alone_what_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "etc")]) == 0
    file = tmp_path / "etc" / "settings.toml"
    assert file.stat().st_mode & 0o077 == 0
    file.write_text('language = "en"\n', "utf-8")
    assert main(["init", str(tmp_path / "etc")]) == 0
    assert file.read_text("utf-8") == 'language = "en"\n'
    assert "all was there already" in capsys.readouterr().out


def test_migrating_again_says_so(home: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", *home, "--json"]) == 0
    assert main(["migrate", *home, "--json"]) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["before"] is None
    assert second["before"] == second["after"] == first["after"]


def test_a_bad_setting_is_told_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[crawl]\ndelay = -1\n", "utf-8")
    assert main(["reports", "--settings", str(file)]) == 2
    assert f"{file}:2:9: crawl.delay" in capsys.readouterr().err


def test_a_file_that_is_added_is_a_report_and_read_again_it_stays_one(
    old: str, home: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["add", old, "--place", "海淀", "--meeting", "2025-01-08", *home]) == 0
    assert "110108/2025" in capsys.readouterr().out
    assert main(["reports", "海淀", "--json", *home]) == 0
    [report] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (report["report"], report["meeting_on"]) == ("110108/2025", "2025-01-08")
    assert main(["search", "口袋公园", "--json", *home]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert main(["reread", "--json", *home]) == 0
    assert json.loads(capsys.readouterr().out)["failed"] == 0


def test_a_pipe_that_closes_early_is_no_error(old: str) -> None:
    call = f"{sys.executable} -m monitor.cli read {' '.join([old] * 40)} --json | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", call], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert len(done.stdout.splitlines()) == 1


def test_the_command_starts_in_less_than_its_imports_would_take() -> None:
    """Scrapy, sqlmodel and trafilatura are imported by the commands that need them, not by --help."""
    heavy = "{'scrapy', 'sqlmodel', 'trafilatura', 'numpy'}"
    probe = f"import sys, monitor.cli.main as m; m.main(['read', '--help']); print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_demo_never_runs_into_a_folder_that_is_in_use(
    old: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--folder", str(tmp_path)]) == 2  # holds the file `old`
    assert main(["demo", "--folder", old]) == 2
    assert "new folder" in capsys.readouterr().err


def test_one_of_several_that_cannot_be_added_does_not_stop_the_others(
    old: str, home: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["add", "/nowhere/x.txt", "ftp://x/y", old, "--place", "海淀", "--json", *home]) == 3
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["report"] for line in lines] == [None, None, "110108/2025"]
    assert "only http and https" in lines[1]["outcome"]


def test_a_place_that_cannot_be_made_is_told(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", old]) == 2
    assert main(["init", "/proc/nope"]) == 2
    assert "cannot be made" in capsys.readouterr().err


def test_a_file_that_is_no_database_is_told(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reports", "--database", f"sqlite:///{old}"]) == 3
    assert "not a database" in capsys.readouterr().err


def test_what_is_no_regular_file_is_not_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "/dev/zero"]) == 3
    assert "no regular file" in capsys.readouterr().err


def test_a_text_with_one_tag_in_its_midst_is_still_a_text(
    old: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tagged.txt"
    path.write_text(OLD.replace("建成鹭洲大桥。", "<script>alert(1)</script>建成<b>鹭洲</b>大桥。"), "utf-8")
    assert main(["read", str(path), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["text"].split("\n")) == len(OLD.strip().split("\n"))


def test_nothing_to_compare_is_wrong_use_not_no_difference(
    old: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("", "utf-8")
    assert main(["compare", old, str(empty), "--json"]) == 2
    assert main(["compare", str(empty), old, "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "no sentence" in err
