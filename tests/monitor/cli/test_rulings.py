"""A person's word stands over the program's: set, pin, merge, split, and taken back."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from a_desk import ADesk, text_of
from sqlmodel import select

from storage.database import writing
from storage.model import Reading

PORTAL, REPRINT, OTHER = (f"http://{name}.example/1.html" for name in ("portal", "reprint", "other"))
WRONG = text_of(2026).replace("2026年1月8日", "2026年1月9日")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of 2025, and that of 2026 in two copies, its alert not sent yet; made once."""
    made = ADesk(tmp_path_factory.mktemp("filled"))
    made.put(text_of(2025), "http://portal.example/old.html", quiet=True)
    made.put(text_of(2026), PORTAL)
    made.put(text_of(2026).replace("各位代表", "各位代表、同志们"), REPRINT, tier=4)
    made.engine.dispose()
    return made.file.parent


@pytest.fixture
def desk(filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[ADesk]:
    """A copy of that for each test."""
    shutil.copy(filled / "reportwatch.db", tmp_path)
    made = ADesk(tmp_path, capsys)
    yield made
    made.engine.dispose()


def test_a_place_that_is_set_renames_the_report_and_is_shown_by_why(desk: ADesk) -> None:
    line = desk.one("set", "990101/2026", "place=砚溪", "--by", "李", "--reason", "印错了")
    assert (line["report"], line["was"], line["said"]) == ("990102/2026", "990101/2026", {"place": "990102"})
    assert desk.names() == ["990101/2025", "990102/2026"]
    assert desk.urls("990102/2026") == [PORTAL, REPRINT]
    [word] = [step["what"] for step in desk.lines("why", "990102/2026") if step["step"] == "word"]
    assert word.startswith("set place=990102: 李's word of 20")
    assert "印错了" in word


def test_a_report_set_anew_is_compared_with_the_year_before_of_its_place(desk: ADesk) -> None:
    desk.put(text_of(2025, "990102"), "http://yanxi.example/1.html", quiet=True)
    desk.one("set", "990101/2026", "place=990102")
    first, *_ = desk.lines("diff", "砚溪", "2026")
    assert first["against"] == "990102/2025"
    assert desk.run("diff", "澜汀", "2026")[0] == 2


def test_setting_alerts_nobody_and_an_alert_not_sent_yet_says_what_was_set(desk: ADesk) -> None:
    desk.one("set", "990101/2026", "place=990102")
    assert desk.told() == [("report.new:990102/2026", "report.new", "due")]
    desk.put(text_of(2026) + "\n附：名词解释", OTHER)
    assert [key for key, *_ in desk.told()] == ["report.new:990102/2026"]
    assert sorted(desk.urls("990102/2026")) == sorted([PORTAL, REPRINT, OTHER])


def test_a_truly_new_report_under_the_old_name_is_told(desk: ADesk) -> None:
    desk.send()
    desk.one("set", "990101/2026", "place=990102")
    desk.put(text_of(2024).replace("2024", "2026").replace("2023", "2025"), OTHER)
    keys = [key for key, *_ in desk.told()]
    assert keys == ["report.new:990102/2026", "report.new:990101/2026"]


def test_what_was_set_survives_reading_again_and_further_copies(desk: ADesk) -> None:
    desk.one("set", "990101/2026", "place=990102", "meeting=2025-12-28", "speaker=某甲")
    desk.reread(PORTAL)
    desk.reread(REPRINT, text_of(2026) + "\n名词解释")
    desk.put(text_of(2026), OTHER)
    [report] = [line for line in desk.lines("reports") if line["year"] == 2026]
    assert (report["report"], report["meeting_on"], report["speaker"]) == ("990102/2026", "2025-12-28", "某甲")
    assert report["copies"] == 3
    assert report["inferred"] == []


def test_a_name_that_another_report_has_is_refused_and_nothing_changes(desk: ADesk) -> None:
    status, out, err = desk.run("set", "990101/2026", "year=2025", "meeting=2025-01-07")
    assert (status, out) == (2, "")
    assert "990101/2025 is known already" in err
    assert desk.names() == ["990101/2025", "990101/2026"]
    assert desk.lines("rulings") == []


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("place=无此地", "no such place"),
        ("place=朝阳", "more than one place"),
        ("meeting=2026-13-01", "write 2024-01-08"),
        ("meeting=0001-01-01", "reports are of 1949"),
        ("meeting=2199-01-01", "reports are of 1949"),
        ("year=last", "no year"),
        ("year=2020", "does not go with the meeting"),
        ("kind=poem", "known are"),
        ("colour=red", "names are"),
        ("place", "NAME=VALUE"),
        ("place=", "nobody said anything"),
    ],
)
def test_a_word_that_makes_no_sense_is_wrong_use(desk: ADesk, word: str, said: str) -> None:
    status, _, err = desk.run("set", "990101/2026", word)
    assert status == 2
    assert said in err


