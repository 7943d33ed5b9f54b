"""The sections of the settings file, each with its checks."""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from monitor.plainly import broken
from storage.values import MailChannel, Place, RobotChannel, WebhookChannel

NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
RANGES: Mapping[str, tuple[str, ...]] = {
    "loopback": ("127.0.0.0/8", "::1"),
    "private": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
}
PORTS = {"none": 25, "starttls": 587, "tls": 465}
SHORTEST_SECRET = 24  # bytes; Standard Webhooks asks for 24 to 64


def _address(text: str) -> str:
    name, address = parseaddr(text)
    local, _, domain = address.rpartition("@")
    if not (local and domain) or re.search(r"[\s\x00-\x1f]", address) or (not name and address != text.strip()):
        raise ValueError(f"{text!r} is no mail address")
    return text.strip()


def _bare(text: str) -> str:
    if parseaddr(text)[1] != text.strip():
        raise ValueError(f"{text!r}: recipients are bare addresses: you@example.org")
    return _address(text)


def _ranges(names: tuple[str, ...]) -> tuple[str, ...]:
    from crawler import guard

    ranges = tuple(part for name in names for part in RANGES.get(name, (name,)))
    for range_ in ranges:
        try:
            guard.openings([range_])
        except ValueError as error:
            raise ValueError(f"{range_!r} is no range: write loopback, private, 10.1.2.0/24 or [::1]:8080") from error
    return ranges


def _reachable(url: str) -> str:
    from crawler import guard

    try:
        guard.check_url(url)
    except guard.AddressRefused as error:
        raise ValueError(str(error)) from error
    return url


def _proxy(url: str) -> str:
    from crawler import guard

    return guard.check_proxy(url)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{name!r} is no time zone; write Asia/Shanghai") from error
    return name


Address = Annotated[str, AfterValidator(_address)]
Recipient = Annotated[str, AfterValidator(_bare)]


