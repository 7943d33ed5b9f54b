"""The year of a session by those around it."""

import pytest

from monitor.sessions import numbers_of, year_among


def named(term: str, number: str) -> str:
    return f"澜汀区第{term}届人民代表大会第{number}次会议"


def test_a_sessions_numbers_are_read_from_its_name() -> None:
    assert numbers_of(named("十七", "五")) == (17, 5)
    assert numbers_of("第十四届全国人民代表大会第三次会议") == (14, 3)
    assert numbers_of("澜汀区人民代表大会（临时）第二次会议") is None


@pytest.mark.parametrize(
    ("known", "year"),
    [
        ([("十七", "四", 2024)], 2025),
        ([("十七", "六", 2026)], 2025),
        ([("十七", "三", 2023), ("十七", "七", 2027)], 2025),
        ([("十七", "三", 2023)], None),  # an extra session may lie between
        ([("十七", "四", 2024), ("十七", "七", 2026)], None),  # it does
        ([("十六", "四", 2024)], None),  # another congress
        ([("十七", "四", 2024), ("十七", "七", 2025)], None),
        ([("十七", "五", 2025)], None),
        ([], None),
    ],
)
def test_the_year_of_the_fifth_session(known: list[tuple[str, str, int]], year: int | None) -> None:
    assert year_among(named("十七", "五"), [(named(t, n), y) for t, n, y in known]) == year


def test_a_year_that_another_session_has_is_not_given() -> None:
    known = [(named("十七", "四"), 2024), (named("十八", "一"), 2025)]
    assert year_among(named("十七", "五"), known) is None
