"""Every document that a webhook receives fits the published schema."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from json_schema import Schema

import alerts
from alerts.arrange import digest_facts
from alerts.render import DOCUMENT, TEMPLATES, VERSION, encode, render
from storage.model import Event

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)
SCHEMA = json.loads((Path(alerts.__file__).parent / "webhook.schema.json").read_text("utf-8"))
KNOWN = {rule["if"]["properties"]["type"]["const"] for rule in SCHEMA["allOf"]}
SOURCE = {
    "source": "lanting",
    "name": "兰亭区政府网",
    "url": "http://lanting.example/",
    "state": "blocked",
    "before": None,
    "why": "the site refuses us",
    "since": NOW.isoformat(),
    "last_good": None,
}
OTHERS = {
    "source.blocked": SOURCE,
    "source.late": SOURCE | {"state": "late", "reminder": 3},
    "place.late": {
        "group": {"code": "110000", "name": "北京市"},
        "year": 2026,
        "expected": 16,
        "out": 14,
        "places": [{"code": "110112", "name": "通州区", "days": 12, "latest": "01-08"}, {"code": "1", "days": None}]
        * 40,
    },
    "alert.dead": {
        "channel": "office",
        "recipient": "one@example.org",
        "event": {"key": "a", "kind": "report.new", "subject": "a"},
        "attempts": 3,
        "created_at": NOW.isoformat(),
        "why": "550",
        "tried": [["office", "one@example.org"]],
    },
    "all.quiet": {"day": "2026-01-20", "sources": 50, "working": 49},
    "alert.test": {"channel": "office", "recipient": "one@example.org"},
}


def document(kind: str, facts: dict) -> dict:
    message = render(kind, "x/2026", facts, key="ab" * 16, recipient="r", created_at=NOW)
    encoded = encode(message.document)
    assert len(encoded) <= DOCUMENT
    return json.loads(encoded)


def faults(found: dict) -> list[str]:
    return list(Schema(SCHEMA).faults(found))


def test_the_schema_is_of_this_version_and_knows_every_kind_that_has_a_template():
    assert SCHEMA["properties"]["version"]["const"] == VERSION
    assert SCHEMA["$id"].endswith(f":{VERSION}")
    assert set(TEMPLATES) <= KNOWN


@pytest.mark.parametrize("kind", ["report.new", "report.partial"])
def test_a_report_fits(facts, kind):
    assert faults(document(kind, facts)) == []
    assert faults(document(kind, facts | {"initiatives": facts["initiatives"] * 50, "against": None})) == []


def test_a_better_copy_fits(facts):
    assert faults(document("copy.better", facts | {"before": facts["canonical"], "why": "whole"})) == []


def test_an_edited_report_fits(facts):
    changes = [{"old": "5", "new": "6", "was": "增长5%。", "now": "增长6%。"}] * 90
    edited = {"url": "http://x.example/", "source": "x", "source_name": None, "tier": 1, "before": "", "now": ""}
    assert faults(document("report.edited", facts | {"edited": edited, "changed": 90, "changes": changes})) == []


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_about_sources_places_and_alerts_fits(kind):
    assert faults(document(kind, OTHERS[kind])) == []


def test_a_digest_fits(facts):
    events = [Event(key=str(n), kind="report.new", subject="x", at=NOW, facts=facts) for n in range(120)]
    found = document("alert.digest", digest_facts("daily", events))
    assert faults(found) == []
    assert found["data"]["more"]["events"] + len(found["data"]["events"]) == 120


def test_what_does_not_fit_is_found(facts):
    good = document("report.new", facts)
    assert faults(good | {"version": 2}) != []
    assert faults(good | {"strange": 1}) != []
    assert faults({name: value for name, value in good.items() if name != "id"}) != []
    assert faults(good | {"data": {"year": "2026"}}) != []
    assert faults(good | {"data": {"initiatives": [{"novelty": 7}]}}) != []


TEXT = st.text(max_size=40)


@settings(max_examples=60, deadline=None)
@given(
    place=st.fixed_dictionaries({"code": TEXT, "name": TEXT}),
    initiatives=st.lists(st.fixed_dictionaries({"text": st.text(max_size=3000), "heading": TEXT}), max_size=80),
    dropped=st.lists(st.fixed_dictionaries({"text": TEXT}), max_size=80),
)
def test_whatever_a_page_said_the_document_fits(place, initiatives, dropped):
    assert faults(document("report.new", {"place": place, "initiatives": initiatives, "dropped": dropped})) == []
