"""What commands on the database share: settings and database opened once, a place by any of its names, tables."""

import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from monitor.cli.show import clean, tell
from monitor.settings import Settings, load
from storage.errors import BadArgument, StorageError
from storage.values import Place

if TYPE_CHECKING:
    from rich.table import Table
    from sqlalchemy import Engine

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="Settings file.", envvar="REPORTWATCH_SETTINGS")]
Database = Annotated[str | None, typer.Option("--database", help="sqlite:///FILE or postgresql://…")]


@dataclass(frozen=True)
class Hall:
    """Settings, and a database of today's schema."""

    settings: Settings
    engine: "Engine"

    def clock(self, time: datetime | None) -> str | None:
        """A time as the clock of the schedule shows it, to the minute, with its offset: 2026-01-20 16:00+08:00."""
        zone = ZoneInfo(self.settings.schedule.timezone)
        return time.astimezone(zone).isoformat(" ", "minutes") if time else None


@contextmanager
def hall(settings_file: Path | None, database: str | None, *, makes: bool = False) -> Iterator[Hall]:
    """Settings read and database opened, brought up to date if it is older; closed at the end.

    makes   a command that fills a database, and makes it where it is not there
    raises  StorageError where any other command is given the address of none: it may be mistyped
    """
    from monitor.places import learn
    from storage.database import absent, open_database

    settings = load(settings_file, database)
    learn(settings.places)
    missing = None if makes else absent(settings.storage.database)
    if missing and database:
        raise StorageError(f"there is no database at {missing}: `reportwatch crawl` or `add` makes it")
    if missing:
        tell(f"reportwatch: nothing was crawled yet, {missing} is new: `reportwatch crawl` or `add` fills it")
    engine = open_database(settings.storage.database)
    try:
        yield Hall(settings, engine)
    finally:
        engine.dispose()


def the_place(name: str) -> Place:
    """The place of that name or code; BadArgument where there is none or more than one."""
    from monitor.places import find

    found = find(name)
    if not found:
        raise BadArgument(f"{name}: no such place; give its name (海淀区, 北京市海淀区) or its 行政区划代码 (110108)")
    if len(found) > 1:
        listed = ", ".join(f"{place.code} {place.name}" for place in found[:12])
        raise BadArgument(f"{name}: more than one place is called so: {listed}")
    return found[0]


NARROW = 16  # a table whose columns would get fewer characters than this each is told record by record


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table on standard output, columns aligned by the width of CJK characters; cells are data, never markup.

    On a terminal too narrow for its columns, each row is told as lines of `column: cell`.
    """
    from rich.console import Console

    cells = [[clean("" if cell is None else str(cell)) for cell in row] for row in rows]
    drawn = io.StringIO()
    console = Console(file=drawn, width=None if sys.stdout.isatty() else 120, highlight=False, no_color=True)
    if sys.stdout.isatty() and console.width < NARROW * len(columns) and console.width < 80:
        print("\n\n".join("\n".join(f"{c}: {cell}" for c, cell in zip(columns, row, strict=True)) for row in cells))
        return
    console.print(_grid(columns, cells))
    print("\n".join(line.rstrip() for line in drawn.getvalue().splitlines()))


def _grid(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> "Table":
    """The rich table of these cells."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in rows:
        grid.add_row(*map(Text, row))
    return grid
