"""The field numbers that were ever given, kept in the schemas' folder: proto.lock.json.

Whoever has an old .proto, and whatever lies in a stream, knows members by their numbers. So a number stays
with its member, and a member with its number and its type, also when the member is gone for a while. The file
is the generator's; it is committed, so that a review sees which numbers a change gives away.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace

from .model import Arm, Enum, Location, Member, Model, NamedType, Object, ProtoType, Reserved, Union
from .problems import Problems
from .proto_fields import SPELLINGS, at, is_payload, is_repeated, kind, name_of, next_number, single

_ABOUT = ("Generated from the schemas: the numbers that members and enum values have in messages, and "
          "those that were theirs.")
# What reads everything that was written before.
_WIDENINGS = {("int32", "int64"), ("repeated int32", "repeated int64")}


@dataclass(frozen=True)
class _Field:
    member: str
    type: str


class Lock:
    def __init__(self, path: str) -> None:
        self._path = path
        self._messages: dict[str, dict[int, _Field]] = {}
        self._enums: dict[str, dict[int, str]] = {}

    @staticmethod
    def read(path: str, problems: Problems) -> Lock:
        made = Lock(path)
        if not os.path.exists(path):
            return made
        try:
            with open(path, encoding="utf-8") as stream:
                found = json.load(stream)
            made._messages = {
                name: {int(number): _Field(str(row["member"]), str(row["type"]))
                       for number, row in fields.items()}
                for name, fields in found["messages"].items()}
            made._enums = {
                name: {int(number): str(value) for number, value in values.items()}
                for name, values in found["enums"].items()}
            sound = made._is_sound()
        except (ValueError, TypeError, KeyError, AttributeError):
            sound = False
        if not sound:
            problems.add(Location(path), "makes no sense; restore it as it was generated")
        return made

    def _is_sound(self) -> bool:
        """Has nothing two numbers?"""
        groups = [[field.member for field in fields.values()] for fields in self._messages.values()]
        groups += [list(values.values()) for values in self._enums.values()]
        return all(len(set(names)) == len(names) for names in groups)

    def text(self) -> str:
        """One line for each number. Empty if there never was any."""
        if not self._messages and not self._enums:
            return ""
        enums = {name: {number: _json(value) for number, value in values.items()}
                 for name, values in self._enums.items()}
        messages = {
            name: {number: f'{{ "member": {_json(field.member)}, "type": {_json(field.type)} }}'
                   for number, field in fields.items()}
            for name, fields in self._messages.items()}
        return "\n".join([
            "{",
            f'  "about": {_json(_ABOUT)},',
            *_group("enums", enums, ","),
            *_group("messages", messages, ""),
            "}",
            "",
        ])

    # ---- Against the schemas ---------------------------------------------------------------------

    def apply(
        self, model: Model, types: tuple[ProtoType, ...], problems: Problems
    ) -> tuple[ProtoType, ...]:
        """The types with the numbers of enums' values, and with what is reserved; reports numbers that
        are not those of before, and notes new ones."""
        named = {of.name: of for of in model.types}
        return tuple(self._apply(of, named, model, problems) for of in types)

    def _apply(
        self, of: ProtoType, named: dict[str, NamedType], model: Model, problems: Problems
    ) -> ProtoType:
        shape = named[of.name].shape
        if isinstance(shape, Enum):
            return self._enum(of, shape)
        if isinstance(shape, (Object, Union)):
            return self._message(of, shape, named, model, problems)
        return of

    def _enum(self, of: ProtoType, shape: Enum) -> ProtoType:
        known = self._enums.setdefault(of.name, {})
        numbers = {value: number for number, value in known.items()}
        for value in shape.values:
            if value.value not in numbers:
                number = max(known, default=0) + 1
                known[number] = value.value
                numbers[value.value] = number
        there = {value.value for value in shape.values}
        return replace(
            of,
            numbers=tuple(numbers[value.value] for value in shape.values),
            reserved=tuple(Reserved(number, known[number]) for number in sorted(known)
                           if known[number] not in there),
        )

    def _message(
        self, of: ProtoType, shape: Object | Union, named: dict[str, NamedType], model: Model,
        problems: Problems,
    ) -> ProtoType:
        known = self._messages.setdefault(of.name, {})
        before = dict(known)
        rows: list[Member | Arm] = list(shape.members if isinstance(shape, Object) else shape.arms)
        there = set()
        for row in rows:
            if row.proto_field is None:
                continue
            name = name_of(row)
            there.add(name)
            field = _Field(name, _type(of.name, row, named, model))
            complaint = self._complaint(before, row.proto_field, field)
            if complaint is None:
                known[row.proto_field] = field
            else:
                problems.add(at(row.location), complaint)
        return replace(
            of, reserved=tuple(Reserved(number, known[number].member) for number in sorted(known)
                               if known[number].member not in there))

    def _complaint(self, before: dict[int, _Field], number: int, field: _Field) -> str | None:
        earlier = {known.member: (its, known) for its, known in before.items()}
        if field.member in earlier and earlier[field.member][0] != number:
            return (
                f"the field number of {field.member!r} is {earlier[field.member][0]} ({self._path}), and "
                "messages are around that have it so; give it that again")
        if number in before and before[number].member != field.member:
            return (
                f"{number} is or was the field number of {before[number].member!r} ({self._path}), and "
                f"messages are around that have it so; {next_number(before)} is free")
        if number in before and before[number].type != field.type:
            return self._changed(before, before[number].type, field)
        return None

    def _changed(self, before: dict[int, _Field], was: str, field: _Field) -> str | None:
        if (was, field.type) in _WIDENINGS:
            return None
        renamed = ""
        if _family(was) == _family(field.type) in ("enum", "message"):
            renamed = f", or, if only the type's name is another, change it in {self._path} too"
        return (
            f"the field was {was} until now ({self._path}) and would be {field.type}, which nobody "
            f"understands who has the other; add a member with another name and number "
            f"({next_number(before)} is free){renamed}")


def _type(owner: str, row: Member | Arm, named: dict[str, NamedType], model: Model) -> str:
    """What a field is, in words that change when the wire format or its meaning does."""
    if isinstance(row, Arm):
        return f"message {row.type_name}"
    if is_payload(owner, row, model.envelope):
        return SPELLINGS["PAYLOAD"]
    inline = single(row.use.type, named)
    what = kind(inline, named)
    spelling = SPELLINGS.get(what) or f"{what.lower()} {getattr(inline, 'name')}"
    return f"repeated {spelling}" if is_repeated(row.use.type, named) else spelling


def _family(spelling: str) -> str:
    return spelling.removeprefix("repeated ").partition(" ")[0]


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _group(title: str, rows: dict[str, dict[int, str]], end: str) -> list[str]:
    lines = [f'  "{title}": {{']
    for name in sorted(rows):
        lines.append(f"    {_json(name)}: {{")
        lines += _with_commas([f'      "{number}": {rows[name][number]}' for number in sorted(rows[name])])
        lines.append("    }," if name != max(rows) else "    }")
    return [*lines, f"  }}{end}"]


def _with_commas(lines: list[str]) -> list[str]:
    return [f"{line}," for line in lines[:-1]] + lines[-1:]
