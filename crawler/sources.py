"""The registry: which places are watched. YAML files of entries, checked entry by entry; every fault is told at once.

- id: haidian                      # stable, lower case: receipts and readings carry it
  name: 北京市海淀区人民政府
  family: column                   # the spider: column, forum, paged, api, feed, epaper or numbered
  start: https://www.example.cn/zwgk/zfgzbg/
  place: "110108"                  # 行政区划代码; left out for sites that reprint many
  tier: 1                          # 1 portal, 2 people's congress, 3 newspaper, 4 reprint, 5 mirror
  title: 政府工作报告              # regular expression for the texts of links to follow
  cron: "30 6 * * mon-fri"         # five fields, Asia/Shanghai, days by name
  delay: 5                         # seconds between two requests
  options: {next: "a.next"}        # hints for the spider, see crawler/spiders
  certainty: inferred              # verified, inferred, unknown
  evidence: seen in …
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from cssselect import GenericTranslator, SelectorError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from crawler import guard
from crawler.wording import grammar, plainly
from storage.errors import BadSource
from storage.values import Source

BUILT_IN = Path(__file__).parent / "sources"
Path_ = tuple[int | str, ...]


def _regular(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    return pattern


def _selector(text: str) -> str:
    try:
        GenericTranslator().css_to_xpath(text)
    except SelectorError as error:
        raise ValueError(f"no CSS selector: {error}") from error
    return text


def _reachable(url: str) -> str:
    try:
        guard.check_url(url)
    except guard.AddressRefused as error:
        raise ValueError(str(error)) from error
    return url


# Field of a cron line: its name, its range. Days of the week go by name, for 1 means Monday to cron and Tuesday to
# APScheduler.
FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12))
DAYS = r"(mon|tue|wed|thu|fri|sat|sun)"
DAY_FIELD = re.compile(rf"\*|{DAYS}(-{DAYS})?(,{DAYS}(-{DAYS})?)*")


def _cron(line: str) -> str:
    fields = line.split()
    if len(fields) != len(FIELDS) + 1:
        raise ValueError(f"a cron line has five fields, this has {len(fields)}")
    for field, (name, least, most) in zip(fields, FIELDS, strict=False):
        if not all(_in_range(part, least, most) for part in field.split(",")):
            raise ValueError(f"{name}: {field!r} is not within {least}–{most}")
    if not DAY_FIELD.fullmatch(fields[-1].lower()):
        raise ValueError(f"day of the week: {fields[-1]!r}; write mon, tue, … or *")
    return line


def _in_range(part: str, least: int, most: int) -> bool:
    found = re.fullmatch(r"(?:\*|(\d+)(?:-(\d+))?)(?:/(\d+))?", part)
    if found is None:
        return False
    numbers = [int(number) for number in found.groups()[:2] if number]
    return numbers == sorted(numbers) and all(least <= n <= most for n in numbers) and found[3] != "0"


def _written(value: Any) -> Any:
    """YAML reads 110108 as a number."""
    return str(value) if type(value) is int else value


def _template(address: str) -> str:
    if address.count("{}") != 1:
        raise ValueError("{} for the number is wanted, once")
    return address


def _range(text: str) -> str:
    found = re.fullmatch(r"(\d{1,12})-(\d{1,12})", text)
    if found is None or int(found[1]) > int(found[2]):
        raise ValueError(f"{text!r} is no range; write 5440-6100")
    return text


Regular = Annotated[str, AfterValidator(_regular)]
Selector = Annotated[str, AfterValidator(_selector)]


Count = Annotated[str, BeforeValidator(_written), Field(pattern=r"^[1-9]\d{0,3}$")]


class Options(BaseModel):
    """Hints where a family's conventions do not find the way.

    list     CSS selector of the part of a list page that holds the links to articles
    next     CSS selector of the link to the next list page
    pager    address of a list page (numbered: of an article) with {} for its number: index_{}.html
    article  regular expression that the addresses of articles match
    pages    the most list pages that are read; most: the most articles that a run asks for
    via      texts of the links that lead from the home page to the column: 政务公开/规划计划/政府工作报告; they are
             followed when the column is not at `start` any more
    json     CSS selector of the element whose text is the list as JSON
    rows, link, text, html, base   where a JSON list has what, see crawler.spiders.rows
    page, method, body, referer    how an interface is asked, see crawler.spiders.api
    numbers  5440-6100: the range of a numbered site; batch: how many a run goes back
    charset  what the site's pages are in where neither header nor meta tag says so; a hint
    tls      "old": a server that has nothing better than TLS 1.0 or weak ciphers; "unverified": one whose certificate
             cannot be checked (made by itself, or expired), which anybody could answer for; both kept with every page
    browser  true: scripts write its pages, so that they are opened in Chromium (the extra `browser`)
    robots   "disallow": the site forbids robots, so it is not crawled; its reports come from others
    retired  since when and why it is not looked at any more: "2025-12: the site is closed"
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    list: Selector | None = None
    next: Selector | None = None
    pager: Annotated[str, AfterValidator(_template)] | None = None
    article: Regular | None = None
    pages: Count | None = None
    most: Count | None = None
    via: Annotated[str, Field(min_length=2)] | None = None
    json_: Selector | None = Field(default=None, alias="json")
    rows: str | None = None
    link: str | None = None
    text: str | None = None
    html: str | None = None
    base: str | None = None
    page: Annotated[str, Field(pattern=r"^[\w.-]+$")] | None = None
    method: Literal["post"] | None = None
    body: str | None = None
    referer: Annotated[str, AfterValidator(_reachable)] | None = None
    numbers: Annotated[str, AfterValidator(_range)] | None = None
    batch: Count | None = None
    charset: Annotated[str, Field(pattern=r"^[\w.:-]+$")] | None = None
    tls: Literal["old", "unverified"] | None = None
    browser: Annotated[Literal["true"], BeforeValidator(lambda said: "true" if said is True else said)] | None = None
    robots: Literal["disallow"] | None = None
    retired: Annotated[str, Field(min_length=2)] | None = None


