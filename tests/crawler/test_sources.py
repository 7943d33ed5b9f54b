"""The registry and its faults."""

from pathlib import Path

import pytest

from crawler import sources
from crawler.sample.web import serve
from storage.errors import BadSource
from storage.values import Source

SOUND = """
- id: lanting
  name: 澜汀区人民政府
  family: column
  start: http://www.lanting.example/zwgk/zfgzbg/
  place: 990101
  tier: 1
  cron: "*/20 6-9 1-15 1,12 mon-fri,sun"
  delay: 2.5
  options: {next: a.next, article: '/t\\d{8}_', pages: 30}
  certainty: inferred
  evidence: a note
"""


def write(folder: Path, text: str, name: str = "own.yaml") -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


def faults(*files: Path) -> list[str]:
    with pytest.raises(BadSource) as raised:
        sources.load(files)
    return raised.value.faults


def test_an_entry_becomes_a_source(tmp_path: Path) -> None:
    file = write(tmp_path, SOUND)
    assert sources.load([file]) == (
        Source(
            id="lanting",
            name="澜汀区人民政府",
            family="column",
            start="http://www.lanting.example/zwgk/zfgzbg/",
            tier=1,
            place="990101",
            cron="*/20 6-9 1-15 1,12 mon-fri,sun",
            delay=2.5,
            options={"next": "a.next", "article": "/t\\d{8}_", "pages": "30"},
            certainty="inferred",
            evidence="a note",
            origin=f"{file}:2",
        ),
    )


def test_an_entry_needs_few_lines(tmp_path: Path) -> None:
    file = write(tmp_path, "- {id: a, name: 甲, family: forum, start: 'https://a.example/forum-2-1.html', tier: 4}")
    source = sources.load([file])[0]
    assert (source.title, source.certainty, source.place) == ("政府工作报告", "unknown", None)


def test_every_fault_is_told_at_once_with_its_position(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        """- id: UPPER
  name: 甲
  family: columm
  start: file:///etc/passwd
  tier: 9
  title: '('
  cron: 0 6 * * 1
  knd: x
- id: b
  name: 乙
  family: paged
  place: "11"
  tier: one
  delay: -1
  options:
    article: '['
""",
    )
    told = [fault.removeprefix(f"{file}:") for fault in faults(file)]
    assert [fault.split(": ")[0:2] for fault in told] == [
        ["1:7", "id"],
        ["3:11", "family"],
        ["4:10", "start"],
        ["5:9", "tier"],
        ["6:10", "title"],
        ["7:9", "cron"],
        ["8:8", "knd"],
        ["9:3", "start"],
        ["12:10", "place"],
        ["13:9", "tier"],
        ["14:10", "delay"],
        ["16:14", "options.article"],
    ]
    assert told[5].endswith("day of the week: '1'; write mon, tue, … or *")
    assert told[6].endswith(
        "no such field; known: id, name, family, start, tier, place, title, cron, delay, options, certainty, evidence"
    )


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("{article: '['}", "10:22: options.article: no regular expression"),
        ("{list: 'ul['}", "10:19: options.list: no CSS selector"),
        ("{nxt: a}", "10:18: options.nxt: no such field; did you mean next"),
        ("{pages: 0}", "10:20: options.pages: write a whole number from 1 to 9999"),
        ("{pager: a.html}", "10:20: options.pager: {} for the number is wanted, once"),
        ("{numbers: 9-1}", "10:22: options.numbers: '9-1' is no range; write 5440-6100"),
        ("{referer: 'file:///x'}", "10:22: options.referer: 'file:///x': only http and https are fetched"),
        ("{method: post}", "2:3: options.method post needs options.body"),
        ("{robots: allow}", "10:21: options.robots: write 'disallow'"),
    ],
)
def test_an_option_that_no_spider_knows_or_can_use_is_told(tmp_path: Path, options: str, told: str) -> None:
    file = write(tmp_path, SOUND.replace("{next: a.next, article: '/t\\d{8}_', pages: 30}", options))
    assert [fault.removeprefix(f"{file}:")[: len(told)] for fault in faults(file)] == [told]


def test_a_numbered_site_needs_a_range_and_an_address(tmp_path: Path) -> None:
    file = write(tmp_path, SOUND.replace("family: column", "family: numbered"))
    assert "family numbered needs options.numbers" in faults(file)[0]


