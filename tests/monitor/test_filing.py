"""What is saved of a comparison, on the sample's reports and a real database."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

import crawler.sample
from crawler.sample.places import SAMPLE_PLACES
from monitor.facts import of_findings
from monitor.filing import compare_with
from monitor.places import learn
from monitor.watch import Desk, settle
from storage import queries, save, values
from storage.database import connect, migrate, reading, writing
from storage.model import Page, Report
from storage.values import DELIVERY, FindingKind

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)
TEXTS = Path(crawler.sample.__file__).parent / "reports"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database that knows the reports of 2024 and 2025."""
    learn(SAMPLE_PLACES)
    made = connect(f"sqlite:///{tmp_path / 'known.db'}")
    migrate(made)
    for year in (2024, 2025):
        put(made, year)
    assert settle(made, Desk(lambda *_: [], {}), lambda: NOW).failed == []
    yield made
    made.dispose()


def put(engine: Engine, year: int) -> None:
    """A report as a crawl would leave it."""
    url, text = f"http://site.example/{year}.html", (TEXTS / f"990101-{year}.txt").read_text("utf-8")
    source = values.Source("source", "站", "column", "http://site.example/", 1)
    said = values.Reading(url, values.Verdict.OK, "read", None, text, "utf-8", "hans", 1)
    with writing(engine) as session:
        page = Page(
            source="source", url=url, fetched_at=NOW, status=200, digest=str(year), size=1, warc="a", offset=year
        )
        session.add(page)
        session.flush()
        save.save_reading(session, said, source, [page], NOW)


def both(session: Session) -> list[Report]:
    """The report of 2025 and that of 2024."""
    found = [queries.report_named(session, f"990101/{year}") for year in (2025, 2024)]
    return [report for report in found if report is not None]


def saved(session: Session, new: Report, old: Report) -> list[values.Finding]:
    comparison = queries.last_comparison(session, save.required(new.id), old.id)
    assert comparison is not None
    return queries.findings_of(session, save.required(comparison.id))


def test_what_became_of_the_old_plan_is_saved_behind_the_findings(engine: Engine) -> None:
    with reading(engine) as session:
        kinds = [finding.kind for finding in saved(session, *both(session))]
    first = next(k for k, kind in enumerate(kinds) if kind in DELIVERY)
    assert set(kinds[first:]) == DELIVERY
    assert DELIVERY.isdisjoint(kinds[:first])


def test_an_alert_counts_no_deliveries(engine: Engine) -> None:
    with writing(engine) as session:
        new, old = both(session)
        counts = of_findings(compare_with(session, new, old, NOW), old)["counts"]
    assert "new" in counts
    assert DELIVERY.isdisjoint(counts)


def test_against_a_partial_report_nothing_is_called_new(engine: Engine) -> None:
    with writing(engine) as session:
        new, old = both(session)
        old.whole = False
        kinds = {finding.kind for finding in compare_with(session, new, old, NOW)}
    assert FindingKind.UNJUDGED in kinds
    assert kinds.isdisjoint({FindingKind.NEW, FindingKind.MIXED, FindingKind.RETURNED})


def test_of_a_partial_report_nothing_is_called_dropped_or_untold(engine: Engine) -> None:
    with writing(engine) as session:
        new, old = both(session)
        new.whole = False
        compare_with(session, new, old, NOW)
        kinds = {finding.kind for finding in saved(session, new, old)}
    assert kinds.isdisjoint({FindingKind.DROPPED, FindingKind.UNMENTIONED})
    assert FindingKind.DELIVERED in kinds
