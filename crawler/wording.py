"""What is wrong with an entry of the registry, in a sentence. Pure.

pydantic and PyYAML speak to programmers; people write entries. monitor.plainly does the same for settings in TOML.
"""

from collections.abc import Collection, Mapping
from typing import Any

from rapidfuzz.distance import OSA

PATTERNS = {
    r"^[a-z0-9][a-z0-9-]{0,39}$": "write lower-case letters, digits and hyphens, a letter or digit first, 40 at most",
    r"^\d{6}$": "a 行政区划代码 has six digits",
    r"^[1-9]\d{0,3}$": "write a whole number from 1 to 9999",
    r"^[\w.-]+$": "write letters, digits, dots, hyphens and underscores",
    r"^[\w.:-]+$": "write letters, digits, dots, colons, hyphens and underscores",
}
WANTED = {
    "bool": "write true or false",
    "int": "write a whole number",
    "float": "write a number",
    "string": "write a text, in quotation marks where it is a number or holds a colon",
    "model": "write fields and values here, as in {name: value}",
    "dict": "write fields and values here, as in {name: value}",
}
BOUNDS = {"greater_than_equal": "at least {ge}", "less_than_equal": "at most {le}"}
GRAMMAR = {
    "mapping values are not allowed here": "a colon where none can stand: put the value in quotation marks",
    "found character '\\t' that cannot start any token": "a tab: indent with spaces",
    "expected <block end>, but found '<block mapping start>'": "indented otherwise than the lines above",
    "expected <block end>, but found '-'": "indented otherwise than the entries above",
    "expected <block end>, but found '<scalar>'": "more text after the value: put the whole value in quotation marks",
    "could not find expected ':'": "a field without a colon, or an indent that the lines above do not have",
    "found unexpected end of stream": "a quotation mark is not closed",
    "expected ',' or ": "a bracket is not closed, or a comma is missing",
    "found undefined alias": "a value that begins with *: put it in quotation marks",
    "found character": "a value that begins with a sign of YAML's own (@ ` %): put it in quotation marks",
}
UNLIKE = 2  # edits by which a slip of the pen differs at most: one letter left out, doubled, wrong or swapped, twice


def plainly(fault: Mapping[str, Any], fields: Collection[str] = ()) -> str:
    """One error of pydantic's list, as what to write instead; its own words where there is no better sentence.

    fields  the names that may stand where one stands that is none
    """
    kind, context = str(fault["type"]), fault.get("ctx") or {}
    if kind == "value_error":
        return str(fault["msg"]).removeprefix("Value error, ")
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        near = nearest(str(fault["loc"][-1]), fields)[:1]
        return f"no such field; {f'did you mean {near[0]}' if near else 'known: ' + ', '.join(fields)}"
    if kind == "literal_error":
        return f"write {context['expected']}"
    if kind in BOUNDS:
        return "must be " + BOUNDS[kind].format(**context)
    if kind == "string_too_short":
        return "is too short" if context["min_length"] > 1 else "must not be empty"
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(context["pattern"], f"must match {context['pattern']}")
    return WANTED.get(kind.partition("_")[0], str(fault["msg"]))


def grammar(problem: str | None) -> str:
    """What PyYAML stumbled over, in plain words where they are known."""
    told = problem or "no YAML"
    return next((plain for beginning, plain in GRAMMAR.items() if told.startswith(beginning)), told)


def nearest(name: str, known: Collection[str]) -> list[str]:
    """The names that a slip of the pen may have meant, the likeliest first; a name that goes on counts as near."""
    asked = name.lower()
    apart = {other: OSA.distance(asked, other.lower()) for other in known}
    limit = min(UNLIKE, max(1, len(asked) // 2))
    near = [
        other
        for other, edits in apart.items()
        if edits <= limit or (len(asked) >= 3 and (other.lower().startswith(asked) or asked.startswith(other.lower())))
    ]
    return sorted(near, key=lambda other: (apart[other], other))
