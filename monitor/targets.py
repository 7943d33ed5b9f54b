"""The named quantities of a sentence: 地区生产总值 增长 5% 左右, 停车位 1.5万个; PURE.

A quantity has its name before it (旅游收入突破60亿元) or, where only a verb stands there, after it (打通50条断头路).
The name is the thing itself, without its verb, so that a target can be found again in another year's sentence.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from crawler.text.fold import fold
from storage.values import Target

HAN = "\u4e00-\u9fff"
MONEY = "(?:万亿|亿|万|千)?(?:美元|欧元|元)(?:人民币)?"
COUNTED = (
    "个百分点|平方公里|平方千米|平方米|立方米|公里|千米|公顷|公斤|吨标准煤|吨|千瓦时|千瓦|兆瓦时|兆瓦|人次|人|户次|户|家次|家|个|项|"
    "件|条|座|台套|台|套|辆|处|所|张|间|名|场次|场|批次|批|米|度|天|岁|支|只|棵|株|头|斤|份|种|类|部|栋|幢|片|块|颗|架|艘|"
    "列|宗|例|起|床|倍|位|亩次|亩|对|组|队|门|本|册|篇|小时|分钟|眼|口|孔|站|桩|万门|趟|班|枚|款|师|村|镇|乡|镇街|封|集|箱|标箱"
)
UNIT = rf"%|％|‰|(?:微克|毫克|克)/(?:立方米|升|L)|{MONEY}|(?:{COUNTED})(?:/(?:日|天|年|人|平方公里))?"
VALUE = r"\d[\d,]*(?:\.\d+)?|百分之[一二三四五六七八九十点零]+"
SCALE = "万亿|亿|万|千|百|余"
# 5%-6%, 80万-85万人, 3至5家: a range keeps both numbers.
QUANTITY = re.compile(
    rf"(?<![A-Za-z\d.“\"])(?P<value>(?:{VALUE})(?:{SCALE})*(?:(?:%|％|个百分点)?(?:[-—~～–]{{1,2}}|至|到)(?:\d[\d.]*)(?:{SCALE})*)?)"
    rf"(?:余|多|来)?(?P<unit>{UNIT})?(?![\d年月日号届周])"
)
# Words that bound a number from above or below, before it or after its unit.
AFTER = re.compile(r"\s*(左右|以上|以内|以下|之内|上下|之间)")
BOUND = re.compile(r"(不超过|不高于|不低于|不少于|不小于|不突破)[约到至在]?$")
# A number that tells which thing is meant, not how much of it: 50米内换乘比例, 65岁以上老年人, 15分钟生活圈.
MODIFIER = re.compile(
    rf"\d(?:米|公里|天|岁)(?:以?内|以下)的?(?=[{HAN}]{{2}})|\d岁以上的?(?=[{HAN}]{{2}})|\d(?:分钟|小时|岁)(?!以[内上下]$|左右)(?=[{HAN}]{{2}})"
)
COUNTABLE = re.compile(r"\d|百分之")
COUNTING = re.compile(r"^(?:大?方面|大类|重点方面|层面|阶段|月|五年|世纪|工作日|时辰|时期|年|季度|“|”)")
NO_NUMBER = re.compile(
    rf"(?P<name>[{HAN}、]{{3,24}}?)(?:增长|增速|增幅|水平)?(?:保持)?(?:与|和|同)(?P<with>[{HAN}\d]{{2,14}}?)(?P<how>基本同步|大体同步|同步|基本持平|持平)"
    rf"|(?P<name2>[{HAN}、]{{3,24}}?)(?:实现|保持)?(?P<how2>稳步增长|稳定增长|持续增长|平稳增长|稳步提高|持续下降|稳中有升|基本持平|基本稳定)$"
)
HINT = re.compile("同步|持平|(?:增长|提高|下降|有升|稳定)$")  # stands in all that NO_NUMBER finds, and costs a tenth
GROWTH = re.compile(r"(?:增长|增加|提高|提升|下降|降低|减少|上升|增幅|涨幅|降幅|增速|压减|削减|翻)(?:了|约|幅度)?$")
# What may stand before the thing: times, places, verbs of the plan. After it: verbs of change and of reaching.
BEFORE = """
其中 力争 确保 争取 努力 今年 明年 全年 年内 年底前 年底 累计 同时 再 又 并 将 要 预计 初步预计
继续 持续 深入 加快 积极 大力 全面 全力 全部 着力 抓好 抓紧 做好 办好 推进 推动 促进 实施 开展 完成
完善 实现 建设 建成 建好 新增 新建 改建 扩建 新改扩建 改扩建 新改建 开工 完工 竣工 启动 打通
改造提升 改造 提升 增加 增设 扩大 增强 拆除 治理 整治 培育 培养 培训 引进 引育 举办 组织 承办 打造
创建 安排 投入 筹集 提供 落实 攻坚 攻关 突破 解决 支持 帮扶 扶持 开通 设立 建立 优化 健全 改善 保持
稳定 谋划 储备 认定 招收 招引 发放 壮大 投放 投用 建造 种植 栽植 修复 修建 铺设 敷设 更新 更换 安装
布局 布设 达到 超过 利用 通过 按照 围绕 以 对 为 把 在 使 让 用 给 的 和 与 及 深化 新认定 新设
新开 新开工 新开通 新培育 新引进 新登记 新入选 新筹集 新获批 新招聘 新认证 净增 疏通 组建 盘活 腾退 处置
推广 发行 争取到
"""
BEHIND = """
增长 增加 提高 提升 上升 下降 降低 减少 压减 增幅 涨幅 降幅 达到 达 突破 超过 超 控制 稳定 保持
维持 降 完成 实现 力争 年均 日均 同比 比上年 较上年 分别 均 都 约 近 不低于 不少于 不高于 不超过
不突破 以上 至少 累计 总数 扩大 缩小 推广 覆盖 建设 改造 新建 新增 安排 确保 预期 目标 为 是 在 到
至 了 各 共 有 的 也 以 和 与 及 、 顺利 完工 竣工 投用 投产 建成 开工 平均每年
"""
PERIOD = r"全[国省市区县旗州盟]|本[市区县]|我[省市区县]|到?\d{4}年底?|到?“?十[一二三四五六]五”?末"


def longest_first(words: str) -> str:
    """The words as alternatives of a pattern, such that 新增 is tried before 新."""
    return "|".join(sorted(set(words.split()), key=len, reverse=True))


LEADING = re.compile(f"^(?:{PERIOD}|(?!和[美谐平])(?:{longest_first(BEFORE)})|[、“”])+")
TRAILING = re.compile(f"(?:{longest_first(BEHIND)}|(?<=[{HAN}]{{2}})全部[{HAN}]{{0,4}}$)+$")
FOLLOWING = re.compile(rf"^的?(?P<name>[{HAN}A-Za-z“”\"+·]{{2,24}})")
PERCENT = ("%", "％", "‰", "个百分点")
QUOTES = str.maketrans("", "", '“”"「」')
CLAUSE = re.compile(r"[，,；;。！？:：（）()]")
SEVERALLY = re.compile(rf"(?P<names>[{HAN}、“”]{{4,40}}?)(?:分别|各)(?:为|达到?|增长|提高|下降|完成|新增)?到?$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit and the stretch of the clause it takes."""

    value: str
    unit: str
    qualifier: str
    start: int
    end: int


