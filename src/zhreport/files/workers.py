"""Processes that share the work. One that the system kills (out of memory, kill -9) ends no run: what it did is done again alone."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import parent_process
from types import TracebackType
from typing import Any, Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


class NoWorkers(RuntimeError):
    """No process can be started at all, so that it is no file's fault."""


class Workers(Generic[Job, Result]):
    """So many processes for `work(job, shared)`; `shared` is sent to each once.

    A dead process takes the others with it, and nobody knows which of the jobs under way it was. So all of them are done
    again by `again(job, alone)`, one after another: `alone` does a job, or a part of one, in a process with no other beside
    it, and gives None when that dies too.
    """

    def __init__(
        self,
        count: int,
        work: Callable[[Job, Any], Result],
        shared: Any,
        again: Callable[[Job, Callable[[Job], Result | None]], Result],
    ) -> None:
        self._count, self._work, self._shared, self._again = count, work, shared, again
        self._pool = self._started(count)
        self._single: ProcessPoolExecutor | None = None
        self._jobs: dict[Future[Result], Job] = {}
        self._done_again: dict[Future[Result], Result] = {}

    def _started(self, count: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(count, initializer=_begin, initargs=(self._work, self._shared))

    def __enter__(self) -> Workers[Job, Result]:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._end_single()

    def submit(self, job: Job) -> Future[Result]:
        """Have a job done. Its result is for `result`."""
        try:
            future = self._pool.submit(_do, job)
        except BrokenProcessPool:
            self._do_again()
            future = self._pool.submit(_do, job)
        self._jobs[future] = job
        return future

    def result(self, future: Future[Result]) -> Result:
        """What came of a job. Raises NoWorkers when no process can be started, and whatever `work` raises."""
        if future not in self._done_again and isinstance(future.exception(), BrokenProcessPool):
            self._do_again()
        self._jobs.pop(future, None)
        return self._done_again.pop(future) if future in self._done_again else future.result()

    def _do_again(self) -> None:
        """Do what was under way when a process died, with no other process beside, and start anew."""
        self._pool.shutdown(wait=True)
        wait(self._jobs)
        for future, job in self._jobs.items():
            if future not in self._done_again and isinstance(future.exception(), BrokenProcessPool):
                self._done_again[future] = self._again(job, self._alone)
        self._end_single()
        self._pool = self._started(self._count)

    def _alone(self, job: Job) -> Result | None:
        if self._single is None:
            self._single = self._started(1)
            try:
                self._single.submit(os.getpid).result()
            except BrokenProcessPool:
                raise NoWorkers(
                    "no worker process can be started; call this below if __name__ == '__main__': or with workers=1"
                ) from None
        try:
            return self._single.submit(_do, job).result()
        except BrokenProcessPool:
            self._end_single()
            return None

    def _end_single(self) -> None:
        if self._single is not None:
            self._single.shutdown(wait=True)
            self._single = None


_MINE: list[Any] = []


def _begin(*mine: Any) -> None:
    """Make a worker ready: it knows its work, leaves Ctrl-C to the parent, and ends with it."""
    _MINE[:] = mine
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that is killed tells its workers nothing; they would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _do(job: Any) -> Any:
    work, shared = _MINE
    return work(job, shared)