FAMILIES = Literal["column", "forum", "paged", "api", "feed", "epaper", "numbered"]


class Entry(BaseModel):
    """One entry as it is written."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    name: Annotated[str, Field(min_length=1)]
    family: FAMILIES
    start: Annotated[str, AfterValidator(_reachable)]
    tier: Annotated[int, Field(ge=1, le=5)]
    place: Annotated[str, BeforeValidator(_written), Field(pattern=r"^\d{6}$")] | None = None
    title: Regular = "政府工作报告"
    cron: Annotated[str, AfterValidator(_cron)] = "30 6 * * *"
    delay: Annotated[float, Field(ge=0, le=3600)] | None = None
    options: Options = Field(default_factory=Options)
    certainty: Literal["verified", "inferred", "unknown"] = "unknown"
    evidence: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """What a family cannot do without."""
        given = self.options
        if self.family == "numbered" and not (given.numbers and given.pager):
            raise ValueError("family numbered needs options.numbers (5440-6100) and options.pager (/archives/{}.html)")
        if given.method == "post" and given.body is None:
            raise ValueError("options.method post needs options.body")
        return self


def load(places: Sequence[Path]) -> tuple[Source, ...]:
    """The sources of these files, and of the .yaml and .yml files of these folders, in order.

    raises  BadSource with all faults of all files, each `file:line:column: path: message`
    """
    faults: list[str] = []
    found: list[Source] = []
    ids: list[tuple[str, str]] = []
    for file in _files(places, faults):
        found += _sources_in(file, faults, ids)
    faults += _doubles(ids)
    if faults:
        raise BadSource(faults)
    return tuple(found)


def crawlable(source: Source) -> bool:
    """Whether the source is fetched; one whose site forbids robots, or that is retired, is kept for what it says."""
    return source.options.get("robots") != "disallow" and "retired" not in source.options


def _files(places: Iterable[Path], faults: list[str]) -> Iterator[Path]:
    for place in places:
        if place.is_dir():
            yield from sorted(file for file in place.iterdir() if file.suffix in (".yaml", ".yml"))
        elif place.is_file():
            yield place
        else:
            faults.append(f"{place}:1:1: no such file or folder")


def _sources_in(file: Path, faults: list[str], ids: list[tuple[str, str]]) -> list[Source]:
    """The sound entries of a file; what is wrong with the others is added to the faults, every id to the ids."""
    try:
        node = yaml.compose(file.read_text("utf-8-sig"), Loader=yaml.SafeLoader)
        entries = _built(node)
    except OSError as error:
        faults.append(f"{file}:1:1: {error.strerror}")
    except UnicodeDecodeError as error:
        faults.append(f"{file}:1:1: not UTF-8: {error.reason} at byte {error.start}")
    except yaml.MarkedYAMLError as error:
        faults.append(f"{file}:{_position(error.problem_mark)}: {grammar(error.problem)}")
    except yaml.YAMLError as error:
        faults.append(f"{file}:1:1: {error}")
    else:
        if node is None:
            return []
        if isinstance(entries, list):
            ids += [
                (entry["id"], f"{file}:{_position(_mark(node, (n, 'id')))}")
                for n, entry in enumerate(entries)
                if isinstance(entry, dict) and isinstance(entry.get("id"), str)
            ]
            return [source for n in range(len(entries)) for source in _checked(file, node, n, entries[n], faults)]
        faults.append(
            f"{file}:{_position(node.start_mark)}: a list of entries is expected, each beginning with '- id:'"
        )
    return []


def _built(node: yaml.Node | None) -> Any:
    """Plain values of a node; a key given twice is an error, which YAML itself lets pass."""
    for inner in _nodes(node):
        if isinstance(inner, yaml.MappingNode):
            seen: set[str] = set()
            for key, _ in inner.value:
                if not isinstance(key, yaml.ScalarNode):
                    raise yaml.MarkedYAMLError(problem="the name of a field is one word", problem_mark=key.start_mark)
                if key.value in seen:
                    raise yaml.MarkedYAMLError(problem=f"{key.value!r} is given twice", problem_mark=key.start_mark)
                seen.add(key.value)
    loader = yaml.SafeLoader("")
    try:
        return None if node is None else loader.construct_document(node)
    except ValueError as error:  # what looks like a date and is none: 2025-13-01
        raise yaml.YAMLError(f"{error}: put what is no date in quotation marks") from error


def _nodes(node: yaml.Node | None) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.Node):
        yield node
    if isinstance(node, yaml.SequenceNode):
        for inner in node.value:
            yield from _nodes(inner)
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from _nodes(pair[1])


def _checked(file: Path, node: yaml.Node, number: int, entry: Any, faults: list[str]) -> list[Source]:
    """The entry as a source, or nothing and its faults."""
    origin = f"{file}:{node.value[number].start_mark.line + 1}"
    try:
        sound = Entry.model_validate(entry)
    except ValidationError as error:
        told = [((number, *path), message) for path, message in _in_words(error)]  # one line a fault, in file's order
        told.sort(key=lambda fault: (_mark(node, fault[0]).line, _mark(node, fault[0]).column))
        faults += [_told(file, node, *fault) for fault in told]
        return []
    return [Source(**sound.model_dump(exclude_none=True, by_alias=True), origin=origin)]


def faults_of(entry: dict[str, Any]) -> list[tuple[str, str]]:
    """What is wrong with an entry that is not written yet: field (empty for the whole) and sentence of each fault."""
    try:
        Entry.model_validate(entry)
    except ValidationError as error:
        return [(".".join(map(str, path)), message) for path, message in _in_words(error)]
    return []


def _in_words(error: ValidationError) -> Iterator[tuple[Path_, str]]:
    """Path within the entry, and sentence, of each fault."""
    for fault in error.errors(include_url=False):
        path = tuple(fault["loc"])
        model = Options if path[:1] == ("options",) and len(path) > 1 else Entry
        yield path, plainly(fault, [field.alias or name for name, field in model.model_fields.items()])


def _told(file: Path, node: yaml.Node, path: Path_, message: str) -> str:
    name = ".".join(map(str, path[1:]))
    return ": ".join(filter(None, (f"{file}:{_position(_mark(node, path))}", name, message)))


def _mark(node: yaml.Node, path: Path_) -> yaml.Mark:
    """Where the value at a path begins; where it is missing, its nearest ancestor. An unknown key: the key."""
    mark = node.start_mark
    for step in path:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        elif isinstance(node, yaml.MappingNode):
            inner = next((pair for pair in node.value if pair[0].value == str(step)), None)
            if inner is None:
                return mark
            node = inner[1]
        else:
            return mark
        mark = node.start_mark
    return mark


def _position(mark: yaml.Mark | None) -> str:
    return f"{mark.line + 1}:{mark.column + 1}" if mark else "1:1"


def _doubles(ids: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Faults for each id given before, with both positions."""
    first: dict[str, str] = {}
    for name, where in ids:
        if name in first:
            yield f"{where}: id: {name!r} is taken by {first[name]}"
        first.setdefault(name, where)
