"""The tables. What a name means stands in README under Words; how the tables grow, in migrations/.

Every row that follows from another points at it, down to the bytes: Finding → Comparison → Copy → Reading → Page →
the record of the WARC archive. Lists and objects of no further question are kept as JSON.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, Dialect, Index, Integer, Text, UniqueConstraint
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from storage.alive import this_process


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, in UTC on the way in and out; SQLite would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """UTC; ValueError for a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value}: a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def moment(*, nullable: bool = False, index: bool = False) -> Any:
    """A column for an aware time."""
    return Field(default=None, sa_column=Column(UtcDateTime(), nullable=nullable, index=index))


def listed() -> Any:
    """A column for a JSON list or object."""
    return Field(default_factory=list, sa_column=Column(JSON, nullable=False))


# SQLite numbers rows by itself only in a column of type INTEGER.
Key = BigInteger().with_variant(Integer, "sqlite")


def number() -> Any:
    """The primary key."""
    return Field(default=None, sa_column=Column(Key, primary_key=True, autoincrement=True))


class Receipt(SQLModel, table=True):
    """One run of one source. `ended_at` and `reason` are empty while it runs, and for ever if it was killed.

    errors   [[name of the error, how often, first message]]
    process  the one that runs it, as storage.alive names it; "" in receipts of old
    """

    id: int | None = number()
    source: str = Field(index=True)
    started_at: datetime = moment(index=True)
    ended_at: datetime | None = moment(nullable=True)
    reason: str = ""
    requests: int = 0
    bytes: int = 0
    pages: int = 0
    unchanged: int = 0
    links: int = 0
    readings: int = 0
    fresh: int = 0
    errors: list[Any] = listed()
    process: str = Field(default_factory=this_process, sa_column_kwargs={"server_default": ""})


class Page(SQLModel, table=True):
    """One response, and where its bytes lie. `digest` is sha256:hex of the body; `etag` and `modified` are verbatim."""

    __table_args__ = (UniqueConstraint("warc", "offset"), Index("ix_page_url_fetched", "url", "fetched_at"))

    id: int | None = number()
    receipt_id: int | None = Field(default=None, foreign_key="receipt.id")
    source: str = Field(index=True)
    url: str = Field(sa_column=Column(Text, nullable=False))
    fetched_at: datetime = moment()
    status: int
    content_type: str = ""
    digest: str = Field(index=True)
    size: int
    warc: str
    offset: int
    revisit: bool = False
    etag: str | None = None
    modified: str | None = None


class Reading(SQLModel, table=True):
    """What a page, or the pages of one article, say; `fingerprint` is sha256 over reader and page digests.

    prose       sha256 over the lines of the pages that stand from day to day (crawler.prose); "" where nobody took it
    pages       ids of the pages, in order
    watched_at  when the desk has drawn its conclusions; empty means it still has to
    kind, place, year   what the desk took it for
    said        a person's word about it: {"place": code, "meeting_on": day}
    quiet       true for readings that never alert: back-fill and re-reading
    outcome     what the desk made of it, in words, for `why`
    held_at     when the desk held it back; it becomes a version only when the page is fetched again and says the same
    released_at when that was so, and the desk was asked once more
    part_of     the reading of the whole page, where this is one report of a compilation; `part` its position, from 1
    """

    id: int | None = number()
    source: str = Field(index=True)
    tier: int = 4
    place_hint: str | None = None
    url: str = Field(sa_column=Column(Text, nullable=False, index=True))
    fingerprint: str = Field(unique=True)
    prose: str = Field(default="", sa_column_kwargs={"server_default": ""})
    reader: int
    pages: list[Any] = listed()
    made_at: datetime = moment()
    verdict: str
    why: str = Field(sa_column=Column(Text, nullable=False))
    title: str | None = Field(default=None, sa_column=Column(Text))
    text: str = Field(sa_column=Column(Text, nullable=False))
    encoding: str = ""
    script: str = "hans"
    repairs: list[Any] = listed()
    published_on: date | None = None
    confidence: float = Field(default=1.0, sa_column_kwargs={"server_default": "1"})
    kind: str | None = None
    place: str | None = Field(default=None, index=True)
    year: int | None = None
    quiet: bool = False
    said: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    watched_at: datetime | None = moment(nullable=True, index=True)
    outcome: str = Field(default="", sa_column=Column(Text, nullable=False))
    held_at: datetime | None = moment(nullable=True)
    released_at: datetime | None = moment(nullable=True)
    part_of: int | None = Field(default=None, index=True)
    part: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class Report(SQLModel, table=True):
    """The work: one place, one meeting. `name` is place code/year, as the commands write it: 110108/2023.

    inferred  names of the fields that were concluded, not read
    hashes    size of its sketch
    """

    id: int | None = number()
    name: str = Field(unique=True)
    place: str | None = Field(default=None, index=True)
    place_name: str = ""
    year: int | None = Field(default=None, index=True)
    meeting_on: date | None = None
    session: str | None = None
    speaker: str | None = None
    whole: bool = False
    inferred: list[Any] = listed()
    hashes: int = 0
    found_at: datetime = moment()


