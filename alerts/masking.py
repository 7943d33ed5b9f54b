"""Secrets kept out of what is logged, saved and shown. Pure."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from storage.values import MailChannel, RobotChannel, WebhookChannel

MASK = "***"
SHORTEST = 4  # characters; shorter ones would mask ordinary words
# Tokens in the addresses of webhooks: chat robots have theirs as a parameter or as a segment of the path.
PARAMETER, SEGMENT = 8, 16  # characters from which a value or a segment counts as one


def masked(text: str, secrets: tuple[str, ...]) -> str:
    """The text with *** in place of each secret, the longest first."""
    for secret in sorted((s for s in secrets if len(s) >= SHORTEST), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def secrets_of(channel: MailChannel | WebhookChannel | RobotChannel) -> tuple[str, ...]:
    """What nobody may read of a channel: its password or secret, and tokens in its address."""
    if isinstance(channel, MailChannel):
        return (channel.password,) if channel.password else ()
    if isinstance(channel, RobotChannel):
        return (channel.address, *pieces(channel.address))
    return (channel.secret, channel.secret.removeprefix("whsec_"), *tokens(channel.url))


def pieces(address: str) -> tuple[str, ...]:
    """All parts of a robot's address that are long enough for a token: it has them in place of host, user and path."""
    found = [part for part in re.split(r"[/?&=@:,]+", address.partition("://")[2]) if len(part) >= PARAMETER]
    return tuple(dict.fromkeys([*found, *map(unquote, found)]))


def tokens(url: str) -> tuple[str, ...]:
    """The parts of an address that look like tokens, as written and decoded."""
    parts = urlsplit(url)
    found = [value for _, value in parse_qsl(parts.query) if len(value) >= PARAMETER]
    found += [segment for segment in parts.path.split("/") if len(segment) >= SEGMENT]
    if parts.password:
        found.append(parts.password)
    return tuple(dict.fromkeys([*found, *map(unquote, found)]))
