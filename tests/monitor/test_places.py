"""The table of places: names, codes, readings, namesakes."""

import pytest

from monitor import places
from monitor.places import NATION, ending, find, learn, meant, named_by_host
from storage.values import Place

HAIDIAN = Place("110108", "北京市海淀区", "海淀")


@pytest.mark.parametrize(
    "asked",
    [
        "海淀",
        "海淀区",
        "海淀區",
        "北京市海淀区",
        "北京海淀",
        " 海淀 区 ",
        "110108",
        "１１０１０８",
        "haidian",
        "Haidian",
        "haidianqu",
    ],
)
def test_a_place_is_found_by_name_code_and_reading_in_either_script(asked):
    assert find(asked) == [HAIDIAN]


def test_names_are_written_from_the_province_down_without_dummy_levels():
    assert find("150702") == [Place("150702", "内蒙古自治区呼伦贝尔市海拉尔区", "海拉尔")]
    assert find("500101")[0].name == "重庆市万州区"
    assert find("419001")[0].name == "河南省济源市"
    assert find("110100") == []


def test_every_district_of_beijing_and_every_province_has_its_reading():
    districts = (
        "dongcheng xicheng chaoyang fengtai shijingshan haidian mentougou fangshan tongzhou shunyi changping daxing "
        "huairou pinggu miyun yanqing"
    )
    assert all(any(p.code.startswith("1101") for p in find(name)) for name in districts.split())
    provinces = {"shanxi": "14", "shaanxi": "61", "xizang": "54", "chongqing": "50", "neimenggu": "15"}
    assert {name: find(name)[0].code[:2] for name in provinces} == provinces


def test_all_provinces_prefectures_and_counties_are_known():
    now = [d for d in places.table().by_code.values() if not d.past and d.code < "90"]
    levels = [sum(d.level == level for d in now) for level in (0, 1, 2)]
    assert levels[0] == 34
    assert levels[1] > 330
    assert levels[2] > 2800


def test_former_names_lead_to_the_place_of_today():
    assert find("密云县")[0].name == "北京市密云区"
    assert find("襄樊市")[0].name == "湖北省襄阳市"
    assert find("襄樊") == find("襄阳市")


def test_a_division_that_is_no_more_is_found_where_none_of_today_has_its_name():
    assert find("崇文区")[0].code == "110103"


def test_namesakes_come_all_the_province_first():
    assert [p.code for p in find("吉林")] == ["220000", "220200"]
    assert {p.name for p in find("朝阳区")} == {"北京市朝阳区", "吉林省长春市朝阳区"}
    assert len(find("鼓楼区")) == 4


def test_an_unknown_name_finds_nothing():
    assert find("澜汀郡") == find("") == find("999999") == find("nosuchplace") == []


def test_the_state_council_reports_for_the_nation():
    assert find("全国") == find("100000") == [NATION]


def test_a_text_that_ends_with_a_place_tells_how_much_of_it_is_its_name():
    (division, length), *others = ending("我代表内蒙古自治区呼伦贝尔市海拉尔区")
    assert (division.code, length, others) == ("150702", 15, [])
    assert ending("我代表区") == []


def test_the_longest_name_counts():
    assert {d.code for d, _ in ending("长春市朝阳区")} == {"220104"}


def chosen(name, near="", text="", url=""):
    division, read = meant([d for d, _ in ending(name)], near, text, url)
    return (division.code if division else None), read


def test_namesakes_are_told_apart_by_what_they_lie_in_and_by_the_host():
    assert chosen("朝阳区", near="长春市人民政府朝阳区人民政府") == ("220104", True)
    assert chosen("朝阳区", url="http://chaoyang.changchun.gov.cn/zwgk/1.html") == ("220104", True)
    assert chosen("朝阳区", url="http://www.bjchy.gov.cn/affair/1.html") == ("110105", True)
    assert chosen("鼓楼区", near="南京鼓楼") == ("320106", True)
    assert chosen("城关区", url="https://www.lanzhou.gov.cn/a") == ("620102", True)


def test_namesakes_without_a_clue_near_are_concluded_or_left_open():
    assert chosen("鼓楼区", text="福州市福州市") == ("350102", False)
    assert chosen("朝阳区") == ("110105", False)
    assert chosen("鼓楼区") == (None, False)


def test_hosts_name_districts_by_initials_and_readings():
    assert named_by_host("http://video.bjchy.gov.cn/x") == {"110105", "110000"}
    assert "110107" in named_by_host("https://www.bjsjs.gov.cn")
    assert "110108" in named_by_host("https://zyk.bjhd.gov.cn/")
    assert named_by_host("") == named_by_host("no address") == frozenset()


def test_places_of_ones_own_are_learnt_once_beside_the_table():
    city, district = Place("990000", "云岭市", "云岭"), Place("990101", "云岭市澜汀区", "澜汀")
    learn([district, city])
    learn([district, city, HAIDIAN])
    assert find("澜汀") == find("云岭市澜汀区") == find("990101") == [district]
    assert find("海淀") == [HAIDIAN]


def test_codes_and_names_since_1980_lead_to_the_place_of_today():
    assert find("110221") == find("昌平县") == find("昌平区")
    assert find("441000") == find("海口市")  # Guangdong until 1988
    assert find("510202") == find("500103")  # Sichuan until 1997
    assert find("120000") == find("天津")
    assert find("天津市东郊区")[0].name == "天津市东丽区"
    assert find("燕山区")[0] == Place("110110", "北京市燕山区", "燕山")


def test_a_place_of_the_past_never_stands_before_one_of_today():
    for name in ("城区", "通州", "海口市", "重庆", "郊区"):
        found = find(name)
        gone = [places.table().by_code[place.code].past for place in found]
        assert gone == sorted(gone)
        assert len(set(gone)) <= 1


def test_namesakes_are_all_found_and_told_apart_by_what_they_lie_in():
    assert {place.name for place in find("鼓楼区")} == {
        "江苏省南京市鼓楼区",
        "江苏省徐州市鼓楼区",
        "福建省福州市鼓楼区",
        "河南省开封市鼓楼区",
    }
    assert find("徐州鼓楼") == find("320302")
    assert find("长春市朝阳区")[0].code == "220104"


@pytest.mark.parametrize(
    ("code", "name", "short"),
    [("987101", "沧澜市雾隐区", "雾隐"), ("987102", "沧澜市鸣沙土家族自治县", "鸣沙"), ("980000", "沧澜市", "沧澜")],
)
def test_a_place_that_is_learnt_without_a_short_name_is_found_by_its_own(code, name, short):
    learn([Place("980000", "沧澜市", "沧澜市"), Place(code, name, name)])
    assert [place.code for place in find(short)] == [code]
    assert find(short)[0].short == short
