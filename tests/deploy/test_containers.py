"""The image and the services around it: no root, nothing written but what must be, no secret in a file of ours."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


@pytest.fixture
def compose() -> dict[str, Any]:
    made = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    assert isinstance(made, dict)
    return made


@pytest.fixture
def steps() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, continued lines joined."""
    text = re.sub(r"(?m)^#.*\n", "", (DEPLOY / "Dockerfile").read_text("utf-8")).replace("\\\n", " ")
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in text.splitlines() if line.strip()]


def test_the_image_ends_as_a_user_without_rights(steps: list[tuple[str, str]]) -> None:
    last = max(number for number, (word, _) in enumerate(steps) if word == "FROM")
    users = [rest for word, rest in steps[last:] if word == "USER"]
    assert users == ["10001:10001"]


def test_the_image_is_built_from_the_lock_and_from_nothing_else(steps: list[tuple[str, str]]) -> None:
    installs = [rest for word, rest in steps if word == "RUN" and "pip install" in rest]
    assert "--require-hashes" in installs[0]
    assert "--no-deps" in installs[1]
    copied = {name for word, rest in steps if word == "COPY" and "--from" not in rest for name in rest.split()[:-1]}
    allowed = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[0] == "!"}
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)
    assert all(re.search(r":[\w.]*\d", rest) for word, rest in steps if word == "FROM")  # no image without a version


def test_every_service_is_confined(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert {"mem_limit", "pids_limit", "restart", "logging"} <= service.keys(), name
        assert "privileged" not in service
        assert "ports" not in service, name
    assert "cap_add" not in compose["services"]["reportwatch"]


def test_only_the_program_reaches_out(compose: dict[str, Any]) -> None:
    assert compose["networks"]["inside"]["internal"]
    assert compose["services"]["db"]["networks"] == ["inside"]


def test_volumes_and_networks_are_declared(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        named = [volume.split(":")[0] for volume in service["volumes"] if not volume.startswith(".")]
        assert set(named) <= compose["volumes"].keys()
        assert set(service["networks"]) <= compose["networks"].keys()


def test_no_secret_is_written_down(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in service["environment"].items():
            if re.search("PASSWORD|SECRET", name):
                assert value.startswith("${"), name
