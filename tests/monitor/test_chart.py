"""Facts about charts as SVG."""

import re

import pytest

from monitor.views.chart import PAGE, Point, svg

SHORT = [Point("2030 target", 30, "30%"), Point("2031 outcome", 15, "15%左右", "outcome")]
LONG = [
    Point("2030 review", 450, "青屿湾片区老旧小区综合改造 450万平方米"),
    Point("2031 plan", 45, "老旧小区改造 45万平方米"),
]


def bars_of(chart: str) -> list[tuple[float, float]]:
    """(left edge, length) of each bar."""
    return [(float(x), float(w)) for x, w in re.findall(r'<rect [^>]*x="([\d.]+)"[^>]* width="([\d.]+)"', chart)]


@pytest.mark.parametrize("points", [SHORT, LONG])
def test_a_chart_is_no_wider_than_a_telephone_shows(points):
    chart = str(svg(points, "改造"))
    assert int(re.search(r'width="(\d+)"', chart)[1]) <= PAGE
    assert all(left + length <= PAGE for left, length in bars_of(chart))


@pytest.mark.parametrize(("points", "ratio"), [(SHORT, 0.5), (LONG, 0.1)])
def test_bars_are_in_the_proportion_of_their_numbers(points, ratio):
    (_, longest), (_, other) = bars_of(str(svg(points, "改造")))
    assert other / longest == pytest.approx(ratio, abs=0.01)


def test_every_number_is_written_and_every_series_marked():
    for points in (SHORT, LONG):
        assert all(point.written in svg(points, "改造") for point in points)
    assert 'class="bar outcome"' in svg(SHORT, "改造")