def targets_of(text: str) -> tuple[Target, ...]:
    """The named quantities of a sentence in order, numbers as written; () where there is none.

    Years, ordinals and numbers inside names (“1+3”, 5G, 12345热线) are none. A clause that only goes on (达到296亿元)
    keeps the name of the one before.
    """
    targets: list[Target] = []
    for clause in CLAUSE.split(text):
        targets.extend(of_clause(clause, targets[-1].name if targets else ""))
    return tuple(targets)


def of_clause(clause: str, before: str) -> list[Target]:
    """The targets of one clause; `before` is the name that it may go on with."""
    quantities = quantities_of(clause)
    if not quantities:
        return of_words(clause)
    edges = [0, *(q.end for q in quantities)]
    lefts = [clause[edge : q.start] for edge, q in zip(edges, quantities, strict=False)]
    rights = [clause[a.end : b.start] for a, b in pairwise(quantities)] + [clause[quantities[-1].end :]]
    shared = SEVERALLY.search(lefts[0])
    names = shared_names(shared["names"], len(quantities)) if shared else names_of(lefts, rights, quantities)
    targets = []
    for name, left, quantity in zip(filled(names, before), lefts, quantities, strict=True):
        if name:
            grown = bool(GROWTH.search(re.sub("[约近超到至在为]+$", "", left))) or (
                bool(shared) and quantity.unit in PERCENT
            )
            bound = BOUND.search(left)
            qualifier = quantity.qualifier or (bound[1] if bound else "")
            targets.append(Target(name, quantity.value, quantity.unit, qualifier, growth=grown))
    return targets


