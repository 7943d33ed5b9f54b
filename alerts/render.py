"""Events become messages: subject, text, HTML and a JSON document. Pure; the same event always gives the same message.

What stands in an event's `facts`, by kind. All of it is plain JSON; dates are ISO 8601 days in Asia/Shanghai, times
ISO 8601 with a zone; null or a missing key is "unknown". Texts are data, as scraped: nothing in them is trusted.

`report.new` and `report.partial`: a report that was not known; subject is its name (110108/2023)

    report       its name, place code/year
    place        {"code", "name"}                       name written from the province down
    year         int, or null
    meeting_on   day the meeting opened
    session      第十七届人民代表大会第三次会议
    speaker      name
    whole        bool: is the whole text known?
    inferred     names of the fields above that were concluded, not read
    canonical    {"url", "source", "source_name", "tier", "why", "published_on"}     the copy to trust
    copies       int, the canonical one included
    against      {"report", "year"} it was compared with, or null: no earlier report is known
    counts       {finding kind: int} over all findings of the comparison
    initiatives  the newest first: findings of kind new, mixed and returned, by falling novelty; give at most 60
                 {"kind", "text", "heading", "novelty" 0–1, "new": [fragment], "prior": {"text", "year",
                 "likeness" 0–100} or null}              prior is the closest earlier sentence
    targets      revised ones {"name", "old", "new", "unit", "qualifier" (optional)}; give all
    dropped      old commitments not found again {"text", "heading"}; give at most 60

How many more initiatives and dropped commitments there are than the lists hold is read from `counts` (new + mixed +
returned, dropped).

`copy.better`: a better copy of a known report appeared; subject is the report's name

    report place year whole canonical copies      as above
    before       {"url", "source", "source_name", "tier"} the copy that was trusted until now
    why          what makes the new one better

`report.edited`: numbers of a published report were changed at one address; subject is the report's name

    report place year meeting_on session speaker whole inferred canonical copies      as above
    edited       {"url", "source", "source_name", "tier", "before", "now"} where; times of the two readings
    changed      int, how many numbers
    changes      [{"old", "new", "was", "now"}] numbers, and the sentences they stand in; at most 60

`source.broken` `source.blocked` `source.silent` `source.late` `source.retired` `source.recovered`: a source changed its
state; subject is the source's id

    source       its id
    name         its name
    url          its start address
    state        what it is now: broken blocked silent late retired working never-worked
    before       what it was, or null
    why          the reason, in words
    since        time of the first run that showed it
    last_good    time of the last run that worked, or null: never
    reminder     days since it became so, where this is said again; missing the first time

`place.late`: reports that should be out by a group's own history and peers, and are not; subject is the group's
code/year

    group        {"code", "name"}      the place whose districts, or whose cities, these are
    year         int
    expected out int: how many reports of the group are expected, and are out
    places       [{"code", "name", "days", "latest"}] not seen: days later than ever before, or null: peers are out;
                 latest: month-day of the latest so far

`alert.digest`: events that were held for a recipient; subject is channel and recipient

    every        daily or weekly
    total        int
    events       at most 200 of {"kind", "subject", "at", "url", "facts"}; facts: the most telling ones of those above

`all.quiet`: nothing happened for a day, said on request; subject is the day

    day sources working     the day, how many sources are watched, how many of them are well

`alert.test`: sent by `reportwatch alerts test`; subject is the channel

    channel recipient

`alert.dead`: alerts to a recipient were given up, told once a day; subject is channel and recipient

    channel recipient   where it could not be delivered
    event               {"key", "kind", "subject"} what it was about
    attempts            int
    created_at          time the alert was due first
    why                 the last answer, or what is wrong with the channel
    tried               [[channel, recipient]] of whom this was tried to be told, this one included

`disk.low`: too little is free for a crawl to start, told once a day; subject is the folder

    why                 how much there is, and what to do
    day                 the day
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import ChainableUndefined, Environment, FileSystemLoader, select_autoescape
from jinja2.sandbox import SandboxedEnvironment

from alerts import words
from alerts.clip import SLACK, clip, encodable, printable, versions
from alerts.phrases import PHRASES
from storage.values import Message

VERSION = 1  # of the JSON document; raised when a field changes its meaning or goes
SUBJECT = 120  # characters: what mail programs show, and far below the 998 octets of RFC 5322 §2.1.1
BODY = 100_000  # bytes of text and of HTML each; Gmail cuts a message off above 102 kB
DOCUMENT = 64_000  # bytes of JSON
SHOWN = 20  # rows of each list that a mail shows at most
LISTED = 60  # rows of each list in the JSON document at most
TEMPLATES = {
    "report.new": "report",
    "report.partial": "report",
    "report.edited": "edited",
    "copy.better": "copy",
    "alert.dead": "dead",
    "alert.digest": "digest",
    "alert.test": "said",
    "all.quiet": "said",
    "place.late": "place",
}


def render(
    kind: str,
    subject: str,
    facts: Mapping[str, object],
    *,
    key: str,
    recipient: str,
    created_at: datetime,
    language: str = "zh",
    templates: Path | None = None,
) -> Message:
    """The message that tells one recipient of one event.

    kind, subject, facts  as the head of this module says; an unknown kind is shown as a list of its facts
    language              "zh" or "en"
    templates             a folder whose templates stand in for those of the same name in alerts/templates
    returns               a subject of one line and at most 120 characters, text and HTML of at most 100 kB each, a
                          document whose JSON has at most 64 kB; lists that were cut say how much more there is
    """
    line = headline(kind, subject, facts, language)
    page = Stationery(language, templates)
    return Message(
        key=key,
        recipient=recipient,
        subject=line,
        text=page.body(kind, "txt", line, facts, key),
        html=page.body(kind, "html", line, facts, key),
        document=_document(kind, subject, line, facts, key, created_at),
        created_at=created_at,
        thread=f"{kind.partition('.')[0]}:{subject}".replace("copy:", "report:", 1),
    )


def headline(kind: str, subject: str, facts: Mapping[str, object], language: str = "zh") -> str:
    """What happened, in one line that is safe in a mail header."""
    said = words.Words(PHRASES[language])
    start = said.phrases.get(kind, f"[{kind}] ")
    return clip(printable((start + said.headline(kind, subject, facts))[: SUBJECT * SLACK]), SUBJECT)


def encode(document: Mapping[str, object]) -> bytes:
    """The document as it is signed and sent: UTF-8, no needless space."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


