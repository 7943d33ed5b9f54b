import asyncio
import socket
import ssl
import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from alerts import mail
from storage.errors import DeliveryError

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from aiosmtpd.smtp import SMTP, AuthResult


async def test_a_mail_arrives_with_text_html_and_its_headers(postbox, message, facts):
    assert await mail.send(message, postbox.channel) == "taken"
    [(address, got)] = postbox.mails
    assert address == "one@example.org"
    assert got["Subject"] == message.subject
    assert got["From"] == "报告 <watch@example.org>"
    assert got["To"] == "one@example.org"
    assert got["Message-ID"] == f"<{message.key}@reportwatch.example.org>"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["List-Unsubscribe"] == "<mailto:watch@example.org?subject=unsubscribe>"
    assert got["Date"].datetime == message.created_at
    assert got.get_body(("plain",)).get_content().replace("\r\n", "\n") == message.text
    assert got.get_body(("html",)).get_content().replace("\r\n", "\n") == message.html


async def test_alerts_of_one_report_refer_to_the_same_thread(postbox, message):
    await mail.send(message, postbox.channel)
    await mail.send(replace(message, key="cd" * 16), postbox.channel)
    await mail.send(replace(message, key="ef" * 16, thread="report:990102/2025"), postbox.channel)
    first, second, other = [got["References"] for _, got in postbox.mails]
    assert first == second != other


@pytest.mark.parametrize(
    ("answer", "transient"),
    [
        ("450 4.2.0 greylisted", True),
        ("451 try again", True),
        ("550 5.1.1 no such user", False),
        ("550 5.7.1 your address is on a block list", True),
    ],
)
async def test_the_code_of_a_refused_recipient_says_whether_to_try_again(postbox, message, answer, transient):
    postbox.at_rcpt["one@example.org"] = [answer]
    with pytest.raises(DeliveryError, match=answer.partition(" ")[2]) as refused:
        await mail.send(message, postbox.channel)
    assert refused.value.transient is transient
    assert postbox.mails == []


@pytest.mark.parametrize(("answer", "transient"), [("452 full", True), ("552 5.3.4 too big", False)])
async def test_a_refused_text_is_refused_by_its_code(postbox, message, answer, transient):
    postbox.at_data = [answer]
    with pytest.raises(DeliveryError) as refused:
        await mail.send(message, postbox.channel)
    assert refused.value.transient is transient


async def test_no_server_is_transient(postbox, message):
    with socket.socket() as idle:
        idle.bind(("127.0.0.1", 0))
        with pytest.raises(DeliveryError) as refused:
            await mail.send(message, replace(postbox.channel, port=idle.getsockname()[1]))
    assert refused.value.transient


async def test_a_server_that_drops_the_connection_is_transient(postbox, message):
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(DeliveryError) as refused:
        await mail.send(message, replace(postbox.channel, port=port))
    assert refused.value.transient
    server.close()


async def test_a_server_that_never_answers_is_given_up(postbox, message, monkeypatch):
    monkeypatch.setattr(mail, "PATIENCE", 0.2)
    asked = []

    async def silent(reader, writer):
        asked.append(await reader.read())
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    with pytest.raises(DeliveryError) as refused:
        await mail.send(message, replace(postbox.channel, port=server.sockets[0].getsockname()[1]))
    assert refused.value.transient
    server.close()


@pytest.mark.parametrize("recipient", ["a@example.org\r\nBcc: all@example.org", "no address", ""])
async def test_a_recipient_that_is_no_address_is_refused_for_good(postbox, message, recipient):
    with pytest.raises(DeliveryError) as refused:
        await mail.send(replace(message, recipient=recipient), postbox.channel)
    assert not refused.value.transient
    assert postbox.mails == []


async def test_a_subject_cannot_add_a_header(postbox, message):
    await mail.send(replace(message, subject="报告\r\nBcc: all@example.org"), postbox.channel)
    [(_, got)] = postbox.mails
    assert got["Bcc"] is None
    assert got["Subject"] == "报告 Bcc: all@example.org"


async def test_starttls_that_a_server_lacks_is_not_done_without(postbox, message):
    with pytest.raises(DeliveryError) as refused:
        await mail.send(message, replace(postbox.channel, security="starttls"))
    assert refused.value.transient
    assert postbox.mails == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that signs itself, and a server context that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    import ipaddress

    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    plain = serialization.NoEncryption()
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return file, context


@pytest.fixture
async def secure(postbox, certificate):
    """The mail server twice more: one that offers STARTTLS and wants a login, one that speaks TLS from the start."""
    loop = asyncio.get_running_loop()
    _, context = certificate

    def authenticator(server, session, envelope, mechanism, auth):
        return AuthResult(success=(auth.login, auth.password) == (b"watch", b"secret"), handled=False)

    def starttls():
        options = {"require_starttls": True, "auth_required": True, "authenticator": authenticator}
        return SMTP(postbox, hostname="mail.test", loop=loop, tls_context=context, **options)

    servers = {
        "starttls": await loop.create_server(starttls, "127.0.0.1", 0),
        "tls": await loop.create_server(lambda: SMTP(postbox, loop=loop), "127.0.0.1", 0, ssl=context),
    }
    yield {
        security: replace(postbox.channel, port=server.sockets[0].getsockname()[1], security=security)
        for security, server in servers.items()
    }
    for server in servers.values():
        server.close()


async def test_starttls_and_login(secure, postbox, message, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    await mail.send(message, replace(secure["starttls"], username="watch", password="secret"))
    assert len(postbox.mails) == 1


async def test_a_wrong_password_can_be_mended_so_it_is_transient(secure, postbox, message, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with pytest.raises(DeliveryError, match="535") as refused:
        await mail.send(message, replace(secure["starttls"], username="watch", password="wrong"))
    assert refused.value.transient


async def test_tls_from_the_start(secure, postbox, message, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    await mail.send(message, secure["tls"])
    assert len(postbox.mails) == 1


async def test_a_certificate_nobody_vouches_for_is_not_trusted(secure, postbox, message):
    with pytest.raises(DeliveryError, match=r"(?i)certificate") as refused:
        await mail.send(message, secure["tls"])
    assert refused.value.transient
    assert postbox.mails == []
