"""`python -m monitor.cli` is the same as `reportwatch`."""

from monitor.cli.main import run

run()
