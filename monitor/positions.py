"""Where in a TOML file a key stands: the standard library's parser keeps no positions. Pure."""

import re
from collections import Counter
from collections.abc import Iterator

Path = tuple[str | int, ...]
HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
PAIR = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=\s*""")
PART = re.compile(r"""[A-Za-z0-9_-]+|"([^"]*)"|'([^']*)'""")


def position(text: str, path: Path) -> tuple[int, int] | None:
    """Line and column, from 1, of the value at a path; of the nearest table above where there is no such key.

    path    keys and, for arrays of tables, numbers from 0: ("mail", 0, "port")
    returns None when not even its first key stands in the text
    """
    known = dict(marks(text))
    for length in range(len(path), 0, -1):
        if path[:length] in known:
            return known[path[:length]]
    return None


def marks(text: str) -> Iterator[tuple[Path, tuple[int, int]]]:
    """Path and position of each table and each key that begins a line."""
    table: Path = ()
    counts: Counter[Path] = Counter()
    for number, line in enumerate(text.splitlines(), 1):
        header = HEADER.match(line)
        if header:
            table = _entered(header[2], header[1] == "[[", counts)
            yield table, (number, header.start(1) + 1)
            continue
        pair = PAIR.match(line)
        if pair:
            for path in _prefixes(table, _keys(pair[1])):
                yield path, (number, pair.end() + 1)


def _entered(name: str, repeated: bool, counts: Counter[Path]) -> Path:  # noqa: FBT001
    """The path of a table; the last entry of every array of tables on the way is meant."""
    path: Path = ()
    for depth, key in enumerate(_keys(name), 1):
        path = (*path, key)
        last = depth == len(_keys(name))
        if last and repeated:
            counts[path] += 1
        if counts[path]:
            path = (*path, counts[path] - 1)
    return path


def _keys(name: str) -> list[str]:
    return [found[1] or found[2] or found[0] for found in PART.finditer(name)]


def _prefixes(table: Path, keys: list[str]) -> Iterator[Path]:
    for length in range(1, len(keys) + 1):
        yield (*table, *keys[:length])
