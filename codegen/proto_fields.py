"""What members are in a message of Protocol Buffers: kinds of fields, as kh/proto.h has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .forms import RESERVED_FIELDS
from .model import (
    Arm, Array, Boolean, Enum, Envelope, FreeForm, Inline, Instant, Integer, Location, Member, NamedType, Number,
    Object, Ref, Shape, Union,
)
from .view.types import integer_type

KEYWORD = "x-proto-field"
# By kind, what the field is in a .proto file; those of the schemas' own types are named otherwise.
SPELLINGS = {
    "STRING": "string", "INSTANT": "int64", "INT32": "int32", "INT64": "int64", "UINT64": "uint64",
    "DOUBLE": "double", "BOOL": "bool", "PAYLOAD": "bytes", "STRUCT": "google.protobuf.Struct",
    "VALUE": "google.protobuf.Value", "LIST": "google.protobuf.ListValue",
}
# Those that are numbers on the wire, so that repeated ones are packed.
PACKED = frozenset({"INSTANT", "INT32", "INT64", "UINT64", "DOUBLE", "BOOL", "ENUM"})

Named = dict[str, NamedType]


def shape_of(inline: Inline, named: Named) -> Shape:
    return named[inline.name].shape if isinstance(inline, Ref) else inline


def is_repeated(inline: Inline, named: Named) -> bool:
    return isinstance(shape_of(inline, named), Array)


def single(inline: Inline, named: Named) -> Inline:
    """What a field holds; of a repeated one, what it holds each time."""
    shape = shape_of(inline, named)
    return shape.items.type if isinstance(shape, Array) else inline


def kind(inline: Inline, named: Named) -> str:
    """Of a field that holds one such value."""
    shape = shape_of(inline, named)
    if isinstance(shape, Instant):
        return "INSTANT"
    if isinstance(shape, Integer):
        return integer_type(shape).name.upper()
    if isinstance(shape, Number):
        return "DOUBLE"
    if isinstance(shape, Boolean):
        return "BOOL"
    if isinstance(shape, Enum):
        return "ENUM"
    if isinstance(shape, (Object, Union)):
        return "MESSAGE"
    if isinstance(shape, FreeForm):
        return {"any": "VALUE", "object": "STRUCT", "array": "LIST"}[shape.kind]
    return "STRING"


def is_payload(owner: str, of: Member, envelope: Envelope) -> bool:
    return owner == envelope.name and of.name == envelope.payload


def absent(of: Member, nullable: bool, repeated: bool) -> str:
    """What the member is in JSON when it is not in the message."""
    if of.required and nullable:
        return "NULL"
    return "EMPTY" if of.required and repeated else "LEFT_OUT"


def at(location: Location) -> Location:
    """Of the number beside something."""
    return replace(location, pointer=f"{location.pointer}/{KEYWORD}")


def name_of(of: Member | Arm) -> str:
    return of.name if isinstance(of, Member) else of.value


def next_number(taken: Iterable[int]) -> int:
    number = max(taken, default=0) + 1
    return RESERVED_FIELDS.stop if number in RESERVED_FIELDS else number
