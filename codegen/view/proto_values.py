"""Statements that read and check one value of a message, as `values` has them for JSON.

A check that needs the digits of an integer is a comparison here. What can only be told by looking at text is left
to the slow way: the reader then says that it does not take the message.
"""

from __future__ import annotations

from ..model import Array, Decimal, FreeForm, Inline, Integer, Number, Ref, Shape
from ..proto_fields import PACKED, is_repeated, kind, single
from .text import signed_literal, unsigned_literal
from .types import INT64_MAXIMUM, Types, integer_type
from .values import Place, checks, try_

CURSOR = "&in->check"
DECLINE = "return KH_INVALID;"
_READERS = {
    "STRING": "str", "INSTANT": "instant", "INT32": "int32", "INT64": "int64", "UINT64": "uint64",
    "DOUBLE": "double", "BOOL": "bool",
}


def wire(what: str) -> str:
    """Of a field of that kind."""
    if what == "DOUBLE":
        return "KH_WIRE_FIXED64"
    return "KH_WIRE_VARINT" if what in PACKED else "KH_WIRE_BYTES"


def is_packed(what: str) -> bool:
    return what in PACKED


def field_kind(inline: Inline, types: Types) -> str:
    """Of a field that holds it, or holds it each time."""
    return kind(single(inline, types.named), types.named)


def repeated(inline: Inline, types: Types) -> bool:
    return is_repeated(inline, types.named)


def read(inline: Inline, place: Place, types: Types) -> list[str]:
    """Statements that read one value and check it."""
    assert not isinstance(inline, Array)
    if not isinstance(inline, Ref):
        return read_scalar(inline, place, kind(inline, types.named))
    name = types.name(inline)
    if kind(inline, types.named) != "MESSAGE":
        return [try_(f"{name}_read_proto(in, {place.address})")]
    verb = "read_proto_new" if types.is_boxed(inline) and place.value != "*item" else "read_proto"
    return [
        try_("kh_proto_enter(in, &outer)"),
        try_(f"{name}_{verb}(in, {place.address})"),
        "kh_proto_leave(in, outer);",
    ]


def read_scalar(shape: Shape | Inline, place: Place, what: str) -> list[str]:
    if isinstance(shape, FreeForm):
        return [try_(f"kh_proto_read_raw(in, KH_PROTO_{what}, {place.address})")]
    reader = "decimal" if isinstance(shape, Decimal) else _READERS[what]
    return [try_(f"kh_proto_read_{reader}(in, {place.address})"), *_checks(shape, place)]


def _checks(shape: Shape | Inline, place: Place) -> list[str]:
    if isinstance(shape, Integer):
        return _integer_checks(shape, place)
    lines = checks(shape, place)
    if isinstance(shape, Number) and lines:
        return [f"kh_proto_number_text(in, {place.value});", *lines]
    return lines


def _integer_checks(shape: Integer, place: Place) -> list[str]:
    unsigned = integer_type(shape).check == "uint64"
    literal = unsigned_literal if unsigned else signed_literal
    allowed = shape.enum if shape.const is None else (shape.const,)
    if allowed:
        unlike = " && ".join(f"{place.value} != {literal(value)}" for value in allowed)
        return condition(unlike)
    if shape.multiple_of is not None and not unsigned and shape.multiple_of > INT64_MAXIMUM:
        # A multiple of that is 0, or what the slow way may take.
        return condition(f"{place.value} != 0")
    return checks(shape, place)


def condition(text: str) -> list[str]:
    """The message is not taken when it holds."""
    return [f"if ({text}) {{", f"    {DECLINE}", "}"]
