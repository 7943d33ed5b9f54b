"""One comparison or several in the form a person asked for."""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from monitor.cli.forms import Format
from monitor.cli.show import emit
from monitor.views.lines import COLUMNS, finding_lines, finding_rows, sheet
from monitor.views.shown import Shown


def coloured() -> bool:
    """Colour only on a terminal that wants it (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def columns() -> int:
    """Width of the terminal; 120 where there is none."""
    return shutil.get_terminal_size((120, 40)).columns if sys.stdout.isatty() else 120


def show_views(views: Sequence[Shown], form: Format, *, explain: bool = False) -> None:
    """Print comparisons; what a renderer gives is safe to print."""
    if form is Format.JSON:
        for line in json_lines(views):
            emit(line)
        return
    write(rendered(views, form, explain=explain))


def write(text: str) -> None:
    """Text on standard output as it is: CSV keeps its line ends, surrogates become their escapes."""
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def json_lines(views: Sequence[Shown]) -> Iterator[dict[str, Any]]:
    """The objects of all findings."""
    for view in views:
        yield from finding_lines(view)


def rendered(views: Sequence[Shown], form: Format, *, explain: bool) -> str:
    """Comparisons as one text."""
    if form is Format.HTML:
        from monitor.views.page import page

        return page(views, explain=explain)
    if form is Format.CSV:
        return sheet(COLUMNS, (row for view in views for row in finding_rows(view, explain=explain)))
    return "\n".join(one(view, form, explain=explain) for view in views)


def one(view: Shown, form: Format, *, explain: bool) -> str:
    """One comparison as text, in columns, or as Markdown."""
    from monitor.views.markdown import markdown
    from monitor.views.side import side
    from monitor.views.text import text

    if form is Format.SIDE:
        return side(view, columns(), colour=coloured())
    if form is Format.MARKDOWN:
        return markdown(view, explain=explain)
    return text(view, colour=coloured(), explain=explain)
