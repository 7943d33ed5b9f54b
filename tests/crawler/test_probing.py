"""A source tried without saving anything, and an address turned into an entry."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from crawl_bench import Site, listing, report

from crawler.families import Guess, family_of
from crawler.sample.web import RunningWeb, serve
from crawler.sources import load
from monitor.cli.main import main
from monitor.cli.probing import entry_for
from storage.values import Page

NOW = datetime(2026, 1, 7, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A settings file like anybody's, in a folder of its own."""
    file = tmp_path / "settings.toml"
    file.write_text(
        f'[storage]\nfolder = "{tmp_path}/known"\n[crawl]\ncontact = "mailto:tests@example.org"\n'
        'opened = ["loopback"]\n'
        "builtin = false\ndelay = 0.0\n",
        "utf-8",
    )
    return file


def portal(site: Site) -> None:
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /admin/\nCrawl-delay: 0.01\n"
    site.pages["/list/"] = listing(
        *((f"/a/{year}001.html", f"{year}年澜汀区政府工作报告") for year in range(2020, 2026)),
        more='<a href="index_1.html">下一页</a>',
    )
    for year in range(2020, 2026):
        site.pages[f"/a/{year}001.html"] = report(year)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_check_says_step_by_step_what_it_finds_and_saves_nothing(
    site: Site, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    portal(site)
    (home.parent / "sources").mkdir()
    entry = f"- {{id: lanting, name: 澜汀, family: column, start: '{site.address}/list/', tier: 1}}"
    (home.parent / "sources" / "own.yaml").write_text(entry, "utf-8")
    assert main(["sources", "check", "lanting", "--json", "--settings", str(home)]) == 0
    steps = lines(capsys)
    assert [step["step"] for step in steps][:4] == ["robots", "page", "links", "articles"]
    assert "Disallow: /admin/; Crawl-delay: 0.01" in steps[0]["found"]
    assert [step["step"] for step in steps].count("text") == 3
    assert steps[-1]["found"].startswith("works (5 requests, ")
    assert all(step["ok"] for step in steps)
    assert not (home.parent / "known" / "reportwatch.db").exists()
    assert not (home.parent / "known" / "archive").exists()


def test_check_names_the_step_that_fails(site: Site, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site.pages["/list/"] = listing(("/a/2025001.html", "关于召开会议的通知"))
    (home.parent / "sources").mkdir()
    entries = "\n".join(
        f"- {{id: {name}, name: 澜汀, family: column, start: '{site.address}{path}', tier: 1}}"
        for name, path in (("other", "/list/"), ("gone", "/gone/"))
    )
    (home.parent / "sources" / "own.yaml").write_text(entries, "utf-8")
    assert main(["sources", "check", "--json", "--settings", str(home)]) == 3
    verdicts = {step["source"]: step["found"] for step in lines(capsys) if step["step"] == "verdict"}
    assert verdicts["other"].startswith("does not work: finished, at links")
    assert verdicts["gone"].startswith("does not work: moved, at links")


def test_add_probes_an_address_and_writes_its_entry(site: Site, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    portal(site)
    words = ["sources", "add", f"{site.address}/list/", "--id", "lanting", "--place", "海淀", "--settings", str(home)]
    assert main(words) == 0
    assert "family column" in capsys.readouterr().err
    [source] = load([home.parent / "sources"])
    assert (source.id, source.family, source.place, source.certainty) == ("lanting", "column", "110108", "verified")
    assert "works" in source.evidence


def test_add_writes_nothing_that_does_not_work(site: Site, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site.pages["/list/"] = listing(("/a/2025001.html", "关于召开会议的通知"))
    words = ["sources", "add", f"{site.address}/list/", "--settings", str(home)]
    assert main(words) == 3
    assert not (home.parent / "sources").exists()
    assert "not written; --anyway" in capsys.readouterr().err


@pytest.mark.parametrize("path", ["/gone/", "dead"])
def test_add_anyway_writes_what_cannot_be_had_once_its_family_is_said(
    site: Site, home: Path, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    start = "http://127.0.0.1:1/list/" if path == "dead" else site.address + path
    words = ["sources", "add", start, "--id", "lanting", "--anyway", "--settings", str(home)]
    assert main(words) == 2
    assert "say it: --family column, forum" in capsys.readouterr().err
    assert not (home.parent / "sources").exists()
    assert main([*words, "--family", "column"]) == 3
    [source] = load([home.parent / "sources"])
    assert (source.id, source.family, source.start, source.certainty) == ("lanting", "column", start, "unknown")
    assert "does not work: " in source.evidence


def test_an_id_is_made_of_the_host_and_taken_once() -> None:
    guess = Guess("column", "")
    assert entry_for("http://www.lanting.gov.cn/a/", guess, {}, set())["id"] == "lanting"
    assert entry_for("http://www.lanting.gov.cn/a/", guess, {}, set())["tier"] == 1
    assert entry_for("http://www.lanting.gov.cn/a/", guess, {}, {"lanting"})["id"] == "lanting-2"
    assert entry_for("http://127.0.0.1:8100/", guess, {"tier": 2}, set())["id"] == "127-0-0-1-8100"
    long = "http://" + "a" * 50 + ".example/"
    assert entry_for(long, guess, {}, {"a" * 36})["id"] == "a" * 36 + "-2"


@pytest.mark.parametrize("path", ["/gone/", "/text/"])
def test_add_says_why_an_address_is_no_source(
    site: Site, home: Path, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    site.pages["/text/"] = "<html><body><p>没有链接的一页</p></body></html>"
    assert main(["sources", "add", site.address + path, "--settings", str(home)]) in (2, 3)
    told = capsys.readouterr().err
    assert "no list" in told or "404" in told


STARTS = {
    "lanting": ("/zwgk/ghjh/zfgzbg/", "column"),
    "forum": ("/forum.php?mod=forumdisplay&fid=42", "forum"),
    "paper": ("/cloud/", "epaper"),
    "stacks": ("/api/search?channelId=7&pageNum=1", "api"),
}


@pytest.fixture(scope="module")
def web() -> Any:
    with serve() as running:
        yield running


@pytest.mark.parametrize("name", STARTS)
def test_the_family_of_a_page_is_told_by_the_page(web: RunningWeb, name: str) -> None:
    path, family = STARTS[name]
    answer = web.web.answer(name, path)
    guess = family_of(Page(web.address(name, path), NOW, answer.body, 200, answer.headers["Content-Type"]))
    assert guess is not None
    assert guess.family == family


def test_the_options_of_an_interface_are_guessed(web: RunningWeb) -> None:
    answer = web.web.answer("stacks", "/api/search?channelId=7&pageNum=1")
    guess = family_of(Page(web.address("stacks", "/api/search?channelId=7&pageNum=1"), NOW, answer.body))
    assert guess is not None
    assert guess.options == {"rows": "rows", "link": "docPubUrl", "text": "title", "page": "pageNum"}


def test_a_home_page_a_feed_and_a_list_in_json_are_told() -> None:
    def told(body: str, path: str = "/list/") -> tuple[str, dict[str, str]] | None:
        guess = family_of(Page(f"http://a.example{path}", NOW, body.encode()))
        return (guess.family, dict(guess.options)) if guess else None

    assert told(listing(("/zwgk/", "政务公开")), "/") == ("column", {"via": "政务公开/规划计划/政府工作报告"})
    assert told("<?xml version='1.0'?><rss><channel/></rss>") == ("feed", {})
    rows = '{"list": [{"docUrl": "/a/1.html", "docTitle": "政府工作报告"}]}'
    json_ = {"json": "#json", "rows": "list", "link": "docUrl", "text": "docTitle"}
    assert told(f'<div id="json">{rows}</div>') == ("column", json_)
    assert told("<p>正文</p>") is None
    assert told("{not json") is None


def test_a_site_with_articles_over_pages_is_added_as_paged(
    web: RunningWeb, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = '[[places]]\ncode = "990101"\nname = "云岭市澜汀区"\nshort = "澜汀"\n'
    home.write_text(home.read_text("utf-8") + places, "utf-8")
    assert main(["sources", "add", web.address("paged", "/baogao/"), "--settings", str(home)]) == 0
    assert load([home.parent / "sources"])[0].family == "paged"


@pytest.mark.parametrize(
    ("action", "told", "untold"), [("check", "dry run", "--tier"), ("add", "--tier", "--database")]
)
def test_each_action_on_sources_has_a_help_of_its_own(
    action: str, told: str, untold: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sources", action, "--help"]) == 0
    shown = capsys.readouterr().out
    assert told in shown
    assert untold not in shown


def test_options_in_front_of_the_action_are_not_dropped_in_silence(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sources", "--settings", str(home), "check"]) == 2
    assert "options go behind the action" in capsys.readouterr().err


def test_the_registry_is_the_list_without_an_action(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home.parent / "sources").mkdir()
    entry = "- {id: lanting, name: 澜汀, family: column, start: 'http://lanting.example/', tier: 1}"
    (home.parent / "sources" / "own.yaml").write_text(entry, "utf-8")
    assert main(["sources", "--json", "--settings", str(home)]) == 0
    assert [line["id"] for line in lines(capsys)] == ["lanting"]
    assert main(["sources", "show", "lanting", "--json", "--settings", str(home)]) == 0
    assert [line["start"] for line in lines(capsys)] == ["http://lanting.example/"]
