"""How things are shown: JSON lines, clean text for a terminal, errors on standard error."""

import dataclasses
import json
import sys
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import NoReturn

from monitor.views.safe import clean as clean

DONE, DIFFERENT, WRONG, PARTLY, INTERRUPTED = 0, 1, 2, 3, 130


def plain(value: object) -> object:
    """A value as JSON types: dataclasses as objects, dates as ISO 8601, enums as their text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


def emit(value: object) -> None:
    """One JSON object on a line of standard output; a lone surrogate becomes its escape."""
    line = json.dumps(plain(value), ensure_ascii=False)
    sys.stdout.write(line.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


def tell(message: str) -> None:
    """A line for the person, on standard error."""
    print(clean(message), file=sys.stderr)


def fail(message: str, status: int = WRONG) -> NoReturn:
    """Say what is wrong and end with that status."""
    tell(f"reportwatch: {message}")
    raise SystemExit(status)
