"""Statements that read, check, write and fill in one value, wherever it stands."""

from __future__ import annotations

import json
from dataclasses import dataclass

from .. import names as naming
from ..model import (
    Array, Boolean, Decimal, Enum, FreeForm, Inline, Instant, Integer, Number, Ref, Shape, String,
)
from .patterns import constant_name, is_automaton
from .text import double_literal, kh_str, signed_literal, string_literal, unsigned_literal
from .types import INT64_MAXIMUM, Types, integer_type, scalar


@dataclass(frozen=True)
class Place:
    """Where a value is kept: the expressions for it, for its address, and the stem of the names of
    constants that belong to it. An array is kept in two: `value` and `count`."""

    value: str
    address: str
    stem: str
    count: str = ""
    shared: bool = False  # the constants are those of a named scalar
    cursor: str = "in"  # what checks are given


def member_place(owner: str, name: str, stem: str, cursor: str = "in") -> Place:
    value = f"{owner}->{name}"
    return Place(value, f"&{value}", stem, f"{value}_count", cursor=cursor)


def try_(expression: str) -> str:
    return f"KH_TRY({expression});"


# ---- Reading -------------------------------------------------------------------------------------


def read(inline: Inline, place: Place, types: Types) -> list[str]:
    """Statements that read a value and check it, without regard to null and absence."""
    if isinstance(inline, Ref):
        verb = "read_new" if types.is_boxed(inline) and place.value != "*item" else "read"
        return [try_(f"{types.name(inline)}_{verb}(in, {place.address})")]
    if isinstance(inline, Array):
        return [try_(f"read_{place.stem}(in, {place.address}, &{place.count})")]
    return [try_(f"{scalar(inline).read}(in, {place.address})"), *checks(inline, place)]


def checks(shape: Shape | Inline, place: Place) -> list[str]:
    """Statements that check a scalar right after it was read."""
    return [try_(f"kh_check_{call}") for call in _checks(shape, place)]


def _checks(shape: Shape | Inline, place: Place) -> list[str]:
    if isinstance(shape, String):
        return _string_checks(shape, place)
    if isinstance(shape, Decimal):
        calls = [
            f"decimal_{rule}({place.cursor}, {place.address}, {string_literal(bound)})"
            for rule, bound in _bounds(shape) if bound is not None
        ]
        scale = [] if shape.scale is None else [f"decimal_scale({place.cursor}, {place.address}, {shape.scale})"]
        return calls + scale
    if isinstance(shape, Integer):
        return _constant_checks(shape, place) or _integer_checks(shape, place)
    if isinstance(shape, Number):
        calls = [
            f"{rule}({place.cursor}, {string_literal(bound)})"
            for rule, bound in _bounds(shape) if bound is not None
        ]
        divisor = [] if shape.multiple_of is None else [
            f"multiple_of({place.cursor}, {string_literal(shape.multiple_of)})"]
        return _constant_checks(shape, place) + calls + divisor
    if isinstance(shape, Boolean) and shape.const is not None:
        return [f"const_bool({place.cursor}, {place.value}, {'true' if shape.const else 'false'})"]
    return []


def _string_checks(shape: String, place: Place) -> list[str]:
    value = place.value
    calls = [] if shape.const is None else [f"const_str({place.cursor}, {value}, {kh_str(shape.const)})"]
    if shape.min_length > 0:
        calls.append(f"min_length({place.cursor}, {value}, {shape.min_length})")
    if shape.max_length is not None:
        calls.append(f"max_length({place.cursor}, {value}, {shape.max_length})")
    if shape.format is not None:
        predicate = f"kh_format_is_{shape.format.replace('-', '_')}({value})"
        calls.append(f"format({place.cursor}, {predicate}, {string_literal(shape.format)})")
    if shape.pattern is not None:
        kind = "pattern" if is_automaton(shape.pattern) else "regex"
        calls.append(f"{kind}({place.cursor}, {value}, &{constant_name(kind, place.stem, place.shared)})")
    return calls


def _bounds(shape: Decimal | Number) -> list[tuple[str, str | None]]:
    return [
        ("minimum", shape.minimum),
        ("exclusive_minimum", shape.exclusive_minimum),
        ("maximum", shape.maximum),
        ("exclusive_maximum", shape.exclusive_maximum),
    ]


