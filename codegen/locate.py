"""JSON documents: their values, how each number is written, and where each value stands.

The standard library's reader is fast but takes the last of two equal members, accepts NaN and half
surrogate pairs, and keeps no places. So it reads what is simple, and whatever it trips over is read
again by `strict_json`, which says what is wrong and where. Lines are looked for only when somebody
asks: when there is a problem.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from .strict_json import DEEPEST_NESTING, JsonError, check_number, places, position

__all__ = ["Document", "JsonError", "Node", "NumberText", "escape", "read", "unescape"]

# With more objects and arrays than this the nesting is looked at before the recursive reader does.
_MANY = 5_000


@dataclass(frozen=True)
class NumberText:
    """A number as the document spells it."""

    text: str

    def exact(self) -> Fraction | int:
        return int(self.text) if self._is_spelled_out() else Fraction(self.text)

    def is_integral(self) -> bool:
        return self._is_spelled_out() or self.exact().denominator == 1

    def plain(self) -> int | float:
        """Integers exactly (1.0 is one), others as floats."""
        if self._is_spelled_out():
            return int(self.text)
        exact = self.exact()
        if exact.denominator == 1 and abs(exact) < 2**64:
            return int(exact)
        return float(self.text)

    def _is_spelled_out(self) -> bool:
        """Is it an integer without a point or an exponent?"""
        return self.text.removeprefix("-").isdigit()


class Node:
    """A JSON value. Compared by identity. `kind`: its JSON type, as `type` would call it."""

    __slots__ = ("value", "kind", "depth")

    def __init__(
        self, value: dict[str, Node] | list[Node] | str | NumberText | bool | None, kind: str,
        depth: int = 0,
    ) -> None:
        self.value = value
        self.kind = kind
        self.depth = depth  # of the objects and arrays in it, itself included

    def members(self) -> dict[str, Node]:
        return self.value if isinstance(self.value, dict) else {}

    def elements(self) -> list[Node]:
        return self.value if isinstance(self.value, list) else []

    def plain(self) -> object:
        """The value as Python's own types."""
        value = self.value
        if isinstance(value, dict):
            return {name: member.plain() for name, member in value.items()}
        if isinstance(value, list):
            return [element.plain() for element in value]
        return value.plain() if isinstance(value, NumberText) else value


def escape(name: str) -> str:
    """One step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1") if "~" in name or "/" in name else name


def unescape(step: str) -> str | None:
    """The name that a step of a JSON pointer means; None if it is no such step."""
    if re.search(r"~(?![01])", step):
        return None
    return step.replace("~1", "/").replace("~0", "~")


class Document:
    """A JSON text that was read."""

    def __init__(self, text: str, root: Node) -> None:
        self._text = text
        self.root = root

    def line_of(self, pointer: str) -> int:
        """The line of the member's name or the element that the pointer leads to, as far as it does."""
        while pointer not in self._lines:
            pointer = pointer.rpartition("/")[0]
        return self._lines[pointer]

    @cached_property
    def _lines(self) -> dict[str, int]:
        return places(self._text)


def read(data: bytes) -> Document:
    """JsonError tells what is wrong and where."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = position(before, len(before))
        raise JsonError(line, column, "", "not UTF-8; save the file as UTF-8") from None
    # An escape may be half of a surrogate pair.
    if "\\u" in text or text.count("{") + text.count("[") > _MANY:
        places(text)
    try:
        root = _node(_READER.decode(text))
        if root.depth > DEEPEST_NESTING:
            raise ValueError("nested too deep")
    except ValueError:
        places(text)
        raise
    return Document(text, root)


# ---- The standard library's reader, making nodes -------------------------------------------------

_KINDS = {str: "string", NumberText: "number", bool: "boolean", type(None): "null"}


def _node(value: object) -> Node:
    """Objects come as nodes already."""
    if isinstance(value, Node):
        return value
    if isinstance(value, list):
        elements = [_node(element) for element in value]
        return Node(elements, "array", 1 + max([node.depth for node in elements], default=0))
    return Node(value, _KINDS[type(value)])


def _object(members: list[tuple[str, object]]) -> Node:
    nodes = {name: _node(value) for name, value in members}
    if len(nodes) < len(members):
        raise ValueError("a member twice")
    return Node(nodes, "object", 1 + max([node.depth for node in nodes.values()], default=0))


def _number(text: str) -> NumberText:
    check_number(text)
    return NumberText(text)


def _refuse(text: str) -> None:
    raise ValueError(text)


_READER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_number, parse_float=_number, parse_constant=_refuse
)
