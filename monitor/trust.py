"""Trust before content: what an address gives today is doubted where it is much less than what stands, or strange.

A doubted reading is held back, and what stands goes on standing. The page is fetched again as any other is; where it
still says the same a day later, the crawl releases the reading (storage.seen_again), and the desk takes it for what it
is. Blank pages, walls and half-written pages come and go.
"""

import re
from datetime import datetime

from sqlmodel import Session

from crawler.text.fold import fold
from monitor.filing import value_of
from monitor.identity import identify
from storage import queries, save
from storage.model import Reading
from storage.seen_again import HELD
from storage.values import Kind

SHRUNK = 0.7  # a page that lost more than 30 % of its text is doubted
# Share of the letters of a text that are Chinese characters which the page used before. Of 400 pairs of reports of
# different places and years (crawler/sample, shared/corpus) the least alike have .79; reports decoded wrongly .14 at
# most, English 0: tests/monitor/test_trust.py shows it on the sample.
STRANGE = 0.5
HAN = re.compile(r"[㐀-䶿一-鿿\U00020000-\U0003ffff]")


def doubt(before: str, now: str) -> str:
    """Why a text is not believed after the one that stood at its address; "" where it is."""
    known, said = fold(before), fold(now)
    letters = [character for character in said if character.isalpha()]
    used = set(HAN.findall(known))
    familiar = sum(character in used for character in letters)
    if used and familiar < STRANGE * len(letters):
        return "in another language or garbled, unlike"
    if len(said) < SHRUNK * len(known):
        return "much shorter than"
    return ""


def held(session: Session, row: Reading, now: datetime) -> bool:
    """Hold a reading back if it is to be doubted; whether it was. A person's word, and what was seen again, are not."""
    earlier = queries.standing_copy_at(session, row.url)
    if earlier is None or row.said or row.part_of is not None or row.released_at is not None:
        return False
    standing = earlier[1]
    why = doubt(standing.text, row.text) if (standing.reader, standing.part_of) == (row.reader, None) else ""
    if why and not another_year(row, standing):
        row.held_at = now
        outcome = f"{HELD}: {why} reading {standing.id} of the same page; taken when a later fetch says the same"
        save.conclude(session, row, outcome, None, now)
        return True
    return False


def another_year(row: Reading, standing: Reading) -> bool:
    """Is it a whole report of another year? Some addresses always show the newest, and that is no day to wait."""
    said = identify(value_of(row))
    return said.kind is Kind.REPORT and said.whole and said.year not in (None, standing.year)
