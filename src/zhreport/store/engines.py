"""Where the work is done: in this process, in several, or on a Dask cluster. The results come as they are ready."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, wait
from typing import Any

from ..files.workers import NoWorkers, Workers
from ..lexicon import Lexicon
from .errors import StoreError
from .work import Done, Job, file_by_file, work

ENGINES = ("processes", "dask")


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def worked(jobs: Iterable[Job], lexicon: Lexicon | None, workers: int) -> Generator[Done, None, None]:
    """Do the jobs in so many processes; with one, in this one. A file whose process dies, alone too, is one that failed."""
    if workers == 1:
        yield from (work(job, lexicon) for job in jobs)
        return
    try:
        with Workers(workers, work, lexicon, file_by_file) as crew:
            yield from _flow(crew.submit, jobs, 3 * workers, result=crew.result)
    except NoWorkers as error:
        raise StoreError(str(error)) from None


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


def _flow(
    submit: Callable[[Job], Any],
    jobs: Iterable[Job],
    limit: int,
    wait: Callable[..., Any] = wait,
    result: Callable[[Any], Done] = lambda future: future.result(),
) -> Iterator[Done]:
    """Results as they are ready, with at most `limit` jobs under way, so that memory does not grow with the folder."""
    waiting: set[Any] = set()
    for job in jobs:
        waiting.add(submit(job))
        if len(waiting) >= limit:
            ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from map(result, ready)
    while waiting:
        ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        yield from map(result, ready)
