"""The whole main job on the built-in sample web: demo."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.show import DONE, PARTLY, clean, emit
from storage.errors import BadArgument

if TYPE_CHECKING:
    from crawler.sample.web import RunningWeb
    from monitor.cli.hall import Hall
    from monitor.cli.receivers import Receivers

app = typer.Typer()
RETRY = timedelta(minutes=2)  # the first wait of the outbox is a minute; the demo's clock goes on by two
SETTINGS = """\
language = "{language}"
[storage]
folder = "{folder}"
[crawl]
contact = "mailto:demo@example.org"
opened = ["loopback"]
builtin = false
jobs = 2
delay = 0.05
[[mail]]
name = "mail"
host = "127.0.0.1"
port = {smtp}
security = "none"
sender = "Reportwatch <reportwatch@example.org>"
recipients = ["reader@example.org"]
[[webhook]]
name = "hook"
url = "http://127.0.0.1:{http}/hook"
secret = "{secret}"
{places}"""


@app.command()
def demo(
    language: Annotated[str, typer.Option(help="Language of the alerts: zh or en.")] = "zh",
    folder: Annotated[Path | None, typer.Option(help="Keep all that is made in this new folder.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The figures, one JSON object a line.")] = False,
) -> int:
    """The main job on the sample web: crawl over HTTP, group, compare, send alerts; no network, under a minute."""
    from crawler.sample.web import serve
    from monitor.cli.receivers import receiving

    with place_for(folder) as home, serve(day=1) as web, receiving() as receivers:
        settings = write_settings(home, web, receivers, language)
        return Demo(settings, web, receivers, as_json=as_json).run()


@contextmanager
def place_for(folder: Path | None) -> Iterator[Path]:
    """The folder of the demo: the person's, or one that goes at the end."""
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            taken = any(folder.iterdir())
        except OSError as error:
            raise BadArgument(f"--folder {folder}: {error.strerror}; name a new folder") from error
        if taken:
            raise BadArgument(f"--folder {folder}: is not empty; name a new folder")
        yield folder.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="reportwatch-demo-") as made:
        yield Path(made)


def write_settings(home: Path, web: "RunningWeb", receivers: "Receivers", language: str) -> Path:
    """A settings file and a folder of sources like anybody's, with today's ports."""
    from crawler.sample.places import told

    (home / "sources").mkdir(exist_ok=True)
    (home / "sources" / "sample.yaml").write_text(web.registry(), "utf-8")
    file = home / "settings.toml"
    text = SETTINGS.format(
        language=language,
        folder=home / "known",
        smtp=receivers.smtp_port,
        http=receivers.http_port,
        secret=receivers.secret,
        places=told(),
    )
    file.touch(mode=0o600)
    file.write_text(text, "utf-8")
    return file


class Demo:
    """The steps of the demo, each by the same code as the commands."""

    def __init__(self, settings: Path, web: "RunningWeb", receivers: "Receivers", *, as_json: bool) -> None:
        self.settings, self.web, self.receivers, self.as_json = settings, web, receivers, as_json

    def run(self) -> int:
        """All steps; exit status 3 where one did not give what it must."""
        from monitor.cli.hall import hall

        with hall(self.settings, None, makes=True) as known:
            self.say("Day one: the sample web holds the reports of 2022 to 2025. A first crawl tells nobody.")
            first = self.crawl(known)
            self.say("Day two: the reports of 2026 are out, and so are their reprints.")
            self.web.day = 2
            second = self.crawl(known)
            self.command("reports", "--year", "2026")
            self.command("copies", "990101/2026")
            self.command("diff", "澜汀区", "2026", "--top", "3", "--only", "new,mixed,returned,revised,dropped")
            self.send(known)
            self.command("alerts")
            return self.verdict(first, second)

    def say(self, text: str) -> None:
        """A line of the story."""
        if not self.as_json:
            print(f"\n━━ {text}", flush=True)

    def command(self, *words: str) -> None:
        """Show a command and what it prints."""
        from monitor.cli.main import main

        if not self.as_json:
            print(f"\n$ reportwatch {' '.join(words)}", flush=True)
            main([*words, "--settings", str(self.settings)])

    def crawl(self, known: "Hall") -> list[dict[str, Any]]:
        """Crawl every source, and show what came."""
        from monitor.cli.crawl import crawled, show_lines
        from monitor.registry import registered

        sources = registered(known.settings)
        lines, _ = crawled(known, sources, {source.id: source.name for source in sources})
        if not self.as_json:
            print("\n$ reportwatch crawl")
            show_lines(lines, as_json=False)
        return lines

    def send(self, known: "Hall") -> None:
        """Deliver the alerts: both receivers refuse at first, and take them at the second attempt."""
        from alerts.outbox import deliver
        from monitor.posting import post_of

        post = post_of(known.settings)
        begun = datetime.now(UTC)
        self.say("The alerts go out; the mail server and the webhook refuse the first attempt.")
        first = asyncio.run(deliver(known.engine, post, lambda: begun))
        second = asyncio.run(deliver(known.engine, post, lambda: begun + RETRY))
        if self.as_json:
            return
        print(f"sent {len(first.sent)}, refused {len(first.refused)}: {'; '.join(sorted(set(self.receivers.refused)))}")
        print(f"two minutes later: sent {len(second.sent)}, refused {len(second.refused)}")
        mail = next(iter(self.receivers.mails), None)
        body = mail.get_body(("plain",)) if mail else None
        if mail and body:
            print(clean(f"\nThe mail, as it arrived:\n\n  Subject: {mail['Subject']}\n"))
            print(clean("".join(f"  {line}\n" for line in body.get_content().splitlines()[:40])))

    def verdict(self, first: list[dict[str, Any]], second: list[dict[str, Any]]) -> int:
        """The figures, and whether all is as it must be."""
        figures = {
            "sources": len(first),
            "finished": sum(line["reason"] == "finished" for line in (*first, *second)),
            "readings": sum(line["fresh"] for line in (*first, *second)),
            "mails": len(self.receivers.mails),
            "webhooks": len(self.receivers.documents),
            "refused": len(self.receivers.refused),
        }
        whole = len(first) == len(second) == figures["sources"] and figures["finished"] == 2 * figures["sources"]
        good = whole and figures["mails"] == figures["webhooks"] == 2
        if self.as_json:
            emit(figures)
        else:
            print("\n━━ " + "  ".join(f"{name} {count}" for name, count in figures.items()))
            print("All of it ran over real HTTP, SMTP and SQLite on this machine." if good else "Something is missing.")
        return DONE if good else PARTLY
