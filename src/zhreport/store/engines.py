"""Where the work is done: in this process, in several, or on a Dask cluster. The results come as they are ready."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import parent_process
from typing import Any

from ..lexicon import Lexicon
from .errors import StoreError
from .work import Done, Job, work

ENGINES = ("processes", "dask")


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def worked(jobs: Iterable[Job], lexicon: Lexicon | None, workers: int) -> Generator[Done, None, None]:
    """Do the jobs in so many processes; with one, in this one."""
    if workers == 1:
        yield from (work(job, lexicon) for job in jobs)
        return
    pool = ProcessPoolExecutor(workers, initializer=_begin, initargs=(lexicon,))
    try:
        yield from _flow(lambda job: pool.submit(_work, job), jobs, 3 * workers)
    except BrokenProcessPool:
        raise StoreError(
            "a worker process died, most often because memory ran out; build again with fewer workers, what is done is kept"
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def worked_by_dask(jobs: Iterable[Job], lexicon: Lexicon | None, scheduler: str | None) -> Generator[Done, None, None]:
    """Do the jobs on the cluster of a scheduler; without an address, on one that is started here.

    The workers read the files themselves, so they must see the folder under the same path. Work of a killed worker is
    given to another.
    """
    try:
        from distributed import Client
        from distributed import wait as wait_for
    except ImportError:
        raise ImportError("the engine dask needs Dask: pip install 'zhreport[dask]'") from None
    try:
        found = Client(scheduler) if scheduler else Client(processes=True)
    except OSError as error:
        raise StoreError(f"no Dask scheduler answers at {scheduler} ({error}); check the address") from None
    with found as client:
        # Sent once: a lexicon is large, and the readers made from it are kept by its identity.
        shared = client.scatter(lexicon, broadcast=True) if lexicon is not None else None
        limit = 3 * max(1, sum(client.nthreads().values()))
        yield from _flow(lambda job: client.submit(work, job, shared, pure=False, retries=3), jobs, limit, wait_for)


def _flow(submit: Callable[[Job], Any], jobs: Iterable[Job], limit: int, wait: Callable[..., Any] = wait) -> Iterator[Done]:
    """Results as they are ready, with at most `limit` jobs under way, so that memory does not grow with the folder."""
    waiting: set[Any] = set()
    for job in jobs:
        waiting.add(submit(job))
        if len(waiting) >= limit:
            ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in ready)
    while waiting:
        ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        yield from (future.result() for future in ready)


_LEXICON: list[Lexicon | None] = [None]


def _begin(lexicon: Lexicon | None) -> None:
    """Make a worker ready: it has the lexicon, leaves Ctrl-C to the parent, and ends with it."""
    _LEXICON[0] = lexicon
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that is killed tells its workers nothing; they would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(job: Job) -> Done:
    return work(job, _LEXICON[0])
