"""One message as signed JSON over HTTP, as the Standard Webhooks specification has it."""

import binascii
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from alerts.clip import clip, printable
from alerts.render import encode
from crawler import guard
from storage.errors import DeliveryError
from storage.values import Message, WebhookChannel

PATIENCE = aiohttp.ClientTimeout(total=30, connect=10)  # seconds; the specification advises 15 to 30
ANSWER = 300  # characters of the answer that are kept
BUSY = (408, 425, 429)  # 4xx that ask to come back later


async def send(message: Message, channel: WebhookChannel, now: datetime, opened: Sequence[str] = ()) -> str:
    """Post the message's document; returns the receiver's answer.

    now     the time of this attempt, which is signed
    opened  ranges that the settings open to us, as crawler.guard writes them; all others must be public addresses
    raises  DeliveryError; transient for no connection, timeouts, 408, 425, 429 and 5xx, with `retry_after` where the
            receiver gave one; not for other answers, redirects among them, nor for addresses that the guard refuses
    """
    body = encode(message.document)
    headers = signed(message.key, channel, now, body)
    try:
        guard.check_url(channel.url)
        connector = guard.connector(guard.openings(opened))
        async with (
            aiohttp.ClientSession(connector=connector, timeout=PATIENCE, auto_decompress=False) as session,
            session.post(channel.url, data=body, headers=headers, allow_redirects=False) as response,
        ):
            said = printable((await response.content.read(ANSWER * 4)).decode("utf-8", "replace"))
            answer = clip(f"{response.status} {said}".strip(), ANSWER)
            if 200 <= response.status < 300:
                return answer
            raise refusal(channel, response.status, answer, response.headers, now)
    except guard.AddressRefused as error:
        raise DeliveryError(f"{channel.name}: {error}", transient=False) from error
    except aiohttp.InvalidURL as error:
        raise DeliveryError(f"{channel.name}: {error} is no address", transient=False) from error
    except (aiohttp.ClientError, OSError) as error:
        raise DeliveryError(
            f"{channel.name}: {printable(str(error) or type(error).__name__)}", transient=True
        ) from error


def signed(key: str, channel: WebhookChannel, now: datetime, body: bytes) -> Mapping[str, str]:
    """The headers of an attempt: webhook-id is the same at every attempt, time and signature are not."""
    try:
        signature = Webhook(channel.secret).sign(key, now.astimezone(UTC), body.decode("utf-8"))
    except (binascii.Error, EmptyWebhookSecretError) as error:
        raise DeliveryError(f"{channel.name}: the secret is not whsec_ and base64", transient=False) from error
    return {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "reportwatch",
        "accept-encoding": "identity",
        "webhook-id": key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }


def refusal(
    channel: WebhookChannel, status: int, answer: str, headers: Mapping[str, str], now: datetime
) -> DeliveryError:
    """What an answer other than 2xx means."""
    transient = status >= 500 or status in BUSY
    note = f" (moved to {clip(printable(headers.get('location', '?')), 200)})" if 300 <= status < 400 else ""
    return DeliveryError(
        f"{channel.name}: {answer}{note}",
        transient=transient,
        retry_after=seconds(headers.get("retry-after"), now) if transient else None,
    )


def seconds(value: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header, which holds seconds or a date (RFC 9110 §10.2.3)."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max((until - now).total_seconds(), 0.0)
