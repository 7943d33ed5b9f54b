"""What is wrong with a setting, in a sentence. Pure.

pydantic names types of Python; people write settings files.
"""

from collections.abc import Mapping
from typing import Any

PATTERNS = {
    r"^[A-Za-z0-9][A-Za-z0-9_.-]*$": "write letters, digits, dots, hyphens and underscores, a letter or digit first",
    r"^[^\x00-\x1f()]*$": "write an address without brackets, line breaks or control characters",
    r"^[a-z]+\.([a-z]+|\*)$": "write kinds like report.new, or source.* for all of a sort",
    r"^\d{6}$": "a 行政区划代码 has six digits",
}
WANTED = {
    "bool": "write true or false",
    "int": "write a whole number",
    "float": "write a number",
    "string": "write a text in quotation marks",
    "tuple": 'write a list: ["one", "two"]',
    "list": 'write a list: ["one", "two"]',
    "path": "write a path in quotation marks",
    "time": "write a time of day in quotation marks: 08:00",
    "model": "this is a table: write it under its own [heading]",
    "dict": "this is a table: write it under its own [heading]",
}
BOUNDS = {"greater_than_equal": "at least {ge}", "less_than_equal": "at most {le}", "greater_than": "more than {gt}"}


def plainly(fault: Mapping[str, Any]) -> str:
    """One error of pydantic's list, as what to write instead; its own words where there is no better sentence."""
    kind, told = str(fault["type"]), fault.get("ctx") or {}
    if kind == "value_error":
        return str(fault["msg"]).removeprefix("Value error, ")
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return "there is no such setting; `reportwatch init` shows all of them"
    if kind == "literal_error":
        return f"write one of {told['expected']}"
    if kind in BOUNDS:
        return "must be " + BOUNDS[kind].format(**told)
    if kind in ("too_short", "string_too_short"):
        return "must not be empty"
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(told["pattern"], f"must match {told['pattern']}")
    return WANTED.get(kind.partition("_")[0], str(fault["msg"]))


def broken(error: OSError | UnicodeDecodeError) -> str:
    """Why a file could not be read, without its number and its name, which the sentence around it has."""
    return (error.strerror or type(error).__name__) if isinstance(error, OSError) else "is not text in UTF-8"
