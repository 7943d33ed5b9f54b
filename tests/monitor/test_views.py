"""Facts about how findings are shown: the renderers, on invented findings."""

import ast
import csv
import io
import json
import re
from datetime import date
from pathlib import Path

import pytest
from lxml import html

import monitor.views
from monitor.cli.show import plain
from monitor.views.chart import Point, bars, svg
from monitor.views.lines import BOM, COLUMNS, finding_lines, finding_rows, sheet
from monitor.views.markdown import markdown
from monitor.views.page import page
from monitor.views.safe import cell, clean, link
from monitor.views.shown import TITLES, USUAL, Citation, Shown, chosen, judged, shown
from monitor.views.side import side
from monitor.views.text import text
from monitor.views.width import width
from storage.values import Finding, FindingKind, Part, Prior, TargetChange

EVIL = "<script>alert(1)</script>\x1b[2J\u202e]0;x\x07"


def citation(year: int, url: str = "http://www.lanting.example/1.html") -> Citation:
    return Citation(
        f"990101/{year}",
        "云岭市澜汀区",
        year,
        "澜汀门户",
        url,
        date(year, 1, 8),
        date(year, 1, 20),
        date(year, 1, 21),
        (f"sha256:{year}",),
        (f"{year}.warc.gz:17",),
        "file:///srv/archive",
    )


def finding(kind: FindingKind, sentence: str, novelty: float = 0.5, **more: object) -> Finding:
    return Finding(kind, sentence, "（一）做强产业", Part.PLAN, 7, novelty, **more)  # type: ignore[arg-type]


PRIOR = Prior("新增机动车停车位800个。", "（三）优化交通", Part.PLAN, 88.0, 2025)
FINDINGS = [
    finding(FindingKind.NEW, "开工建设鹭洲大桥。", 0.9, new=("开工建设鹭洲大桥",)),
    finding(FindingKind.NEW, "启动湖滨步道。", 0.95),
    finding(
        FindingKind.REVISED,
        "新增机动车停车位1200个。",
        0.3,
        prior=(PRIOR,),
        targets=(TargetChange("机动车停车位", "800", "1200", "个"),),
        reasons=("novelty 0.30: a number moved",),
    ),
    finding(FindingKind.MIXED, "续建老码头，新设水上巴士。", 0.7, new=("新设水上巴士",), mark="not-new"),
    finding(FindingKind.DROPPED, "办好汀上灯会。", 0.8),
    finding(FindingKind.GENERIC, "我们要团结奋斗。", 0.0),
]


def view(*findings: Finding, notes: tuple[str, ...] = (), url: str = "http://www.lanting.example/1.html") -> Shown:
    past = {2025: citation(2025), 2023: citation(2023, "http://old.example/")}
    whole = shown(citation(2026, url), citation(2025), findings or FINDINGS, past=past, notes=notes)
    return chosen(whole, USUAL, None)


def rows_of(csv_text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_text.removeprefix(BOM))))


def test_text_marks_what_is_new_and_puts_the_closest_earlier_sentence_below() -> None:
    lines = text(view()).splitlines()
    assert any("续建老码头，【新设水上巴士】。" in line and "(not-new by hand)" in line for line in lines)
    at = next(k for k, line in enumerate(lines) if "新增机动车停车位【1200】个" in line)
    assert lines[at + 1].strip() == "机动车停车位: 800 → 1200 个"
    assert lines[at + 2].strip() == "← 新增机动车停车位800个。  [2025 plan] likeness 88"


def test_the_most_novel_comes_first_and_top_limits_each_kind() -> None:
    said = text(view())
    assert said.index("启动湖滨步道") < said.index("开工建设鹭洲大桥")
    assert [e.finding.text for e in chosen(view(), {FindingKind.NEW}, 1).entries] == ["启动湖滨步道。"]


def test_reasons_are_told_only_where_they_are_asked_for() -> None:
    assert "a number moved" in text(view(), explain=True)
    assert "a number moved" not in text(view())


@pytest.mark.parametrize("form", ["text", "side", "markdown", "html", "csv", "json"])
def test_every_form_cites_source_address_date_digest_and_archive_of_both_reports(form: str) -> None:
    shows = {
        "text": text,
        "side": side,
        "markdown": lambda v: markdown(v).replace("\\", ""),
        "html": lambda v: page([v]),
        "csv": lambda v: sheet(COLUMNS, finding_rows(v)),
        "json": lambda v: json.dumps([plain(line) for line in finding_lines(v)], ensure_ascii=False),
    }
    said = shows[form](view())  # type: ignore[operator]
    for year in (2026, 2025):
        for part in (f"990101/{year}", f"{year}-01-20", f"sha256:{year}", f"{year}.warc.gz:17"):
            assert part in said
    assert "http://www.lanting.example/1.html" in said
    assert "澜汀门户" in said


def test_a_dropped_sentence_is_cited_from_the_old_report() -> None:
    [line] = finding_lines(view(FINDINGS[4]))
    assert line["source"]["report"] == "990101/2025"
    assert line["id"].startswith("990101/2026:")


