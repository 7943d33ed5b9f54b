"""Whether a process still lives."""

import os
import subprocess
import sys

import pytest

from storage.alive import lives, this_process

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
TELL = "from storage.alive import this_process; print(this_process(), flush=True); input()"


def test_a_process_lives_until_it_is_dead_even_if_nobody_has_buried_it() -> None:
    child = subprocess.Popen([sys.executable, "-c", TELL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    name = child.stdout.readline().strip()
    assert lives(name) is True
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, and a zombie still
    assert lives(name) is False
    child.communicate()
    assert lives(name) is False


def test_a_number_that_was_given_again_is_another_process() -> None:
    host, boot, number, started = this_process().split(" ")
    assert lives(f"{host} {boot} {number} {started}") is True
    assert lives(f"{host} {boot} {number} {int(started) + 1}") is False
    assert lives(f"{host} an-earlier-boot {number} {started}") is False


def test_of_another_machine_nothing_can_be_told() -> None:
    _, boot, number, started = this_process().split(" ")
    assert lives(f"elsewhere {boot} {number} {started}") is None
    assert lives("") is None
