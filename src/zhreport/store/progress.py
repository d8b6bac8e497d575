"""A bar on standard error, and only on a terminal: how many files are done, how fast, and how long it will take."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(total: int, words: str) -> Iterator[Callable[[int], None]]:
    """Gives a function to call with the number of files just done."""
    if not (sys.stderr and sys.stderr.isatty()):
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    speed = TextColumn("{task.fields[speed]}")
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), speed, TimeRemainingColumn(),
        console=Console(stderr=True),
    )  # fmt: skip
    with bar:
        task = bar.add_task(words, total=total, speed="")

        def advance(done: int) -> None:
            bar.advance(task, done)
            rate = bar.tasks[0].speed
            bar.update(task, speed=f"{rate:.1f}/s" if rate else "")

        yield advance