class Section(BaseModel):
    """A table of the file: unknown keys are faults, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def data_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where what is known lies when nothing else is said (XDG Base Directory Specification)."""
    return Path(environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "reportwatch"


class Storage(Section):
    """[storage]: the database, and the folder of the archive. min_free and budget in MiB; budget 0: none."""

    folder: Path = Field(default_factory=data_folder)
    database: str = ""
    min_free: int = Field(default=512, ge=0)
    budget: int = Field(default=0, ge=0)

    @model_validator(mode="before")
    @classmethod
    def _beside(cls, values: Any) -> Any:
        """The database lies in the folder unless it is named."""
        if isinstance(values, Mapping) and not values.get("database"):
            folder = Path(str(values.get("folder") or data_folder()))
            return {**values, "database": f"sqlite:///{folder / 'reportwatch.db'}"}
        return values


class Crawl(Section):
    """[crawl]: manners and limits of fetching. delay and timeout in seconds, max_body in bytes, limit in minutes."""

    contact: str = Field(default="", pattern=r"^[^\x00-\x1f()]*$")
    delay: float = Field(default=5.0, ge=0)
    timeout: float = Field(default=60.0, gt=0)
    max_body: int = Field(default=30 << 20, gt=0)
    opened: Annotated[tuple[str, ...], AfterValidator(_ranges)] = ()
    proxy: Annotated[str, AfterValidator(_proxy)] | None = Field(default=None, repr=False)
    jobs: int = Field(default=3, ge=1, le=64)
    limit: float = Field(default=120.0, gt=0)
    sources: tuple[Path, ...] = ()
    builtin: bool = True
    retired: tuple[str, ...] = ()


class Schedule(Section):
    """[schedule]: when to look, and how to show that one looks. jitter in minutes, grace in hours, slack in days."""

    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    jitter: float = Field(default=10.0, ge=0, le=720)
    grace: float = Field(default=12.0, gt=0)
    quiet_first: bool = True
    heartbeat: Annotated[str, AfterValidator(_reachable)] | None = None
    metrics: Path | None = None
    all_quiet: bool = False
    slack: int = Field(default=7, ge=0, le=90)


class Kept(Section):
    """A section with a secret: written in the file, or named by it."""

    name: str = Field(pattern=NAME)

    @property
    def written(self) -> bool:
        """Does the file itself hold the secret?"""
        return any(getattr(self, field, None) is not None for field in ("password", "secret", "address"))

    @property
    def named(self) -> Path | None:
        """The file of its own that holds the secret."""
        files = (getattr(self, f"{field}_file", None) for field in ("password", "secret", "address"))
        return next((Path(file) for file in files if file is not None), None)

    def _had(self, name: str, environ: Mapping[str, str], faults: list[str]) -> str | None:
        written = getattr(self, name)
        variable, file = getattr(self, f"{name}_env"), getattr(self, f"{name}_file")
        if written is not None:
            return str(written)
        if variable is not None:
            if variable not in environ:
                faults.append(f"environment: {variable} is not set; the settings name it under {name}_env")
            return environ.get(variable)
        if file is not None:
            try:
                return Path(file).expanduser().read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                faults.append(f"{file}: cannot be read: {broken(error)}; the settings name it under {name}_file")
        return None


class Mail(Kept):
    """[[mail]]: a server, and who is written to through it."""

    host: str = Field(min_length=1)
    port: int = Field(default=0, ge=0, le=65535)
    security: Literal["none", "starttls", "tls"] = "starttls"
    sender: Address
    recipients: tuple[Recipient, ...] = Field(min_length=1)
    username: str | None = None
    password: str | None = Field(default=None, repr=False)
    password_env: str | None = None
    password_file: str | None = None

    @model_validator(mode="after")
    def _login_is_not_sent_open(self) -> Self:
        if self.security == "none" and self.username and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError("a password would be sent unencrypted: set security to starttls or tls")
        return self

    def password_from(self, environ: Mapping[str, str], faults: list[str]) -> str | None:
        """The password; None where the server wants none."""
        return self._had("password", environ, faults)

    def channel(self, password: str | None) -> MailChannel:
        """The channel as it travels."""
        return MailChannel(
            name=self.name,
            host=self.host,
            port=self.port or PORTS[self.security],
            security=self.security,
            sender=self.sender,
            recipients=self.recipients,
            username=self.username,
            password=password,
        )


class Webhook(Kept):
    """[[webhook]]: an address that takes signed JSON."""

    url: Annotated[str, AfterValidator(_reachable)]
    secret: str | None = Field(default=None, repr=False)
    secret_env: str | None = None
    secret_file: str | None = None

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if sum(value is not None for value in (self.secret, self.secret_env, self.secret_file)) != 1:
            raise ValueError("give one of secret, secret_env, secret_file: what requests are signed with")
        problem = unfit(self.secret) if self.secret is not None else None
        if problem:
            raise ValueError(problem)
        return self

    def secret_from(self, environ: Mapping[str, str], faults: list[str]) -> str:
        """What requests are signed with; empty, and a fault, where it cannot be had."""
        secret = self._had("secret", environ, faults)
        problem = unfit(secret) if secret is not None else None
        if problem:
            faults.append(f"webhook {self.name}: {problem}")
        return secret or ""

    def channel(self, secret: str) -> WebhookChannel:
        """The channel as it travels."""
        return WebhookChannel(name=self.name, url=self.url, secret=secret)


class Robot(Kept):
    """[[receivers]]: a chat robot, by the address that apprise has for it: dingtalk://TOKEN, feishu://TOKEN, …"""

    address: str | None = Field(default=None, repr=False)
    address_env: str | None = None
    address_file: str | None = None

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if sum(value is not None for value in (self.address, self.address_env, self.address_file)) != 1:
            raise ValueError("give one of address, address_env, address_file: where the robot is, as apprise writes it")
        return self

    def address_from(self, environ: Mapping[str, str], faults: list[str]) -> str:
        """Where it is; empty, and a fault, where that cannot be had or apprise is not installed."""
        from alerts.robot import LACKING, installed

        address = self._had("address", environ, faults) or ""
        if not installed():
            faults.append(f"receivers {self.name}: {LACKING}")
        elif address and "://" not in address:
            faults.append(f"receivers {self.name}: the address is none; write it as apprise does: dingtalk://TOKEN")
        return address

    def channel(self, address: str) -> RobotChannel:
        """The channel as it travels."""
        return RobotChannel(name=self.name, address=address)


def unfit(secret: str) -> str | None:
    """Why a secret cannot be signed with; None where it can."""
    try:
        length = len(base64.b64decode(secret.removeprefix("whsec_"), validate=True))
    except (binascii.Error, ValueError):
        length = 0
    if secret.startswith("whsec_") and length >= SHORTEST_SECRET:
        return None
    return f"a secret is whsec_ and the base64 of at least {SHORTEST_SECRET} random bytes"


class PlaceEntry(Section):
    """[[places]]: a place that GB/T 2260 does not have."""

    code: str = Field(pattern=r"^\d{6}$")
    name: str = Field(min_length=2)
    short: str = ""

    def place(self) -> Place:
        """The place as it travels; short is the name without what kind of place it is."""
        return Place(self.code, self.name, self.short or self.name)


if TYPE_CHECKING:
    OwnPlace = Place
else:
    OwnPlace = Annotated[PlaceEntry, AfterValidator(PlaceEntry.place)]
