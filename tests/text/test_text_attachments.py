"""Documents that are no web pages: docx, pdf, ofd, doc; and those made to do harm."""

import io
import shutil
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import docx
import pytest
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from crawler.text import attachments, confined
from crawler.text.attachments import LARGEST, Unopenable, format_of, lines_of_document
from crawler.text.pages import flow

LINES = ["政府工作报告", "各位代表：", "一、2023年工作回顾", "全区地区生产总值增长6.1%，城乡居民收入稳步增长。"]


def word(lines: list[str]) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "指标", "目标"
    table.cell(1, 0).text, table.cell(1, 1).text = "粮食产量", "12万吨"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def print_pdf(pages: list[list[str]]) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for lines in pages:
        canvas.setFont("STSong-Light", 12)
        for row, line in enumerate(lines):
            canvas.drawString(72, 780 - 20 * row, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def ofd(pages: list[list[str]], entity: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("OFD.xml", "<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016'/>")
        for number, lines in enumerate(pages):
            objects = "".join(
                f"<ofd:TextObject Boundary='20 {20 + 8 * row} 160 6'><ofd:TextCode X='0' Y='5'>{line}</ofd:TextCode>"
                "</ofd:TextObject>"
                for row, line in reversed(list(enumerate(lines)))
            )
            archive.writestr(
                f"Doc_0/Pages/Page_{number}/Content.xml",
                f"{entity}<ofd:Page xmlns:ofd='http://www.ofdspec.org/2016'><ofd:Content>{objects}</ofd:Content></ofd:Page>",
            )
    return out.getvalue()


def test_word_gives_paragraphs_and_rows():
    body = word(LINES)
    assert format_of(body) == "docx"
    assert lines_of_document(body, "docx") == [*LINES, "指标 目标", "粮食产量 12万吨"]


def test_pdf_gives_paragraphs_without_page_numbers():
    long = "全面推进乡村振兴，新建高标准农田三万亩，改造农村道路一百公里，"
    pages = [
        [f"（{n}）第{n}方面", n + long, f"完成任务{n}项。", f"第 {i} 页 共 5 页"] for i, n in enumerate("一二三四五", 1)
    ]
    body = print_pdf(pages)
    assert format_of(body) == "pdf"
    lines = lines_of_document(body, "pdf")
    assert "三" + long + "完成任务三项。" in lines
    assert not [line for line in lines if "页" in line]


def test_ofd_gives_lines_from_top_to_bottom():
    body = ofd([LINES[:2], LINES[2:]])
    assert format_of(body) == "ofd"
    assert lines_of_document(body, "ofd") == LINES


def test_a_scan_gives_no_lines():
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.rect(100, 100, 200, 200)
    canvas.showPage()
    canvas.save()
    assert lines_of_document(out.getvalue(), "pdf") == []


def test_a_word_document_of_old_names_its_converter_where_there_is_none(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda program: None)
    body = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert format_of(body) == "doc"
    with pytest.raises(Unopenable, match="catdoc"):
        lines_of_document(body, "doc")


def converter(folder, script: str) -> str:
    """A program in place of catdoc."""
    program = folder / "catdoc"
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)
    return str(program)


def test_a_word_document_of_old_is_read_by_its_converter(monkeypatch, tmp_path):
    made = converter(tmp_path, "printf '政府工作报告\\n\\n各位代表：\\n'")
    monkeypatch.setattr(shutil, "which", lambda program: made if program == "catdoc" else None)
    assert lines_of_document(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "doc") == LINES[:2]


def test_a_converter_that_hangs_is_ended_with_all_that_it_started(monkeypatch, tmp_path):
    made = converter(tmp_path, f"sleep 60 & echo $! > {tmp_path}/child; wait")
    monkeypatch.setattr(shutil, "which", lambda program: made if program == "catdoc" else None)
    monkeypatch.setattr(attachments, "SECONDS", 1)
    with pytest.raises(Unopenable, match="did not finish"):
        lines_of_document(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "doc")
    child = Path(f"/proc/{(tmp_path / 'child').read_text('utf-8').strip()}/stat")
    assert not child.exists() or child.read_text("utf-8").split()[2] == "Z"


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(LARGEST + 1))
    return out.getvalue()


def test_an_archive_that_unpacks_too_large_is_refused():
    with pytest.raises(Unopenable, match="unpacks to"):
        lines_of_document(bomb(), "docx")


