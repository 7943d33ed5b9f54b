"""The settings: a TOML file, then the environment over it; read once and handed down.

Every setting has a safe default, so that all works without a file. A variable is named for its place in the file:
REPORTWATCH_CRAWL__DELAY is `delay` under [crawl]. Secrets are named by the file and kept elsewhere: in a variable
(`password_env`), or in a file of their own (`password_file`).
"""

import os
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, PrivateAttr, ValidationError, model_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

from alerts.rhythm import Rhythm
from monitor import positions
from monitor.plainly import broken, plainly
from monitor.sections import Crawl, Mail, OwnPlace, Robot, Schedule, Storage, Webhook
from monitor.subscription import Subscription, most_urgent
from storage.errors import BadSetting
from storage.values import MailChannel, RobotChannel, WebhookChannel

PREFIX = "REPORTWATCH_"
NESTED = "__"
# Variables that are no settings: where settings and the real data of tests lie, and secrets that deploy/ hands in.
NO_SETTINGS = {f"{PREFIX}{name}" for name in ("SETTINGS", "SHARED", "PEERS", "MAIL_PASSWORD", "HOOK_SECRET", "ROBOT")}


class Settings(BaseSettings):
    """All settings; what each means stands in `template()`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=NESTED, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    language: Literal["zh", "en"] = "zh"
    templates: Path | None = None
    storage: Storage = Field(default_factory=Storage)
    crawl: Crawl = Field(default_factory=Crawl)
    schedule: Schedule = Field(default_factory=Schedule)
    mail: tuple[Mail, ...] = ()
    webhook: tuple[Webhook, ...] = ()
    receivers: tuple[Robot, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    places: tuple[OwnPlace, ...] = ()
    file: Path | None = Field(default=None, exclude=True)  # the one that was read; None where there was none
    _codes: dict[str, str] = PrivateAttr(default_factory=dict)

    @classmethod
    def settings_customise_sources(  # type: ignore[override]  # pydantic calls it by keyword
        cls,
        _settings: type[BaseSettings],
        /,
        init_settings: PydanticBaseSettingsSource,
        **_others: object,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` hands over: it has merged file and environment already."""
        return (init_settings,)

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        known: dict[str, tuple[str, ...]] = {}
        for channel in (*self.mail, *self.webhook, *self.receivers):
            if channel.name in known:
                raise ValueError(f"two channels are named {channel.name}")
            known[channel.name] = channel.recipients if isinstance(channel, Mail) else (channel.name,)
        for subscription in self.subscriptions:
            if subscription.channel not in known:
                raise ValueError(
                    f"subscriptions: there is no channel {subscription.channel}; known: {', '.join(known)}"
                )
            strangers = set(subscription.recipients) - set(known[subscription.channel])
            if strangers:
                raise ValueError(f"subscriptions: {subscription.channel} does not write to {', '.join(strangers)}")
            self._codes.update({name: self._code(name) for name in subscription.places})
        return self

    def _code(self, name: str) -> str:
        """The code of a place given by code or name; ValueError where it is none, or more than one."""
        own = {place.code: place.code for place in self.places} | {place.name: place.code for place in self.places}
        if name in own:
            return own[name]
        from monitor.places import find

        found = find(name)
        if len(found) != 1:
            what = "there are several, give the code of one" if found else "no such place"
            raise ValueError(f"subscriptions: {name}: {what}")
        return found[0].code

    @property
    def archive(self) -> Path:
        """The folder of the WARC files."""
        return self.storage.folder / "archive"

    @property
    def turns(self) -> Path:
        """The folder of the hosts' lock files."""
        return self.storage.folder / "turns"

    @property
    def agent(self) -> str:
        """The User-Agent: who we are, and whom to write to."""
        return f"reportwatch/{version('reportwatch')} (+{self.crawl.contact or 'no contact given'})"

    def channels(
        self, environ: Mapping[str, str] = os.environ
    ) -> tuple[MailChannel | WebhookChannel | RobotChannel, ...]:
        """The channels with their secrets.

        raises  BadSetting naming every secret that cannot be had
        """
        faults: list[str] = []
        mail = [entry.channel(entry.password_from(environ, faults)) for entry in self.mail]
        hooks = [entry.channel(entry.secret_from(environ, faults)) for entry in self.webhook]
        robots = [entry.channel(entry.address_from(environ, faults)) for entry in self.receivers]
        if faults:
            raise BadSetting("\n".join(faults))
        return (*mail, *hooks, *robots)

    def everyone(self) -> list[tuple[str, str]]:
        """(channel, recipient) of all that can be told something."""
        mail = [(entry.name, recipient) for entry in self.mail for recipient in entry.recipients]
        return mail + [(entry.name, entry.name) for entry in (*self.webhook, *self.receivers)]

    def code_of(self, place: str) -> str:
        """The code of a place that a subscription names."""
        return self._codes[place]

    def addressed(self, kind: str, place: str | None, novelty: float = 1.0) -> list[tuple[str, str]]:
        """(channel, recipient) of those who want to know of an event; everybody where nobody subscribed.

        kind     as in alerts/render.py
        place    行政区划代码, None for what concerns no place
        novelty  the highest of its findings, 0–1
        """
        everyone = self.everyone()
        if not self.subscriptions:
            return everyone
        wanted = [entry for entry in self.subscriptions if entry.wants(kind, place, novelty, self._codes)]
        return [
            (channel, recipient)
            for channel, recipient in everyone
            if any(entry.is_for(channel, recipient) for entry in wanted)
        ]

    def rhythm(self, channel: str, recipient: str, kind: str, facts: Mapping[str, Any]) -> Rhythm | None:
        """When a recipient wants to hear of an event with these facts; None where none of their subscriptions asks.

        Novelty was judged when the event was addressed, by all findings: the facts hold only some.
        """
        if not self.subscriptions:
            return Rhythm()
        place = facts.get("place")
        code = place.get("code") if isinstance(place, Mapping) else None
        return most_urgent(
            [
                entry
                for entry in self.subscriptions
                if entry.is_for(channel, recipient)
                and entry.wants(kind, code, 1.0, self._codes)
                and entry.reads(kind, facts)
            ]
        )

    def warnings(self) -> list[str]:
        """What is not wrong, but should not stay so."""
        found = []
        if not self.crawl.contact:
            found.append("crawl.contact is not set: sites cannot write to whoever crawls them")
        if self.crawl.proxy:
            from crawler.guard import UNPROMISED

            found.append(f"crawl.proxy is set: {UNPROMISED}")
        if self.templates is not None and not self.templates.is_dir():
            found.append(f"templates: {self.templates}: no such folder; the built-in templates are used")
        entries = (*self.mail, *self.webhook, *self.receivers)
        if self.file is not None and any(entry.written for entry in entries):
            mode = stat.S_IMODE(self.file.stat().st_mode)
            if mode & 0o077:
                found.append(f"{self.file}: holds secrets and can be read by others ({mode:o}): chmod 600")
        return found


