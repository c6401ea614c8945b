"""The one seam through which replications run side by side."""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

Progress = Callable[[int, int], None]
"""Called with the work done and the work in all."""

SMALL = 2_000
"""Below so many customers compiled code is left too often for threads to gain (measured 1.2 on two cores)."""

PATIENCE_S = 2.0
"""A run that takes longer shows a bar."""


def default_workers() -> int:
    """Cores this process may use, or what the environment says (TIERSIM_WORKERS)."""
    said = os.environ.get("TIERSIM_WORKERS", "")
    if said.isdecimal() and int(said) > 0:
        return int(said)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def map_pieces(
    fn: Callable[[T], R],
    pieces: Sequence[T],
    workers: int | None = None,
    progress: Progress | bool | None = None,
    *,
    threads: bool = False,
    size: Callable[[T], int] = lambda _: 1,
    done: Callable[[int, R], None] | None = None,
) -> list[R]:
    """`fn` of every piece, in the order of `pieces`, whatever the order in which they are finished.

    Parameters
    ----------
    fn : must be importable by name where `threads` is false, as it is sent to other processes.
    workers : how many at once; default one a core. With one, or one piece, all stays in this process.
    progress : called with (done, total); None shows a bar on a terminal, False nothing.
    threads : threads instead of processes.
    size : work in a piece, for the progress.
    done : called in this thread with (number, result) as soon as a piece is finished, to keep it.

    An exception or an interruption ends the work; pieces already finished were given to `done`.
    """
    count = min(workers if workers is not None else default_workers(), len(pieces))
    results: dict[int, R] = {}
    with Meter(sum(size(piece) for piece in pieces), progress) as meter:
        for number, result in _finished(fn, pieces, count, threads):
            results[number] = result
            if done is not None:
                done(number, result)
            meter.add(size(pieces[number]))
    return [results[number] for number in range(len(pieces))]


def _finished(
    fn: Callable[[T], R], pieces: Sequence[T], workers: int, threads: bool
) -> Iterator[tuple[int, R]]:
    if workers <= 1:
        for number, piece in enumerate(pieces):
            yield number, fn(piece)
    elif threads:
        yield from _in_threads(fn, pieces, workers)
    else:
        from joblib import Parallel, delayed

        parallel = Parallel(n_jobs=workers, backend="loky", batch_size=1, return_as="generator_unordered")
        with warnings.catch_warnings():
            # A process that has grown is replaced by a fresh one, which changes nothing for the user.
            warnings.filterwarnings("ignore", "A worker stopped while some jobs")
            yield from parallel(delayed(_numbered)(fn, number, piece) for number, piece in enumerate(pieces))


def _in_threads(fn: Callable[[T], R], pieces: Sequence[T], workers: int) -> Iterator[tuple[int, R]]:
    pool = ThreadPoolExecutor(workers)
    try:
        waiting: set[Future[tuple[int, R]]] = {
            pool.submit(_numbered, fn, number, piece) for number, piece in enumerate(pieces)
        }
        while waiting:
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _numbered(fn: Callable[[T], R], number: int, piece: T) -> tuple[int, R]:
    return number, fn(piece)


class Meter:
    """Tells how far the work is: to a callable, or as a bar on a terminal once it takes long."""

    def __init__(self, total: int, progress: Progress | bool | None, what: str = "replications") -> None:
        self.total, self.count, self.what = total, 0, what
        self._tell = progress if callable(progress) else None
        self._bar_allowed = progress is True or (progress is None and sys.stderr.isatty())
        self._bar: Any = None
        self._task: Any = None
        self._start = time.monotonic()

    def __enter__(self) -> Meter:
        return self

    def add(self, amount: int) -> None:
        self.count += amount
        if self._tell is not None:
            self._tell(self.count, self.total)
        elif self._bar is not None:
            self._bar.update(self._task, completed=self.count)
        elif self._bar_allowed and self._is_long():
            self._open()

    def _is_long(self) -> bool:
        spent = time.monotonic() - self._start
        return spent * self.total / self.count > PATIENCE_S and self.count < self.total

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn(self.what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self._task = self._bar.add_task("", total=self.total, completed=self.count)
        self._bar.start()

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
