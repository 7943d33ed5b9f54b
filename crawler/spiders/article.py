"""What spiders hand on, and what they ask of the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from storage import model
from storage.values import Page, Source


@dataclass(frozen=True, slots=True)
class Kept:
    """A page whose bytes the archive has: the page, its row, and whether the body is the one known before."""

    page: Page
    row: model.Page
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """One article, all its pages in order. Reading comes later."""

    source: Source
    pages: tuple[Kept, ...]

    @property
    def url(self) -> str:
        """The address of its first page."""
        return self.pages[0].page.url


class Desk(Protocol):
    """What a spider needs to know and to tell."""

    @property
    def thorough(self) -> bool:
        """Whether every list page is to be read: the last run did not reach known ground."""

    def last_finished(self) -> datetime | None:
        """When the source's last run began that came to its end; None where none did."""

    def knows(self, url: str) -> bool:
        """Whether a page from that address has been kept."""

    def due(self, urls: Sequence[str], *, read: bool = True) -> list[str]:
        """Those of the addresses that are to be fetched now: never seen, or not looked at for long enough.

        read  whether an address that was seen, but never read to its end, is due as well
        """

    def allows(self, url: str) -> bool:
        """Whether robots.txt allows an address."""

    def count(self, name: str, number: int = 1) -> None:
        """Add to the receipt's count of that name."""

    def fault(self, error: Exception) -> None:
        """Enter an error in the receipt."""
