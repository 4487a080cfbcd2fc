"""Reads the objects behind x-event and its kin, and looks at the members they name."""

from __future__ import annotations

from dataclasses import dataclass

from .locate import Node, NumberText
from .model import (
    Boolean, Decimal, Enum, FreeForm, Instant, Integer, Member, NamedType, Number, Object, Ref,
    Shape, String, Union,
)
from .problems import Problems
from .schemas import Schema

Scalar = String | Decimal | Instant | Integer | Number | Boolean | Enum
KEY_TYPES = (String, Integer, Enum, Instant)
KEY_WORDS = "a string, an integer, an enum or a date-time"


class Fields:
    """The members of one of our keywords' objects; reports those unknown or of the wrong form."""

    def __init__(
        self, schema: Schema, steps: tuple[str, ...], node: Node, known: tuple[str, ...],
        problems: Problems,
    ) -> None:
        self._schema = schema
        self._steps = steps
        self._members = node.members()
        self._problems = problems
        for name in self._members:
            if name not in known:
                self.add(f"is unknown; {steps[-1]} has {', '.join(known)}", name)

    def add(self, text: str, *steps: str) -> None:
        self._problems.add(self._schema.at(*self._steps, *steps), text)

    def has(self, name: str) -> bool:
        return name in self._members

    def text(self, name: str, *, required: bool = False) -> str | None:
        node = self._members.get(name)
        if node is None:
            if required:
                self.add(f"needs {name!r}, a string; add it")
            return None
        if isinstance(node.value, str) and node.value:
            return node.value
        self.add("must be a string that is not empty", name)
        return None

    def count(self, name: str, default: int) -> int:
        node = self._members.get(name)
        if node is None:
            return default
        if isinstance(node.value, NumberText) and node.value.is_integral():
            if 1 <= node.value.exact() < 2**31:
                return int(node.value.exact())
        self.add("must be an integer from 1", name)
        return default

    def names(self, name: str, *, required: bool = False, single: bool = True) -> tuple[str, ...]:
        """A list of members' names; where `single`, one may stand for itself."""
        node = self._members.get(name)
        if node is None:
            if required:
                self.add(f"needs {name!r}, the name of a member or a list of them; add it")
            return ()
        elements = [node] if single and node.kind == "string" else node.elements()
        found = [element.value for element in elements if isinstance(element.value, str)]
        if not found or len(found) < len(elements):
            kind = "the name of a member or a list of them" if single else "a list of members"
            self.add(f"must be {kind}", name)
            return ()
        if len(set(found)) < len(found):
            self.add("names a member twice; remove one", name)
            return ()
        return tuple(found)

    def choices(self, name: str, known: tuple[str, ...]) -> tuple[str, ...]:
        """Some of those that are known, in their order."""
        node = self._members.get(name)
        if node is None:
            return ()
        found = [element.value for element in node.elements()]
        if not found or any(value not in known for value in found) or len(set(found)) < len(found):
            self.add(f"must be a list of {' and '.join(known)}, or of one of them", name)
            return ()
        return tuple(value for value in known if value in found)


@dataclass(frozen=True)
class Row:
    """An object type whose members can be looked up."""

    name: str
    members: dict[str, Member]
    types: dict[str, NamedType]

    def shape(self, name: str) -> Shape:
        """The member's type with references followed; broken stand-ins are free-form "broken"."""
        kind = self.members[name].use.type
        while isinstance(kind, Ref):
            if kind.name not in self.types:
                return FreeForm("broken")
            named = self.types[kind.name].shape
            return named
        return kind

    def is_broken(self, name: str) -> bool:
        return self.shape(name) == FreeForm("broken")

    def is_scalar(self, name: str) -> bool:
        return not isinstance(self.shape(name), (Object, Union, FreeForm)) and isinstance(
            self.shape(name), (String, Decimal, Instant, Integer, Number, Boolean, Enum))

    def missing(self, name: str) -> str | None:
        """A complaint if there is no such member."""
        if name in self.members:
            return None
        return f"{name!r} is not a member of {self.name}; correct it, or add the member"

    def not_a_key(self, name: str) -> str | None:
        """A complaint if the member cannot be (part of) a key."""
        if self.missing(name) is not None or self.is_broken(name):
            return self.missing(name)
        member = self.members[name]
        if not isinstance(self.shape(name), KEY_TYPES):
            return f"member {name!r} cannot be a key; make it {KEY_WORDS}"
        if not member.required or member.use.nullable:
            return f"member {name!r} may be missing or null, a key may not; make it required"
        return None


def row(name: str, types: dict[str, NamedType]) -> Row | None:
    """The members of one of the types; None unless it is a sound object."""
    named = types.get(name)
    if named is None or not isinstance(named.shape, Object):
        return None
    return Row(name, named.shape.by_name, types)
