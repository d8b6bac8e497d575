"""How a build scales: the time of two workers against one, and the peak memory for a small and a large folder.

`python benchmarks/scale.py [--files 2000] [--large 20000]`; every build is a process of its own, so that each peak is its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from generate import write

# Run in a fresh process: time, and the peaks of the parent and of its largest worker.
_BUILD = """
import json, resource, sys, time
import zhreport
if __name__ == "__main__":
    start = time.perf_counter()
    zhreport.build(sys.argv[1], sys.argv[2], workers=int(sys.argv[3]))
    took = time.perf_counter() - start
    peak = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps([took, *peak]))
"""


def built(folder: Path, store: Path, workers: int) -> tuple[float, float, float]:
    """Seconds, MB of the parent, MB of the largest worker."""
    told = subprocess.run([sys.executable, "-c", _BUILD, folder, store, str(workers)], capture_output=True, text=True, check=True)
    took, parent, worker = json.loads(told.stdout)
    print(
        f"{folder.name} files, {workers} worker(s): {took:.1f} s, parent {parent:.0f} MB, largest worker {worker:.0f} MB",
        flush=True,
    )
    return took, parent, worker


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
        print(f"two workers are {one[0] / two[0]:.2f} times as fast as one; {given.files / two[0]:.0f} files a second")
        if given.large:
            large = Path(top) / str(given.large)
            write(large, given.large)
            more = built(large, Path(top) / "large", 2)
            ratios = more[1] / two[1], more[2] / two[2]
            print(f"peak memory, large to small: parent {ratios[0]:.2f}, largest worker {ratios[1]:.2f}")


if __name__ == "__main__":
    main()