def shared_names(words: str, count: int) -> list[str]:
    """The names of the quantities after 分别: one each, or all the same."""
    names = [stripped(name) for name in re.split("[、和与及]", words)]
    return names if len(names) == count else [stripped(words)] * count


def names_of(lefts: list[str], rights: list[str], quantities: list[Quantity]) -> list[str]:
    """What each quantity is of: "" where neither side says.

    A counted thing follows its number (打通50条断头路), unless none does; a rate or a sum follows its name. After the
    first quantity only what stands behind the last 、 is still free to be a name.
    """
    names = []
    for k, (left, right, quantity) in enumerate(zip(lefts, rights, quantities, strict=True)):
        own = stripped(re.split("[、和及]", left)[-1] if k and re.search("[、和及]", left) else left)
        after = FOLLOWING.match(right if k + 1 == len(quantities) else right.split("、")[0])
        following = stripped(after["name"]) if after else ""
        measured = quantity.unit in PERCENT or quantity.unit.endswith("元")
        first, second = (own, following) if measured and not own.endswith("等") else (following, own)
        names.append(first or second)
    return names


def filled(names: list[str], before: str) -> list[str]:
    """The names; a missing one is the one before, and at the start of a clause the next (3800户、58万平方米棚户区)."""
    for k in range(len(names) - 2, -1, -1):
        names[k] = names[k] or (names[k + 1] if k == 0 else "")
    for k, name in enumerate(names):
        names[k] = before = name or before
    return names


def quantities_of(clause: str) -> list[Quantity]:
    """The numbers of a clause that say how much, with their units."""
    found: list[Quantity] = []
    if not COUNTABLE.search(clause):
        return found
    for number in QUANTITY.finditer(clause):
        rest, unit = clause[number.end() :], number["unit"] or ""
        percent = number["value"].startswith("百分之")
        if not (unit or percent) or COUNTING.match(rest):
            continue
        if MODIFIER.match(clause, number.end() - len(unit) - 1):
            continue
        after = AFTER.match(rest)
        end = number.end() + (after.end() if after else 0)
        value = re.sub("[%％]|个百分点", "", number["value"])
        if unit.endswith("元") and (scale := re.search("(?:万亿|[万亿千])$", value)):
            value, unit = value[: scale.start()], scale[0] + unit
        found.append(Quantity(value, unit or "%", after[1] if after else "", number.start(), end))
    return found


def stripped(words: str) -> str:
    """The thing without its verbs, before and behind: 新增机动车停车位 → 机动车停车位; "" where nothing is left."""
    words = TRAILING.sub("", words.strip())
    bare = LEADING.sub("", words).translate(QUOTES).strip("、 ")
    return bare if len(bare) > 1 else ""


def as_written(words: str, text: str, folded: str) -> str:
    """Words of a folded sentence as the sentence itself has them: １．５萬 for 1.5万; as they are where it is not told.

    text, folded  the sentence, and its fold, in which the words stand
    """
    start = folded.find(words)
    if words in text or start < 0:
        return words
    signs = [(fold(character, ""), character) for character in text]
    signs = [(sign, character) for sign, character in signs if sign]
    before = ["", *(sign for sign, _ in signs)]
    kept = [c for (sign, c), last in zip(signs, before, strict=False) if sign not in "-…" or sign != last]
    return "".join(kept[start : start + len(words)]) if len(kept) == len(folded) else words


def of_words(clause: str) -> list[Target]:
    """A target told without a number: 居民收入增长和经济增长同步, 居民人均可支配收入稳步增长."""
    found = NO_NUMBER.search(clause) if HINT.search(clause) else None
    if not found:
        return []
    name = stripped(found["name"] or found["name2"])
    return [Target(name, None, "", found["how"] or found["how2"])] if name else []