def test_the_built_in_registry_watches_every_district_of_beijing() -> None:
    first = {source.place for source in sources.load([sources.BUILT_IN]) if source.tier == 1}
    assert first == {"110000", None, *(f"1101{n:02}" for n in range(1, 20) if n not in (3, 4, 10))}


def test_an_id_given_twice_is_told_beside_other_faults_of_its_entry(tmp_path: Path) -> None:
    write(tmp_path, SOUND, "a.yaml")
    write(tmp_path, SOUND.replace("family: column", "family: colum"), "b.yml")
    told = faults(tmp_path)
    assert len(told) == 2
    assert "family" in told[0]
    assert "is taken by" in told[1]


def test_an_id_given_twice_is_told_with_both_positions(tmp_path: Path) -> None:
    one, two = write(tmp_path, SOUND, "a.yaml"), write(tmp_path, "\n" + SOUND, "b.yml")
    assert faults(tmp_path) == [f"{two}:3:7: id: 'lanting' is taken by {one}:2:7"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- id: a\n  id: b", "2:3: 'id' is given twice"),
        ("- id: [a", "1:9: a bracket is not closed"),
        ("id: a", "1:1: a list of entries is expected"),
        ("- just text", "1:3: write fields and values here"),
        ("- !!python/object/apply:os.system [ls]", "could not determine a constructor"),
        ("- id: *x", "a value that begins with *"),
        ("\0", "1:1: "),
    ],
)
def test_what_is_no_registry_is_told(tmp_path: Path, text: str, told: str) -> None:
    assert told in faults(write(tmp_path, text))[0]


def test_a_file_in_another_encoding_or_none_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes("- id: 澜汀".encode("gb18030"))
    told = faults(file, tmp_path / "missing.yaml")
    assert "not UTF-8" in told[0]
    assert "no such file" in told[1]


def test_an_empty_file_has_no_sources(tmp_path: Path) -> None:
    assert sources.load([write(tmp_path, "# nothing yet\n")]) == ()


@pytest.mark.parametrize(
    "line", ["0 24 * * *", "60 * * * *", "0 6 * *", "0 6 9-1 * *", "0 6 * 13 *", "*/0 * * * *", "a * * * *"]
)
def test_a_cron_line_out_of_range_is_refused(tmp_path: Path, line: str) -> None:
    assert ": cron: " in faults(write(tmp_path, SOUND.replace("*/20 6-9 1-15 1,12 mon-fri,sun", line)))[0]


def test_the_built_in_registry_is_sound() -> None:
    known = sources.load([sources.BUILT_IN])
    assert {source.certainty for source in known} <= {"verified", "inferred", "unknown"}
    assert all(source.evidence for source in known)
    assert [source.id for source in known if not sources.crawlable(source)] == ["shunyi"]


def test_the_built_in_registry_names_every_place_once_at_tier_one() -> None:
    places = [source.place for source in sources.load([sources.BUILT_IN]) if source.tier == 1]
    assert len(places) == len(set(places))


def test_the_sample_web_writes_a_sound_registry(tmp_path: Path) -> None:
    with serve() as web:
        known = sources.load([write(tmp_path, web.registry())])
    assert {"column", "forum", "paged"} <= {source.family for source in known}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- id: a\n  nmae: b\n", "2:9: nmae: no such field; did you mean name"),
        ("- id: a\n  name: b: c\n", "2:10: a colon where none can stand: put the value in quotation marks"),
        ("- id: a\n\tname: b\n", "2:1: a tab: indent with spaces"),
        ("- id: a\n  name: @b\n", "2:9: a value that begins with a sign of YAML's own"),
        ("- id: a\n  evidence: 2025-13-01\n", "1:1: month must be in 1..12: put what is no date in quotation marks"),
        ("- ? [a]\n  : b\n", "1:5: the name of a field is one word"),
        ("- a\n", "1:3: write fields and values here"),
        ("- {id: A, name: '', family: feed, start: 'http://a.example/', tier: 9}\n", "1:8: id: write lower-case"),
    ],
)
def test_a_fault_is_told_in_plain_words(tmp_path: Path, text: str, told: str) -> None:
    file = write(tmp_path, text)
    assert any(fault.startswith(f"{file}:{told}") for fault in faults(file)), faults(file)
