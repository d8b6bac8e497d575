"""What a command reads: the reports of its paths, with the failures named and counted."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path

import click

from .files import Failure, expanded, from_bytes, read_many
from .lexicon import Lexicon, LexiconError
from .report import Report
from .table import visible


class NothingRead(Exception):
    """No input could be read, so that nothing is written."""


class Inputs:
    """The reports of the given paths, in their order; failures are named on standard error and counted."""

    def __init__(self, paths: Sequence[str], extra: Sequence[str], workers: int = 1) -> None:
        if "" in paths:
            raise click.UsageError("空路径 / an empty path; use . for the current folder")
        try:
            self.lexicon = Lexicon.load(extra=list(extra)) if extra else Lexicon.load()
        except LexiconError as error:
            raise click.UsageError(str(error)) from None
        self.given, self.paths, self.workers = paths, list(expanded(paths)), workers
        self.read = self.failed = 0

    def __iter__(self) -> Iterator[Report]:
        return (report for report in self.found() if isinstance(report, Report))

    def found(self) -> Iterator[Report | Failure]:
        """The reports, and the failures at their places among them."""
        for piped, group in groupby(self.paths, lambda p: p == "-"):
            found = (
                [from_bytes(sys.stdin.buffer.read(), "-", self.lexicon)]
                if piped
                else read_many(group, self.workers, lexicon=self.lexicon)
            )
            for report in found:
                if isinstance(report, Failure):
                    self.failed += 1
                    click.echo(f"zhreport: {visible(str(report))}", err=True)
                else:
                    self.read += 1
                yield report

    def some(self) -> Iterator[Report | Failure]:
        """What `found` gives. Where no report is among it the command ends here: nothing is written that looks like a result."""
        found, first = self.found(), list[Report | Failure]()
        for each in found:
            first.append(each)
            if self.read:
                return chain(first, found)
        self.finish()
        return iter(())

    def finish(self) -> None:
        """End with 1 when some input failed, as interface.md says."""
        if not self.read and not self.failed:
            if is_store(self.given):
                click.echo(
                    "zhreport: 这是语料库,可用于 compare、sample、show / this is a store: it goes to compare, sample and show",
                    err=True,
                )
            else:
                click.echo("zhreport: 没有可读的文件 / no readable file found", err=True)
            raise SystemExit(1)
        if self.failed:
            click.echo(
                f"zhreport: {self.read} 个文件完成,{self.failed} 个失败 / {self.read} done, {self.failed} failed", err=True
            )
            raise SystemExit(1)


def is_store(paths: Sequence[str]) -> bool:
    """Whether the one path that is given is a store."""
    return len(paths) == 1 and (Path(paths[0]) / "manifest.json").is_file()
