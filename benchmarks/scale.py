"""How a build scales: the time of two workers against one, and the peak memory for a small and a large folder.

`python benchmarks/scale.py [--files 2000] [--large 20000]`; every build is a process of its own, so that each peak is its own.
At the end it reckons what the reports of all counties would cost at the speed just measured (docs/store.md).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from generate import reports, write

# Run in a fresh process: time, the work of the processors, and the peaks of the parent and of its largest worker.
_BUILD = """
import json, resource, sys, time
import zhreport
if __name__ == "__main__":
    start = time.perf_counter()
    zhreport.build(sys.argv[1], sys.argv[2], workers=int(sys.argv[3]))
    took = time.perf_counter() - start
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps([took, *(u.ru_maxrss / 1024 for u in used), *(u.ru_utime + u.ru_stime for u in used)]))
"""


# All county reports: so many counties, years, and characters a report (a work report or bulletin of some thirty pages of a book).
COUNTIES, YEARS, CHARACTERS = 2_800, 20, 15_000


def cost(characters: int, seconds: float, workers: int) -> None:
    """What all county reports would take at this speed, on one machine with so many workers and on ten workers."""
    each = characters / seconds / workers
    reports = COUNTIES * YEARS
    print(f"{characters:,} characters in {seconds:.1f} s: {each:,.0f} characters a second and worker")
    print(f"all of {COUNTIES:,} counties over {YEARS} years: {reports:,} reports, {reports * CHARACTERS:,} characters")
    for many in (workers, 10):
        hours = reports * CHARACTERS / each / many / 3600
        print(f"  {many} workers: {hours:.2f} hours, {hours * 3600 / reports * many * 1000:.0f} ms of one worker a report")


class Built(NamedTuple):
    """Seconds, MB of the parent and of the largest worker, and seconds of a processor that the parent and the workers took."""

    took: float
    parent: float
    worker: float
    parent_work: float
    workers_work: float


def built(folder: Path, store: Path, workers: int) -> Built:
    """Build a store in a process of its own."""
    told = subprocess.run([sys.executable, "-c", _BUILD, folder, store, str(workers)], capture_output=True, text=True, check=True)
    found = Built(*json.loads(told.stdout))
    print(
        f"{folder.name} files, {workers} worker(s): {found.took:.1f} s; processor time: parent {found.parent_work:.1f} s, workers "
        f"{found.workers_work:.1f} s; peak: parent {found.parent:.0f} MB, largest worker {found.worker:.0f} MB",
        flush=True,
    )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--large", type=int, default=20000, help="0: leave the large folder out")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as top:
        small = Path(top) / str(given.files)
        write(small, given.files)
        one = built(small, Path(top) / "one", 1)
        two = built(small, Path(top) / "two", 2)
        characters = sum(len(made.text) for made in reports(given.files))
        print(f"two workers are {one.took / two.took:.2f} times as fast as one; {given.files / two.took:.0f} files a second")
        # What a machine that nothing else runs on would do: the parent works beside its workers until all are done.
        alone = max(two.workers_work / 2, two.parent_work)
        print(f"by processor time: {one.parent_work / alone:.2f} times, {given.files / alone:.0f} files a second")
        cost(characters, alone, 2)
        if given.large:
            large = Path(top) / str(given.large)
            write(large, given.large)
            more = built(large, Path(top) / "large", 2)
            ratios = more.parent / two.parent, more.worker / two.worker
            print(f"peak memory, large to small: parent {ratios[0]:.2f}, largest worker {ratios[1]:.2f}")


if __name__ == "__main__":
    main()
