"""Valid and invalid values of the scalar types, each with a name that says what is special.

An invalid value comes with the keyword it is meant to violate; `cases` keeps only those that violate
that one keyword and nothing else, so a value here need not look at the type's other keywords.
"""

from __future__ import annotations

from decimal import Decimal as Exact
from functools import lru_cache
from typing import NamedTuple

from codegen import model as m
from codegen.pattern import Dfa
from codegen.patterns import compiled_pattern
from codegen.view.types import INT64_MAXIMUM, INT64_MINIMUM, integer_type


class Value(NamedTuple):
    """A value for a place; `keyword` is what it violates, "" if it is valid.

    `beyond`: the schema allows it, but it does not fit the C type, which the reader says as `keyword`.
    """

    name: str
    value: object
    keyword: str = ""
    beyond: bool = False


# Valid ones first, then invalid ones, of each format that keeps a string a string, or not.
FORMATS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "date": (("2026-11-23", "2024-02-29"), ("2026-02-29", "2026-1-1", "23.11.2026")),
    "time": (("10:00:00Z", "23:59:59.5+01:00"), ("10:00:00", "24:00:00Z")),
    "date-time": (
        ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00.125+02:00"),
        ("2026-11-23", "2026-11-23T25:00:00Z", "2026-11-23 10:00:00Z"),
    ),
    "uuid": (
        ("7d0a6d5c-5f0a-4c39-9a3e-0b3b0f0c0001",),
        ("7d0a6d5c5f0a4c399a3e0b3b0f0c0001", "7d0a6d5c-5f0a-4c39-9a3e-0b3b0f0c000g"),
    ),
    "email": (("someone@example.com",), ("someone", "@example.com")),
    "uri": (("https://example.com/a?b#c",), ("/a/b", "https://exa mple.com/")),
    "uri-reference": (("/a/b?c", "https://example.com/"), ("/a b",)),
    "ipv4": (("192.0.2.17",), ("192.0.2", "192.0.2.256")),
    "ipv6": (("2001:db8::1",), ("2001:db8", "2001:db8::1::2")),
}


