import base64
import re
from pathlib import Path

import pytest

from monitor.positions import position
from monitor.settings import default_file, load, template
from storage.errors import BadSetting
from storage.values import MailChannel, Place, WebhookChannel

ROOT = Path(__file__).resolve().parents[2]
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()

CHANNELS = """
[[mail]]
name = "office"
host = "127.0.0.1"
security = "none"
sender = "报告 <watch@example.org>"
recipients = ["one@example.org", "two@example.org"]

[[webhook]]
name = "hook"
url = "https://example.org/hook"
secret_env = "HOOK_SECRET"
"""


@pytest.fixture
def alone(tmp_path, monkeypatch):
    """No settings of this machine's user: an empty home."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def written(alone):
    def write(text: str) -> Path:
        file = alone / "settings.toml"
        file.write_text(text, "utf-8")
        return file

    return write


def faults(file: Path, environ=None) -> list[str]:
    with pytest.raises(BadSetting) as bad:
        load(file, environ=environ or {})
    return str(bad.value).replace(f"{file}:", "").splitlines()


def test_everything_works_without_a_file(alone):
    settings = load(environ={})
    assert settings.storage.database == f"sqlite:///{alone}/.local/share/reportwatch/reportwatch.db"
    assert settings.archive == alone / ".local/share/reportwatch/archive"
    assert settings.crawl.opened == ()
    assert settings.channels({}) == ()
    assert settings.addressed("report.new", "110108", 1.0) == []
    assert settings.file is None


def test_file_environment_and_command_line_stand_over_each_other(written):
    file = written('[storage]\ndatabase = "sqlite:///a.db"\n[crawl]\ndelay = 7\ntimeout = 8\n')
    environ = {"REPORTWATCH_CRAWL__DELAY": "9", "REPORTWATCH_CRAWL__OPENED": '["loopback"]'}
    settings = load(file, environ=environ)
    assert (settings.crawl.delay, settings.crawl.timeout) == (9, 8)
    assert settings.crawl.opened == ("127.0.0.0/8", "::1")
    assert settings.storage.database == "sqlite:///a.db"
    assert load(file, "sqlite:///b.db", environ=environ).storage.database == "sqlite:///b.db"


def test_the_file_is_found_by_variable_or_in_the_usual_place(written, alone):
    file = written('language = "en"\n')
    assert load(environ={"REPORTWATCH_SETTINGS": str(file)}).language == "en"
    usual = default_file({})
    assert usual == alone / ".config/reportwatch/settings.toml"
    usual.parent.mkdir(parents=True)
    file.rename(usual)
    assert load(environ={}).language == "en"
    assert load(environ={}).file == usual


def test_a_file_that_was_named_must_be_there(alone):
    with pytest.raises(BadSetting, match="no such file; `reportwatch init` writes one"):
        load(alone / "none.toml", environ={})


def test_every_fault_is_told_at_once_with_line_and_column(written):
    file = written(
        "[crawl]\n"
        "delay = -1\n"
        "  speed = 3\n"
        'opened = ["everything"]\n'
        "\n"
        "[schedule]\n"
        'timezone = "Peking"\n'
        "[[mail]]\n"
        'name = "office"\n'
        'recipients = ["nobody"]\n'
        'sender = "a@example.org"\n'
        "[[mail]]\n"
        'name = "two words"\n'
        'host = "h"\n'
        'sender = "a@example.org\\r\\nBcc: b@example.org"\n'
        'recipients = ["b@example.org"]\n'
    )
    told = faults(file)
    assert {"".join(line.split(" ")[:2]) for line in told} == {
        "2:9:crawl.delay:",
        "4:10:crawl.opened:",
        "3:11:crawl.speed:",
        "7:12:schedule.timezone:",
        "8:1:mail.0.host:",
        "10:14:mail.0.recipients.0:",
        "13:8:mail.1.name:",
        "15:10:mail.1.sender:",
    }


def test_what_is_no_toml_is_told_with_its_position(written):
    assert faults(written("[crawl]\ndelay = = 3\n"))[0].startswith("2:9: ")


def test_a_fault_of_the_environment_is_told_by_its_variable(written):
    assert faults(written(""), {"REPORTWATCH_CRAWL__DELAY": "slow"}) == ["REPORTWATCH_CRAWL__DELAY: write a number"]
    assert "environment" in faults(written(""), {"REPORTWATCH_CRAWL__OPENED": "loopback"})[0]


def test_a_variable_named_like_a_setting_that_there_is_none_of_is_refused(written):
    said = "there is no such setting; `reportwatch init` shows all of them"
    environ = dict.fromkeys(("REPORTWATCH_NOSUCH", "REPORTWATCH_LANGUGE", "REPORTWATCH_FILE", "REPORTWATCH_X__Y"), "1")
    assert faults(written(""), environ) == [f"{name}: {said}" for name in sorted(environ)]


def test_variables_that_are_no_settings_are_left_alone(written):
    robot = '[[receivers]]\nname = "desk"\naddress_env = "REPORTWATCH_THE_ROBOT"\n'
    names = ("SHARED", "PEERS", "MAIL_PASSWORD", "HOOK_SECRET", "THE_ROBOT")
    assert load(written(robot), environ={f"REPORTWATCH_{name}": "x" for name in names} | {"CI": "1"}).language == "zh"


def test_secrets_come_from_the_environment_and_all_missing_ones_are_told(written):
    settings = load(written(CHANNELS), environ={})
    with pytest.raises(BadSetting, match="HOOK_SECRET is not set"):
        settings.channels({})
    mail, hook = settings.channels({"HOOK_SECRET": SECRET})
    assert isinstance(mail, MailChannel)
    assert isinstance(hook, WebhookChannel)
    assert (mail.port, hook.secret) == (25, SECRET)
    assert SECRET not in repr(hook)
    with pytest.raises(BadSetting, match="whsec_"):
        settings.channels({"HOOK_SECRET": "short"})


def test_a_secret_can_come_from_a_file_of_its_own(written, alone):
    (alone / "key").write_text(SECRET + "\n")
    text = CHANNELS.replace('secret_env = "HOOK_SECRET"', f'secret_file = "{alone / "key"}"')
    assert load(written(text), environ={}).channels({})[1].secret == SECRET


def test_a_file_with_secrets_that_others_can_read_is_warned_about(written):
    file = written(CHANNELS.replace('secret_env = "HOOK_SECRET"', f'secret = "{SECRET}"'))
    file.chmod(0o644)
    assert any("chmod 600" in warning for warning in load(file, environ={}).warnings())
    file.chmod(0o600)
    assert not any("chmod 600" in warning for warning in load(file, environ={}).warnings())
    assert SECRET not in repr(load(file, environ={}))


def test_a_fault_does_not_show_the_secret(written):
    file = written(CHANNELS.replace('secret_env = "HOOK_SECRET"', 'secret = "hunter2"'))
    told = faults(file)
    assert "whsec_" in told[0]
    assert "hunter2" not in "".join(told)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ('[[subscriptions]]\nchannel = "fax"\n', "no channel fax"),
        ('[[subscriptions]]\nchannel = "office"\nrecipients = ["three@example.org"]\n', "does not write to three"),
        ('[[subscriptions]]\nchannel = "office"\nplaces = ["乌有区"]\n', "乌有区: no such place"),
        ('[[subscriptions]]\nchannel = "office"\nplaces = ["鼓楼区"]\n', "鼓楼区: there are several"),
        ('[[webhook]]\nname = "office"\nurl = "https://e.org/"\nsecret_env = "S"\n', "two channels are named office"),
        ('[[webhook]]\nname = "w"\nurl = "file:///etc/passwd"\nsecret_env = "S"\n', "only http and https"),
    ],
)
def test_channels_and_subscriptions_agree(written, change, told):
    assert told in "\n".join(faults(written(CHANNELS + change)))


@pytest.mark.parametrize("address", ["Somebody <one@example.org>", "one@", "@example.org", "one example.org", ""])
def test_recipients_are_bare_addresses(written, address):
    assert "address" in faults(written(CHANNELS.replace("one@example.org", address)))[0]


def test_a_password_is_not_sent_unencrypted(written):
    text = CHANNELS.replace('host = "127.0.0.1"', 'host = "mail.example.org"\nusername = "u"\npassword = "p"')
    assert "unencrypted" in faults(written(text))[0]


def test_without_subscriptions_everybody_is_told_everything(written):
    settings = load(written(CHANNELS), environ={})
    assert settings.addressed("source.broken", None) == [
        ("office", "one@example.org"),
        ("office", "two@example.org"),
        ("hook", "hook"),
    ]


def test_subscriptions_choose_by_place_kind_and_novelty(written):
    settings = load(
        written(
            CHANNELS
            + """