class Copy(SQLModel, table=True):
    """One reading of a report at one address; `related` ones (digests, compilations) are tied to it, but no copies."""

    id: int | None = number()
    report_id: int = Field(foreign_key="report.id", index=True)
    reading_id: int = Field(foreign_key="reading.id", unique=True)
    relation: str
    likeness: float
    coverage: float
    notes: list[Any] = listed()
    canonical: bool = False
    why: str = Field(default="", sa_column=Column(Text, nullable=False))
    added_at: datetime = moment()
    superseded_at: datetime | None = moment(nullable=True)


class Sketch(SQLModel, table=True):
    """One kept 5-gram hash of a report, from whichever of its copies: the inverted list that copies are looked up in.

    Of a report, not of a copy: reprinted a thousand times it has each hash once, so how often a hash occurs says how
    common the phrase is among reports.
    """

    __table_args__ = {"sqlite_with_rowid": False}

    hash: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    report_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False, index=True))


class Passage(SQLModel, table=True):
    """A sentence of a report's canonical copy; fields as in values.Passage."""

    __table_args__ = (UniqueConstraint("report_id", "position"),)

    id: int | None = number()
    report_id: int = Field(foreign_key="report.id")
    position: int
    paragraph: int
    start: int
    part: str
    heading: str = Field(sa_column=Column(Text, nullable=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
    level: int = 0


class Comparison(SQLModel, table=True):
    """A report held against an earlier one, both by the copies that were canonical then."""

    id: int | None = number()
    report_id: int = Field(foreign_key="report.id", index=True)
    against_id: int = Field(foreign_key="report.id")
    copy_id: int = Field(foreign_key="copy.id")
    against_copy_id: int = Field(foreign_key="copy.id")
    made_at: datetime = moment()


class Finding(SQLModel, table=True):
    """What became of one sentence; fields as in values.Finding. `mark` is a person's word: new, not-new or empty."""

    __table_args__ = (UniqueConstraint("comparison_id", "rank"),)

    id: int | None = number()
    comparison_id: int = Field(foreign_key="comparison.id")
    rank: int
    kind: str
    part: str
    position: int
    heading: str = Field(sa_column=Column(Text, nullable=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
    novelty: float
    new: list[Any] = listed()
    prior: list[Any] = listed()
    targets: list[Any] = listed()
    reasons: list[Any] = listed()
    mark: str = ""


class Event(SQLModel, table=True):
    """Something somebody may want to know, once: `key` names the fact, e.g. report.new:110108/2023."""

    id: int | None = number()
    key: str = Field(unique=True)
    kind: str = Field(index=True)
    subject: str
    at: datetime = moment(index=True)
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class Alert(SQLModel, table=True):
    """The outbox: an event addressed to someone.

    state        due, sent, dead (given up; the dead letters), gathered (into a digest), muted, unwanted (by words)
    arranged_at  when it was decided when to send it; empty before
    held         "daily" or "weekly" while it waits for a digest of that sort, which is then due at `due_at`
    """

    id: int | None = number()
    event_id: int = Field(foreign_key="event.id", index=True)
    channel: str
    recipient: str
    key: str = Field(unique=True)
    state: str = Field(default="due", index=True)
    attempts: int = 0
    created_at: datetime = moment()
    due_at: datetime = moment(index=True)
    leased_until: datetime | None = moment(nullable=True)
    sent_at: datetime | None = moment(nullable=True)
    error: str = Field(default="", sa_column=Column(Text, nullable=False))
    arranged_at: datetime | None = moment(nullable=True, index=True)
    held: str = Field(default="", sa_column_kwargs={"server_default": ""})


class Mute(SQLModel, table=True):
    """What nobody wants to hear of until a time: `subject` is source:ID or place:CODE.

    state   empty: everything about it; else only the reminders of that state (an acknowledgement)
    until   empty: for ever
    """

    __table_args__ = (UniqueConstraint("subject", "state"),)

    id: int | None = number()
    subject: str
    state: str = ""
    until: datetime | None = moment(nullable=True)
    made_at: datetime = moment()


class Delivery(SQLModel, table=True):
    """One attempt to send an alert; `outcome` is sent, refused (try again) or rejected (do not)."""

    id: int | None = number()
    alert_id: int = Field(foreign_key="alert.id", index=True)
    at: datetime = moment()
    outcome: str
    answer: str = Field(default="", sa_column=Column(Text, nullable=False))


class Ruling(SQLModel, table=True):
    """A person's word against the program's; it stays for ever, with the time it was taken back.

    act        set, pin, merge or split
    report_id  the report it is about; empty where it is about addresses alone, or where its report is no more
    parted_id  the report that a split took its copies from
    named      name of the report when it was said
    said       what was said, by the names of Report's columns and "kind"; "url" of a pin, "names" of a merge
    """

    id: int | None = number()
    act: str
    report_id: int | None = Field(default=None, foreign_key="report.id", index=True)
    parted_id: int | None = Field(default=None, foreign_key="report.id", index=True)
    named: str = ""
    said: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    person: str
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    at: datetime = moment()
    withdrawn_at: datetime | None = moment(nullable=True)
    withdrawn_by: str = ""


class RuledAddress(SQLModel, table=True):
    """An address that a ruling is about, and the reading that it was said of: another text there is another matter."""

    id: int | None = number()
    ruling_id: int = Field(foreign_key="ruling.id", index=True)
    url: str = Field(sa_column=Column(Text, nullable=False, index=True))
    reading_id: int = Field(foreign_key="reading.id")
