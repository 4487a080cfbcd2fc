"""The parts of a parsed pattern: plain immutable data, with no positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from .unicode import CodeSet


class PatternError(ValueError):
    """The pattern cannot be used: what is wrong, what to do, and the index it stands at."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


@dataclass(frozen=True)
class Set:
    """One code point out of a set."""

    codes: CodeSet


@dataclass(frozen=True)
class Sequence:
    items: tuple["Node", ...]


@dataclass(frozen=True)
class Choice:
    options: tuple["Node", ...]


@dataclass(frozen=True)
class Repeat:
    item: "Node"
    least: int
    most: int | None
    greedy: bool


@dataclass(frozen=True)
class Group:
    """A capturing group; groups are numbered from 1 in the order of their parentheses."""

    item: "Node"
    number: int


@dataclass(frozen=True)
class Assertion:
    """One of ^ $ \\b \\B, by its text."""

    kind: str


@dataclass(frozen=True)
class Look:
    item: "Node"
    behind: bool
    negative: bool


@dataclass(frozen=True)
class BackReference:
    """A reference to a group that ends before it; any other one matches the empty string."""

    number: int


Node = Union[Set, Sequence, Choice, Repeat, Group, Assertion, Look, BackReference]

NOTHING = Sequence(())


def children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Sequence):
        return node.items
    if isinstance(node, Choice):
        return node.options
    if isinstance(node, (Repeat, Group, Look)):
        return (node.item,)
    return ()


def nullable(node: Node) -> bool:
    """Whether the node can match without consuming anything."""
    if isinstance(node, Set):
        return False
    if isinstance(node, Sequence):
        return all(nullable(item) for item in node.items)
    if isinstance(node, Choice):
        return any(nullable(option) for option in node.options)
    if isinstance(node, Repeat):
        return node.least == 0 or nullable(node.item)
    if isinstance(node, Group):
        return nullable(node.item)
    return True
