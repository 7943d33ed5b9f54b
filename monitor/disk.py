"""Is there room to crawl? A disk that runs full in the middle of a crawl harms more than a crawl that waits."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.engine import make_url
from sqlmodel import Session

from monitor.settings import Settings
from storage.save import save_event

MIB = 1 << 20
KIND = "disk.low"


def places(settings: Settings) -> Iterator[Path]:
    """The folders that a crawl writes to, or what there is above them: the archive's, and an SQLite database's."""
    url = make_url(settings.storage.database)
    folders = [settings.storage.folder]
    if url.get_backend_name() == "sqlite" and url.database:
        folders.append(Path(url.database).parent)
    for folder in dict.fromkeys(folders):
        yield next(place for place in (folder.absolute(), *folder.absolute().parents) if place.is_dir())


def free(place: Path) -> int:
    """MiB that are free for us."""
    return shutil.disk_usage(place).free // MIB


def shortage(settings: Settings) -> str:
    """Why no crawl may start, and what to do; "" where one may."""
    wanted = settings.storage.min_free
    for place in places(settings):
        left = free(place)
        if left < wanted:
            return (
                f"{place}: {left} MiB free, and no crawl starts below {wanted} (storage.min_free): free some, "
                "or let `reportwatch prune --dry-run` say what of the archive may go"
            )
    return ""


def tell_shortage(session: Session, settings: Settings, why: str, now: datetime) -> bool:
    """An event for everybody, once a day of the schedule's zone; False where today's is known."""
    day = now.astimezone(ZoneInfo(settings.schedule.timezone)).date().isoformat()
    facts = {"why": why, "day": day}
    subject = str(settings.storage.folder)
    return save_event(session, f"{KIND}:{day}", KIND, subject, facts, now, settings.addressed(KIND, None)) is not None
