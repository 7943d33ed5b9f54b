"""The command `reportwatch`: finds the command, runs it, turns errors into messages and exit statuses."""

import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, Any, TextIO

import typer
from typer.core import TyperGroup

from monitor.cli.show import DONE, INTERRUPTED, PARTLY, WRONG, tell
from storage.errors import ReportwatchError, WrongUse

# Where each command lives; modules are imported when their command is called, so that --help is quick.
COMMANDS: dict[str, str] = {
    "read": "files",
    "group": "files",
    "compare": "files",
    "init": "setup",
    "demo": "demo",
    "crawl": "crawl",
    "add": "crawl",
    "run": "setup",
    "sources": "registry",
    "status": "registry",
    "reports": "known",
    "show": "known",
    "copies": "known",
    "why": "why",
    "diff": "diff",
    "targets": "years",
    "follow": "years",
    "set": "rulings",
    "pin": "rulings",
    "merge": "rulings",
    "split": "rulings",
    "rulings": "rulings",
    "mark": "marking",
    "marks": "marking",
    "search": "known",
    "alerts": "outbox",
    "subscriptions": "outbox",
    "reread": "crawl",
    "migrate": "setup",
    "backup": "care",
    "restore": "care",
    "prune": "care",
    "doctor": "doctor",
}


class Commands(TyperGroup):
    """Commands by name, each imported from its module only when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """All names, in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or None."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        group = typer.main.get_group(importlib.import_module(f"monitor.cli.{module}").app)
        return group.get_command(ctx, cmd_name)


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Watches for Chinese government work reports (政府工作报告) and says what is new in them.",
)


def _version(wanted: bool) -> None:
    """Print the version and end, where it is asked for."""
    if wanted:
        print(f"reportwatch {version('reportwatch')}")
        raise typer.Exit


@app.callback()
def options(
    _shown: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Options come after the command; `reportwatch COMMAND --help` lists them."""


def _usage(error: typer.TyperException) -> str:
    """What is wrong with the command line, in which command, and where help is."""
    context = getattr(error, "ctx", None)
    command = " ".join(context.command_path.split()[1:]) if context is not None else ""
    said = error.format_message().rstrip(".").split(", unable to parse")[0]
    called = " ".join(["reportwatch", *command.split()])
    return ": ".join(filter(None, ("reportwatch", command, said))) + f"; `{called} --help` lists what it takes"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; the statuses: 0 done, 1 differences, 2 wrong use, 3 partly done, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        status = app(list(arguments) if arguments is not None else None, standalone_mode=False, prog_name="reportwatch")
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except (KeyboardInterrupt, typer.Abort):
        _say("reportwatch: interrupted")
        return INTERRUPTED
    except typer.TyperException as error:
        if error.format_message():  # without a command, the help has been printed already
            _say(_usage(error))
        return WRONG
    except ReportwatchError as error:
        _say(f"reportwatch: {error}")
        return WRONG if isinstance(error, WrongUse) else PARTLY
    except OSError as error:
        return _refused(error)
    except SystemExit as ended:
        # Typer makes status 1 of a pipe that closed.
        if isinstance(ended.__context__, BrokenPipeError):
            return _refused(ended.__context__)
        return ended.code if isinstance(ended.code, int) else WRONG


def _refused(error: OSError) -> int:
    """Say what the operating system refused; nothing where the reader of a pipe has read enough."""
    if isinstance(error, BrokenPipeError):
        _unheard(sys.stdout)
        return DONE
    try:
        sys.stdout.flush()
    except OSError:
        _unheard(sys.stdout)
    said = error.strerror or str(error)
    if error.filename is None:  # as of all writing to what is open already
        _say(f"reportwatch: output cannot be written: {said}; make room, or send it elsewhere")
    else:
        _say(f"reportwatch: {error.filename}: {said}; see that it is there, that you may use it, and that it has room")
    return PARTLY


def _say(line: str) -> None:
    """A line for the person; where standard error takes none, the status alone tells."""
    try:
        tell(line)
    except OSError:
        _unheard(sys.stderr)


def _unheard(stream: TextIO) -> None:
    """What is written there goes nowhere from now on, so that flushing it at the end raises nothing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def run() -> None:
    """The entry point of the installed command."""
    if sys.stdout is None:
        _say("reportwatch: standard output is closed; send it to a file or to /dev/null")
        sys.exit(PARTLY)
    sys.exit(main())


if __name__ == "__main__":
    run()
