"""Bytes of every sort come out as the text that was meant."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text.decode import decode
from crawler.text.fold import converter

TEXT = (
    "<html><head><title>云水区政府工作报告</title></head><body><p>"
    + "全区经济社会发展取得新成效，重点任务全面完成。" * 12
    + "</p>"
)
HANT = converter("s2t").convert(TEXT)


@pytest.mark.parametrize(
    ("body", "declared", "text"),
    [
        (TEXT.encode("utf-8"), None, TEXT),
        (TEXT.encode("utf-8"), "gbk", TEXT),
        (b"\xef\xbb\xbf" + TEXT.encode("utf-8"), None, TEXT),
        (TEXT.encode("gbk"), "utf-8", TEXT),
        (TEXT.encode("gb18030"), "big5", TEXT),
        (HANT.encode("gbk"), None, HANT),
        (HANT.encode("big5"), "gb2312", HANT),
        (TEXT.encode("utf-16"), None, TEXT),
        (TEXT.encode("utf-16-le"), None, TEXT),
        (TEXT.encode("utf-16-be"), "utf-8", TEXT),
        (TEXT.encode("gbk"), "rot13", TEXT),
        (TEXT.encode("gbk"), "no-such-charset", TEXT),
    ],
)
def test_a_lying_header_does_not_change_the_text(body, declared, text):
    assert decode(body, declared).text == text


def test_a_stray_byte_costs_no_more_than_the_character_it_splits():
    body = TEXT.encode("utf-8")
    read = decode(body[:120] + b"\xff" + body[120:])
    assert read.encoding == "utf-8"
    assert read.text.count("\ufffd") <= 3


def test_a_stray_byte_does_not_hide_gbk():
    body = TEXT.encode("gbk")
    assert "重点任务全面完成" in decode(body[:200] + b"\x81" + body[200:], "utf-8").text


def test_utf8_that_was_read_as_latin1_is_undone():
    assert decode(TEXT.encode("utf-8").decode("latin-1").encode("utf-8")).text == TEXT


def test_gbk_that_was_read_as_latin1_is_undone():
    assert decode(TEXT.encode("gbk").decode("latin-1").encode("utf-8")).text == TEXT


def test_utf8_that_was_read_as_gbk_is_undone_where_bytes_were_kept():
    text = "".join(c for c in TEXT if c.isascii() or len(c.encode("utf-8")) == 3)
    body = text.encode("utf-8")
    wrong = body.decode("gb18030", "replace")
    if "\ufffd" not in wrong:
        assert decode(wrong.encode("utf-8")).text == text


def test_a_page_in_two_encodings_is_read_in_both():
    lines = TEXT + "\n"
    read = decode((lines * 3).encode("utf-8") + TEXT.encode("gbk"))
    assert read.text == lines * 3 + TEXT


LINES = "\n".join(f"<p>{s}</p>" for s in TEXT.split("。")) + "\n"
HANT_LINES = converter("s2t").convert(LINES)
FIRST = LINES.index("\n", len(LINES) // 2) + 1
CP1252 = [bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)]  # as browsers read it


def misread(body: bytes) -> bytes:
    """UTF-8 of what a browser sees in bytes that it takes for windows-1252."""
    return "".join(CP1252[byte] for byte in body).encode("utf-8")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (LINES[:FIRST].encode("gbk") + LINES[FIRST:].encode("utf-8"), LINES),
        (HANT_LINES[:FIRST].encode("utf-8") + HANT_LINES[FIRST:].encode("big5"), HANT_LINES),
        (HANT_LINES[:FIRST].encode("big5") + HANT_LINES[FIRST:].encode("utf-8"), HANT_LINES),
        (LINES[:FIRST].encode("gbk") + HANT_LINES[FIRST:].encode("big5"), LINES[:FIRST] + HANT_LINES[FIRST:]),
    ],
)
def test_half_pages_in_two_encodings_are_read_in_both(body, text):
    read = decode(body)
    assert read.text == text
    assert read.confidence < 1


@pytest.mark.parametrize(
    "body",
    [
        misread(TEXT.encode("utf-8")),
        misread(misread(TEXT.encode("utf-8"))),
        misread(TEXT.encode("gbk")),
    ],
)
def test_what_was_read_as_windows_1252_is_undone_twice_if_need_be(body):
    read = decode(body)
    assert read.text == TEXT
    assert read.encoding.endswith("read as latin-1")
    assert read.confidence < 1


def test_characters_of_hong_kong_come_out_of_big5():
    text = HANT.replace("全區", "全區嘅啲嚟")
    read = decode(text.encode("big5hkscs"), "gb2312")
    assert (read.text, read.encoding) == (text, "big5hkscs")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_mark_or_tags_is_told_by_its_characters(codec):
    text = "全区经济社会发展取得新成效，重点任务全面完成。" * 10
    assert decode(text.encode(codec)).text == text


@pytest.mark.parametrize("codec", ["utf-8", "gbk"])
def test_zero_bytes_between_characters_make_no_utf16(codec):
    text = LINES.replace("<p>", "<p>\0")
    assert decode(text.encode(codec)).text == text


def test_half_a_surrogate_pair_in_utf8_is_lost_and_no_more():
    body = LINES.encode("utf-8").replace("重点".encode(), b"\xed\xa0\x80" + "重点".encode())
    assert decode(body).text.replace("\ufffd", "") == LINES


def test_private_use_and_rare_characters_of_gb18030_come_through():
    body = TEXT.encode("gbk").replace("重点".encode("gbk"), b"\xaa\xa1" + "𠮷".encode("gb18030"))
    assert decode(body).text == TEXT.replace("重点", "\ue000𠮷")


def test_bytes_of_no_text_are_decoded_without_confidence():
    for size in (100, 2000, 20_000):
        assert decode(random.Random(size).randbytes(size)).confidence < 0.2


@given(st.text(alphabet=st.sampled_from(TEXT), min_size=40, max_size=200), st.sampled_from(["utf-8", "gb18030"]))
def test_sound_text_comes_through_either_encoding(text, codec):
    assert decode(text.encode(codec)).text == text


@given(st.binary(max_size=400), st.none() | st.text(max_size=12))
def test_no_bytes_raise(body, declared):
    read = decode(body, declared)
    assert 0 <= read.confidence <= 1
