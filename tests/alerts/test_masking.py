"""Secrets come out nowhere: not in errors, rows, logs, output or the text of values."""

import logging
from dataclasses import replace

import pytest
from aiohttp import web
from sqlmodel import select

from alerts.masking import masked, tokens
from alerts.outbox import Post, deliver
from monitor.cli.main import main
from monitor.pulse import ping
from monitor.settings import load
from storage.database import connect, reading, writing
from storage.errors import BadSetting
from storage.model import Alert, Delivery
from storage.save import save_event

PASSWORD = "correct-horse-battery"
TOKEN = "0123456789abcdef0123456789abcdef"


async def test_a_server_that_repeats_a_secret_has_it_masked_in_errors_rows_and_logs(engine, clock, receiver, caplog):
    caplog.set_level(logging.DEBUG)
    channel = replace(receiver.channel, url=f"{receiver.channel.url}?access_token={TOKEN}")
    said = f"bad token {TOKEN}, secret {channel.secret}"
    receiver.answers = [web.Response(status=503, text=said), web.Response(status=200, text=said)]
    with writing(engine) as session:
        save_event(session, "a", "report.new", "a", {}, clock.now, [("hook", "hook")])
    post = Post((channel,), opened=receiver.opened)
    await deliver(engine, post, clock)
    with reading(engine) as session:
        error = session.exec(select(Alert.error)).one()
    assert "bad token ***, secret ***" in error
    clock.forward(minutes=1)
    await deliver(engine, post, clock)
    with reading(engine) as session:
        answers = session.exec(select(Delivery.answer)).all()
    assert len(answers) == 2
    for text in (*answers, caplog.text, repr(post)):
        assert channel.secret.removeprefix("whsec_") not in text
    for text in (*answers, *(line for line in caplog.text.splitlines() if "alert." in line)):
        assert TOKEN not in text


async def test_a_redirect_to_an_address_with_the_token_does_not_tell_it(engine, clock, receiver):
    channel = replace(receiver.channel, url=f"{receiver.channel.url}?access_token={TOKEN}")
    receiver.answers = [web.Response(status=301, headers={"Location": f"https://elsewhere.example/?t={TOKEN}"})]
    with writing(engine) as session:
        save_event(session, "a", "report.new", "a", {}, clock.now, [("hook", "hook")])
    await deliver(engine, Post((channel,), opened=receiver.opened), clock)
    with reading(engine) as session:
        assert TOKEN not in session.exec(select(Alert.error)).one()


async def test_a_heartbeat_address_is_not_logged(caplog):
    await ping(f"http://127.0.0.1:9/{TOKEN}", ())
    assert "heartbeat.failed" in caplog.text
    assert TOKEN not in caplog.text


def test_tokens_are_parameters_and_long_segments_and_passwords():
    assert tokens(f"https://hooks.example/services/{TOKEN}/x?key=abcdefgh&v=1") == ("abcdefgh", TOKEN)
    assert masked("abc abcd", ("abc", "abcd")) == "abc ***"


@pytest.mark.parametrize("url", [f"postgresql//me:{PASSWORD}@db/x", f"nonsense://me:{PASSWORD}@db:port/x"])
def test_a_database_address_that_is_none_is_told_without_its_password(url):
    with pytest.raises(BadSetting) as refused:
        connect(url)
    assert PASSWORD not in str(refused.value)
    assert "me:***@db" in str(refused.value)


SETTINGS = f"""\
[[mail]]
name = "office"
host = "smtp.example.org"
sender = "watch@example.org"
recipients = ["one@example.org"]
username = "watch"
password = "{PASSWORD}"
[[webhook]]
name = "hook"
url = "https://example.org/x"
secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""


def test_settings_show_no_secret_in_their_text_or_in_what_is_wrong_with_them(tmp_path, capsys):
    file = tmp_path / "settings.toml"
    file.write_text(SETTINGS, "utf-8")
    settings = load(file, environ={})
    assert PASSWORD not in repr(settings)
    assert PASSWORD not in repr(settings.channels({}))
    assert main(["subscriptions", "--json", "--settings", str(file)]) == 0
    for wrong in (f'secret = "{PASSWORD}"', f'secret = ["{PASSWORD}"]', f'sekret = "{PASSWORD}"'):
        file.write_text(SETTINGS.rsplit("secret", 1)[0] + wrong, "utf-8")
        assert main(["subscriptions", "--json", "--settings", str(file)]) == 2
    said = capsys.readouterr()
    assert PASSWORD not in said.out + said.err
    assert "whsec_AAAA" not in said.out + said.err
    assert "settings.toml:11:10" in said.err
