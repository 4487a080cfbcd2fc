"""Strings and numbers: from the keywords to shapes, contradictions refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from .forms import DECIMAL_DIGITS
from .locate import NumberText
from .model import Decimal, Instant, Integer, Number, String
from .pattern import PatternError
from .patterns import compiled_pattern
from .problems import Problems
from .schemas import Schema

INT64_MINIMUM = -(2**63)
INT64_MAXIMUM = 2**63 - 1
UINT64_MAXIMUM = 2**64 - 1


def text(schema: Schema, problems: Problems) -> String | Decimal | Instant:
    format_name = schema.text("format")
    if format_name == "decimal":
        return _decimal(schema, problems)
    if format_name == "date-time":
        return Instant()
    least = exact(schema, "minLength")
    most = exact(schema, "maxLength")
    if least is not None and most is not None and least > most:
        problems.add(
            schema.at("minLength"), "is more than maxLength, so no string is valid; correct one"
        )
    pattern = schema.text("pattern")
    if pattern is not None:
        try:
            compiled_pattern(pattern)
        except PatternError as error:
            problems.add(schema.at("pattern"), f"at character {error.position}: {error.message}")
    return String(
        min_length=0 if least is None else int(least),
        max_length=None if most is None else int(most),
        pattern=pattern,
        format=format_name,
        const=schema.text("const"),
    )


def integer(schema: Schema, problems: Problems) -> Integer:
    minimum = _tighter(max, _at_least(schema, "minimum", 0), _at_least(schema, "exclusiveMinimum", 1))
    maximum = _tighter(min, _at_most(schema, "maximum", 0), _at_most(schema, "exclusiveMaximum", 1))
    divisor = exact(schema, "multipleOf")
    constants = _numbers(schema, "enum", problems)
    constant = exact(schema, "const")
    # An integer is a multiple of p/q, in lowest terms, exactly when it is one of p.
    multiple_of = None if divisor is None else divisor.numerator
    _refuse_empty(schema, minimum, maximum, multiple_of, problems)
    values = [int(value.exact()) for value in constants]
    values += [] if constant is None else [int(constant)]
    _refuse_wide(schema, minimum, maximum, values, problems)
    return Integer(
        minimum=minimum,
        maximum=maximum,
        multiple_of=None if multiple_of == 1 else multiple_of,
        const=None if constant is None else int(constant),
        enum=tuple(int(value.exact()) for value in constants),
    )


def number(schema: Schema, problems: Problems) -> Number:
    lower = _bounds(schema, "minimum", "exclusiveMinimum", max)
    upper = _bounds(schema, "maximum", "exclusiveMaximum", min)
    if lower is not None and upper is not None:
        if lower[0] > upper[0] or lower[0] == upper[0] and (lower[1] or upper[1]):
            problems.add(
                schema.at("minimum" if schema.has("minimum") else "exclusiveMinimum"),
                "leaves no number below the maximum; correct one of them",
            )
    return Number(
        minimum=_spelling(schema, "minimum"),
        exclusive_minimum=_spelling(schema, "exclusiveMinimum"),
        maximum=_spelling(schema, "maximum"),
        exclusive_maximum=_spelling(schema, "exclusiveMaximum"),
        multiple_of=_spelling(schema, "multipleOf"),
        const=_spelling(schema, "const"),
        enum=tuple(value.text for value in _numbers(schema, "enum", problems)),
    )


def exact(schema: Schema, keyword: str) -> Fraction | int | None:
    """The exact value of a keyword that holds a number."""
    node = schema.keywords.get(keyword)
    return node.value.exact() if node is not None and isinstance(node.value, NumberText) else None


def _decimal(schema: Schema, problems: Problems) -> Decimal:
    texts = {
        keyword: schema.text(keyword)
        for keyword in ("x-minimum", "x-exclusiveMinimum", "x-maximum", "x-exclusiveMaximum")
    }
    lower = [(Fraction(value), keyword == "x-exclusiveMinimum")
             for keyword, value in texts.items() if value is not None and "inimum" in keyword]
    upper = [(Fraction(value), keyword == "x-exclusiveMaximum")
             for keyword, value in texts.items() if value is not None and "aximum" in keyword]
    if lower and upper:
        least, open_below = max(lower)
        most = min(value for value, _ in upper)
        open_above = (most, True) in upper
        if least > most or least == most and (open_below or open_above):
            keyword = "x-minimum" if schema.has("x-minimum") else "x-exclusiveMinimum"
            problems.add(
                schema.at(keyword), "leaves no decimal below the maximum; correct one of them"
            )
    scale = exact(schema, "x-scale")
    return Decimal(
        minimum=texts["x-minimum"],
        exclusive_minimum=texts["x-exclusiveMinimum"],
        maximum=texts["x-maximum"],
        exclusive_maximum=texts["x-exclusiveMaximum"],
        scale=None if scale is None else min(int(scale), DECIMAL_DIGITS),
    )


def _spelling(schema: Schema, keyword: str) -> str | None:
    node = schema.keywords.get(keyword)
    return node.value.text if node is not None and isinstance(node.value, NumberText) else None


def _at_least(schema: Schema, keyword: str, step: int) -> int | None:
    """The least integer a lower bound allows; step is 1 when the bound itself is not allowed."""
    bound = exact(schema, keyword)
    if bound is None:
        return None
    return math.floor(bound) + 1 if step else math.ceil(bound)


def _at_most(schema: Schema, keyword: str, step: int) -> int | None:
    bound = exact(schema, keyword)
    if bound is None:
        return None
    return math.ceil(bound) - 1 if step else math.floor(bound)


def _tighter(
    choose: Callable[[int, int], int], one: int | None, other: int | None
) -> int | None:
    if one is None or other is None:
        return one if other is None else other
    return choose(one, other)


def _bounds(
    schema: Schema, inclusive: str, exclusive: str, choose: Callable[..., Fraction]
) -> tuple[Fraction, bool] | None:
    """The tighter of the two bounds, and whether it is excluded."""
    closed, opened = exact(schema, inclusive), exact(schema, exclusive)
    present = [bound for bound in (closed, opened) if bound is not None]
    if not present:
        return None
    bound = choose(present)
    return bound, bound == opened


def _numbers(schema: Schema, keyword: str, problems: Problems) -> list[NumberText]:
    """The numbers of enum, equal ones (1 and 1.0) refused."""
    node = schema.keywords.get(keyword)
    found: list[NumberText] = []
    for place, element in enumerate(node.elements() if node is not None else []):
        if not isinstance(element.value, NumberText):
            continue
        if any(element.value.exact() == other.exact() for other in found):
            problems.add(schema.at(keyword, str(place)), "is in the list already; remove one")
            continue
        found.append(element.value)
    return found


def _refuse_empty(
    schema: Schema, minimum: int | None, maximum: int | None, multiple_of: int | None,
    problems: Problems,
) -> None:
    if minimum is None or maximum is None:
        return
    keyword = "minimum" if schema.has("minimum") else "exclusiveMinimum"
    if minimum > maximum:
        problems.add(
            schema.at(keyword), "leaves no integer below the maximum; correct one of them"
        )
    elif multiple_of is not None and maximum // multiple_of * multiple_of < minimum:
        problems.add(
            schema.at("multipleOf"), "no multiple lies between the bounds; correct one of them"
        )


def _refuse_wide(
    schema: Schema, minimum: int | None, maximum: int | None, values: list[int],
    problems: Problems,
) -> None:
    """Integers are kept in 64 bits, signed or not."""
    bounds = [bound for bound in (minimum, maximum) if bound is not None] + values
    if not bounds:
        return
    if min(bounds) < INT64_MINIMUM or max(bounds) > (
        INT64_MAXIMUM if min(bounds) < 0 else UINT64_MAXIMUM
    ):
        problems.add(
            schema.location,
            "does not fit 64 bits; narrow the bounds, or use a string of format decimal",
        )
