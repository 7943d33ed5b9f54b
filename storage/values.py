"""The frozen values that travel between rooms.

A Page becomes a Reading, a Reading gets an Identity and an Outline, and two Outlines give Findings.
Times are aware and in UTC; dates are days in Asia/Shanghai; likeness and coverage run from 0 to 100,
novelty from 0 to 1; positions count from 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Verdict(StrEnum):
    """Could the page be read?"""

    OK = "ok"
    BLOCKED = "blocked"
    SHELL = "shell"
    SOFT_404 = "soft-404"
    LOGIN_WALL = "login-wall"
    ATTACHMENT_ONLY = "attachment-only"
    LIST = "list"
    SCANNED = "scanned"
    UNREADABLE = "unreadable"
    EMPTY = "empty"


class Kind(StrEnum):
    """What is the document?"""

    REPORT = "report"
    DIGEST = "digest"
    COMPILATION = "compilation"
    OTHER = "other"


class Part(StrEnum):
    """The role of a stretch of a report, whatever its heading says."""

    HEAD = "head"
    REVIEW = "review"
    OUTLOOK = "outlook"
    PLAN = "plan"
    CLOSING = "closing"
    GLOSSARY = "glossary"


class Relation(StrEnum):
    """What a copy is to its report."""

    SAME = "same"
    PARTIAL = "partial"
    DAMAGED = "damaged"


class FindingKind(StrEnum):
    """What became of a sentence since the year before.

    UNJUDGED: it looks new, but the old report is known in part only. DELIVERED, PARTLY, UNMENTIONED: what the new
    review makes of a sentence of the old plan; they stand beside what `compare` finds.
    """

    NEW = "new"
    MIXED = "mixed"
    REVISED = "revised"
    CONTINUED = "continued"
    RETURNED = "returned"
    GENERIC = "generic"
    DROPPED = "dropped"
    UNJUDGED = "unjudged"
    DELIVERED = "delivered"
    PARTLY = "partly"
    UNMENTIONED = "unmentioned"


DELIVERY = frozenset({FindingKind.DELIVERED, FindingKind.PARTLY, FindingKind.UNMENTIONED})
OF_THE_OLD = DELIVERY | {FindingKind.DROPPED}  # whose sentence, with its position, is the old report's


@dataclass(frozen=True, slots=True)
class Source:
    """A place that publishes, as the registry describes it.

    id        stable short name, lower case
    family    the spider: column, forum, paged
    start     address of the list, board or column
    place     行政区划代码 of the place it publishes for, or None for sites that reprint many
    tier      1 government portal, 2 people's congress, 3 newspaper, 4 reprint, 5 mirror
    options   what the family's spider needs to know (patterns, selectors)
    cron      when to look, five fields, Asia/Shanghai
    origin    file:line of the entry
    """

    id: str
    name: str
    family: str
    start: str
    tier: int
    place: str | None = None
    title: str = "政府工作报告"
    cron: str = "30 6 * * *"
    delay: float | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    certainty: str = "unknown"
    evidence: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One response as fetched; `body` after transfer and content encoding are undone, else untouched."""

    url: str
    fetched_at: datetime
    body: bytes
    status: int = 200
    content_type: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """One mend: what stood there, what stands there now, by which rule, how sure that is, from 0 to 1.

    What is lost for good stands there as before, and is sure to 0.
    """

    before: str
    after: str
    how: str
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What one page, or the pages of one article, say; made by one version of the reader.

    text          the body, repaired, one paragraph a line, whatever the verdict
    encoding      name of the codec that gave the text; "text" for files that carry text already
    script        "hans" or "hant"
    published_on  the day the page says it was published, never the meeting's
    reader        version of the reader
    confidence    how sure the encoding is, from 0 to 1; the least of all pages
    """

    url: str
    verdict: Verdict
    why: str
    title: str | None
    text: str
    encoding: str
    script: str
    reader: int
    repairs: tuple[Repair, ...] = ()
    published_on: date | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Place:
    """An administrative division; `code` is its 行政区划代码 (GB/T 2260), `name` written from the province down."""

    code: str
    name: str
    short: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Which document this is. `inferred` names the fields that were concluded, not read."""

    kind: Kind
    why: str
    place: Place | None = None
    year: int | None = None
    meeting_on: date | None = None
    session: str | None = None
    speaker: str | None = None
    whole: bool = False
    inferred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A named quantity in a plan or a result in a review; numbers as they are written.

    value      "5", "1.5万", "5-6"; None where there is none (稳步增长)
    unit       "%", "个", "亿元"
    qualifier  "左右", "以上", "以内", "持平", "同步"
    growth     is the value a change (增长 5%) rather than a level (达到 296 亿元)?
    """

    name: str
    value: str | None
    unit: str
    qualifier: str = ""
    growth: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of a report.

    position   index among the passages of the report
    paragraph  index of its line in the text
    start      offset in the text; text[start : start + len(passage.text)] == passage.text
    heading    the nearest heading above, "" where none
    level      0 for running text; 1, 2, … for a line that is itself a heading of that level
    """

    position: int
    paragraph: int
    start: int
    part: Part
    heading: str
    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Outline:
    """A report taken apart. The passages, with the white space between them, give the text back."""

    text: str
    passages: tuple[Passage, ...]

    def of(self, *parts: Part) -> tuple[Passage, ...]:
        """The passages of these parts, in order."""
        return tuple(p for p in self.passages if p.part in parts)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that occur, in order of first appearance, the head left out."""
        return tuple(dict.fromkeys(p.part for p in self.passages if p.part is not Part.HEAD))


@dataclass(frozen=True, slots=True)
class Prior:
    """A sentence of an earlier report that answers to one of the new report."""

    text: str
    heading: str
    part: Part
    likeness: float
    year: int | None = None


@dataclass(frozen=True, slots=True)
class TargetChange:
    """A quantity that moved; numbers as written.

    way  "better" or "worse", where it is known which way is better, else ""
    """

    name: str
    old: str
    new: str
    unit: str
    way: str = ""

    def __str__(self) -> str:
        """In words: 城镇调查失业率: 5.5 → 5 % (better)."""
        return f"{self.name}: {self.old} → {self.new} {self.unit}" + (f" ({self.way})" if self.way else "")


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one sentence; for DROPPED the sentence is the old plan's.

    new      the new fragments, verbatim
    prior    the earlier sentences that answer to it, best first
    reasons  the parts of the score, in words, for --explain
    mark     a person's word: "new", "not-new", or ""
    """

    kind: FindingKind
    text: str
    heading: str
    part: Part
    position: int
    novelty: float
    new: tuple[str, ...] = ()
    prior: tuple[Prior, ...] = ()
    targets: tuple[TargetChange, ...] = ()
    reasons: tuple[str, ...] = ()
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a copy stands to the canonical one.

    likeness  0–100, of the stretch that both have
    coverage  share of the canonical copy that this one holds, 0–100
    notes     what differs, in words
    within    share of this copy that the canonical one holds, 0–100
    """

    relation: Relation
    likeness: float
    coverage: float
    notes: tuple[str, ...] = ()
    within: float = 100.0


@dataclass(frozen=True, slots=True)
class GroupedCopy:
    """One file in a group of copies; figures as in Likeness."""

    path: str
    relation: Relation
    likeness: float
    coverage: float
    notes: tuple[str, ...] = ()
    within: float = 100.0


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """Copies of one report: the canonical one with its reason, all of them, and digests or compilations near it."""

    canonical: str
    why: str
    copies: tuple[GroupedCopy, ...]
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MailChannel:
    """A mail server and who is written to through it. `security`: none, starttls or tls."""

    name: str
    host: str
    sender: str
    recipients: tuple[str, ...]
    port: int = 587
    security: str = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """An address that takes signed JSON; `secret` as in Standard Webhooks: whsec_ and base64."""

    name: str
    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RobotChannel:
    """A chat robot that apprise can speak to; its address holds its token, and is a secret as a whole."""

    name: str
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """An alert ready to be sent. `key` is stable over all attempts: Message-ID and webhook-id come from it.

    thread  what the alerts of one report or source have in common, so that mail programs show them together
    """

    key: str
    recipient: str
    subject: str
    text: str
    html: str
    document: Mapping[str, object]
    created_at: datetime
    thread: str = ""
