"""The units hold: hardened alike, understood by systemd, and below the exposure that the README claims."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))
MARK = "# --- what it may not do"
systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")


class Unit(configparser.RawConfigParser):
    """A unit file; keys as they are written, of one given twice the last counts."""

    def __init__(self, file: Path) -> None:
        super().__init__(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
        self.optionxform = str  # type: ignore[assignment,method-assign]
        self.read(file, "utf-8")


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", "--no-pager", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def names(files: list[Path]) -> list[str]:
    return [file.name for file in files]


@systemd
@pytest.mark.parametrize("file", SERVICES, ids=names(SERVICES))
def test_the_exposure_is_at_most_three(file: Path) -> None:
    said = analyze("security", "--offline=true", "--threshold=30", str(file))
    found = re.search(r"exposure level for \S+: ([\d.]+)", said.stdout)
    assert found, said.stderr
    assert float(found[1]) <= 3.0
    assert said.returncode == 0


@systemd
def test_systemd_understands_every_line() -> None:
    units = [str(file) for file in (*SERVICES, *sorted(DEPLOY.glob("*.timer")))]
    lines = analyze("verify", "--man=no", *units).stderr.splitlines()
    assert [line for line in lines if "is not executable" not in line and "/deploy/" in line] == []


@systemd
@pytest.mark.parametrize("file", sorted(DEPLOY.glob("*.timer")), ids=lambda file: file.name)
def test_timers_fire_when_they_say(file: Path) -> None:
    lines = re.findall(r"(?m)^OnCalendar=(.+)$", file.read_text("utf-8"))
    assert lines
    for line in lines:
        assert "Next elapse" in analyze("calendar", line).stdout
    assert file.with_suffix(".service").exists()


def test_every_service_is_hardened_alike() -> None:
    parts = {re.split(r"\n\[Install\]", file.read_text("utf-8").partition(MARK)[2])[0].strip() for file in SERVICES}
    assert len(SERVICES) == 3
    assert len(parts) == 1
    assert all("\nUMask=0077" in part and "\nNoNewPrivileges=yes" in part for part in parts)


@pytest.mark.parametrize("file", SERVICES, ids=names(SERVICES))
def test_no_service_runs_as_root_and_all_find_the_same_places(file: Path) -> None:
    service = Unit(file)["Service"]
    assert service["User"] == "reportwatch"
    assert "XDG_CONFIG_HOME=/etc XDG_DATA_HOME=/var/lib" in file.read_text("utf-8")
    assert service["StateDirectory"].split()[0] == "reportwatch"
    assert service["ConfigurationDirectory"] == "reportwatch"


def test_what_only_a_person_can_mend_is_not_tried_for_ever() -> None:
    service = Unit(DEPLOY / "reportwatch.service")["Service"]
    assert (service["Restart"], service["RestartPreventExitStatus"]) == ("on-failure", "2")
    assert int(service["TimeoutStopSec"]) > 10  # the scheduler ends its crawls within ten seconds