[[subscriptions]]
channel = "office"
recipients = ["one@example.org"]
places = ["北京市", "云州市兰亭区"]
kinds = ["report.*"]
novelty = 0.5

[[subscriptions]]
channel = "hook"
kinds = ["source.broken"]

[[places]]
code = "990102"
name = "云州市兰亭区"
"""
        ),
        environ={},
    )
    assert settings.places == (Place("990102", "云州市兰亭区", "云州市兰亭区"),)
    one, hook = ("office", "one@example.org"), ("hook", "hook")
    assert settings.addressed("report.new", "110108", 0.9) == [one]
    assert settings.addressed("report.new", "990102", 0.9) == [one]
    assert settings.addressed("report.new", "310115", 0.9) == []
    assert settings.addressed("report.new", "110108", 0.4) == []
    assert settings.addressed("copy.better", "110108", 0.9) == []
    assert settings.addressed("source.broken", "110108", 1.0) == [hook]


def test_the_template_holds_with_every_line_of_it_in_force(written):
    assert load(written(template()), environ={}).model_dump() == load(environ={}).model_dump()
    whole = re.sub(r"(?m)^#(?=\S)", "", template())
    settings = load(written(whole), environ={})
    assert settings.storage.folder == Path("/var/lib/reportwatch")
    assert [len(entries) for entries in (settings.mail, settings.webhook, settings.subscriptions)] == [1, 1, 1]
    examples = {"contact", "sources", "retired", "proxy"}
    assert settings.crawl.model_dump(exclude=examples) == load(environ={}).crawl.model_dump(exclude=examples)
    examples = {"heartbeat", "metrics"}
    assert settings.schedule.model_dump(exclude=examples) == load(environ={}).schedule.model_dump(exclude=examples)


def test_the_example_for_deployment_is_the_template():
    assert (ROOT / "deploy" / "settings.example.toml").read_text("utf-8") == template()


def test_relative_paths_are_counted_from_the_file(written, alone):
    settings = load(written('[storage]\nfolder = "known"\n[crawl]\nsources = ["sources"]\n'), environ={})
    assert settings.storage.folder == alone / "known"
    assert settings.storage.database == f"sqlite:///{alone}/known/reportwatch.db"
    assert settings.crawl.sources == (alone / "sources",)


def test_positions_know_tables_arrays_and_dotted_keys():
    text = 'a = 1\n[t]\n"b c" = 2\n[[m]]\nx = 1\n[[m]]\nx = 2\n[m.n]\ny.z = 3\n'
    assert position(text, ("a",)) == (1, 5)
    assert position(text, ("t", "b c")) == (3, 9)
    assert position(text, ("m", 1, "x")) == (7, 5)
    assert position(text, ("m", 1, "n", "y", "z")) == (9, 7)
    assert position(text, ("m", 0, "missing")) == (4, 1)
    assert position(text, ("nowhere",)) is None


def test_no_fault_speaks_of_the_types_of_a_program(written):
    told = faults(
        written(
            'colour = 1\nlanguage = "fr"\n[storage]\nbudget = "many"\nmin_free = -1\n[crawl]\ndelay = "slow"\n'
            'builtin = "perhaps"\nsources = 3\nopened = ["localhost"]\n[[mail]]\nname = "x y"\nhost = ""\n'
            'sender = "a@example.org"\nrecipients = []\n[[subscriptions]]\nchannel = "x"\nat = "25:00"\n'
        )
    )
    assert len(told) == 12
    for word in ("Input", "valid", "pydantic", "string", "tuple", "Tuple", "validation", "parse"):
        assert not [line for line in told if word in line]
    assert [line.partition("crawl.builtin: ")[2] for line in told if "builtin" in line] == ["write true or false"]


def test_a_file_that_cannot_be_read_is_named_once_and_without_a_number(alone):
    with pytest.raises(BadSetting) as error:
        load(alone, environ={})
    assert str(error.value) == f"{alone}: cannot be read: Is a directory"
