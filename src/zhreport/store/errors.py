"""What can be wrong with a store: one error that says what to do."""

from __future__ import annotations

import errno
from pathlib import Path


class StoreError(ValueError):
    """A store that cannot be built or opened: what is wrong and what to do."""


def unwritable(store: Path, error: OSError) -> StoreError:
    """The error of a store that takes no more bytes, in words."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StoreError(f"{store}: the disk is full ({error.strerror}); free some space and build again, what is done is kept")
    return StoreError(
        f"{store}: cannot be written ({error.strerror or error}); check the permissions of {error.filename or store}"
    )
