"""Whether a number that moved has moved for the better, where a report's own aims say which way that is; PURE.

Known are the quantities that every plan wants more of or less of, and those it sets a ceiling for. Prices are wanted
neither high nor low, and of most things that are counted (32 lanes last year, 10 this year) nothing is said.
"""

import re

from monitor.change import amount_of
from storage.values import Target

BETTER, WORSE = "better", "worse"
CEILING = ("以内", "以下", "之内", "不超过", "不高于", "不突破")
# What a report wants to be low, where it is written as a level.
LOW = re.compile("失业率|浓度|价格|物价|CPI|死亡率|发生率|负债率|不良率")
SPENT = re.compile("能耗|物耗|水耗|煤耗|用水量|碳排放|二氧化碳|排放强度|排放总量|排放量")
HIGH = re.compile(
    "生产总值|GDP|增加值|经济增长|收入|财政|税收|投资额?$|投资增[长速]|零售总?额|消费|进出口|出口|外资|就业|岗位|优良天数|优良比例|优良率"
    "|覆盖率|普及率|参保率|绿化率|森林|入学率|合格率|达标率|满意[度率]|产量|研发|成交额|寿命"
)
FALL = "(?:下降|减少|降低|回落|下滑|压减|削减)[了约到至为超过以上]{0,3}"
PRICES = re.compile("价格|物价|CPI|房价")


def way_of(old: Target, told: str, new: Target, text: str) -> str:
    """BETTER or WORSE; "" where the numbers do not differ, or which way is better is not known.

    told, text  the sentences of the old and of the new number
    """
    before, after = signed(old, told), signed(new, text)
    more = wants_more(new)
    if before is None or after is None or before == after or more is None:
        return ""
    return BETTER if (after > before) is more else WORSE


def signed(target: Target, text: str) -> float | None:
    """The amount of a target; below 0 where the sentence says that something fell by it."""
    amount = amount_of(target)
    fell = amount is not None and re.search(FALL + re.escape(target.value or ""), text)
    return -amount if fell and amount is not None else amount


def wants_more(target: Target) -> bool | None:
    """Is more of it better? None where that is not known."""
    if PRICES.search(target.name):
        return None
    if LOW.search(target.name) or SPENT.search(target.name):
        return False
    if HIGH.search(target.name):
        return True
    return False if target.qualifier in CEILING else None
