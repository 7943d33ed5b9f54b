from pathlib import Path

import pytest

from monitor.registry import registered
from monitor.settings import load
from storage.errors import BadSource

ENTRY = "- {{id: {0}, name: {0}, family: column, start: 'http://{0}.example/list/', tier: 1}}\n"


@pytest.mark.parametrize("named", ["sources", "./sources/../sources", "sources/own.yaml"])
def test_a_folder_or_file_that_is_named_twice_is_read_once(tmp_path: Path, named: str):
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "own.yaml").write_text(ENTRY.format("lanting"), "utf-8")
    (tmp_path / "more.yaml").write_text(ENTRY.format("yanxi"), "utf-8")
    file = tmp_path / "settings.toml"
    file.write_text(f'[crawl]\nbuiltin = false\nsources = ["{named}", "more.yaml"]\n', "utf-8")
    assert [source.id for source in registered(load(file, environ={}))] == ["lanting", "yanxi"]


OF_A_PLACE = """\
- id: lanting
  name: 门户
  family: column
  start: http://lanting.example/list/
  tier: 1
  place:  "{0}"
"""


@pytest.mark.parametrize(("code", "known"), [("110108", True), ("989898", False), ("981234", True), ("100000", True)])
def test_a_source_of_a_place_that_nobody_knows_is_refused_with_its_line(tmp_path: Path, code: str, known: bool):
    (tmp_path / "own.yaml").write_text(OF_A_PLACE.format(code), "utf-8")
    file = tmp_path / "settings.toml"
    file.write_text(
        '[crawl]\nbuiltin = false\nsources = ["own.yaml"]\n[[places]]\ncode = "981234"\nname = "某市"\n', "utf-8"
    )
    if known:
        assert [source.place for source in registered(load(file, environ={}))] == [code]
    else:
        with pytest.raises(BadSource, match=r"own.yaml:6:11: place: 989898: no such place; give its"):
            registered(load(file, environ={}))
