"""The main targets of a year: set in its plan, their outcome told in the next year's review; PURE.

What a plan sets for five years (年均, “十五五”时期, 到2030年) and a review tells of five years is none of a year's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.targets import CLAUSE, HAN, PERCENT, targets_of
from storage.values import Outline, Part, Passage, Target

AREA = (
    r"(?:全[省市区县旗州盟国域]|本级|区本级|市本级|县本级|地方|地方级|全口径|属地|实现|完成|预计|年度|年末|全年|力争)*"
)
HOW = r"(?:按可比(?:价格|口径)|按可比价|同口径|可比增速|实际|名义|平均|平均值|总额|总量|涨幅|增速|增幅|目标|按|预期)*"
MONEY, PEOPLE, AIR, DAYS, WEIGHT = r".*元", r"[万]?人", r"微克.*", r"天|%|％", r".*(?:斤|吨)"
# Stretches of more than one year, before a number in its sentence.
SPAN = re.compile(
    r"年均(?!浓度|值|气温|降水)|平均每年|逐年|(?:近|过去|这)[二两三四五六十]年|[三五]年[来间]|五年|累计|翻[了一两]|"
    r"“?十[一二三四五六]五”?(?:规划)?(?:时期|期间|末|以来|目标)|(?:比|较|从|由|自)\s*20\d\d年|20\d\d年以来"
)
PAST_YEARS = re.compile(
    r"年均(?!浓度|值|气温|降水)|五年[来间]|[过这]去?五年|“?十[一二三四五六]五”?(?:规划)?(?:时期|期间|以来)"
)
LATER = re.compile(r"到\s*(20\d\d)\s*年")
LONG = re.compile(r"五年|十[一二三四五六]五")
ONE_YEAR = re.compile(r"20\d\d年|过去一年|今年|去年")
THIS_YEAR = re.compile(r"过去一年|过去的一年|去年|20\d\d年(?:[，,是]|全[省市区县年])")
FALL = re.compile(r"(?:下降|降低|减少|回落|负增长|微降|降)(?:了|约|到)?[约至到]?$")


@dataclass(frozen=True, slots=True)
class Indicator:
    """A quantity that plans set targets for.

    key     short English name, stable
    title   what it is called
    name    what a target of it is named, as a whole
    growth  is it a rate of change? None where reports write both for the same thing
    unit    what its unit looks like
    near    what must stand in the same sentence, "" for nothing
    full    the full name, which decides where another figure comes first: 新增就业3000人 may be one factory's
    """

    key: str
    title: str
    name: str
    growth: bool | None = True
    unit: str = r"%|％|个百分点"
    near: str = ""
    full: str = ""

    def is_of(self, target: Target, sentence: str) -> bool:
        """Is that target one of this?"""
        if self.growth is not None and target.value is not None and target.growth is not self.growth:
            return False
        if target.value is None and self.growth is False:
            return False
        if target.value is not None and not re.fullmatch(self.unit, target.unit):
            return False
        return bool(re.fullmatch(f"{AREA}(?:{self.name}){HOW}", target.name)) and bool(re.search(self.near, sentence))


GDP = "(?:地区|国内|区域)?生产总值|GDP|经济|经济总量"
REVENUE = "(?:一般)?公共(?:财政)?预算收入(?:完成数)?|(?:公共)?财政(?:总)?收入"
INDICATORS = (
    Indicator("gdp", "地区生产总值增速", GDP),
    Indicator("gdp-level", "地区生产总值", GDP, growth=False, unit=MONEY),
    Indicator("revenue", "一般公共预算收入增速", REVENUE),
    Indicator("revenue-level", "一般公共预算收入", REVENUE, growth=False, unit=MONEY),
    Indicator("industry", "规模以上工业增加值增速", "(?:全部)?(?:规模以上|规上|规模)工业(?:企业)?增加值"),
    Indicator("investment", "固定资产投资增速", "(?:全社会|城乡|500万元以上)?固定资产投资(?:（不含农户）)?"),
    Indicator("retail", "社会消费品零售总额增速", "(?:社会消费品|社消|限上社会消费品)零售(?:总)?额?"),
    Indicator("trade", "进出口增速", "(?:外贸|货物)?进出口(?:总额|总值)?"),
    Indicator(
        "jobs",
        "城镇新增就业",
        f"(?:城镇)?(?:累计)?(?:新增)?(?:城镇)?就业(?:岗位|人数)?(?:[{HAN}]{{0,2}})",
        growth=False,
        unit=PEOPLE,
        near="新增(?:城镇)?就业",
        full="城镇新增就业|新增城镇就业|城镇登记失业率",
    ),
    Indicator("unemployment", "城镇调查失业率", "(?:城镇)?调查失业率", None),
    Indicator("unemployment-registered", "城镇登记失业率", "(?:城镇)?登记失业率", None),
    Indicator("prices", "居民消费价格涨幅", "(?:居民)?消费(?:价格|物价)(?:总水平|总指数|指数)?|CPI微?|物价", None),
    Indicator("income", "居民人均可支配收入增速", "(?:城乡)?(?:全体)?(?:常住)?居民(?:人均)?(?:可支配)?收入"),
    Indicator(
        "income-urban",
        "城镇居民人均可支配收入增速",
        "城镇(?:常住)?(?:居民)?(?:人均)?(?:可支配)?(?:收入)?",
        near="收入",
    ),
    Indicator(
        "income-rural",
        "农村居民人均可支配收入增速",
        "(?:农村(?:牧区)?|农牧民|农民)(?:常住)?(?:居民)?(?:人均)?(?:可支配|纯)?(?:收入)?",
        near="收入",
    ),
    Indicator("energy", "单位地区生产总值能耗变化", "(?:单位|万元)(?:地区生产总值|GDP|生产总值)(?:综合)?能(?:源消)?耗"),
    Indicator("pm25", "细颗粒物年均浓度", r".*(?:PM_?2\.?5|细颗粒物|年平均浓度).*|.*浓度", False, AIR, "PM|细颗粒物"),
    Indicator(
        "good-air", "空气质量优良天数", ".*(?:空气质量|环境空气)?优良(?:天数|率)?(?:比例|比率)?", False, DAYS, "空气"
    ),
    Indicator("grain", "粮食产量", "粮食(?:总)?产量?", growth=False, unit=WEIGHT),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A target or an outcome, and the sentence it stands in; `fell` where it is a fall: 下降2%."""

    target: Target
    passage: Passage
    fell: bool = False

    @property
    def written(self) -> str:
        """As the report writes it: ↓3.5%, 5%左右, 同步."""
        if self.target.value is None:
            return self.target.qualifier
        quantity = f"{'↓' if self.fell else ''}{self.target.value}{self.target.unit}"
        qualifier = self.target.qualifier
        return f"{qualifier}{quantity}" if qualifier.startswith("不") else f"{quantity}{qualifier}"