def _constant_checks(shape: Integer | Number, place: Place) -> list[str]:
    if shape.const is not None:
        return [f"const_number({place.cursor}, {string_literal(str(shape.const))})"]
    if shape.enum:
        allowed = constant_name("allowed", place.stem, place.shared)
        return [f"enum_number({place.cursor}, {allowed}, {len(shape.enum)})"]
    return []


def _integer_checks(shape: Integer, place: Place) -> list[str]:
    """A bound that is that of the C type is checked by reading it."""
    kind = integer_type(shape)
    literal = unsigned_literal if kind.check == "uint64" else signed_literal
    calls = []
    if shape.minimum is not None and shape.minimum > kind.minimum:
        calls.append(f"minimum_{kind.check}({place.cursor}, {place.value}, {literal(shape.minimum)})")
    if shape.maximum is not None and shape.maximum < kind.maximum:
        calls.append(f"maximum_{kind.check}({place.cursor}, {place.value}, {literal(shape.maximum)})")
    if shape.multiple_of is not None:
        if kind.check == "int64" and shape.multiple_of > INT64_MAXIMUM:
            calls.append(f"multiple_of({place.cursor}, {string_literal(str(shape.multiple_of))})")
        else:
            divisor = literal(shape.multiple_of)
            calls.append(f"multiple_of_{kind.check}({place.cursor}, {place.value}, {divisor})")
    return calls


def array_checks(array: Array) -> list[str]:
    calls = []
    if array.min_items > 0:
        calls.append(f"min_items(in, &array, {array.min_items})")
    if array.max_items is not None:
        calls.append(f"max_items(in, &array, {array.max_items})")
    if array.unique_items:
        calls.append("unique_items(in, &array)")
    return [try_(f"kh_check_{call}") for call in calls]


# ---- Writing -------------------------------------------------------------------------------------


def write(inline: Inline, place: Place, types: Types) -> list[str]:
    if isinstance(inline, Ref):
        boxed = types.is_boxed(inline) and place.value != "*item"
        return [try_(f"{types.name(inline)}_write(out, {place.value if boxed else place.address})")]
    if isinstance(inline, Array):
        return [try_(f"write_{place.stem}(out, {place.value}, {place.count})")]
    return [try_(f"{scalar(inline).write}(out, {written(inline, place)})")]


def written(shape: Shape | Inline, place: Place) -> str:
    """What is written for a scalar: one that is always the same needs no one to set it."""
    if not isinstance(shape, (String, Boolean, Integer, Number)) or shape.const is None:
        return place.value
    return _literal(shape, float(shape.const) if isinstance(shape, Number) else shape.const)


# ---- Filling in ----------------------------------------------------------------------------------


def fill_in(inline: Inline, default: object, place: Place, types: Types) -> list[str]:
    """Statements that put a default in place."""
    shape = types.shape(inline)
    if isinstance(shape, Decimal):
        return [try_(f"kh_decimal_parse({kh_str(str(default))}, {place.address})")]
    if isinstance(shape, Instant):
        return [try_(f"kh_instant_parse({kh_str(str(default))}, {place.address})")]
    if isinstance(shape, Enum):
        assert isinstance(inline, Ref)
        values = [value.value for value in shape.values]
        constants = naming.enum_constants(types.name(inline), values)
        return [f"{place.value} = {constants[values.index(str(default))]};"]
    if isinstance(shape, FreeForm):
        text = json.dumps(default, ensure_ascii=False, separators=(",", ":"))
        return [f"{place.value}.text = {kh_str(text)};"]
    return [f"{place.value} = {_literal(shape, default)};"]


def _literal(shape: Shape | Inline, default: object) -> str:
    if isinstance(shape, String):
        return kh_str(str(default))
    if isinstance(shape, Boolean):
        return "true" if default else "false"
    if isinstance(shape, Number):
        assert isinstance(default, (int, float))
        return double_literal(float(default))
    assert isinstance(shape, Integer) and isinstance(default, (int, float))
    unsigned = integer_type(shape).check == "uint64"
    return unsigned_literal(int(default)) if unsigned else signed_literal(int(default))
