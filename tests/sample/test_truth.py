"""The truth about the sample reports holds together with their texts."""

import csv
import re
from pathlib import Path

import pytest

import crawler.sample

SAMPLE = Path(crawler.sample.__file__).parent
CODES = ("990101", "990102")
YEARS = range(2022, 2027)
REPORTS = [(code, year) for code in CODES for year in YEARS]
TRUTHS = [(code, year) for code, year in REPORTS if year > min(YEARS)]
COLUMNS = ["label", "sentence", "prior", "new", "numbers", "returned_from"]
# Which columns a label fills; the others hold "-". A mixed sentence may give numbers.
FILLED = {
    "new": {"new"},
    "mixed": {"prior", "new"},
    "revised": {"prior", "numbers"},
    "continued": {"prior"},
    "returned": {"prior", "returned_from"},
    "generic": set[str](),
    "dropped": set[str](),
}
RUN = 20
# What every report says in the same words: the address to the congress, the list of targets.
FORMULA = re.compile(r"请予审议|预期目标|增长\d|收入增长与|控制在\d")


def lines(code: str, year: int) -> list[str]:
    return (SAMPLE / "reports" / f"{code}-{year}.txt").read_text("utf-8").splitlines()


def sentences(paragraphs: list[str]) -> list[str]:
    """Cut after 。！？；; a line without any of them is a heading and stays whole."""
    return [s for line in paragraphs for s in re.findall(r"[^。！？；]+[。！？；]?", line)]


def plan(code: str, year: int) -> list[str]:
    """The lines from the heading of the plan up to the closing address."""
    report = lines(code, year)
    heading = re.compile(rf".{{0,6}}{year}年(?!.*报告).*(工作|任务).{{0,2}}$")
    start = next(i for i, line in enumerate(report) if heading.fullmatch(line))
    end = next(i for i, line in enumerate(report) if i > start and line.startswith("各位代表！"))
    return report[start:end]


def truth(code: str, year: int) -> list[dict[str, str]]:
    with (SAMPLE / "truth" / f"{code}-{year}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def parts(cell: str) -> list[str]:
    return [] if cell == "-" else cell.split("|")


def priors_of(row: dict[str, str], code: str, year: int) -> list[str]:
    """All sentences of the report in which the row's prior sentences must stand."""
    older = year - 1 if row["returned_from"] == "-" else int(row["returned_from"])
    return sentences(lines(code, older))


@pytest.mark.parametrize(("code", "year"), REPORTS)
def test_a_report_opens_with_title_meeting_speaker_and_address(code: str, year: int):
    title, meeting, speaker, address, opening = lines(code, year)[:5]
    held = f"{year}年1月" if (code, year) != ("990101", 2022) else "2021年12月16日"
    assert "政府工作报告" in title
    assert meeting.startswith(f"——{held}")
    assert meeting.endswith("次会议上")
    assert re.search(r"人民政府代?区长　", speaker)
    assert (address, "报告工作" in opening or "工作报告" in opening) == ("各位代表：", True)


@pytest.mark.parametrize(("code", "year"), REPORTS)
def test_a_plan_has_sixty_sentences_and_more_and_none_twice(code: str, year: int):
    running = [s for s in sentences(plan(code, year)) if s[-1] in "。！？；"]
    assert len(running) >= 60
    assert len(set(running)) == len(running)


@pytest.mark.parametrize(("code", "year"), TRUTHS)
def test_the_truth_has_every_sentence_of_the_plan_in_order(code: str, year: int):
    rows = [row["sentence"] for row in truth(code, year) if row["label"] != "dropped"]
    assert rows == sentences(plan(code, year))


@pytest.mark.parametrize(("code", "year"), TRUTHS)
def test_a_label_fills_its_columns_and_no_other(code: str, year: int):
    for row in truth(code, year):
        assert list(row) == COLUMNS
        filled = {name for name in COLUMNS[2:] if row[name] != "-"}
        assert filled - ({"numbers"} if row["label"] == "mixed" else set()) == FILLED[row["label"]], row


@pytest.mark.parametrize(("code", "year"), TRUTHS)
def test_prior_sentences_stand_whole_in_the_older_report(code: str, year: int):
    for row in truth(code, year):
        assert set(parts(row["prior"])) <= set(priors_of(row, code, year)), row


@pytest.mark.parametrize(("code", "year"), TRUTHS)
def test_new_fragments_and_numbers_stand_in_their_sentences(code: str, year: int):
    for row in truth(code, year):
        assert all(fragment in row["sentence"] for fragment in parts(row["new"])), row
        for pair in parts(row["numbers"]):
            old, new = pair.split("→")
            assert old != new
            assert new in row["sentence"], row
            assert any(old in prior for prior in parts(row["prior"])), row


@pytest.mark.parametrize(("code", "year"), TRUTHS)
def test_what_returned_was_away_for_a_year(code: str, year: int):
    away = {s for older in YEARS if older == year - 1 for s in sentences(lines(code, older))}
    for row in truth(code, year):
        if row["label"] == "returned":
            assert int(row["returned_from"]) < year - 1
            assert not away & set(parts(row["prior"]))


@pytest.mark.parametrize(("code", "year"), TRUTHS)
def test_what_was_dropped_stood_in_the_old_plan_and_answers_to_nothing(code: str, year: int):
    rows = truth(code, year)
    dropped = [row["sentence"] for row in rows if row["label"] == "dropped"]
    answered = {prior for row in rows for prior in parts(row["prior"]) if row["label"] != "returned"}
    assert rows[-len(dropped) :] == [row for row in rows if row["label"] == "dropped"]
    assert set(dropped) <= set(sentences(plan(code, year - 1)))
    assert not set(dropped) & answered


@pytest.mark.parametrize(("code", "year"), TRUTHS)
def test_every_label_occurs_that_can(code: str, year: int):
    never = {"returned"} if year - min(YEARS) < 2 else set()
    assert {row["label"] for row in truth(code, year)} == set(FILLED) - never


@pytest.mark.corpus
def test_no_sentence_is_taken_from_a_real_report(shared: Path):
    real = "\n".join(
        path.read_text("utf-8", errors="replace")
        for folder in ("hailar", "prov/2025")
        for path in sorted((shared / "corpus" / folder).glob("*.txt"))
    )
    runs = {real[i : i + RUN] for i in range(len(real) - RUN + 1)}
    taken = [
        (code, year, line[i : i + RUN])
        for code, year in REPORTS
        for line in lines(code, year)
        for i in range(len(line) - RUN + 1)
        if line[i : i + RUN] in runs and not FORMULA.search(line[i : i + RUN])
    ]
    assert taken == []