def default_file(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the settings lie when nothing else is said (XDG Base Directory Specification)."""
    base = environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "reportwatch" / "settings.toml"


def load(file: Path | None = None, database: str | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a file, the environment over it, and a database over both.

    file    must exist when it is named, here or by REPORTWATCH_SETTINGS; the default one may be missing
    raises  BadSetting with every fault on a line: file:line:column: key: what is wrong
    """
    named = file or (Path(environ["REPORTWATCH_SETTINGS"]) if environ.get("REPORTWATCH_SETTINGS") else None)
    path = named or default_file(environ)
    text = _text(path, required=named is not None)
    values = _parsed(text, path) if text is not None else {}
    merged = _over(values, _environment(environ))
    _refuse_strangers(environ, merged)
    if database is not None:
        merged = _over(merged, {"storage": {"database": database}})
    try:
        return Settings(**(_anchored(merged, path.parent) | {"file": path if text is not None else None}))
    except ValidationError as error:
        raise BadSetting("\n".join(_faults(error, text or "", path, environ))) from None


def template() -> str:
    """The commented settings file that `reportwatch init` writes; deploy/settings.example.toml is the same."""
    return files("monitor").joinpath("settings.example.toml").read_text("utf-8")


def _text(path: Path, *, required: bool) -> str | None:
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError:
        if required:
            raise BadSetting(f"{path}: no such file; `reportwatch init` writes one") from None
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{path}: cannot be read: {broken(error)}") from error


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"(.*) \(at line (\d+), column (\d+)\)", str(error))
        line, column = (int(found[2]), int(found[3])) if found else (len(text.splitlines()), 1)
        raise BadSetting(f"{path}:{line}:{column}: {found[1] if found else error}") from None


