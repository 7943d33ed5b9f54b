"""The script that asks about vulnerabilities: strict, about the lock, from anywhere. It is not really asked."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_lock_is_asked_about_as_a_whole_and_a_failure_is_one(tmp_path: Path) -> None:
    asked = tmp_path / "pip-audit"
    asked.write_text('#!/bin/sh\necho "$@"\nexit 1\n')
    asked.chmod(0o755)
    environ = {"PATH": os.environ["PATH"], "PIP_AUDIT": str(asked), "SERVICE": "osv"}
    call = ["sh", str(ROOT / "deploy" / "audit.sh")]
    said = subprocess.run(call, env=environ, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    words = said.stdout.split()
    assert said.returncode == 1
    assert (ROOT / "requirements.lock").samefile(words[words.index("--requirement") + 1])
    assert {"--require-hashes", "--disable-pip", "--strict", "osv"} <= set(words)
