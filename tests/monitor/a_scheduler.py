"""A scheduler in a process of its own: python a_scheduler.py DATABASE PORT ID=MODE@CRON…; exits with 3 when refused."""

import asyncio
import logging
import os
import sys
from pathlib import Path

from apscheduler.triggers.interval import IntervalTrigger

from monitor import children, schedule
from monitor.settings import Settings
from storage.database import open_database
from storage.errors import DatabaseBusy
from storage.values import Source

database, port, *wanted = sys.argv[1:]
logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
children.GRACE = 1.0
schedule.STAGGER = 0.0
if every := os.environ.get("REPORTWATCH_TEST_EVERY"):
    schedule.trigger = lambda *_: IntervalTrigger(seconds=int(every))
modes = {}
sources = []
for entry in wanted:
    name, _, rest = entry.partition("=")
    modes[name], _, cron = rest.partition("@")
    sources.append(Source(name, name, "column", f"http://{name.split('-')[0]}.example/", 1, cron=cron))


def launch(group, quiet):
    names = [source.id for source in group]
    program = str(Path(__file__).with_name("a_child.py"))
    return [sys.executable, program, port, modes[names[0]], database, *names], f"quiet={quiet}".encode()


settings = Settings(storage={"database": database}, schedule={"jitter": 0})
try:
    asyncio.run(schedule.run(settings, open_database(database), sources, launch))
except DatabaseBusy as error:
    print(error, file=sys.stderr)
    sys.exit(3)
