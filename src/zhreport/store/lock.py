"""One build at a time: a lock file with the process and the machine that hold it."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import StoreError

# The system's lock belongs to the process: it would let a second thread of ours in.
_HELD: set[str] = set()


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """Hold the lock of a store. The system drops it when the process dies, so no lock is ever stale.

    Raises StoreError when another build holds it.
    """
    path = store / ".lock"
    name = os.path.realpath(path)
    if name in _HELD:  # not even opened here: closing it would drop the lock that this very process holds
        raise _refusal(store, f"process {os.getpid()}, this one")
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    if not _taken(handle):
        holder = _holder(path)
        os.close(handle)
        raise _refusal(store, holder)
    _HELD.add(name)
    try:
        os.ftruncate(handle, 0)
        os.write(handle, json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode())
        yield
    finally:
        with suppress(OSError):
            os.ftruncate(handle, 0)
        _HELD.discard(name)
        os.close(handle)


def _refusal(store: Path, holder: str) -> StoreError:
    return StoreError(f"{store}: another build is at work ({holder}); wait until it ends, or end it, and build again")


def _taken(handle: int) -> bool:
    """Try to lock; a record lock is not inherited by the workers, so it ends with this process and not with theirs."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(handle, 1 << 20, os.SEEK_SET)  # far behind the text, which others may read
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _holder(path: Path) -> str:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return f"process {told['pid']} on {told['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "a process that is just starting"
