"""One message by SMTP."""

import asyncio
import re
import socket
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime, parseaddr
from hashlib import sha256

import aiosmtplib

from alerts.clip import clip, printable
from storage.errors import DeliveryError
from storage.values import MailChannel, Message

PATIENCE = 60.0  # seconds for one message, from the connection to the server's last word
FAREWELL = 5.0  # seconds
ANSWER = 300  # characters of a server's answer that are kept
# RFC 3463: X.7.X is policy and security: a block list, a limit, a login. People mend these; the address stands.
POLICY = re.compile(r"\b5\.7\.\d+\b")


async def send(message: Message, channel: MailChannel) -> str:
    """Hand a message to the channel's server; returns the server's answer.

    raises  DeliveryError; transient for what may pass or be mended at the server or in the settings (no connection,
            4xx, login, sender, policy), not for an address or a message that was refused for good (5xx)
    """
    composed = written(message, channel)
    client = client_of(channel, PATIENCE / 2)
    try:
        async with asyncio.timeout(PATIENCE):
            await client.connect()
            _, answer = await client.send_message(composed)
    except (aiosmtplib.SMTPException, OSError) as error:
        raise refusal(error, channel) from error
    finally:
        await leave(client)
    return clip(printable(answer), ANSWER)


def client_of(channel: MailChannel, timeout: float) -> aiosmtplib.SMTP:
    """A client for the channel's server, not connected yet; timeout in seconds, of each step."""
    return aiosmtplib.SMTP(
        hostname=channel.host,
        port=channel.port,
        local_hostname=socket.gethostname(),
        username=channel.username,
        password=channel.password,
        use_tls=channel.security == "tls",
        start_tls=channel.security == "starttls",
        timeout=timeout,
    )


def written(message: Message, channel: MailChannel) -> EmailMessage:
    """The mail; DeliveryError where an address is none: the standard library then raises one of three errors."""
    try:
        return compose(message, channel)
    except (ValueError, LookupError, MessageError) as error:
        why = clip(printable(str(error)), ANSWER)
        raise DeliveryError(
            f"{channel.name}: {message.recipient!r} or {channel.sender!r} is no address: {why}", transient=False
        ) from error


async def leave(client: aiosmtplib.SMTP) -> None:
    """Say goodbye. The server has answered by now, so nothing that happens here makes a sent mail unsent."""
    try:
        if client.is_connected:
            await client.quit(timeout=FAREWELL)
    except (aiosmtplib.SMTPException, OSError):
        pass
    finally:
        client.close()


def compose(message: Message, channel: MailChannel) -> EmailMessage:
    """The mail: text and HTML, and headers that are the same at every attempt.

    Auto-Submitted as RFC 3834 §5 has it; List-Unsubscribe as RFC 2369 §3.2; References to a name that all alerts of
    one report share, so that mail programs show them as one thread.
    """
    name, sender = parseaddr(channel.sender)
    domain = sender.rpartition("@")[2] or "reportwatch.invalid"
    mail = EmailMessage(policy=WIRE)
    mail["From"] = Address(printable(name), addr_spec=sender)
    mail["To"] = Address(addr_spec=message.recipient)
    mail["Subject"] = printable(message.subject)
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = f"<{message.key}@reportwatch.{domain}>"
    if message.thread:
        thread = sha256(message.thread.encode("utf-8", "replace")).hexdigest()[:32]
        mail["References"] = mail["In-Reply-To"] = f"<{thread}.thread@reportwatch.{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Unsubscribe"] = f"<mailto:{sender}?subject=unsubscribe>"
    mail["X-Reportwatch-Alert"] = message.key
    # base64 whatever the text: quoted-printable trebles Chinese, and lines may be longer than SMTP's 998 octets.
    mail.set_content(message.text, cte="base64")
    mail.add_alternative(message.html, subtype="html", cte="base64")
    return mail


def refusal(error: aiosmtplib.SMTPException | OSError, channel: MailChannel) -> DeliveryError:
    """What a failed attempt means: try again, or not."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return refusal(error.recipients[0], channel)
    where = f"{channel.name} ({channel.host}:{channel.port})"
    if isinstance(error, aiosmtplib.SMTPResponseException):
        final = isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError) and error.code >= 500
        answer = clip(printable(f"{error.code} {error.message}"), ANSWER)
        return DeliveryError(f"{where}: {answer}", transient=not (final and not POLICY.search(error.message)))
    return DeliveryError(f"{where}: {clip(printable(str(error) or type(error).__name__), ANSWER)}", transient=True)
