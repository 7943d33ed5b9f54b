"""The pages that tests/bench/crawl.py crawls: invented reports of real counties, on ten hosts, in a process of its own.

    python tests/bench/crawl_pages.py PAGES [HOSTS]

Prints the ports as JSON, then reads a mood a line: plain, changed (five pages say something new), noisy (every page
has another count, date and nonce at each request).
"""

import itertools
import json
import random
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from monitor.places import table

HOSTS = 10
VERBS = (
    "推进",
    "建成",
    "完善",
    "实施",
    "启动",
    "扩大",
    "提升",
    "落实",
    "优化",
    "加快",
    "建设",
    "整治",
    "培育",
    "引进",
    "改造",
    "深化",
)
THINGS = (
    *(
        "老旧小区改造",
        "社区养老驿站",
        "普惠幼儿园",
        "中小学学位",
        "河道生态治理",
        "产业园区",
        "科技企业孵化",
        "农村公路",
    ),
    *("智慧停车", "轨道交通", "城市更新", "公共图书馆", "文化馆", "体育公园", "污水处理", "垃圾分类", "再生水利用"),
    *("数字政务", "营商环境", "就业服务", "社会救助", "基层治理", "应急管理", "消防设施", "食品安全", "医联体"),
    *("家庭医生", "绿化造林", "大气治理", "土壤修复"),
)
CHANGED = 5


def report(place: str, seed: int) -> str:
    """An invented report of a place, some 12 000 characters, unlike any other."""
    draw = random.Random(seed)

    def sentence() -> str:
        parts = [
            f"{draw.choice(VERBS)}{draw.choice(THINGS)}{draw.randint(2, 900)}{draw.choice('个处项家')}"
            for _ in range(3)
        ]
        return "，".join(parts) + f"，投资{draw.randint(1, 90)}.{draw.randint(0, 9)}亿元。"

    def part(count: int) -> str:
        paragraphs = ("".join(sentence() for _ in range(5)) for _ in range(count))
        return "".join(f'<p style="text-indent: 2em"><span style="font-size: 16pt">{p}</span></p>' for p in paragraphs)

    return (
        f"<h1>政府工作报告</h1><p>——2025年1月{seed % 20 + 3}日在{place}第十八届人民代表大会第四次会议上</p>"
        "<p>各位代表：</p>"
        f"<p>现在，我代表{place}人民政府，向大会报告工作，请予审议。</p><p>一、2024年工作回顾</p>{part(42)}"
        f"<p>二、2025年重点任务</p>{part(42)}<p>各位代表！让我们团结奋斗。</p>"
    )


class Pages:
    """All pages by host and path, and the mood they are in."""

    def __init__(self, count: int, hosts: int = HOSTS) -> None:
        names = [
            division.place.name for division in table().by_code.values() if division.level == 2 and not division.past
        ]
        self.mood = "plain"
        self.number = itertools.count()
        self.each = count // hosts
        self.places = [names[n % len(names)] for n in range(count)]
        self.bodies = [report(place, n) for n, place in enumerate(self.places)]

    def answer(self, host: int, path: str) -> bytes | None:
        """The page at a path of a host."""
        mine = range(host * self.each, (host + 1) * self.each)
        if path == "/list/":
            rows = (
                f'<li><a href="/a/{n - mine.start}001.html">2025年{self.places[n]}政府工作报告</a></li>' for n in mine
            )
            return f"<html><body><ul>{''.join(rows)}</ul></body></html>".encode()
        name = path.removeprefix("/a/").removesuffix("001.html")
        return self.page(mine.start + int(name)) if path.startswith("/a/") and name.isdigit() else None

    def page(self, number: int) -> bytes:
        """A page with its chrome."""
        body = self.bodies[number]
        if self.mood != "plain" and number % (len(self.bodies) // CHANGED) == 0:
            body = body.replace("各位代表！", "新建一座科技馆，面向全体市民免费开放。各位代表！")
        turn = next(self.number) if self.mood == "noisy" else 0
        return (
            f'<html><head><meta charset="utf-8"><title>{self.places[number]}政府工作报告</title>'
            f'<script>var nonce = "{turn * 7919:08x}";</script></head><body><div class="nav">{CHROME}</div>'
            f'<div class="info">发布日期：2025-02-01 浏览次数：{131 + turn}次 今天是2026年1月{turn % 28 + 1}日</div>'
            f'<div class="content" id="zoom">{body}</div><div class="foot">{CHROME}</div></body></html>'
        ).encode()


CHROME = "".join(f'<a href="/c{n}/" class="menu-item level-{n % 3}">栏目名称{n}</a>' for n in range(60))


def serve_pages(count: int, hosts: int = HOSTS) -> None:
    """Serve until standard input ends."""
    pages = Pages(count, hosts)

    def handler(host: int) -> type[BaseHTTPRequestHandler]:
        class Exchange(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = pages.answer(host, self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                pass

        return Exchange

    servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler(host)) for host in range(hosts)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps([server.server_address[1] for server in servers]), flush=True)
    for line in sys.stdin:
        pages.mood = line.strip()
        print("ok", flush=True)


if __name__ == "__main__":
    serve_pages(*map(int, sys.argv[1:]))