def test_a_sentence_that_returned_is_cited_from_the_year_it_stood_in() -> None:
    back = finding(
        FindingKind.RETURNED, "办好龙舟赛。", 0.6, prior=(Prior("办好龙舟赛。", "", Part.PLAN, 100.0, 2023),)
    )
    assert "[2023] 990101/2023 · 云岭市澜汀区 · 澜汀门户 · http://old.example/" in text(view(back))
    assert rows_of(sheet(COLUMNS, finding_rows(view(back))))[0]["prior_url"] == "http://old.example/"


def test_an_id_is_the_same_for_the_same_sentence_in_another_script_and_place() -> None:
    ids = {
        shown(citation(2026), citation(2025), [found]).entries[0].id
        for found in (
            Finding(FindingKind.NEW, "加装电梯20部。", "", Part.PLAN, 3, 0.9),
            Finding(FindingKind.NEW, "加裝電梯２０部。", "", Part.PLAN, 9, 0.9),
        )
    }
    assert len(ids) == 1


def test_columns_are_even_for_wide_characters() -> None:
    rows = [line for line in side(view(), 100).splitlines() if " │" in line]
    assert {width(line.partition(" │")[0]) for line in rows} == {48}
    assert any("停车位〔800〕" in line for line in rows)
    assert max(width(line) for line in rows) <= 100


def test_a_citation_breaks_between_its_parts_where_columns_are_narrow() -> None:
    rows = [[half.strip() for half in line.split(" │ ")] for line in side(view(), 60).splitlines() if " │ " in line]
    assert ["[2025 plan]", "[2026 plan]"] in rows
    assert any(row[0] == "likeness 88" for row in rows)


def test_columns_stay_even_however_many_marks_a_line_has() -> None:
    old = "".join(f"甲乙丙丁戊{c}" for c in "赵钱孙李周吴郑王冯陈")
    new = "".join(f"甲乙丙丁戊{c}" for c in "东南西北春夏秋冬上下")
    edited = finding(FindingKind.CONTINUED, new, 0.1, prior=(Prior(old, "", Part.PLAN, 80.0, 2025),))
    said = side(chosen(shown(citation(2026), citation(2025), [edited]), [FindingKind.CONTINUED], None), 80)
    assert "〔赵〕" in said
    assert {width(line.partition(" │")[0]) for line in said.splitlines() if " │" in line} == {38}


def test_colours_never_widen_a_column() -> None:
    plain_row = re.compile("\x1b\\[[0-9;]*m")
    rows = [plain_row.sub("", line) for line in side(view(), 100, colour=True).splitlines() if " │" in line]
    assert {width(line.partition(" │")[0]) for line in rows} == {48}


def test_one_page_needs_nothing_from_elsewhere() -> None:
    tree = html.fromstring(page([view()]))
    assert tree.xpath("//script | //link | //img | //iframe | //@src | //@onclick") == []
    assert "url(" not in tree.xpath("string(//style)")
    assert "default-src 'none'" in tree.xpath("string(//meta[@http-equiv]/@content)")


def test_a_page_filters_by_kind_without_a_script() -> None:
    tree = html.fromstring(page([view()]))
    boxes = set(tree.xpath("//input[@type='checkbox']/@id"))
    assert boxes == {"show-new", "show-mixed", "show-revised", "show-dropped"}
    for kind in ("new", "mixed", "revised", "dropped"):
        assert f"body:has(#show-{kind}:not(:checked)) .{kind} {{ display: none; }}" in tree.xpath("string(//style)")
        assert len(tree.xpath(f"//section[@class='{kind}']")) == 1


def test_a_page_links_every_quote_to_a_source_and_that_to_page_and_archive() -> None:
    tree = html.fromstring(page([view()]))
    assert {f"#{anchor}" for anchor in tree.xpath("//ol[@class='sources']/li/@id")} >= set(
        tree.xpath("//article//a/@href")
    )
    addresses = tree.xpath("//ol[@class='sources']//a/@href")
    assert "http://www.lanting.example/1.html" in addresses
    assert "file:///srv/archive/2026.warc.gz" in addresses


def test_scraped_text_is_no_markup_in_a_page() -> None:
    evil = finding(FindingKind.NEW, EVIL, 0.9, new=(EVIL[:8],), prior=(Prior(EVIL, EVIL, Part.PLAN, 90.0, 2025),))
    for said in (page([view(evil, notes=(EVIL,))], explain=True), page([view(evil, url="javascript:alert(1)")])):
        tree = html.fromstring(said)
        assert tree.xpath("//script") == []
        assert "javascript:alert(1)" not in tree.xpath("//@href")
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", said)


@pytest.mark.parametrize("render", [text, side, lambda v: sheet(COLUMNS, finding_rows(v)), markdown])
def test_scraped_text_cannot_command_a_terminal(render) -> None:  # type: ignore[no-untyped-def]
    evil = finding(
        FindingKind.NEW, EVIL, 0.9, new=(EVIL,), prior=(Prior(EVIL, EVIL, Part.PLAN, 90.0, 2025),), mark="new"
    )
    said = render(view(evil, notes=(EVIL,), url=EVIL)).removeprefix(BOM)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", said)


