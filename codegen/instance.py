"""A validator of JSON values over the model: what the generated decoders must find.

It checks the schemas' own examples and defaults, and tells the emitter of tests which violation to
expect. It says the same as JSON Schema of the schemas the model was built from. Values are Python's
own; numbers that are not integers are floats or decimal.Decimal, taken by their shortest spelling.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal as PythonDecimal
from fractions import Fraction

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
            return list(self.use(wanted, value, ""))
        if isinstance(wanted, str):
            return list(self.use(Use(Ref(wanted), self._types[wanted].nullable), value, ""))
        return list(self.shape(wanted, value, ""))

    def use(self, use: Use, value: object, at: str) -> Iterator[Violation]:
        if value is None and use.nullable:
            return
        yield from self.shape(use.type, value, at)

    def shape(self, shape: Inline | Shape, value: object, at: str) -> Iterator[Violation]:
        if isinstance(shape, Ref):
            if shape.name in self._types:
                yield from self.shape(self._types[shape.name].shape, value, at)
        elif isinstance(shape, Object):
            yield from self._object(shape, value, at)
        elif isinstance(shape, Union):
            yield from self._union(shape, value, at)
        elif isinstance(shape, Array):
            yield from self._array(shape, value, at)
        else:
            yield from ((at, keyword) for keyword in _scalar(shape, value))

    def _object(self, shape: Object, value: object, at: str) -> Iterator[Violation]:
        if not isinstance(value, dict):
            yield at, "type"
            return
        members = shape.by_name
        for name, inner in value.items():
            place = f"{at}/{escape(name)}"
            if name in members:
                yield from self.use(members[name].use, inner, place)
            elif not shape.additional:
                yield place, "additionalProperties"
        for member in shape.members:
            if member.required and member.name not in value:
                yield at, "required"

    def _union(self, shape: Union, value: object, at: str) -> Iterator[Violation]:
        chosen = value.get(shape.discriminator) if isinstance(value, dict) else None
        for arm in shape.arms:
            if arm.value == chosen:
                yield from self.shape(Ref(arm.type_name), value, at)
                return
        yield at, "oneOf"

    def _array(self, shape: Array, value: object, at: str) -> Iterator[Violation]:
        if not isinstance(value, list):
            yield at, "type"
            return
        for number, item in enumerate(value):
            yield from self.use(shape.items, item, f"{at}/{number}")
        yield from ((at, keyword) for keyword in array_rules(shape, value))


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


def _scalar(shape: Inline | Shape, value: object) -> Iterator[str]:
    if isinstance(shape, String):
        yield from _string(shape, value)
    elif isinstance(shape, Decimal):
        yield from _decimal(shape, value)
    elif isinstance(shape, Instant):
        yield from _formatted("date-time", value)
    elif isinstance(shape, Integer):
        yield from _integer(shape, value)
    elif isinstance(shape, Number):
        yield from _number(shape, value)
    elif isinstance(shape, Boolean):
        if not isinstance(value, bool):
            yield "type"
        elif shape.const is not None and value is not shape.const:
            yield "const"
    elif isinstance(shape, Enum):
        if not isinstance(value, str):
            yield "type"
        elif all(value != allowed.value for allowed in shape.values):
            yield "enum"
    elif isinstance(shape, FreeForm):
        wanted = {"object": dict, "array": list}.get(shape.kind, object)
        if not isinstance(value, wanted):
            yield "type"


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
    if shape.minimum is not None and exact < Fraction(shape.minimum):
        yield "x-minimum"
    if shape.exclusive_minimum is not None and exact <= Fraction(shape.exclusive_minimum):
        yield "x-exclusiveMinimum"
    if shape.maximum is not None and exact > Fraction(shape.maximum):
        yield "x-maximum"
    if shape.exclusive_maximum is not None and exact >= Fraction(shape.exclusive_maximum):
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
    if shape.const is not None and exact != Fraction(shape.const):
        yield "const"
    if shape.enum and all(exact != Fraction(allowed) for allowed in shape.enum):
        yield "enum"
    if shape.minimum is not None and exact < Fraction(shape.minimum):
        yield "minimum"
    if shape.exclusive_minimum is not None and exact <= Fraction(shape.exclusive_minimum):
        yield "exclusiveMinimum"
    if shape.maximum is not None and exact > Fraction(shape.maximum):
        yield "maximum"
    if shape.exclusive_maximum is not None and exact >= Fraction(shape.exclusive_maximum):
        yield "exclusiveMaximum"
    if shape.multiple_of is not None and exact % Fraction(shape.multiple_of) != 0:
        yield "multipleOf"


def _exact(value: object) -> Fraction | None:
    """The number that a JSON text of the value says; None for anything but numbers."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Fraction(value)
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
