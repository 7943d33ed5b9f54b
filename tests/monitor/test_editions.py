"""Facts about what differs between two texts of one report."""

from monitor.views.editions import counted, difference_lines, disagreeing, edited

TEXT = "各位代表：\n地区生产总值增长5%左右。\n新建口袋公园12个，建成鹭洲大桥。\n办好汀上灯会。"


def test_the_same_text_differs_nowhere() -> None:
    assert edited(TEXT, TEXT) == []
    assert disagreeing(TEXT, TEXT) == []
    assert counted([]) == "no difference"


def test_an_edited_number_is_told_as_a_number() -> None:
    [found] = edited(TEXT, TEXT.replace("5%", "6%"))
    assert (found.sort, found.old, found.new) == ("number", "地区生产总值增长5%左右。", "地区生产总值增长6%左右。")


def test_a_paragraph_that_went_is_missing_and_one_that_came_is_added() -> None:
    assert [d.sort for d in edited(TEXT, TEXT.replace("\n办好汀上灯会。", ""))] == ["missing"]
    assert [d.sort for d in edited(TEXT, TEXT + "\n另有一句。")] == ["added"]


def test_copies_do_not_disagree_by_script_width_space_or_paragraphs() -> None:
    copy = TEXT.replace("\n", "").replace("5%", "５％").replace("鹭洲大桥", "鷺洲大橋").replace("，", "， ")
    assert disagreeing(TEXT, copy) == []


def test_copies_disagree_by_numbers_and_words_with_what_stands_around() -> None:
    found = disagreeing(TEXT, TEXT.replace("12个", "15个").replace("灯会", "庙会"))
    assert [(d.sort, d.old, d.new) for d in found] == [("number", "12", "15"), ("words", "灯", "庙")]
    assert found[1].before.endswith("办好汀上")
    assert found[1].after == "会。"
    assert counted(found) == "number 1  words 1"


def test_what_a_copy_lacks_is_counted() -> None:
    assert "(7 characters missing)" in counted(disagreeing(TEXT, TEXT.replace("办好汀上灯会。", "")))


def test_lines_show_numbers_first_and_shorten_what_is_long() -> None:
    long = "甲乙丙丁" * 100
    lines = list(difference_lines(disagreeing(TEXT + long, TEXT.replace("12个", "15个")), colour=False))
    assert lines[0].startswith("  number")
    assert "more)" in lines[1]
    assert all(len(line) < 120 for line in lines)