def test_a_field_taken_back_is_what_the_copies_say(desk: ADesk) -> None:
    desk.one("set", "990101/2026", "place=990102", "meeting=2026-01-20")
    assert desk.one("set", "990102/2026", "place=")["report"] == "990101/2026"
    [report] = [line for line in desk.lines("reports") if line["year"] == 2026]
    assert (report["place"], report["meeting_on"]) == ("云岭市澜汀区", "2026-01-20")
    desk.one("set", "990101/2026", "meeting=")
    [report] = [line for line in desk.lines("reports") if line["year"] == 2026]
    assert report["meeting_on"] == "2026-01-08"


@pytest.mark.parametrize("kind", ["other", "digest"])
def test_what_a_person_says_is_no_report_is_none_nor_are_its_reprints(desk: ADesk, kind: str) -> None:
    line = desk.one("set", "990101/2026", f"kind={kind}")
    assert (line["report"], line["urls"]) == (None, [PORTAL, REPRINT])
    assert desk.names() == ["990101/2025"]
    assert "word of" in desk.outcome(PORTAL) or desk.outcome(PORTAL).startswith("digest")
    desk.reread(PORTAL)
    desk.put(text_of(2026) + "\n转自网络", OTHER)
    assert desk.names() == ["990101/2025"]
    assert desk.told() == [("report.new:990101/2026#2", "report.new", "unwanted")]
    assert desk.lines("why", PORTAL)[-1]["step"] == "word"


def test_a_report_that_was_refused_comes_back_with_the_word_taken_back(desk: ADesk) -> None:
    number = desk.one("set", "990101/2026", "kind=other")["ruling"]
    assert desk.one("rulings", "--take-back", str(number), "--by", "王")["taken_back_by"] == "王"
    assert desk.urls("990101/2026") == [PORTAL, REPRINT]
    assert desk.run("rulings", "--take-back", str(number))[0] == 2
    assert len(desk.told()) == 1


def test_an_address_that_the_program_refused_holds_a_report_by_a_persons_word(desk: ADesk) -> None:
    desk.put("澜汀区大事记\n" + "本年修桥三座，铺路五里，乡人称便。" * 30, OTHER)
    assert desk.outcome(OTHER).startswith("not a report")
    desk.one("set", OTHER, "kind=report", "place=澜汀", "meeting=2011-01-08")
    assert "990101/2011" in desk.names()
    desk.reread(OTHER)
    assert desk.urls("990101/2011") == [OTHER]
    status, _, err = desk.run("set", OTHER, "place=砚溪")
    assert status == 2
    assert "set that report" in err


def test_a_pinned_copy_leads_whatever_comes(desk: ADesk) -> None:
    desk.one("pin", "990101/2026", REPRINT, "--by", "李")
    assert desk.urls("990101/2026") == [REPRINT, PORTAL]
    desk.put(text_of(2026), OTHER, tier=1)
    desk.reread(PORTAL)
    desk.reread(REPRINT)
    assert desk.urls("990101/2026")[0] == REPRINT
    steps = {step["step"]: step["what"] for step in desk.lines("why", "990101/2026")}
    assert steps["canonical"].startswith("pinned: 李's word of")
    assert "would lead" in steps["canonical"]
    assert steps["word"].startswith(f"pin url={REPRINT}")
    assert desk.run("show", "990101/2026")[1].count("同志们") > 0


def test_a_pin_is_taken_back(desk: ADesk) -> None:
    assert desk.run("pin", "990101/2026", "--none")[0] == 2
    desk.one("pin", "990101/2026", REPRINT)
    desk.one("pin", "990101/2026", "--none")
    assert desk.urls("990101/2026") == [PORTAL, REPRINT]


def test_a_copy_of_another_report_cannot_be_pinned(desk: ADesk) -> None:
    status, _, err = desk.run("pin", "990101/2025", PORTAL)
    assert status == 2
    assert f"{PORTAL} is a copy of 990101/2026, not of 990101/2025" in err
    assert desk.run("pin", "990101/2025", "http://nowhere.example/")[0] == 2


