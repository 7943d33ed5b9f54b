"""What a site of the sample answers: values, and the parts of HTTP that need no socket."""

import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Target:
    """What was asked for, taken apart."""

    path: str
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """One response.

    modified  for Last-Modified; None where the page is made anew each time, as forums do
    stream    chunks instead of a body; `pause` seconds lie before each
    kept      whether the site hands out validators (ETag) and answers 304
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    modified: datetime | None = None
    stream: Callable[[], Iterator[bytes]] | None = None
    pause: float = 0.0
    kept: bool = True


def target(address: str) -> Target:
    """Path and query of a request line's address."""
    parts = urlsplit(address)
    return Target(parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)))


def html(
    text: str,
    *,
    status: int = 200,
    charset: str = "utf-8",
    content_type: str = "text/html; charset=utf-8",
    modified: datetime | None = None,
    kept: bool = True,
) -> Answer:
    """A page in `charset`, whatever its Content-Type says of it."""
    headers = {"Content-Type": content_type}
    return Answer(text.encode(charset), status, headers, modified, kept=kept)


def plain(text: str, *, status: int = 200) -> Answer:
    """Plain text, as robots.txt is."""
    return Answer(text.encode(), status, {"Content-Type": "text/plain; charset=utf-8"})


def moved(location: str, status: int = 302) -> Answer:
    """A redirect."""
    return Answer(status=status, headers={"Location": location, "Content-Type": "text/html"}, kept=False)


def fit(answer: Answer, asked: Mapping[str, str]) -> Answer:
    """The answer as this request may have it: 304 where nothing changed (RFC 9110 §13.2.2), gzip where taken.

    asked  the request's headers, names in lower case
    """
    if answer.status != 200 or not answer.kept or answer.stream:
        return answer
    etag = f'"{sha256(answer.body).hexdigest()[:20]}"'
    headers = dict(answer.headers) | {"ETag": etag, "Vary": "Accept-Encoding"}
    if answer.modified:
        headers["Last-Modified"] = format_datetime(answer.modified.astimezone(UTC), usegmt=True)
    if _unchanged(asked, etag, answer.modified):
        return replace(answer, body=b"", status=304, headers=headers)
    return _packed(replace(answer, headers=headers), asked)


def _unchanged(asked: Mapping[str, str], etag: str, modified: datetime | None) -> bool:
    if "if-none-match" in asked:
        return etag in asked["if-none-match"] or asked["if-none-match"].strip() == "*"
    if modified is None or "if-modified-since" not in asked:
        return False
    try:
        since = parsedate_to_datetime(asked["if-modified-since"])
    except ValueError:  # RFC 9110 §13.1.3: a date that cannot be read is ignored
        return False
    return modified.replace(microsecond=0) <= since.replace(tzinfo=since.tzinfo or UTC)


def _packed(answer: Answer, asked: Mapping[str, str]) -> Answer:
    if "gzip" not in asked.get("accept-encoding", "") or "Content-Encoding" in answer.headers:
        return answer
    headers = dict(answer.headers) | {"Content-Encoding": "gzip"}
    return replace(answer, body=gzip.compress(answer.body, mtime=0), headers=headers)
