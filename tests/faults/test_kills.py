"""A few kills of the long harness (tests/bench/kills.py), whose 200 take half an hour."""

import subprocess
import sys
from pathlib import Path

import pytest

HARNESS = Path(__file__).parent.parent / "bench" / "kills.py"


@pytest.mark.slow
def test_five_kills_lose_and_double_nothing():
    command = [sys.executable, str(HARNESS), "--kills", "5", "--seed", "3", "--sources", "lanting"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "5 kills, 0 faults" in ended.stdout
