"""A set of code points as a tree over the bytes of its UTF-8 encodings.

The input is known to be valid UTF-8. So a whole block of code points needs no check of its
continuation bytes: its edge leads to ANY_REST, which skips whatever continuation bytes follow.
That keeps `^[^<>]{1,200}$` at one state per character instead of four.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import Union

from .unicode import SURROGATES, CodeSet, subtract, union

CONTINUATION = range(0x80, 0xC0)

ANY_REST = "any rest"
# Edges of a tree node, in the order of their first byte: the bytes as a 256-bit mask, the child.
Tree = tuple[tuple[int, Union[str, "Tree"]], ...]

# First lead byte, lead bytes, code points of one lead byte, and what such a form never encodes.
_FORMS: tuple[tuple[int, int, int, CodeSet], ...] = (
    (0xC0, 32, 0x40, ((0, 0x7F),)),
    (0xE0, 16, 0x1000, union(((0, 0x7FF),), SURROGATES)),
    (0xF0, 8, 0x40000, ((0, 0xFFFF), (0x110000, 0x1FFFFF))),
)


@lru_cache(maxsize=512)
def utf8_tree(codes: CodeSet) -> Tree:
    """The tree of a set. Its leaves are ANY_REST, also where no byte can follow any more."""
    codes = subtract(codes, SURROGATES)
    edges: dict[Union[str, Tree], int] = {}
    for byte in range(0x80):
        if _overlaps(codes, byte, byte):
            edges[ANY_REST] = edges.get(ANY_REST, 0) | 1 << byte
    for first_lead, leads, size, impossible in _FORMS:
        exact = subtract(codes, impossible)
        loose = union(codes, impossible)
        for index in range(leads):
            child = _child(exact, loose, index * size, size)
            if child is not None:
                edges[child] = edges.get(child, 0) | 1 << (first_lead + index)
    return _ordered(edges)


def _child(codes: CodeSet, loose: CodeSet, base: int, size: int) -> Union[str, Tree, None]:
    """What follows the bytes that stand for [base, base + size): None where nothing matches."""
    last = base + size - 1
    if not _overlaps(codes, base, last):
        return None
    if _covers(loose, base, last):
        return ANY_REST
    step = size // 64
    edges: dict[Union[str, Tree], int] = {}
    for index, byte in enumerate(CONTINUATION):
        child = _child(codes, loose, base + index * step, step)
        if child is not None:
            edges[child] = edges.get(child, 0) | 1 << byte
    return _ordered(edges)


def _ordered(edges: dict[Union[str, Tree], int]) -> Tree:
    found = [(mask, child) for child, mask in edges.items()]
    return tuple(sorted(found, key=lambda edge: edge[0] & -edge[0]))


def _range_at(codes: CodeSet, code: int) -> int:
    """Index of the last range that begins at or before the code point, or -1."""
    return bisect_right(codes, (code, 0x7FFFFFFF)) - 1


def _covers(codes: CodeSet, low: int, high: int) -> bool:
    index = _range_at(codes, low)
    return index >= 0 and codes[index][1] >= high


def _overlaps(codes: CodeSet, low: int, high: int) -> bool:
    index = _range_at(codes, high)
    return index >= 0 and codes[index][1] >= low
