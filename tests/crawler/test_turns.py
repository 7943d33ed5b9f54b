"""One request at a time a host, over sources and processes."""

import asyncio
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from crawler.turns import PATIENCE, Turns, host_of
from storage.errors import FetchError, StorageError


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://www.a.example/x", "www.a.example"),
        ("https://WWW.A.example./", "www.a.example"),
        ("http://www.a.example:80/", "www.a.example"),
        ("http://127.0.0.1:8080/", "127.0.0.1:8080"),
    ],
)
def test_a_host_is_the_same_by_any_scheme(url: str, host: str) -> None:
    assert host_of(url) == host


async def test_two_never_have_their_turn_at_once(tmp_path: Path) -> None:
    inside: list[int] = []
    seen: list[int] = []

    async def ask(turns: Turns) -> None:
        async with turns.turn("a", 0.0):
            inside.append(1)
            seen.append(len(inside))
            async with turns.turn(f"other{id(turns)}", 0.0):  # gives the others time to try
                inside.pop()

    await asyncio.gather(*(ask(Turns(tmp_path)) for _ in range(6)))
    assert seen == [1] * 6


async def test_the_pause_is_kept_between_an_answer_and_the_next_request(tmp_path: Path) -> None:
    begun: list[float] = []
    for _ in range(3):
        async with Turns(tmp_path).turn("a", 0.1):
            begun.append(time.monotonic())
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(begun))


async def test_hosts_do_not_wait_for_each_other(tmp_path: Path) -> None:
    turns = Turns(tmp_path)
    async with asyncio.timeout(1), turns.turn("a", 5), turns.turn("b", 5), turns.turn("c:8080", 5):
        pass


async def test_a_host_that_asks_to_be_left_alone_is(tmp_path: Path) -> None:
    async with Turns(tmp_path).turn("a", 0) as leave_alone:
        leave_alone(0.2)
    ended = time.monotonic()
    async with Turns(tmp_path).turn("a", 0):
        assert time.monotonic() - ended > 0.19


async def test_a_host_that_asks_for_too_long_is_left_for_another_run(tmp_path: Path) -> None:
    async with Turns(tmp_path).turn("a", 0) as leave_alone:
        leave_alone(PATIENCE + 60)
    with pytest.raises(FetchError, match=r"left alone for 1[78]\d more seconds"):
        async with Turns(tmp_path).turn("a", 0):
            pass


async def test_a_clock_that_was_set_back_makes_nobody_wait(tmp_path: Path) -> None:
    async with Turns(tmp_path, now=lambda: time.time() + 86400).turn("a", 0) as leave_alone:
        leave_alone(60)
    async with asyncio.timeout(1), Turns(tmp_path).turn("a", 0.1):
        pass


async def test_a_killed_process_lets_go_of_its_turn(tmp_path: Path) -> None:
    script = f"""
import asyncio, pathlib
from crawler.turns import Turns
async def hold():
    async with Turns(pathlib.Path({str(tmp_path)!r})).turn("a", 0):
        print("held", flush=True)
        await asyncio.sleep(60)
asyncio.run(hold())
"""
    holder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1), Turns(tmp_path).turn("a", 0):
            pass
    holder.kill()
    holder.wait()
    holder.stdout.close()
    async with asyncio.timeout(5), Turns(tmp_path).turn("a", 0):
        pass


async def test_a_file_that_says_nothing_sensible_is_a_new_one(tmp_path: Path) -> None:
    (tmp_path / "a.lock").write_text("12.5 rub")
    async with asyncio.timeout(1), Turns(tmp_path).turn("a", 60):
        pass


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="lock of a"):
        async with Turns(tmp_path / "file").turn("a", 0):
            pass