@dataclass(frozen=True, slots=True)
class Year:
    """One indicator in one year of one place; None where a report is not known or does not say.

    target, outcome  of that year: set in its plan, told in the review of the year after
    before, reached  target and outcome of the year before
    following        target of the year after
    """

    place: str
    year: int
    indicator: Indicator
    target: Figure | None
    outcome: Figure | None
    before: Figure | None
    reached: Figure | None
    following: Figure | None


def figures(outline: Outline, part: Part, year: int | None = None) -> dict[str, Figure]:
    """The figures of a report's plan or review, by the keys of the indicators; of each the first that is one year's."""
    found: dict[str, Figure] = {}
    for passage in of_one_year(outline.of(part)):
        for indicator, figure in figures_of(passage, year):
            if better(indicator, figure, found.get(indicator.key)):
                found[indicator.key] = figure
    return found


def better(indicator: Indicator, figure: Figure, known: Figure | None) -> bool:
    """Is that figure rather the indicator's than the one known? The first is, unless only this has the full name."""
    if known is None:
        return True
    full = indicator.full
    return bool(full) and not re.search(full, known.passage.text) and bool(re.search(full, figure.passage.text))


def of_one_year(passages: Sequence[Passage]) -> Iterator[Passage]:
    """The passages, without those of a review under a heading, or behind words in their paragraph, that speak of more.

    A paragraph that says which year it speaks of is taken at its word: 过去一年, under “十四五”时期回顾 too.
    """
    single: dict[int, bool] = {}
    for passage in passages:
        if passage.part is not Part.REVIEW:
            yield passage
            continue
        if PAST_YEARS.search(passage.text):
            single[passage.paragraph] = False
        elif THIS_YEAR.search(passage.text):
            single[passage.paragraph] = True
        if single.get(passage.paragraph, annual_heading(passage.heading)):
            yield passage


def figures_of(passage: Passage, year: int | None) -> Iterator[tuple[Indicator, Figure]]:
    """The figures of one sentence that are one year's."""
    at = 0
    for target in targets_of(passage.text):
        place = passage.text.find(target.value, at) if target.value else at
        at = max(at, place)
        clauses = CLAUSE.split(passage.text[at:])
        before = passage.text[:at]
        if not annual(before + clauses[0], year):
            continue
        clause = CLAUSE.split(before)[-1] + clauses[0] if target.value else passage.text
        for indicator in INDICATORS:
            if indicator.is_of(target, clause if indicator.key == "jobs" else passage.text):
                yield indicator, Figure(target, passage, bool(FALL.search(before)) and target.unit in PERCENT)


def annual(words: str, year: int | None) -> bool:
    """Do these words, up to a number, speak of one year?"""
    later = [int(written) for written in LATER.findall(words)]
    return not SPAN.search(words) and not any(year is None or written > year for written in later)


def annual_heading(heading: str) -> bool:
    """May what stands under a heading be one year's? Not under “十四五”时期发展成就, unless a year is named as well."""
    return not LONG.search(heading) or bool(ONE_YEAR.search(heading))


def years(place: str, outlines: Mapping[int, Outline]) -> list[Year]:
    """A place's indicators, by indicator and year, oldest first; those that no report gives are left out."""
    plans = {year: figures(outline, Part.PLAN, year) for year, outline in outlines.items()}
    reviews = {year: figures(outline, Part.REVIEW, year) for year, outline in outlines.items()}
    rows = []
    for indicator in INDICATORS:
        for year in sorted(outlines):
            row = year_of(place, year, indicator, plans, reviews)
            if any((row.target, row.outcome, row.reached)):
                rows.append(row)
    return rows


def year_of(
    place: str,
    year: int,
    indicator: Indicator,
    plans: Mapping[int, Mapping[str, Figure]],
    reviews: Mapping[int, Mapping[str, Figure]],
) -> Year:
    """One indicator of one year."""
    key = indicator.key
    return Year(
        place,
        year,
        indicator,
        plans.get(year, {}).get(key),
        reviews.get(year + 1, {}).get(key),
        plans.get(year - 1, {}).get(key),
        reviews.get(year, {}).get(key),
        plans.get(year + 1, {}).get(key),
    )
