"""Reports of districts that do not exist, and copies of them as reprints make them; for tests and benches.

A report is sentences of made-up undertakings with a share of stock phrases that all reports have, as real ones do.
"""

import random
import re
from collections.abc import Iterator


def pairs(text: str) -> list[str]:
    """A text as words of two characters."""
    return [text[at : at + 2] for at in range(0, len(text), 2)]


DOING = pairs("推进建成启动完善实施打造优化新建改造拓展深化落实培育引进整治扩建升级布局开通修缮")
FIRST = pairs("河岸老旧智能生态乡村城市产业社区校园医疗养老文化数字绿色创新交通水务农田林地边坡")
SECOND = pairs("湿地电梯工厂廊道驿站更新园区食堂操场联合照料场馆平台能源中心枢纽管网示范修复步道")
THIRD = pairs("工程项目计划行动基地试点服务体系机制改革名录专班课题联盟走廊样板集群档案通道窗口")
UNITS = ["个", "处", "公里", "万平方米", "家", "户", "项", "亿元", "台", "亩"]
STOCK = [
    "全面贯彻落实党的方针政策，坚持稳中求进工作总基调，完整准确全面贯彻新发展理念，着力推动高质量发展",
    "始终坚持以人民为中心的发展思想，用心用情解决好群众急难愁盼问题，不断增强人民群众的获得感幸福感安全感",
    "统筹发展和安全，扎实做好稳增长促改革调结构惠民生防风险各项工作，经济社会保持平稳健康发展的良好态势",
    "自觉接受人大法律监督工作监督和政协民主监督，认真办理人大代表建议和政协委员提案，办复率达到百分之百",
    "严格落实中央八项规定精神，驰而不息纠治四风，持续深化作风建设，营造风清气正干事创业的良好环境",
    "纵深推进全面从严治党，切实履行主体责任，一体推进不敢腐不能腐不想腐，政府系统廉政建设取得明显成效",
    "持续优化营商环境，深化放管服改革，推行一网通办，让数据多跑路让群众少跑腿，市场主体活力进一步激发",
    "坚持房子是用来住的不是用来炒的定位，促进房地产市场平稳健康发展，更好满足居民合理住房需求",
    "在看到成绩的同时我们也清醒认识到发展中还存在不少困难和问题，对此我们将采取有力措施切实加以解决",
    "让我们更加紧密地团结起来，坚定信心锐意进取，真抓实干奋勇前进，为谱写发展新篇章而不懈奋斗",
]
PLACES = ["青浦溪", "望江台", "云栖岭", "石桥屯", "柳林湾", "金沙渡", "白鹭洲", "松涛坪", "凤鸣岗", "龙潭口"]
# Characters of made-up names: GB 2312, level 1, every fifth.
NAMES = [bytes((row, cell)).decode("gb2312") for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF, 5)]
CHROME = "首页 政务公开 办事服务 互动交流 专题专栏 无障碍 长者模式 登录 注册 当前位置 打印 关闭 分享到 上一篇 下一篇\n"


def sentence(rng: random.Random) -> str:
    """A few undertakings with numbers, each for something with a name of its own."""
    said = []
    for _ in range(rng.randint(2, 4)):
        name = "".join(rng.choices(NAMES, k=rng.randint(2, 3)))
        kind = rng.choice(FIRST) + rng.choice(SECOND) if rng.random() < 0.5 else rng.choice(SECOND) + rng.choice(THIRD)
        said.append(f"{rng.choice(DOING)}{name}{kind}{rng.randint(2, 980)}{rng.choice(UNITS)}")
    return "，".join(said)


def sentences(rng: random.Random, count: int, stock: float = 0.12) -> list[str]:
    """Sentences of a report; a share of them are stock phrases."""
    return [rng.choice(STOCK) if rng.random() < stock else sentence(rng) for _ in range(count)]


def laid_out(place: str, year: int, body: list[str]) -> str:
    """A report of these sentences with title, meeting, salutation, headings and ending."""
    head = (
        f"政府工作报告\n——{year}年1月{year % 9 + 5}日在{place}区第十七届人民代表大会第三次会议上\n{place}区区长 江望\n"
        f"各位代表：\n现在，我代表{place}区人民政府，向大会报告政府工作，请予审议。\n"
    )
    third = max(1, len(body) // 3)
    parts = [f"{n}、{year}年{FIRST[k]}{THIRD[k]}\n" for k, n in enumerate("一二三四")]
    text = [head]
    for at in range(0, len(body), 3):
        text += [parts[at // third]] if at % third < 3 and at // third < 4 else []
        text.append("。".join(body[at : at + 3]) + "。\n")
    return "".join(text) + "各位代表！让我们携手并肩，共创美好明天！\n"


def report(seed: int, count: int = 150, year: int = 2031) -> str:
    """The report of one invented district; about 45 characters a sentence."""
    rng = random.Random(seed)
    return laid_out(rng.choice(PLACES) + rng.choice(FIRST)[0], year, sentences(rng, count))


def next_year(seed: int, count: int = 150, kept: float = 0.2) -> str:
    """The report of the same district a year later: a share of the sentences is said again."""
    rng = random.Random(seed)
    place, old = rng.choice(PLACES) + rng.choice(FIRST)[0], sentences(rng, count)
    return laid_out(place, 2032, [s if rng.random() < kept else sentence(rng) for s in old])


def dropped(text: str, share: float, rng: random.Random) -> str:
    """The text with this share of its characters lost."""
    return "".join(c for c in text if rng.random() >= share)


def replaced(text: str, share: float, rng: random.Random) -> str:
    """The text with this share of its characters replaced by others of it."""
    return "".join(rng.choice(text) if rng.random() < share else c for c in text)


def mojibake(text: str, at: int) -> str:
    """UTF-8 taken for GBK from a position on."""
    return text[:at] + text[at:].encode().decode("gbk", "replace")


def shuffled(text: str, rng: random.Random) -> str:
    """The paragraphs in another order, ten lines at a time."""
    lines = text.splitlines(keepends=True)
    blocks = ["".join(lines[at : at + 5]) for at in range(0, len(lines), 5)]
    rng.shuffle(blocks)
    return "".join(blocks)


def digest(text: str, share: float, rng: random.Random) -> str:
    """A newspaper's summary: some sentences from all over."""
    said = [s for s in re.findall(r"[^。\n]+。", text) if rng.random() < share]
    return "本报讯 记者从会上获悉：" + "".join(said)


def traditional(text: str, table: str = "s2t") -> str:
    """The text in traditional characters."""
    from opencc import OpenCC

    return str(OpenCC(table).convert(text))


def copies(text: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Copies of a report by kind, as scores count them."""
    size = len(text)
    yield "whole", CHROME * 3 + text + CHROME * 2
    for fifths in (1, 2, 3, 4):
        yield f"first {fifths}/5", text[: size * fifths // 5]
    yield "last 1/5", text[-size // 5 :]
    for table in ("s2t", "s2twp", "s2hk"):
        yield table, traditional(text, table)
    yield "damaged", mojibake(text, size // 3)
    yield "30 % dropped", dropped(text, 0.3, rng)
    yield "30 % replaced", replaced(text, 0.3, rng)
    yield "masked", re.sub(r"\d", "x", text)
    yield "shuffled", shuffled(text, rng)
    yield "chrome and 1/5", CHROME * 8 + text[: size // 5] + CHROME * 8
