"""What can be wrong with a file: an error that says what to do, and its record for a run that goes on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class ReadError(ValueError):
    """A file that cannot be read: what is wrong with it and what to do."""

    def __init__(self, path: str | Path, what: str, todo: str) -> None:
        super().__init__(f"{path}: {what}; {todo}")
        self.path, self.what, self.todo = str(path), what, todo

    def __reduce__(self):
        return ReadError, (self.path, self.what, self.todo)


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was not read: which, what is wrong, what to do."""

    source: str
    what: str
    todo: str

    def __str__(self) -> str:
        return f"{self.source}: {self.what}; {self.todo}"


def killed(source: str) -> Failure:
    """What is said of a file whose process died twice, the second time with no other beside it."""
    return Failure(
        source,
        "读它的进程两次被系统终止,多半因内存不足 / the process that read it died twice, most often because memory ran out",
        "换内存更大的机器或拆分文件后再试 (build 用 retry) / split it, or read it again with more memory (build: with retry)",
    )
