"""Which types are messages of Protocol Buffers, and what of them no message can say.

A type is one by the field numbers of its members (x-proto-field), and then so is all that it refers to. A
message has to give the same JSON back that it was made from, so what would come back as something else is
refused here, where it can be changed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

from . import proto_names
from .load import LOCK
from .model import (
    Arm, Array, Inline, Location, Member, Model, NamedType, Object, Proto, ProtoType, Ref, Union,
)
from .names import is_nullable
from .problems import Problems
from .proto_fields import KEYWORD, at, name_of, next_number, shape_of
from .proto_lock import Lock

_ADVICE = f"give each of its members an {KEYWORD}"


def with_proto(directory: str, model: Model, problems: Problems) -> Model:
    """The model with what there is of Protocol Buffers in it; for nothing, where no type has numbers."""
    path = os.path.join(directory, LOCK)
    numbered = any(number is not None for named in model.types for _, number in _numbers(named))
    wanted = any("protobuf" in event.encodings for event in model.events)
    if not numbered and not wanted and not os.path.exists(path):
        return model
    found = _Messages(model, problems)
    found.find()
    if problems:
        return model
    lock = Lock.read(path, problems)
    types = lock.apply(model, found.types(), problems)
    made = replace(model, proto=Proto(types, lock.text()))
    if not problems:
        problems.extend(proto_names.check(made))
    return made


def _numbers(named: NamedType) -> list[tuple[Member | Arm, int | None]]:
    shape = named.shape
    if isinstance(shape, Object):
        return [(of, of.proto_field) for of in shape.members]
    return [(of, of.proto_field) for of in shape.arms] if isinstance(shape, Union) else []


class _Messages:
    def __init__(self, model: Model, problems: Problems) -> None:
        self._model = model
        self._problems = problems
        self._named = {named.name: named for named in model.types}
        self._constants: dict[str, set[str]] = {}
        self._found: set[str] = set()

    def types(self) -> tuple[ProtoType, ...]:
        return tuple(
            ProtoType(name, constants=tuple(sorted(self._constants.get(name, ()))))
            for name in sorted(self._found))

    def find(self) -> None:
        starts = [named for named in self._model.types
                  if any(number is not None for _, number in _numbers(named))]
        for named in starts:
            if isinstance(named.shape, Union):
                for arm in named.shape.arms:
                    self._constants.setdefault(arm.type_name, set()).add(named.shape.discriminator)
        todo = [*starts, *self._of_events()]
        while todo:
            named = todo.pop()
            if named.name not in self._found:
                self._found.add(named.name)
                todo.extend(self._judge(named))

    def _of_events(self) -> Iterator[NamedType]:
        """Events without members have no numbers that would say it."""
        for event in self._model.events:
            if "protobuf" not in event.encodings:
                continue
            named = self._named[event.name]
            if self._lacks_numbers(named):
                self._problems.add(
                    replace(event.location, pointer="/x-event/encodings"),
                    f"has protobuf, but the event has no field numbers; {_ADVICE}")
            else:
                yield named

    def _lacks_numbers(self, named: NamedType) -> bool:
        """Has it members to number, none of which is?"""
        constants = self._constants.get(named.name, ())
        rows = [(of, number) for of, number in _numbers(named) if name_of(of) not in constants]
        return bool(rows) and all(number is None for _, number in rows)

    def _judge(self, named: NamedType) -> Iterator[NamedType]:
        """Reports what is wrong with a type, and gives those it refers to."""
        shape = named.shape
        self._check_numbers(named)
        if isinstance(shape, Object):
            for of in shape.members:
                self._check_member(named, of)
                yield from self._referred(of.use.type, of.location)
        elif isinstance(shape, Union):
            for arm in shape.arms:
                yield from self._referred(Ref(arm.type_name), arm.location)
        elif isinstance(shape, Array):
            yield from self._referred(shape.items.type, named.location)

    def _referred(self, inline: Inline, location: Location) -> Iterator[NamedType]:
        if isinstance(inline, Array):
            yield from self._referred(inline.items.type, location)
        elif isinstance(inline, Ref):
            target = self._named[inline.name]
            if not self._lacks_numbers(target):
                yield target
            else:
                self._problems.add(
                    target.location,
                    f"a type with field numbers refers to this one (in {location.file}:"
                    f"{location.line}), which has none; {_ADVICE}")

    # ---- Numbers ---------------------------------------------------------------------------------

    def _check_numbers(self, named: NamedType) -> None:
        constants = self._constants.get(named.name, ())
        rows = _numbers(named)
        free = next_number([number for _, number in rows if number is not None])
        first: dict[int, str] = {}
        for of, number in rows:
            name = name_of(of)
            if isinstance(of, Member) and name in constants:
                if number is not None:
                    self._problems.add(
                        at(of.location), "the arm of the union says what this member is, so it is not in "
                        "the message; take the number away")
            elif number is None:
                what = "member" if isinstance(of, Member) else "arm"
                self._problems.add(
                    of.location,
                    f'this {what} has no field number, while others beside it have; add "{KEYWORD}": '
                    f"{free}, or take theirs away")
                free = next_number([free])
            elif first.setdefault(number, name) != name:
                self._problems.add(
                    at(of.location), f"{number} is the field number of {first[number]!r} already; "
                    f"{free} is free")

    # ---- What a message can't say ----------------------------------------------------------------

    def _check_member(self, owner: NamedType, of: Member) -> None:
        envelope = self._model.envelope
        if owner.name == envelope.name and of.name == envelope.payload_base64:
            self._refuse(of, "a message carries the payload as bytes, so nothing is in base64; take "
                             "payloadBase64 out of x-envelope, or the field numbers away")
        nullable = is_nullable(of.use, self._named)
        if nullable and not of.required:
            self._refuse(of, "a message can't tell null from absent; make the member required, or take "
                             "null from its type")
        shape = shape_of(of.use.type, self._named)
        if isinstance(shape, Array):
            self._check_array(of, shape, nullable)

    def _check_array(self, of: Member, array: Array, nullable: bool) -> None:
        if isinstance(shape_of(array.items.type, self._named), Array):
            self._refuse(of, "a message has no arrays of arrays; make the items objects that hold an array")
        if is_nullable(array.items, self._named):
            self._refuse(of, "the items of a repeated field can't be null; take null from their type")
        if array.min_items > 0:
            return
        if not of.required:
            self._refuse(of, "a message can't tell an empty array from none; make the member required, or "
                             "say minItems: 1")
        elif nullable:
            self._refuse(of, "a message can't tell an empty array from null; take null from the type, or "
                             "say minItems: 1")

    def _refuse(self, of: Member, text: str) -> None:
        self._problems.add(of.location, text)
