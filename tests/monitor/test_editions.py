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


def test_what_differs_is_told_with_the_sentences_it_stands_in() -> None:
    [first, second] = disagreeing(TEXT, TEXT.replace("12个", "15个").replace("灯会", "庙会"))
    assert first.sentence == "新建口袋公园12个,建成鹭洲大桥。"
    assert first.other == "新建口袋公园15个,建成鹭洲大桥。"
    assert (second.sentence, second.other) == ("办好汀上灯会。", "办好汀上庙会。")


def test_names_are_told_apart_from_words() -> None:
    text = "由区长王强牵头，修通望月桥。\n改造“夜汀上”街区，加快建设。"
    copy = text.replace("王强", "王刚").replace("望月桥", "望星桥").replace("夜汀上", "夜江上").replace("加快", "推进")
    assert [(d.sort, d.new) for d in disagreeing(text, copy)] == [
        ("name", "刚"),
        ("name", "星"),
        ("name", "江"),
        ("words", "推进"),
    ]


def test_several_differences_of_one_sentence_are_one_line_numbers_and_names_first() -> None:
    copy = TEXT.replace("12个", "15个").replace("鹭洲", "白洲").replace("左右", "上下")
    lines = list(difference_lines(disagreeing(TEXT, copy), colour=False))
    assert [line.split()[0] for line in lines] == ["number", "words"]
    assert "12" in lines[0]
    assert "白" in lines[0]
