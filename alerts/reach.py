"""Can a channel be reached? Asked without sending anything to anybody."""

import asyncio
import os
from collections.abc import Sequence
from urllib.parse import urlsplit

import aiosmtplib

from alerts.clip import clip, printable
from alerts.mail import ANSWER, client_of, leave, refusal
from crawler import guard
from storage.errors import DeliveryError
from storage.values import MailChannel, WebhookChannel

PATIENCE = 20.0  # seconds for one channel
CONNECT = 5.0  # seconds for one address to take a connection
PORTS = {"http": 80, "https": 443}


async def greet(channel: MailChannel) -> str:
    """Connect to a mail server, greet it, encrypt and log in as for a mail, and leave; what was agreed, in words.

    raises  DeliveryError with what the server said, or why it could not be reached
    """
    client = client_of(channel, PATIENCE / 2)
    try:
        async with asyncio.timeout(PATIENCE):
            await client.connect()
            await client.ehlo()
    except (aiosmtplib.SMTPException, OSError) as error:
        raise refusal(error, channel) from error
    finally:
        await leave(client)
    safe = {"tls": "TLS", "starttls": "STARTTLS"}.get(channel.security, "not encrypted")
    return f"{channel.host}:{channel.port} answers, {safe}, {'logged in' if channel.username else 'no login'}"


async def find(channel: WebhookChannel, opened: Sequence[str] = ()) -> str:
    """Look a webhook's address up, hold it against the guard and connect, without a request; what answers, in words.

    opened  ranges that the settings open, as crawler.guard writes them
    raises  DeliveryError for an address that is refused or not known, or where nothing listens
    """
    parts = urlsplit(channel.url)
    host, port = parts.hostname or "", parts.port or PORTS.get(parts.scheme, 443)
    try:
        guard.check_url(channel.url)
        async with asyncio.timeout(PATIENCE):
            found = await guard.checked_addresses(host, port, guard.openings(opened))
            reached = await connected(found)
    except (guard.AddressRefused, OSError) as error:
        why = clip(printable(str(error) or type(error).__name__), ANSWER)
        raise DeliveryError(f"{channel.name}: {host}: {why}", transient=isinstance(error, OSError)) from error
    return f"{host} port {port} answers" + (f" as {reached}" if reached != host else "")


async def connected(addresses: Sequence[tuple[str, int]]) -> str:
    """The first of these checked addresses that takes a connection, which is closed at once.

    raises  OSError of the last one where none does
    """
    for number, (address, port) in enumerate(addresses, 1):
        try:
            async with asyncio.timeout(CONNECT):
                _, writer = await asyncio.open_connection(address, port)
        except OSError as error:  # TimeoutError is one
            if number == len(addresses):
                told = os.strerror(error.errno) if error.errno else f"no answer within {CONNECT:.0f} s"
                raise ConnectionError(f"nothing takes a connection to port {port}: {told}") from error
        else:
            writer.close()
            return address
    raise ConnectionError("the name has no address")
