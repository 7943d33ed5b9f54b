"""Pages of widespread systems, invented: in each of pages/ a body takes the place of {{body}}."""

from collections.abc import Callable
from pathlib import Path

TITLE = "2024年云水区政府工作报告"
SYSTEMS = {path.stem: path.read_text("utf-8") for path in sorted(Path(__file__).with_name("pages").glob("*.html"))}


def page(system: str, body: str) -> str:
    """A page of a system around a body."""
    return SYSTEMS[system].replace("{{body}}", body)


def wrapped(row: str) -> str:
    """A line as editors break it in a source: behind its commas."""
    return row.replace("，", "，\n").replace("、", "、\n    ")


MARKUPS: dict[str, Callable[[list[str]], str]] = {
    "paragraphs": lambda rows: "".join(f"<p>　　{row}</p>\n" for row in rows),
    "divs": lambda rows: "".join(f"<div style='text-indent:2em'>{row}</div>" for row in rows),
    "line breaks": lambda rows: "<br>".join(rows),
    "doubled line breaks": lambda rows: "<br />\n<br />\n　　".join(rows),
    "indents of the source": lambda rows: "\n　　" + "\n　　".join(rows) + "\n",
    "broken source lines": lambda rows: "".join(f"<p>{wrapped(row)}</p>" for row in rows),
    "Word": lambda rows: "".join(
        f"<p class='MsoNormal'><span style='font-size:16pt'>{row[:7]}<span lang='EN-US'>{row[7:9]}</span>"
        f"{row[9:]}</span><o:p></o:p></p>"
        for row in rows
    ),
    "paragraphs inside spans": lambda rows: "".join(
        f"<span style='font-size:16pt'><p>{row[:9]}</span><font face='宋体'>{row[9:]}</font></p>" for row in rows
    ),
    "a layout table": lambda rows: "<table>" + "".join(f"<tr><td>{row}</td></tr>" for row in rows) + "</table>",
    "sections": lambda rows: "<section>" + "".join(f"<section><p>{row}</p></section>" for row in rows) + "</section>",
}