def test_a_partial_copy_is_pinned_with_a_warning(desk: ADesk) -> None:
    text = text_of(2026)
    desk.put(text[: len(text) // 3], OTHER)
    status, _, err = desk.run("pin", "990101/2026", OTHER)
    assert (status, "that copy is partial: ends early" in err) == (0, True)


def test_reports_of_different_years_are_merged_by_force_alone(desk: ADesk) -> None:
    status, _, err = desk.run("merge", "990101/2026", "990101/2025")
    assert status == 2
    assert "differ in year" in err
    assert desk.one("merge", "990101/2026", "990101/2025", "--force")["report"] == "990101/2026"
    assert desk.names() == ["990101/2026"]
    assert desk.run("merge", "990101/2026", "990101/2026")[0] == 2
    assert desk.run("merge", "990101/2026", "990101/1999")[0] == 2


def test_what_was_merged_stays_so_read_again_and_reprinted(desk: ADesk) -> None:
    desk.put(text_of(2023, "990102"), OTHER)
    desk.one("merge", "990101/2026", "990102/2023", "--force")
    assert sorted(desk.urls("990101/2026")) == sorted([PORTAL, REPRINT, OTHER])
    desk.reread(OTHER)
    desk.put(text_of(2023, "990102") + "\n转载", "http://fourth.example/1.html")
    assert desk.names() == ["990101/2025", "990101/2026"]
    assert len(desk.urls("990101/2026")) == 4
    assert [state for *_, state in desk.told()] == ["due", "unwanted"]


def test_a_merge_is_taken_back(desk: ADesk) -> None:
    number = desk.one("merge", "990101/2026", "990101/2025", "--force")["ruling"]
    desk.one("rulings", "--take-back", str(number))
    assert desk.names() == ["990101/2025", "990101/2026"]
    assert desk.urls("990101/2025") == ["http://portal.example/old.html"]


def test_the_last_copy_is_not_split_off(desk: ADesk) -> None:
    status, _, err = desk.run("split", "990101/2026", PORTAL, REPRINT)
    assert status == 2
    assert "no copy of it would be left" in err
    assert desk.urls("990101/2026") == [PORTAL, REPRINT]


def test_what_was_split_stays_apart_read_again_and_shown_alike(desk: ADesk) -> None:
    line = desk.one("split", "990101/2026", REPRINT)
    assert line["from"] == "990101/2026"
    assert desk.urls("990101/2026") == [PORTAL]
    assert desk.urls(line["report"]) == [REPRINT]
    desk.reread(REPRINT)
    desk.put(text_of(2026), OTHER)
    assert desk.urls(line["report"]) == [REPRINT]
    assert len(desk.told()) == 1
    for name in (line["report"], "990101/2026"):
        assert [step["step"] for step in desk.lines("why", name)].count("word") == 1


def test_merging_again_takes_a_split_back(desk: ADesk) -> None:
    made = desk.one("split", "990101/2026", REPRINT)["report"]
    desk.one("merge", "990101/2026", made)
    assert desk.urls("990101/2026") == [PORTAL, REPRINT]
    assert [bool(line["taken_back_at"]) for line in desk.lines("rulings")] == [True, False]


def test_a_split_is_taken_back(desk: ADesk) -> None:
    number = desk.one("split", "990101/2026", REPRINT)["ruling"]
    desk.one("rulings", "--take-back", str(number))
    assert desk.names() == ["990101/2025", "990101/2026"]
    assert desk.urls("990101/2026") == [PORTAL, REPRINT]


def test_a_word_holds_for_the_text_and_not_for_next_years_at_the_same_address(desk: ADesk) -> None:
    desk.one("set", "990101/2025", "kind=other")
    desk.put(text_of(2024), "http://portal.example/old.html")
    assert "990101/2024" in desk.names()


def test_words_are_in_a_backup_and_hold_after_restoring_it(
    desk: ADesk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.one("set", "990101/2026", "place=990102")
    desk.one("pin", "990102/2026", REPRINT)
    file = tmp_path / "all.tar"
    assert desk.run("backup", str(file))[0] == 0
    (tmp_path / "new").mkdir()
    again = ADesk(tmp_path / "new", capsys)
    again.engine.dispose()
    for old in (tmp_path / "new").glob("reportwatch.db*"):
        old.unlink()
    assert again.run("restore", str(file))[0] == 0
    assert again.urls("990102/2026")[0] == REPRINT
    again.put(text_of(2026), OTHER)
    again.reread(REPRINT)
    assert again.names() == ["990101/2025", "990102/2026"]
    assert again.urls("990102/2026")[0] == REPRINT
    assert [line["act"] for line in again.lines("rulings")] == ["set", "pin"]


def test_rulings_are_shown_for_the_eye(desk: ADesk) -> None:
    assert desk.run("rulings")[2] == "reportwatch: nobody has said anything against the program yet\n"
    desk.run("merge", "990101/2026", "990101/2025", "--force", "--by", "李")
    [line] = desk.run("rulings")[1].splitlines()
    assert "李  merge 990101/2026" in line
    assert line.endswith("990101/2025")


def test_a_word_survives_the_real_reread_of_archived_bytes(desk: ADesk, tmp_path: Path) -> None:
    file = tmp_path / "added.txt"
    file.write_text(text_of(2024), "utf-8")
    added = desk.one("add", str(file))
    desk.one("set", added["report"], "place=990102", "meeting=2024-01-09", "--by", "李")
    desk.one("pin", "990102/2024", added["url"])
    with writing(desk.engine) as session:
        for row in session.exec(select(Reading).where(Reading.url == added["url"])):
            row.reader, row.fingerprint = 0, "read long ago"
            session.add(row)
    status, out, _ = desk.run("reread", "--json")
    assert (status, json.loads(out.splitlines()[-1])["articles"]) in ((0, 1), (3, 4))  # 3: the others have no archive
    [report] = [line for line in desk.lines("reports") if line["report"] == "990102/2024"]
    assert (report["meeting_on"], report["url"]) == ("2024-01-09", added["url"])
    assert [step["step"] for step in desk.lines("why", "990102/2024")].count("word") == 2
