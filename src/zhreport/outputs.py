"""What the command line writes to: the encoding of a stream, and a clear last word when it takes no more."""

from __future__ import annotations

import codecs
import errno
import os
import sys
from contextlib import suppress
from typing import Any

import click


def unwritable(error: OSError, output: str = "") -> click.ClickException:
    """What to say of output that the system does not take."""
    what = f"{output}: " if output else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return click.ClickException(
            f"{what}磁盘已满,未留下半个文件,请腾出空间 / the disk is full ({error.strerror}); no half file is left; free some space"
        )
    return click.ClickException(f"{what}无法写入 / cannot be written: {error.strerror or error}")


class Verb(click.Command):
    """A command whose help is in both languages to its last line."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _in_both(super().get_help_option(ctx))


class Program(click.Group):
    """The commands, with a clear last word when the output cannot be written."""

    command_class = Verb

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _in_both(super().get_help_option(ctx))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except OSError as error:
            _let_go(sys.stdout)
            raise unwritable(error) from None


def _in_both(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = "显示本说明 / show this help"
    return option


def _let_go(stream: Any) -> None:
    """Send what a full disk did not take nowhere: Python would try once more at its end, and exit with a code of its own."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def encoding_of(stream: Any) -> str:
    """UTF-8 for whatever reads the output; a terminal in another code page (GBK), and who asks for one, get theirs.

    ASCII is no wish but a locale that says nothing (LC_ALL=C).
    """
    asked = stream.isatty() or os.environ.get("PYTHONIOENCODING")
    return stream.encoding if asked and codecs.lookup(stream.encoding).name != "ascii" else "utf-8"
