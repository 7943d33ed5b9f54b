"""Word documents: automatic labels, tables, text boxes, footnotes, tracked changes."""

import io
import zipfile
from itertools import pairwise

import pytest

from crawler.text.attachments import Unopenable, format_of, lines_of_document
from crawler.text.numbering import chinese, counted

W = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'"
MC = "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"


def packed(body: str, **members: str) -> bytes:
    """A document of these paragraphs; further members by their names under word/."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>")
        for name, content in members.items():
            archive.writestr(f"word/{name}.xml", content)
    return out.getvalue()


def par(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def listed(text: str, level: int, number: int = 1) -> str:
    return par(text, f"<w:numPr><w:ilvl w:val='{level}'/><w:numId w:val='{number}'/></w:numPr>")


def level(depth: int, form: str, pattern: str, more: str = "") -> str:
    counts = f"<w:start w:val='1'/><w:numFmt w:val='{form}'/>{more}<w:lvlText w:val='{pattern}'/>"
    return f"<w:lvl w:ilvl='{depth}'>{counts}</w:lvl>"


CHINESE = (
    level(0, "chineseCountingThousand", "%1、")
    + level(1, "chineseCounting", "（%2）")
    + level(2, "decimal", "%3.")
    + level(3, "bullet", "\uf06c")
    + level(4, "decimalEnclosedCircleChinese", "%5")
)
NUMBERING = (
    f"<w:numbering {W}><w:abstractNum w:abstractNumId='0'>{CHINESE}</w:abstractNum>"
    "<w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num><w:num w:numId='2'><w:abstractNumId w:val='0'/></w:num>"
    "<w:num w:numId='3'><w:abstractNumId w:val='0'/><w:lvlOverride w:ilvl='0'><w:startOverride w:val='1'/>"
    "</w:lvlOverride></w:num></w:numbering>"
)


def lines(body: str, **members: str) -> list[str]:
    document = packed(body, **members)
    assert format_of(document) == "docx"
    return lines_of_document(document, "docx")


def test_automatic_labels_are_counted_by_level():
    body = "".join(
        [
            par("政府工作报告"),
            listed("2025年工作回顾", 0),
            listed("经济稳中有进", 1),
            listed("地区生产总值增长5%。", 2),
            listed("财政收入增长4%。", 2),
            listed("民生持续改善", 1),
            listed("新建学校3所。", 2),
            listed("圈中的一项", 4),
            listed("点下的一项", 3),
            listed("2026年重点任务", 0),
            listed("推进创新", 1),
        ]
    )
    assert lines(body, numbering=NUMBERING) == [
        "政府工作报告",
        "一、2025年工作回顾",
        "（一）经济稳中有进",
        "1.地区生产总值增长5%。",
        "2.财政收入增长4%。",
        "（二）民生持续改善",
        "1.新建学校3所。",
        "①圈中的一项",
        "点下的一项",
        "二、2026年重点任务",
        "（一）推进创新",
    ]


def test_lists_of_one_definition_count_on_unless_they_say_where_to_start():
    body = listed("回顾", 0) + listed("任务", 0, 2) + listed("附件", 0, 3) + listed("又一附件", 0, 3)
    assert lines(body, numbering=NUMBERING) == ["一、回顾", "二、任务", "一、附件", "二、又一附件"]


def test_a_style_gives_its_paragraphs_a_label_and_numid_0_takes_it_away():
    styles = (
        f"<w:styles {W}><w:style w:styleId='H1'><w:name w:val='heading 1'/><w:pPr><w:numPr><w:numId w:val='1'/>"
        "</w:numPr></w:pPr></w:style><w:style w:styleId='H1a'><w:basedOn w:val='H1'/></w:style>"
        "<w:style w:styleId='TOC1'><w:name w:val='toc 1'/></w:style></w:styles>"
    )
    body = (
        par("一、回顾 1", "<w:pStyle w:val='TOC1'/>")
        + par("回顾", "<w:pStyle w:val='H1'/>")
        + par("任务", "<w:pStyle w:val='H1a'/>")
        + par("落款", "<w:pStyle w:val='H1'/><w:numPr><w:numId w:val='0'/></w:numPr>")
    )
    assert lines(body, numbering=NUMBERING, styles=styles) == ["一、回顾", "二、任务", "落款"]


@pytest.mark.parametrize(
    ("number", "form", "written"),
    [
        (10, "chineseCounting", "十"),
        (21, "chineseCountingThousand", "二十一"),
        (105, "chineseCounting", "一百〇五"),
        (110, "japaneseCounting", "一百一十"),
        (12, "chineseLegalSimplified", "壹拾贰"),
        (20, "ideographDigital", "二〇"),
        (21, "decimalEnclosedCircle", "(21)"),
        (14, "upperRoman", "XIV"),
        (28, "lowerLetter", "bb"),
        (7, "decimalFullWidth", "７"),
        (3, "nobody knows", "3"),
    ],
)
def test_numbers_are_written_as_word_writes_them(number: int, form: str, written: str):
    assert counted(number, form) == written


def test_numbers_beyond_chinese_counting_stay_digits():
    assert (chinese(0), chinese(10_000), chinese(1005)) == ("0", "10000", "一千〇五")


def test_what_was_deleted_is_out_and_what_was_inserted_is_in():
    body = (
        "<w:p><w:r><w:t>增长</w:t></w:r><w:del><w:r><w:delText>5%</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>6%</w:t></w:r></w:ins><w:sdt><w:sdtContent><w:r><w:t>左右</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>。</w:t></w:r></w:p>"
    )
    assert lines(body) == ["增长6%左右。"]


def test_a_text_box_is_read_once():
    box = f"<w:txbxContent>{par('政府文件')}</w:txbxContent>"
    drawn = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    assert lines(f"<w:p><w:r>{drawn}</w:r><w:r><w:t>各位代表：</w:t></w:r></w:p>") == ["政府文件", "各位代表："]


def test_a_layout_table_gives_paragraphs_and_a_table_of_figures_rows():
    cell = "<w:tc>{}</w:tc>".format
    layout = f"<w:tbl><w:tr>{cell(par('一、回顾') + par('稳中有进。'))}{cell(par(''))}</w:tr></w:tbl>"
    figures = f"<w:tbl><w:tr>{cell(par('指标'))}{cell(par('目标'))}</w:tr></w:tbl>"
    assert lines(layout + figures) == ["一、回顾", "稳中有进。", "指标 目标"]


def test_footnotes_follow_as_notes():
    notes = (
        f"<w:footnotes {W}><w:footnote w:type='separator' w:id='-1'>{par('')}</w:footnote>"
        f"<w:footnote w:id='1'>{par('两重：指国家重大战略。')}</w:footnote></w:footnotes>"
    )
    mark = "<w:r><w:footnoteReference w:id='1'/></w:r>"
    body = f"<w:p><w:r><w:t>推进两重</w:t></w:r>{mark}<w:r><w:t>建设。</w:t></w:r></w:p>"
    assert lines(body, footnotes=notes) == ["推进两重建设。", "注释", "1. 两重：指国家重大战略。"]


def test_a_word_document_with_entities_is_refused(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("geheim", "utf-8")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entity = f"<!DOCTYPE x [<!ENTITY e SYSTEM '{secret.as_uri()}'>]>"
        archive.writestr(
            "word/document.xml", f"{entity}<w:document {W}><w:body>{par('&e;各位代表：')}</w:body></w:document>"
        )
    with pytest.raises(Unopenable, match="document type"):
        lines_of_document(out.getvalue(), "docx")


def test_a_billion_laughs_are_refused():
    names = "abcdefghij"
    laughs = "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in pairwise(names))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        head = f"<!DOCTYPE x [<!ENTITY a 'ha'>{laughs}]>"
        archive.writestr("word/document.xml", f"{head}<w:document {W}><w:body>{par('&j;')}</w:body></w:document>")
    with pytest.raises(Unopenable):
        lines_of_document(out.getvalue(), "docx")
