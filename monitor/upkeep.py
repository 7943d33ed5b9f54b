"""What a scheduler does once in a while that is no crawl: receipts of the killed are closed, the archive is pruned."""

import logging
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from monitor.disk import MIB
from monitor.settings import Settings
from storage import runs
from storage.archive import Archive
from storage.database import reading, writing
from storage.errors import StorageError
from storage.retention import prune

PRUNING = 3  # o'clock from which on the archive is pruned: before the first crawls
log = logging.getLogger("reportwatch.upkeep")


class Upkeep:
    """The upkeep of one scheduler's database and archive."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._pruned: date | None = None  # the day of the last pruning

    def look(self, now: datetime) -> None:
        """Once an hour; what fails is told in the log, and crawls go on."""
        self.bury(now)
        local = now.astimezone(ZoneInfo(self._settings.schedule.timezone))
        if self._settings.storage.budget and self._pruned != local.date() and local.hour >= PRUNING:
            self._pruned = local.date()
            self.tidy(local.date())

    def bury(self, now: datetime) -> None:
        """Close the receipts of crawls that were started by hand and killed."""
        with reading(self._engine) as session:
            dead = runs.open_sources(session, surely=True)
        if dead:
            with writing(self._engine) as session:
                runs.settle_receipts(session, dead, None, now, "killed", "its process is dead")
            log.warning("crawl.dead sources=%s", ",".join(dead))

    def tidy(self, today: date) -> None:
        """Keep the archive within its budget."""
        try:
            done = prune(self._engine, Archive(self._settings.archive), self._settings.storage.budget * MIB, today)
        except StorageError as error:  # tomorrow is another day, and `doctor` tells what is damaged
            log.warning("archive.not_pruned why=%s", error)
        else:
            log.info("archive.pruned files=%d over=%d", len(done.gone), done.over)