def test_scraped_text_is_no_markup_in_markdown() -> None:
    said = markdown(view(finding(FindingKind.NEW, "[点我](javascript:alert(1)) <b>*重点*</b> `x`", 0.9)))
    assert r"\[点我\](javascript:alert(1)) &lt;b&gt;\*重点\*&lt;/b&gt; \`x\`" in said


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "＝", "\x00="])
def test_a_cell_never_begins_like_a_formula(start: str) -> None:
    assert cell(f'{start}HYPERLINK("http://x")').startswith("'")


@pytest.mark.parametrize("value", ["-3.5", "+4", "5%左右", 0.5, ""])
def test_numbers_and_words_stay_as_they_are_in_a_cell(value: object) -> None:
    assert cell(value) == str(value)


def test_csv_begins_with_a_byte_order_mark_and_reads_back() -> None:
    said = sheet(COLUMNS, finding_rows(view()))
    assert said.encode().startswith(b"\xef\xbb\xbf")
    rows = rows_of(said)
    assert [row["kind"] for row in rows] == ["new", "new", "mixed", "revised", "dropped"]
    assert rows[3]["targets"] == "机动车停车位: 800 → 1200 个"
    assert rows[2]["mark"] == "not-new"


def test_nothing_is_called_new_that_a_missing_part_of_the_old_report_could_hold() -> None:
    kept, notes = judged(FINDINGS, old_whole=False)
    assert {f.kind for f in kept} == {FindingKind.REVISED, FindingKind.DROPPED, FindingKind.GENERIC}
    assert "3 sentences are not judged" in notes[0]


def test_nothing_is_called_dropped_that_a_missing_part_of_the_new_report_could_hold() -> None:
    kept, notes = judged(FINDINGS, new_whole=False)
    assert all(f.kind is not FindingKind.DROPPED for f in kept)
    assert "nothing is called dropped" in notes[0]


@pytest.mark.parametrize("kind", list(FindingKind))
def test_every_kind_has_a_title_and_is_shown_in_every_form(kind: FindingKind) -> None:
    told = Prior("年内完工，车流如织，两岸一体。", "", Part.REVIEW, 60.0, 2026)
    every = shown(citation(2026), citation(2025), [finding(kind, "建成鹭洲大桥。", 0.4, prior=(told,))])
    view_of_kind = chosen(every, {kind}, None)
    for said in (text(view_of_kind), side(view_of_kind), markdown(view_of_kind), page([view_of_kind])):
        assert "建成鹭洲大桥。" in said
        assert TITLES[kind] in said
    assert [line["kind"] for line in finding_lines(view_of_kind)] == [kind]
    assert view_of_kind.behind(told) == citation(2026)


def test_notes_are_told_in_every_form_for_the_eye() -> None:
    noted = view(notes=("990101/2025 is not known whole; compared with 2024",))
    for said in (text(noted), side(noted), markdown(noted), page([noted])):
        assert "is not known whole" in said


def test_only_addresses_of_the_web_and_of_files_are_followed() -> None:
    assert link("https://a.example/?a=1&b=2") == "https://a.example/?a=1&b=2"
    assert [link(url) for url in ("javascript:x", "data:text/html,x", "https://a.example/\x1b", "//a")] == [""] * 4
    assert clean("a\x1b[31m\u200eb") == "a\ufffd[31m\ufffdb"


def test_bars_are_as_long_as_their_numbers() -> None:
    points = [Point("2025 目标", 10, "10%"), Point("2026", 5, "5%"), Point("2027", 0, "0%")]
    lines = bars(points, 8)
    assert [line.count("█") for line in lines] == [8, 4, 0]
    assert len({width(line[: line.rindex(" ")]) for line in lines}) == 1
    assert bars([]) == []


def test_bars_shrink_with_the_page_and_stand_below_their_numbers_where_nothing_is_left() -> None:
    points = [Point("2030 plan", 40, "老旧小区 40万平方米"), Point("2031 review", 10, "老旧小区 10万平方米")]
    for columns in (20, 38, 44, 60):
        lines = bars(points, 30, columns)
        longest, shortest = (line.count("█") for line in lines if "█" in line)
        assert shortest == pytest.approx(longest / 4, abs=1)
        assert len(lines) == (2 if columns >= 44 else 4)
        assert all(width(line) <= max(columns, 31) for line in lines)


def test_a_chart_escapes_its_texts() -> None:
    assert "<script>" not in svg([Point(EVIL, 1, EVIL)], EVIL)


def test_the_renderers_know_no_database_and_no_command() -> None:
    room = Path(monitor.views.__path__[0])
    imported = {
        name
        for file in room.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (name := node.module or "")
    }
    assert not {name for name in imported if name.startswith(("monitor.cli", "sqlmodel", "storage."))} - {
        "storage.values"
    }
