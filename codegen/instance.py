"""A validator of JSON values over the model: what the generated decoders must find.

It checks the schemas' own examples and defaults, and tells the emitter of tests which violation to
expect. It says the same as JSON Schema of the schemas the model was built from. Values are Python's
own; numbers that are not integers are floats or decimal.Decimal, taken by their shortest spelling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal as PythonDecimal
from fractions import Fraction
from functools import lru_cache

from .locate import escape
from .model import (
    Array, Boolean, Decimal, Enum, FreeForm, Inline, Instant, Integer, Model, NamedType, Number,
    Object, Ref, Shape, String, Union, Use,
)
from .pattern import PcrePattern
from .patterns import compiled_pattern, search
from .text_formats import FORMATS

Violation = tuple[str, str]
"""A JSON pointer into the value and the keyword that is violated there."""


class Validator:
    """Judges any number of values of a model's types."""

    def __init__(self, model: Model) -> None:
        self._types: dict[str, NamedType] = {named.name: named for named in model.types}

    def problems(self, wanted: Use | Shape | str, value: object) -> list[Violation]:
        """All violations in a value of a use, of a shape or of the type of that name."""
        if isinstance(wanted, Use):
            return self._use(wanted, value)
        if isinstance(wanted, str):
            return self._use(Use(Ref(wanted), self._types[wanted].nullable), value)
        return self._shape(wanted, value)

    def _use(self, use: Use, value: object) -> list[Violation]:
        return [] if value is None and use.nullable else self._shape(use.type, value)

    def _shape(self, shape: Inline | Shape, value: object) -> list[Violation]:
        if isinstance(shape, Ref):
            named = self._types.get(shape.name)
            return [] if named is None else self._shape(named.shape, value)
        if isinstance(shape, Object):
            return self._object(shape, value)
        if isinstance(shape, Union):
            return self._union(shape, value)
        if isinstance(shape, Array):
            return self._array(shape, value)
        return [("", keyword) for keyword in _SCALARS[type(shape)](shape, value)]

    def _object(self, shape: Object, value: object) -> list[Violation]:
        if not isinstance(value, dict):
            return [("", "type")]
        found: list[Violation] = []
        for name, inner in value.items():
            member = shape.by_name.get(name)
            if member is not None:
                found += _below(name, self._use(member.use, inner))
            elif not shape.additional:
                found += _below(name, [("", "additionalProperties")])
        found += [("", "required") for member in shape.members
                  if member.required and member.name not in value]
        return found

    def _union(self, shape: Union, value: object) -> list[Violation]:
        chosen = value.get(shape.discriminator) if isinstance(value, dict) else None
        for arm in shape.arms:
            if arm.value == chosen:
                return self._shape(Ref(arm.type_name), value)
        return [("", "oneOf")]

    def _array(self, shape: Array, value: object) -> list[Violation]:
        if not isinstance(value, list):
            return [("", "type")]
        found: list[Violation] = []
        for number, item in enumerate(value):
            found += _below(str(number), self._use(shape.items, item))
        return found + [("", keyword) for keyword in array_rules(shape, value)]


def _below(name: str, found: list[Violation]) -> list[Violation]:
    """Violations in a member or an item, as those of what it is in."""
    return [(f"/{escape(name)}{at}", keyword) for at, keyword in found]


def array_rules(shape: Array, items: list[object]) -> Iterator[str]:
    """The keywords that an array violates by what it is as a whole."""
    if len(items) < shape.min_items:
        yield "minItems"
    if shape.max_items is not None and len(items) > shape.max_items:
        yield "maxItems"
    if shape.unique_items and any(
        _equal(one, other) for place, one in enumerate(items) for other in items[:place]
    ):
        yield "uniqueItems"


def _string(shape: String, value: object) -> Iterator[str]:
    if not isinstance(value, str):
        yield "type"
        return
    if shape.const is not None and value != shape.const:
        yield "const"
    if len(value) < shape.min_length:
        yield "minLength"
    if shape.max_length is not None and len(value) > shape.max_length:
        yield "maxLength"
    if shape.pattern is not None and not _matches(shape.pattern, value):
        yield "pattern"
    if shape.format is not None and not FORMATS[shape.format](value):
        yield "format"


def _instant(_: Instant, value: object) -> Iterator[str]:
    return _formatted("date-time", value)


