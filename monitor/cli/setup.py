"""Setting up and keeping going: init, run, migrate."""

import asyncio
import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.hall import Database, Json, SettingsFile, hall
from monitor.cli.show import DONE, clean, emit, tell
from storage.errors import BadArgument

app = typer.Typer()
SOURCES = """\
# Your own sources, one entry a site; README, "Add a source", tells how. `reportwatch sources` checks this file.
#
# - id: lanting                       # short and stable: receipts and alerts name it
#   name: 澜汀区人民政府门户网站
#   family: column                    # column: list pages with links to articles; forum: Discuz!; paged: _2.html …
#   start: http://www.lanting.example/zwgk/zfgzbg/
#   place: "990101"                   # 行政区划代码; leave it out for sites that reprint many places
#   tier: 1                           # 1 portal, 2 people's congress, 3 newspaper, 4 reprint, 5 mirror
#   cron: "30 6 * * *"                # Asia/Shanghai
[]
"""


@app.command()
def init(
    folder: Annotated[Path | None, typer.Argument(help="Where to; the default is where every command looks.")] = None,
    as_json: Json = False,
) -> int:
    """Write a commented settings file and a folder for own sources; what is there already stays as it is."""
    from monitor.settings import default_file, load, template

    file = folder / "settings.toml" if folder else default_file()
    sources = file.parent / "sources" / "own.yaml"
    written = [path for path, text in ((file, template()), (sources, SOURCES)) if put(path, text)]
    settings = load(file)
    where = {
        "settings": str(file),
        "sources": str(sources.parent),
        "database": settings.storage.database,
        "archive": str(settings.archive),
        "written": [str(path) for path in written],
    }
    if as_json:
        emit(where)
        return DONE
    for name in ("settings", "sources", "database", "archive"):
        print(clean(f"{name:9} {where[name]}"))
    print(clean(f"written   {', '.join(path.name for path in written) or 'nothing: all was there already'}"))
    print("\nNext: set crawl.contact in the settings file, then `reportwatch sources` and `reportwatch crawl`.")
    return DONE


def put(path: Path, text: str) -> bool:
    """Write a file that is not there yet, readable by its owner alone: settings may hold secrets."""
    if path.is_file():
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise BadArgument(f"{path}: cannot be made: {error.strerror}; name a folder that can be written") from error
    path.write_text(text, "utf-8")
    return True


@app.command()
def run(
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """The scheduler: crawls by cron, settles, sends alerts, until SIGTERM."""
    from crawler.sources import crawlable
    from monitor.registry import registered
    from monitor.schedule import run as scheduled

    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    with hall(settings, database, makes=True) as known:
        for warning in known.settings.warnings():
            tell(f"reportwatch: {warning}")
        every = registered(known.settings)
        sources = [source for source in every if crawlable(source)]
        asyncio.run(scheduled(known.settings, known.engine, sources, registry=every))
    return DONE


@app.command()
def migrate(
    as_json: Json = False,
    settings: SettingsFile = None,
    database: Database = None,
) -> int:
    """Bring the database to this program's schema; safe to repeat."""
    from monitor.settings import load
    from storage.database import connect
    from storage.database import migrate as migrated

    url = load(settings, database).storage.database
    engine = connect(url)
    try:
        before, after = migrated(engine)
    finally:
        engine.dispose()
    shown = engine.url.render_as_string(hide_password=True)
    if as_json:
        emit({"database": shown, "before": before, "after": after})
    else:
        said = f"is at {after} already" if before == after else f"{before or 'empty'} → {after}"
        print(clean(f"{shown}: {said}"))
    return DONE
