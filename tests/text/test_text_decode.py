"""Bytes of every sort come out as the text that was meant."""

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


@given(st.binary(max_size=400), st.none() | st.text(max_size=12))
def test_no_bytes_raise(body, declared):
    read = decode(body, declared)
    assert 0 <= read.confidence <= 1
