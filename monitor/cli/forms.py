"""The forms in which commands show findings and years; imports nothing, so that --help is quick."""

from enum import StrEnum


class Format(StrEnum):
    """How findings are shown."""

    TEXT = "text"
    SIDE = "side"
    HTML = "html"
    MARKDOWN = "markdown"
    JSON = "json"
    CSV = "csv"


class YearFormat(StrEnum):
    """How years are shown."""

    TEXT = "text"
    HTML = "html"
    JSON = "json"
    CSV = "csv"
