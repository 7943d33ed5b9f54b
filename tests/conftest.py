"""What all tests share: where the real data lies."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data; a skip where a user's machine has none, a failure under CI."""
    folder = Path(os.environ.get("REPORTWATCH_SHARED", ROOT.parent / "shared"))
    if (folder / "corpus").is_dir():
        return folder
    reason = f"no real data at {folder}; set REPORTWATCH_SHARED to run this test"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
