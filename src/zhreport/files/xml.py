"""Safe parsing of the XML parts of an Office file, and its elements by local name.

Names are taken without their namespace: "strict" files that Word saves use other namespaces for the same elements.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .errors import ReadError

if TYPE_CHECKING:
    from lxml.etree import _Element as Element


def parsed(path: str, data: bytes, part: str) -> Element:
    """The root of an XML part. Raises ReadError where it is broken or brings entities of its own."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(path, f"is damaged: {part} is no XML ({error})", "open it in Word or WPS and save it again") from None
    if root.getroottree().docinfo.doctype:
        # No Office program writes a DOCTYPE; it is there only to define entities that swell (a "billion laughs").
        raise ReadError(path, f"is refused: {part} defines XML entities", "open it in Word or WPS and save it again")
    return root


def name(element: Element) -> str:
    """The local name; empty for a comment or a processing instruction."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element | None, wanted: str) -> Iterator[Element]:
    """The children of that local name."""
    return (c for c in (() if element is None else element) if name(c) == wanted)


def child(element: Element | None, wanted: str) -> Element | None:
    """The first child of that local name."""
    return next(children(element, wanted), None)


def value(element: Element | None, attribute: str = "val") -> str | None:
    """An attribute by its local name."""
    for key, held in () if element is None else element.attrib.items():
        if str(key).rpartition("}")[2] == attribute:
            return str(held)
    return None


def integer(element: Element | None, attribute: str = "val") -> int | None:
    """An attribute as a number; one that is none counts as missing."""
    held = value(element, attribute)
    try:
        return int(held) if held is not None else None
    except ValueError:
        return None


def on(element: Element | None) -> bool:
    """Whether a switch such as `w:vanish` is there and not turned off."""
    return element is not None and value(element) not in ("0", "false", "off", "none")
