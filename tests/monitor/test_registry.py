from pathlib import Path

import pytest

from monitor.registry import registered
from monitor.settings import load

ENTRY = "- {{id: {0}, name: {0}, family: column, start: 'http://{0}.example/list/', tier: 1}}\n"


@pytest.mark.parametrize("named", ["sources", "./sources/../sources", "sources/own.yaml"])
def test_a_folder_or_file_that_is_named_twice_is_read_once(tmp_path: Path, named: str):
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "own.yaml").write_text(ENTRY.format("lanting"), "utf-8")
    (tmp_path / "more.yaml").write_text(ENTRY.format("yanxi"), "utf-8")
    file = tmp_path / "settings.toml"
    file.write_text(f'[crawl]\nbuiltin = false\nsources = ["{named}", "more.yaml"]\n', "utf-8")
    assert [source.id for source in registered(load(file, environ={}))] == ["lanting", "yanxi"]
