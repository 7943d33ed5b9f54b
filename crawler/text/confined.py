"""Read one document in a process of its own, which is killed when it takes too long and may not fill the memory.

    python -m crawler.text.confined KIND SECONDS < document

Documents come from anywhere, and their formats let a few bytes ask for endless work. What a library warns of goes
to the standard error of that process, and nowhere.
"""

import json
import resource
import signal
import subprocess
import sys

# Of computing. 684 printed pages take eleven: the longest compilation that sources.md names.
SECONDS = 18
PATIENCE = 3  # times as long by the clock, for a machine that does much else; an idle one is done in 20 s
MEMORY = 2 << 30  # bytes of address space


def confined(body: bytes, kind: str) -> tuple[list[str], str]:
    """The paragraphs of a document, read in a process of its own, and why there are none; one of both is empty."""
    command = [sys.executable, "-m", "crawler.text.confined", kind, str(SECONDS)]
    late = f"a {kind} that was not read to its end within {SECONDS} s"
    try:
        run = subprocess.run(command, input=body, capture_output=True, timeout=PATIENCE * SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return [], late
    if run.returncode == -signal.SIGXCPU:
        return [], late
    try:
        lines, why = json.loads(run.stdout)
    except ValueError:
        return [], f"a {kind} that ended its reader (status {run.returncode}); it needs more than {MEMORY >> 30} GiB"
    return list(map(str, lines)), str(why)


def main() -> int:
    """Read the document on standard input; one JSON array on standard output: the lines, and why there are none."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]), int(sys.argv[2]) + 1))
    from crawler.text.attachments import Unopenable, lines_within

    body = sys.stdin.buffer.read()
    try:
        said = (lines_within(body, sys.argv[1]), "")
    except Unopenable as error:
        said = ([], str(error))
    except MemoryError:
        said = ([], f"a {sys.argv[1]} that needs more than {MEMORY >> 30} GiB of memory")
    sys.stdout.buffer.write(json.dumps(said).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