def _boolean(shape: Boolean, value: object) -> Iterator[str]:
    if not isinstance(value, bool):
        yield "type"
    elif shape.const is not None and value is not shape.const:
        yield "const"


def _enum(shape: Enum, value: object) -> Iterator[str]:
    if not isinstance(value, str):
        yield "type"
    elif all(value != allowed.value for allowed in shape.values):
        yield "enum"


def _free_form(shape: FreeForm, value: object) -> Iterator[str]:
    wanted = {"object": dict, "array": list}.get(shape.kind, object)
    if not isinstance(value, wanted):
        yield "type"


def _formatted(format_name: str, value: object) -> Iterator[str]:
    if not isinstance(value, str):
        yield "type"
    elif not FORMATS[format_name](value):
        yield "format"


def _decimal(shape: Decimal, value: object) -> Iterator[str]:
    failed = list(_formatted("decimal", value))
    if failed or not isinstance(value, str):
        yield from failed
        return
    exact = Fraction(value)
    if shape.minimum is not None and exact < _bound(shape.minimum):
        yield "x-minimum"
    if shape.exclusive_minimum is not None and exact <= _bound(shape.exclusive_minimum):
        yield "x-exclusiveMinimum"
    if shape.maximum is not None and exact > _bound(shape.maximum):
        yield "x-maximum"
    if shape.exclusive_maximum is not None and exact >= _bound(shape.exclusive_maximum):
        yield "x-exclusiveMaximum"
    if shape.scale is not None and len(value.partition(".")[2]) > shape.scale:
        yield "x-scale"


def _integer(shape: Integer, value: object) -> Iterator[str]:
    exact = _exact(value)
    if exact is None or exact.denominator != 1:
        yield "type"
        return
    if shape.const is not None and exact != shape.const:
        yield "const"
    if shape.enum and exact not in shape.enum:
        yield "enum"
    if shape.minimum is not None and exact < shape.minimum:
        yield "minimum"
    if shape.maximum is not None and exact > shape.maximum:
        yield "maximum"
    if shape.multiple_of is not None and exact % shape.multiple_of != 0:
        yield "multipleOf"


def _number(shape: Number, value: object) -> Iterator[str]:
    exact = _exact(value)
    if exact is None:
        yield "type"
        return
    if shape.const is not None and exact != _bound(shape.const):
        yield "const"
    if shape.enum and all(exact != _bound(allowed) for allowed in shape.enum):
        yield "enum"
    if shape.minimum is not None and exact < _bound(shape.minimum):
        yield "minimum"
    if shape.exclusive_minimum is not None and exact <= _bound(shape.exclusive_minimum):
        yield "exclusiveMinimum"
    if shape.maximum is not None and exact > _bound(shape.maximum):
        yield "maximum"
    if shape.exclusive_maximum is not None and exact >= _bound(shape.exclusive_maximum):
        yield "exclusiveMaximum"
    if shape.multiple_of is not None and exact % _bound(shape.multiple_of) != 0:
        yield "multipleOf"


@lru_cache(maxsize=None)
def _bound(text: str) -> Fraction:
    """What a schema's number says."""
    return Fraction(text)


def _exact(value: object) -> Fraction | int | None:
    """The number that a JSON text of the value says; None for anything but numbers."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        # The shortest spelling, not the binary fraction: 0.1 is one tenth.
        return Fraction(repr(value))
    return Fraction(value) if isinstance(value, PythonDecimal) else None


def _equal(one: object, other: object) -> bool:
    """Equality of JSON values: 1 and 1.0 are equal, 1 and true are not."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_equal(one[key], other[key]) for key in one)
    first, second = _exact(one), _exact(other)
    if first is not None or second is not None:
        return first == second
    return type(one) is type(other) and one == other


def _matches(pattern: str, value: str) -> bool:
    compiled = compiled_pattern(pattern)
    if isinstance(compiled, PcrePattern):
        return search(pattern, value)
    return compiled.matches(value)


_SCALARS: dict[type, Callable[..., Iterator[str]]] = {
    String: _string, Decimal: _decimal, Instant: _instant, Integer: _integer, Number: _number,
    Boolean: _boolean, Enum: _enum, FreeForm: _free_form,
}
"""The keywords that a value of each type violates."""
