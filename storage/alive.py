"""Which process this is, so that others can tell later whether it still lives.

A number alone does not tell: numbers are given again. What tells is machine, boot, number and the tick at which the
process was started (proc(5)); where there is no /proc, nothing can be told.
"""

import os
import socket
from functools import cache
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")
STARTED = 19  # fields after the name in /proc/PID/stat, counted from 0: starttime is the 22nd of all


def this_process() -> str:
    """The name of this process: host, boot, number and start; "" where they cannot be had."""
    pid = os.getpid()
    started = _started(pid)
    return f"{_machine()} {pid} {started}" if started else ""


def lives(process: str) -> bool | None:
    """Whether a process still lives; None where that cannot be told: it is on another machine, or has no name."""
    host, _, rest = process.partition(" ")
    boot, _, rest = rest.partition(" ")
    pid, _, started = rest.partition(" ")
    here, _, booted = _machine().partition(" ")
    if not started or host != here:
        return None
    return boot == booted and _started(int(pid)) == started  # another boot: this machine was started anew since


@cache
def _machine() -> str:
    """Name and boot of this machine; a container has a name of its own."""
    try:
        return f"{socket.gethostname()} {BOOT.read_text().strip()}"
    except OSError:
        return f"{socket.gethostname()} -"


def _started(pid: int) -> str:
    """The tick at which a process was started; "" where there is none, or only what is left of a dead one."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[STARTED]