@dataclass(frozen=True, slots=True)
class Stationery:
    """What messages are written on: a language, and a folder of templates that stand in for ours."""

    language: str
    folder: Path | None = None

    def body(self, kind: str, form: str, line: str, facts: Mapping[str, object], key: str) -> str:
        """The text or the HTML, from the longest version of the facts that fits."""
        said = words.Words(PHRASES[self.language])
        name = TEMPLATES.get(kind, "source" if kind.startswith("source.") else "other")
        template = _environment(self.language, self.folder).get_template(f"{name}.{form}")
        body = ""
        for cut in versions(facts, SHOWN):
            body = template.render(f=cut, t=said.phrases, subject=line, key=key, **said.lines(kind, cut))
            if len(body.encode()) <= BODY:
                return body
        return clip(body, BODY // 4) if form == "txt" else self._bare(line, key)

    def _bare(self, line: str, key: str) -> str:
        """The HTML of a message whose facts fit in no way."""
        template = _environment(self.language, self.folder).get_template("other.html")
        return template.render(t=PHRASES[self.language], subject=line, key=key, plain=())


def _document(
    kind: str, subject: str, line: str, facts: Mapping[str, object], key: str, at: datetime
) -> Mapping[str, object]:
    """The JSON document: the summary first, then the longest version of the facts that fits."""
    head: dict[str, object] = {
        "type": kind,
        "version": VERSION,
        "id": key,
        "timestamp": at.isoformat(),
        "subject": clip(encodable(subject), SUBJECT),
        "summary": line,
    }
    for cut in versions(facts, LISTED, encodable):
        document = head | {"data": cut}
        if len(encode(document)) <= DOCUMENT:
            return document
    return head | {"data": {}}


@cache
def _environment(language: str, folder: Path | None = None) -> Environment:
    """Templates from their folder; what goes into HTML is escaped, missing facts print nothing.

    In a sandbox: templates may be anybody's, and reach nothing but what they are given.
    """
    ours = words.HERE / "templates"
    environment = SandboxedEnvironment(
        loader=FileSystemLoader([folder, ours] if folder else [ours]),
        autoescape=select_autoescape(("html",), default=False),
        undefined=ChainableUndefined,
        finalize=lambda value: "" if value is None else value,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(words.Words(PHRASES[language]).filters())
    return environment
