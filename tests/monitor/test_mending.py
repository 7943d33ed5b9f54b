"""Where a copy is damaged, what another reads there."""

import random
import re
from pathlib import Path

import pytest
from invented import mojibake, report, traditional

from monitor.mending import applied, damages, mends, simplified

TEXT = report(3)


def test_a_sound_text_is_not_mended() -> None:
    assert list(damages(TEXT)) == []
    assert mends(TEXT, [report(4), TEXT.replace("1", "2")]) == []


def test_characters_lost_to_the_reader_are_read_in_another_copy() -> None:
    worn = TEXT[:1000] + "\ufffd" * 6 + TEXT[1006:3000] + "\ue5e5" + TEXT[3001:]
    found = mends(worn, [report(4), TEXT])
    assert applied(worn, found) == TEXT
    assert {mend.copy for mend in found} == {1}


def test_masked_numbers_are_read_in_another_copy() -> None:
    worn = re.sub(r"\d+", "xx", TEXT)
    healed = applied(worn, mends(worn, [TEXT]))
    assert len(re.findall(r"\d+", healed)) > 0.95 * len(re.findall(r"\d+", TEXT))
    assert set(re.findall(r"\d+[^\d]{2}", healed)) <= set(re.findall(r"\d+[^\d]{2}", TEXT))


def test_a_stretch_of_mojibake_is_read_in_another_copy() -> None:
    worn = TEXT[:2000] + mojibake(TEXT[2000:2300], 0) + TEXT[2300:]
    assert applied(worn, mends(worn, [TEXT])) == TEXT


def test_two_copies_damaged_in_different_places_heal_each_other_and_damage_heals_nothing() -> None:
    one = TEXT[:1000] + "\ufffd" * 9 + TEXT[1009:]
    other = TEXT[:3000] + "\ufffd" * 9 + TEXT[3009:]
    assert applied(one, mends(one, [other])) == TEXT
    assert mends(one, [one]) == []


def test_a_copy_in_another_script_heals_in_the_script_of_the_text() -> None:
    worn = TEXT[:1000] + "\ufffd" * 6 + TEXT[1006:]
    assert applied(worn, mends(worn, [traditional(TEXT)])) == TEXT


def test_a_place_that_others_have_twice_or_not_at_all_is_left_as_it_is() -> None:
    worn = TEXT[:1000] + "\ufffd" * 6 + TEXT[1006:]
    assert mends(worn, [TEXT + TEXT, TEXT[:900] + TEXT[1200:]]) == []


def test_whatever_is_damaged_what_comes_out_is_the_text_or_the_damage() -> None:
    rng = random.Random(4)
    for _ in range(40):
        places = sorted(rng.sample(range(50, len(TEXT) - 50), 5))
        worn = "".join("\ufffd" if any(p <= at < p + 8 for p in places) else c for at, c in enumerate(TEXT))
        healed = applied(worn, mends(worn, [TEXT]))
        assert re.sub("\ufffd+", "", healed) == "".join(c for c, h in zip(TEXT, healed, strict=True) if h != "\ufffd")


@pytest.mark.corpus
def test_national_copies_that_turn_to_mojibake_midway_are_healed_by_the_others(shared: Path) -> None:
    folder = shared / "corpus" / "national"
    worn = [p for p in sorted(folder.glob("*/cjc2019.txt")) if list(damages(p.read_text("utf-8")))][:4]
    for path in worn:
        text = path.read_text("utf-8")
        others = [p.read_text("utf-8") for p in sorted(path.parent.glob("*.txt")) if p != path]
        for mend in mends(text, others):
            assert list(damages(mend.sound)) == []
            assert simplified(mend.sound) in simplified(others[mend.copy])
