"""When an address that has been seen is to be asked for again: often while it is young, then weekly, then monthly."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# Quiet edits and withdrawals come in the first days; reprints were seen to be mended within two months. A day's run may
# be an hour early, so the steps are a little shorter than they are called.
STEPS = (
    (timedelta(days=7), timedelta(hours=20)),
    (timedelta(days=60), timedelta(days=6, hours=20)),
)
AT_LAST = timedelta(days=29, hours=20)
SETTLED = frozenset((200, 301, 302, 303, 304, 307, 308, 404, 410))  # answers that settle what an address holds


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known of an address: status of its last answer, when that was, since when it has said the same."""

    status: int
    checked: datetime
    since: datetime

    @property
    def settled(self) -> bool:
        """Whether the last answer said what the address holds."""
        return self.status in SETTLED


def visit_of(answers: Iterable[tuple[datetime, int, str]]) -> Visit | None:
    """What is known of an address by its answers, oldest first: time, status, digest of the body; None for none.

    An answer that settles nothing, or says that nothing has changed, leaves the time since when it stands.
    """
    found: Visit | None = None
    standing: str | None = None
    for at, status, digest in answers:
        same = found is not None and (status == 304 or status not in SETTLED or digest == standing)
        found = Visit(status, at, found.since if found and same else at)
        standing = digest if status in SETTLED and status != 304 else standing
    return found


def is_due(visit: Visit, now: datetime) -> bool:
    """Whether an address is to be asked for again."""
    if not visit.settled:
        return True
    age = visit.checked - visit.since
    wait = next((wait for until, wait in STEPS if age < until), AT_LAST)
    return now - visit.checked >= wait
