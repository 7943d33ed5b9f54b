"""GBK shifted by one byte comes back to the character, measured on real texts."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.text.shifted import without_runs

BENCH = Path(__file__).resolve().parents[1] / "bench" / "shifted.py"


@pytest.mark.corpus
@pytest.mark.slow
def test_nineteen_of_twenty_runs_of_two_thousand_come_back_to_the_character(shared: Path):
    call = [sys.executable, str(BENCH), str(shared), "--runs", "2000", "--seed", "20260101"]
    printed = subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout
    found = re.match(r"(\d+) of (\d+) = ", printed)
    assert found, printed
    assert int(found[2]) == 2000
    assert int(found[1]) >= 1900, printed


def test_a_line_of_nothing_but_marks_is_gone_through_once():
    assert without_runs("春?。" * 300_000) == "春\ue000。" * 150_000  # a mark opens a run, the next one ends it