def _environment(environ: Mapping[str, str]) -> dict[str, Any]:
    try:
        source = EnvSettingsSource(Settings)
        source.env_vars = {name.lower(): value for name, value in environ.items()}
        return dict(source())
    except SettingsError as error:
        raise BadSetting(f"environment: {error}; lists are written as JSON") from error


def _refuse_strangers(environ: Mapping[str, str], merged: Mapping[str, Any]) -> None:
    """BadSetting for variables named like settings that are none, and that no setting names for its secret."""
    settings = set(Settings.model_fields) - {"file"}
    named = NO_SETTINGS | set(_secrets(merged))
    strangers = [
        f"{name}: {plainly({'type': 'extra_forbidden'})}"
        for name in sorted(environ)
        if name.upper().startswith(PREFIX) and name not in named
        if name.upper().removeprefix(PREFIX).partition(NESTED)[0].lower() not in settings
    ]
    if strangers:
        raise BadSetting("\n".join(strangers))


def _secrets(values: Any) -> Iterator[str]:
    """The variables that settings name as `…_env`, at any depth."""
    if isinstance(values, Mapping):
        yield from (v for key, v in values.items() if str(key).endswith("_env") and isinstance(v, str))
        values = list(values.values())
    if isinstance(values, list):
        for value in values:
            yield from _secrets(value)


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Two nested objects as one; what stands above wins."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _over(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged


def _anchored(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The values, with relative paths counted from the folder of the settings file."""

    def anchor(value: Any) -> Any:
        return str(folder / Path(value).expanduser()) if isinstance(value, str) else value

    if "templates" in values:
        values = values | {"templates": anchor(values["templates"])}
    storage, crawl, schedule = values.get("storage"), values.get("crawl"), values.get("schedule")
    if isinstance(schedule, dict) and "metrics" in schedule:
        values = values | {"schedule": schedule | {"metrics": anchor(schedule["metrics"])}}
    if isinstance(storage, dict) and "folder" in storage:
        values = values | {"storage": storage | {"folder": anchor(storage["folder"])}}
    if isinstance(crawl, dict) and isinstance(crawl.get("sources"), list):
        values = values | {"crawl": crawl | {"sources": [anchor(entry) for entry in crawl["sources"]]}}
    return values


def _faults(error: ValidationError, text: str, path: Path, environ: Mapping[str, str]) -> Iterator[str]:
    """A line for each fault, with its position in the file or the name of its variable."""
    found = error.errors(include_input=False, include_url=False)
    for fault in found:
        keys = tuple(fault["loc"])
        if any(len(other["loc"]) > len(keys) and other["loc"][: len(keys)] == keys for other in found):
            continue  # a list without its faulty entries is called too short: the entries are what is wrong
        message = plainly(fault)
        variables = [PREFIX + NESTED.join(map(str, keys[:length])).upper() for length in range(len(keys), 0, -1)]
        variable = next((name for name in variables if name in environ), None)
        where = positions.position(text, keys)
        name = ".".join(map(str, keys))
        if variable:
            yield f"{variable}: {message}"
        elif where:
            yield f"{path}:{where[0]}:{where[1]}: {name}: {message}"
        else:
            yield f"{path}: {name}: {message}" if name else f"{path}: {message}"
