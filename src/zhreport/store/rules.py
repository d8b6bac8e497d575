"""The version of the rules: what, when it changes, makes the work on a file stale."""

from __future__ import annotations

import functools
import hashlib
from importlib.metadata import version
from pathlib import Path

from .. import __version__
from ..lexicon import Lexicon

# What decides no row: these only show, compare or carry what the others found.
# A new module counts as a rule until it is named here, so a change is never missed.
_NO_RULES = {
    "adapters",
    "cli",
    "dask",
    "evaluation",
    "explanation",
    "inputs",
    "pages",
    "segmentation",
    "store",
    "terminal",
}


def rules_version(lexicon: Lexicon | None = None) -> str:
    """The version of the package with a hash of its rules and of the word tables: `0.1.0+3f2a91c04b7e`."""
    found = hashlib.sha256(_source_hash().encode())
    found.update(_tables_hash(lexicon or Lexicon.load()).encode())
    found.update(f"datasketch {version('datasketch')}".encode())
    return f"{__version__}+{found.hexdigest()[:12]}"


@functools.cache
def _source_hash() -> str:
    """A hash of the source of the rule modules, whatever the line ends of the checkout."""
    root = Path(__file__).parents[1]
    found = hashlib.sha256()
    for path in sorted(root.rglob("*.py"), key=lambda p: p.relative_to(root).as_posix()):
        name = path.relative_to(root)
        if name.parts[0].removesuffix(".py") not in _NO_RULES:
            found.update(f"\0{name.as_posix()}\0".encode())
            found.update(path.read_bytes().replace(b"\r\n", b"\n"))
    # How a report becomes a signature is a rule, too, though it stands with the store.
    found.update((Path(__file__).parent / "signatures.py").read_bytes().replace(b"\r\n", b"\n"))
    return found.hexdigest()


def _tables_hash(lexicon: Lexicon) -> str:
    found = hashlib.sha256()
    for name in sorted(lexicon.rows):
        for row in lexicon.rows[name]:
            found.update("\t".join((name, *row.cells)).encode("utf-8", "surrogatepass"))
            found.update(b"\n")
    return found.hexdigest()
