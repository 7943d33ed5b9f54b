"""How things are shown: JSON lines, clean text for a terminal, errors on standard error."""

import dataclasses
import json
import re
import sys
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import NoReturn

from monitor.views.safe import clean as clean
from storage.errors import ReportwatchError

DONE, DIFFERENT, WRONG, PARTLY, INTERRUPTED = 0, 1, 2, 3, 130
# What json.dumps leaves as it is, and a terminal obeys or a reader of lines breaks at: DEL and C1 (ECMA-48), the line
# and paragraph separators, the controls of direction (UAX 9).
COMMANDING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


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
    """One JSON object on a line of standard output; lone surrogates and characters that command become escapes."""
    line = COMMANDING.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(plain(value), ensure_ascii=False))
    sys.stdout.write(line.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


def reason(error: OSError | ReportwatchError, path: str) -> str:
    """Why a file could not be read, without its name, which stands before the reason wherever it is shown."""
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, IsADirectoryError):
        return "a folder, not a file"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror[:1].lower() + error.strerror[1:]
    return str(error).removeprefix(f"{path}: ")


def tell(message: str) -> None:
    """A line for the person, on standard error."""
    print(clean(message), file=sys.stderr)


def fail(message: str, status: int = WRONG) -> NoReturn:
    """Say what is wrong and end with that status."""
    tell(f"reportwatch: {message}")
    raise SystemExit(status)
