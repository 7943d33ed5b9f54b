"""Starts a command that the kernel kills when its parent dies, however that dies: no crawl outlives its scheduler.

python leash.py PARENT COMMAND… becomes the command. It uses the standard library alone, and runs before any thread
is started: the call is not safe between fork and exec of a process that has threads. Linux only; elsewhere a killed
scheduler's crawls go on to their ends.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)


def main() -> None:
    """Ask for the signal, see that the parent still lives, become the command."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main()