def filler(length: int) -> str:
    return ("abcdefghij" * (length // 10 + 1))[:length]


def of_string(type_: m.String) -> list[Value]:
    if type_.const is not None:
        return [
            Value("the_constant", type_.const),
            Value("not_the_constant", type_.const + "x", "const"),
        ]
    found: list[Value] = []
    if type_.format is not None:
        good, bad = FORMATS[type_.format]
        found += [Value(f"{type_.format}_{n}", v) for n, v in enumerate(good, 1)]
        found += [Value(f"no_{type_.format}_{n}", v, "format") for n, v in enumerate(bad, 1)]
    elif type_.pattern is not None:
        compiled = compiled_pattern(type_.pattern)
        if isinstance(compiled, Dfa):
            good, bad = compiled.examples(3), compiled.counter_examples(3)
            found += [Value(f"matches_{n}", v) for n, v in enumerate(good, 1)]
            found += [Value(f"no_match_{n}", v, "pattern") for n, v in enumerate(bad, 1)]
    else:
        usual = max(type_.min_length, 5 if type_.max_length is None else min(5, type_.max_length))
        found.append(Value("usual", filler(usual)))
        found.append(Value("escapes", ('"\\/\n\t\u00e9\U0001f40d' + filler(usual))[: max(usual, 1)]))
    if type_.min_length > 0:
        found.append(Value(f"{type_.min_length}_characters", filler(type_.min_length)))
        shorter = type_.min_length - 1
        found.append(Value(f"{shorter}_characters", filler(shorter), "minLength"))
        found.append(Value(f"{shorter}_wide_characters", "\U0001f40d" * shorter, "minLength"))
    if type_.max_length is not None:
        longest, longer = type_.max_length, type_.max_length + 1
        found.append(Value(f"{longest}_characters", filler(longest)))
        found.append(Value(f"{longest}_wide_characters", "\u00e9" * longest))
        found.append(Value(f"{longer}_characters", filler(longer), "maxLength"))
        found.append(Value(f"{longer}_wide_characters", "\U0001f40d" * longer, "maxLength"))
    return found


def step(text: str) -> Exact:
    """A small amount beside a bound, in the bound's own last digit or finer."""
    return Exact(1).scaleb(min(0, Exact(text).as_tuple().exponent))


def bounds(
    minimum: str | None, above: str | None, maximum: str | None, below: str | None, prefix: str
) -> list[tuple[str, Exact, str]]:
    """(name, number, keyword or "") at and beside each bound."""
    found: list[tuple[str, Exact, str]] = []
    names = {"minimum": "minimum", "exclusiveMinimum": "exclusiveMinimum"} | {
        "maximum": "maximum", "exclusiveMaximum": "exclusiveMaximum"}
    keyword = {name: (f"x-{name}" if prefix else name) for name in names}
    if minimum is not None:
        found.append(("at_the_minimum", Exact(minimum), ""))
        found.append(("below_the_minimum", Exact(minimum) - step(minimum), keyword["minimum"]))
    if above is not None:
        found.append(("above_the_minimum", Exact(above) + step(above), ""))
        found.append(("at_the_exclusive_minimum", Exact(above), keyword["exclusiveMinimum"]))
    if maximum is not None:
        found.append(("at_the_maximum", Exact(maximum), ""))
        found.append(("above_the_maximum", Exact(maximum) + step(maximum), keyword["maximum"]))
    if below is not None:
        found.append(("below_the_maximum", Exact(below) - step(below), ""))
        found.append(("at_the_exclusive_maximum", Exact(below), keyword["exclusiveMaximum"]))
    return found


def plain(number: Exact) -> str:
    """Digits without an exponent."""
    return f"{number:f}"


def of_decimal(type_: m.Decimal) -> list[Value]:
    found = [Value("usual", "12.50"), Value("whole", "7"), Value("zero", "0"),
             Value("thirty_eight_digits", "9" * 36 + ".99"),
             Value("no_number", "12,50", "format"), Value("empty", "", "format"),
             Value("exponent", "1e2", "format"), Value("thirty_nine_digits", "1" * 39, "format"),
             Value("no_leading_digit", ".5", "format"), Value("blank_before", " 1", "format")]
    at = bounds(type_.minimum, type_.exclusive_minimum, type_.maximum, type_.exclusive_maximum, "x")
    found += [Value(name, plain(number), keyword) for name, number, keyword in at]
    if type_.scale is not None:
        digits = "123456789" * 5
        found.append(Value("all_decimals", f"1.{digits[: type_.scale]}" if type_.scale else "1"))
        found.append(Value("a_decimal_more", f"1.{digits[: type_.scale + 1]}", "x-scale"))
    return found


def of_instant(_: m.Instant) -> list[Value]:
    good, bad = FORMATS["date-time"]
    found = [Value(f"date_time_{n}", v) for n, v in enumerate(good, 1)]
    return found + [Value(f"no_date_time_{n}", v, "format") for n, v in enumerate(bad, 1)]


def of_integer(type_: m.Integer) -> list[Value]:
    """Where a bound is the C type's own limit, a value beyond it is said to be of the wrong type."""
    held = integer_type(type_)
    return [
        value for value in _integers(type_)
        if value.beyond or held.minimum <= Exact(value.value) <= held.maximum
    ]


def _integers(type_: m.Integer) -> list[Value]:
    if type_.const is not None:
        return [Value("the_constant", type_.const),
                Value("not_the_constant", type_.const + 1, "const")]
    if type_.enum:
        return [Value(f"value_{n}", v) for n, v in enumerate(type_.enum, 1)] + [
            Value("no_such_value", max(type_.enum) + 1, "enum")]
    found = [Value(f"number_{n}", n) for n in (0, 1, 17, 1000)]
    found += [Value("spelled_1.0", Exact("1.0")), Value("spelled_1e2", Exact("1e2")),
              Value("with_a_fraction", Exact("1.5"), "type"),
              Value("too_large_for_64_bits", 10**30, "type", beyond=True)]
    if type_.minimum is not None:
        found += [Value("at_the_minimum", type_.minimum),
                  Value("below_the_minimum", type_.minimum - 1, "minimum")]
    if type_.maximum is not None:
        found += [Value("at_the_maximum", type_.maximum),
                  Value("above_the_maximum", type_.maximum + 1, "maximum")]
    if type_.minimum is None:
        found.append(Value("smallest", INT64_MINIMUM))
    if type_.maximum is None:
        found.append(Value("largest", INT64_MAXIMUM))
    if type_.multiple_of is not None:
        lowest = type_.minimum or 0
        multiple = -(-lowest // type_.multiple_of) * type_.multiple_of
        found += [Value("a_multiple", multiple),
                  Value("no_multiple", multiple + 1, "multipleOf")]
    return found


def of_number(type_: m.Number) -> list[Value]:
    if type_.const is not None:
        return [Value("the_constant", Exact(type_.const)),
                Value("not_the_constant", Exact(type_.const) + 1, "const")]
    if type_.enum:
        other = max(Exact(text) for text in type_.enum) + 1
        return [Value(f"value_{n}", Exact(text)) for n, text in enumerate(type_.enum, 1)] + [
            Value("no_such_value", other, "enum")]
    found = [Value(f"number_{n}", Exact(t)) for n, t in enumerate(("0", "1", "2.5", "1e2"), 1)]
    found.append(Value("too_large_for_a_double", Exact("1e400"), "type", beyond=True))
    at = bounds(type_.minimum, type_.exclusive_minimum, type_.maximum, type_.exclusive_maximum, "")
    found += [Value(name, number, keyword) for name, number, keyword in at]
    if type_.multiple_of is not None:
        divisor = Exact(type_.multiple_of)
        found += [Value("multiple", divisor * 3),
                  Value("no_multiple", divisor * 3 + divisor / 2, "multipleOf")]
    return found


def of_boolean(type_: m.Boolean) -> list[Value]:
    if type_.const is not None:
        return [Value("the_constant", type_.const),
                Value("not_the_constant", not type_.const, "const")]
    return [Value("true", True), Value("false", False)]


def of_enum(type_: m.Enum) -> list[Value]:
    found = [Value(f"value_{n}", v.value) for n, v in enumerate(type_.values, 1)]
    unknown = "".join(v.value for v in type_.values)[:50] + "?"
    return found + [Value("no_such_value", unknown, "enum")]


def of_free_form(type_: m.FreeForm) -> list[Value]:
    some: dict[str, list[object]] = {
        "any": [{"a": [1, None]}, "text", Exact("12.50"), None, True],
        "object": [{}, {"a": {"b": [1, "\u00e9"]}}],
        "array": [[], [1, [2], {"a": None}]],
    }
    return [Value(f"form_{n}", v) for n, v in enumerate(some[type_.kind], 1)]


def wrong_types(type_: object) -> list[Value]:
    """One value of each JSON type that `type_` is not."""
    others: dict[str, object] = {
        "null": None, "boolean": True, "number": Exact("1.5"), "string": "text",
        "array": [], "object": {},
    }
    for name in own_types(type_):
        others.pop(name, None)
    return [Value(f"a_{name}" if name[0] not in "ao" else f"an_{name}", value, "type")
            for name, value in others.items()]


def own_types(type_: object) -> tuple[str, ...]:
    if isinstance(type_, m.FreeForm):
        every = ("null", "boolean", "number", "string", "array", "object")
        return every if type_.kind == "any" else (type_.kind,)
    kinds: dict[type, tuple[str, ...]] = {
        m.String: ("string",), m.Decimal: ("string",), m.Instant: ("string",),
        m.Enum: ("string",), m.Integer: ("number",), m.Number: ("number",),
        m.Boolean: ("boolean",), m.Array: ("array",), m.Object: ("object",), m.Union: ("object",),
    }
    return kinds[type(type_)]


SCALARS = {
    m.String: of_string, m.Decimal: of_decimal, m.Instant: of_instant, m.Integer: of_integer,
    m.Number: of_number, m.Boolean: of_boolean, m.Enum: of_enum, m.FreeForm: of_free_form,
}


@lru_cache(maxsize=None)
def of_scalar(type_: object) -> list[Value]:
    """Candidates for a scalar or free-form type."""
    return SCALARS[type(type_)](type_)