def test_a_document_with_entities_is_refused(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("geheim", "utf-8")
    entity = f"<!DOCTYPE x [<!ENTITY e SYSTEM '{secret.as_uri()}'>]>"
    with pytest.raises(Unopenable, match="document type"):
        lines_of_document(ofd([["&e;", "各位代表："]], entity), "ofd")


@pytest.mark.parametrize("kind", ["docx", "pdf", "ofd"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_cut_document_is_refused_or_read_in_part(kind, share):
    body = {"docx": word(LINES), "pdf": print_pdf([LINES]), "ofd": ofd([LINES])}[kind]
    try:
        lines_of_document(body[: int(share * len(body))], kind)
    except Unopenable as error:
        assert str(error)  # noqa: PT017  reading in part is right as well


def test_running_heads_go_and_lines_join():
    body = "完善公共服务体系，新增学位两千个，新建养老驿站八家，建"
    lines = flow([["云水区2024年政府工作报告", f"{n}是{body}", f"成社区食堂{n}个。", "12"] for n in "一二三四五"])
    assert lines[0] == f"一是{body}成社区食堂一个。"
    assert len(lines) == 5


def test_spaces_of_a_pdf_between_characters_go():
    assert flow([["首都 发展 在 2022 年 1 月 6 日 取得新成效。"]]) == ["首都发展在2022年1月6日取得新成效。"]


def test_columns_that_were_drawn_row_by_row_are_read_one_after_the_other():
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("STSong-Light", 10)
    canvas.drawString(200, 800, "澜汀报：政府工作报告全文刊登如下各位读者")
    left = [f"左栏{n}行全面推进乡村振兴建设高标准农田。" for n in "一二三四五六"]
    right = [f"右栏{n}行新建中小学五所养老驿站三家。" for n in "一二三四五六"]
    for row, (one, other) in enumerate(zip(left, right, strict=True)):
        canvas.drawString(60, 780 - 16 * row, one)
        canvas.drawString(320, 780 - 16 * row, other)
    canvas.showPage()
    canvas.save()
    assert "".join(lines_of_document(out.getvalue(), "pdf")).endswith("".join([*left, *right]))


def test_a_table_is_not_taken_for_columns():
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("STSong-Light", 10)
    for row in range(8):
        canvas.drawString(60, 780 - 16 * row, f"指标{row}")
        canvas.drawString(320, 780 - 16 * row, f"目标{row}")
    canvas.showPage()
    canvas.save()
    assert "".join(lines_of_document(out.getvalue(), "pdf")).startswith("指标0目标0指标1目标1")


def pdf_of(content: bytes, filters: int = 1) -> bytes:
    """A PDF of one page with this content stream, compressed so many times."""
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    stream = StreamObject()
    stream.set_data(content)
    for _ in range(filters):
        stream = stream.flate_encode(1)
    page[NameObject("/Contents")] = writer._add_object(stream)
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    named = DictionaryObject({NameObject(key): NameObject(said) for key, said in font.items()})
    fonts = DictionaryObject({NameObject("/F1"): named})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_that_never_ends_is_given_up_in_time(monkeypatch):
    monkeypatch.setattr(confined, "SECONDS", 2)
    endless = pdf_of(b"BT /F1 12 Tf (a) Tj ET " * 1_000_000)
    began = time.monotonic()
    with pytest.raises(Unopenable, match="within 2 s"):
        lines_of_document(endless, "pdf")
    assert time.monotonic() - began < 10


def test_a_pdf_that_unpacks_without_end_is_refused():
    bomb = pdf_of(bytes(200 << 20), 2)
    assert len(bomb) < 1 << 20
    with pytest.raises(Unopenable):
        lines_of_document(bomb, "pdf")


def test_an_archive_with_very_many_members_is_not_looked_into():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(25_000):
            archive.writestr(f"word/{number}.xml", b"")
    assert format_of(out.getvalue()) == "zip"


def test_what_a_library_warns_of_is_not_told_to_the_terminal(capfd):
    body = print_pdf([LINES])
    damaged = body.replace(b"startxref", b"startxxxx").replace(b"/Type /Font", b"/Type /Fnot")
    with suppress(Unopenable):
        lines_of_document(damaged, "pdf")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("number", ["第 1 页 共 684 页", "第1页/共684页", "- 12 -", "— 3 —", "1 / 684", "12"])
def test_page_numbers_go_in_any_form(number):
    assert flow([["各位代表：", "现在报告工作。", number]] * 3) == ["各位代表：", "现在报告工作。"] * 3


@pytest.mark.parametrize(("head", "said"), [(b"\xff\xd8\xff\xe0", "picture"), (b"Rar!\x1a\x07\x00", "archive")])
def test_what_is_no_document_is_named(head, said):
    assert format_of(head + bytes(100)) == "foreign"
    with pytest.raises(Unopenable, match=said):
        lines_of_document(head + bytes(100), "foreign")
