"""The five documents this product was created from are understood."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.files import read_one
from monitor.cli.show import plain

NAMES = [
    "haidian-2023-forum.txt",
    "haidian-2019-recap-traditional.txt",
    "haidian-2024-partial-reprint.txt",
    "beijing-2024-digest.txt",
    "shijingshan-2021-traditional-damaged.txt",
]
SAME = ("kind", "whole", "place", "code", "year", "meeting_on", "session", "speaker", "published_on", "script", "parts")


@pytest.fixture(scope="module")
def expected(shared: Path) -> dict[str, Any]:
    return json.loads((shared / "seeds" / "expected.json").read_text("utf-8"))


@pytest.mark.corpus
@pytest.mark.parametrize("name", NAMES)
def test_a_seed_is_read_as_a_person_reads_it(shared: Path, expected: dict[str, Any], name: str) -> None:
    wanted, line = expected[name], read_one(str(shared / "seeds" / name), None)
    got = plain(line)
    assert isinstance(got, dict)
    assert got["verdict"] == "ok"
    assert {key: got[key] for key in SAME if key in wanted} == {key: wanted[key] for key in SAME if key in wanted}
    text = got["text"]
    assert (
        [chrome for chrome in wanted["must_not_contain"] if chrome in text] == []
        if "must_not_contain" in wanted
        else text
    )
    assert text.startswith(wanted.get("first_line", ""))
    assert text.rstrip().endswith(wanted.get("last_line_ends", ""))


@pytest.mark.corpus
def test_every_damaged_run_of_the_shijingshan_seed_is_repaired_and_told(shared: Path, expected: dict[str, Any]) -> None:
    name = "shijingshan-2021-traditional-damaged.txt"
    line, wanted = read_one(str(shared / "seeds" / name), None), expected[name]
    text = line["text"]
    assert isinstance(text, str)
    assert [after for after in wanted["repaired"].values() if after not in text] == []
    assert [after for after in wanted["lost_characters"].values() if after not in text] == []
    assert len(plain(line["repairs"])) >= wanted["damaged_runs"]  # type: ignore[arg-type]
