"""Which types contain which: recursion, and types of which no value could ever end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from .model import Array, Inline, NamedType, Object, Ref, Shape, Union
from .problems import Problems


def contained(shape: Shape | Inline) -> Iterator[str]:
    """The named types that a value of this shape may contain directly."""
    if isinstance(shape, Object):
        for member in shape.members:
            yield from contained(member.use.type)
    elif isinstance(shape, Union):
        for arm in shape.arms:
            yield arm.type_name
    elif isinstance(shape, Array):
        yield from contained(shape.items.type)
    elif isinstance(shape, Ref):
        yield shape.name


def reachable(starts: list[str], onward: Callable[[str], list[str]]) -> set[str]:
    """Everything that can be got to from the starts, by one step at least."""
    found: set[str] = set()
    todo = [following for start in starts for following in onward(start)]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(onward(name))
    return found


def mark_recursive(types: tuple[NamedType, ...]) -> tuple[NamedType, ...]:
    """Marks the types of which a value can contain another of the same type."""
    steps = {named.name: list(contained(named.shape)) for named in types}

    def onward(name: str) -> list[str]:
        return steps.get(name, [])

    return tuple(
        replace(named, recursive=named.name in reachable([named.name], onward)) for named in types
    )


def check_ends(types: tuple[NamedType, ...], problems: Problems) -> None:
    """Refuses types that need another value of themselves in every value, without end."""
    ending: set[str] = set()
    known = {named.name for named in types}
    grown = True
    while grown:
        grown = False
        for named in types:
            if named.name not in ending and _can_end(named.shape, ending, known):
                ending.add(named.name)
                grown = True
    for named in types:
        if named.name not in ending:
            problems.add(
                named.location,
                "every value would have to contain another one, without end; make a member on the "
                "way optional, nullable or an array",
            )


def _can_end(shape: Shape | Inline, ending: set[str], known: set[str]) -> bool:
    if isinstance(shape, Object):
        return all(
            not member.required or member.use.nullable
            or _can_end(member.use.type, ending, known)
            for member in shape.members
        )
    if isinstance(shape, Union):
        return any(arm.type_name in ending or arm.type_name not in known for arm in shape.arms)
    if isinstance(shape, Array):
        return shape.min_items == 0 or shape.items.nullable or _can_end(
            shape.items.type, ending, known)
    if isinstance(shape, Ref):
        return shape.name in ending or shape.name not in known
    return True
