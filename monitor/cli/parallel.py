"""The same work on many files, on several cores, in order, without holding more than a few results."""

import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

CHUNK = 8  # arguments that a process takes at once
AHEAD = 4  # chunks a process that are begun before their turn

T = TypeVar("T")
R = TypeVar("R")


def mapped(function: Callable[[T], R], arguments: Sequence[T], jobs: int, ended: Callable[[T], R]) -> Iterator[R]:
    """The results in the order of the arguments, made by `jobs` processes.

    function  of a module; it answers, and raises only for a bug
    ended     the result for an argument that ended its process: one that took all memory, for instance
    """
    chunks = deque(arguments[at : at + CHUNK] for at in range(0, len(arguments), CHUNK))
    while chunks:
        yield from until_broken(function, chunks, jobs)
        if chunks:  # one of these ended its process, and the pool with it
            for argument in chunks.popleft():
                yield alone(function, argument, ended)


def until_broken(function: Callable[[T], R], chunks: deque[Sequence[T]], jobs: int) -> Iterator[R]:
    """Results by chunks, which are taken off the queue; where a process ends, what has no result stays on it."""
    waiting: deque[tuple[Sequence[T], Future[list[R]]]] = deque()
    with ProcessPoolExecutor(jobs, initializer=deaf) as pool:
        try:
            while chunks or waiting:
                while chunks and len(waiting) < AHEAD * jobs:
                    waiting.append((chunks[0], pool.submit(each, function, chunks[0])))
                    chunks.popleft()
                done = waiting[0][1].result()
                waiting.popleft()
                yield from done
        except BrokenProcessPool:
            chunks.extendleft(chunk for chunk, _ in reversed(waiting))


def alone(function: Callable[[T], R], argument: T, ended: Callable[[T], R]) -> R:
    """The result in a process that does nothing else."""
    with ProcessPoolExecutor(1, initializer=deaf) as pool:
        try:
            return pool.submit(function, argument).result()
        except BrokenProcessPool:
            return ended(argument)


def each(function: Callable[[T], R], chunk: Sequence[T]) -> list[R]:
    """The results for a few arguments."""
    return [function(argument) for argument in chunk]


def deaf() -> None:
    """A worker leaves Ctrl-C to the process that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
