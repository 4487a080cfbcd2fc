"""What messages, fields and enum values are called in a .proto file, and what is wrong with that there.

Programs see these names, the wire does not. They are made from the names in C, so that x-c-name helps where
two would be the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import names as naming
from .model import Enum, Location, Member, Model, Object, Union
from .problems import Problem

_ZERO = "UNSPECIFIED"


def package(model: Model) -> str:
    return naming.snake(model.service)


def type_name(c_name: str) -> str:
    """user_limit_created → UserLimitCreated"""
    return "".join(part[:1].upper() + part[1:] for part in c_name.split("_"))


def field(of: Member) -> str:
    return of.c_name or naming.snake(of.name)


def arm(value: str) -> str:
    return naming.snake(value)


def oneof(union: Union) -> str:
    """The oneof of a union; in one name space with its fields."""
    name = naming.snake(union.discriminator)
    taken = {arm(of.value) for of in union.arms}
    while name in taken:
        name += "_"
    return name


def json_name(of: Member) -> str | None:
    """What has to be said of it; None where it follows from the field's name, or can't be said."""
    camel = re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), field(of))
    says_nothing = camel == of.name or "\0" in of.name or of.name.startswith("[")
    return None if says_nothing else of.name


def zero(c_name: str) -> str:
    return f"{c_name.upper()}_{_ZERO}"


def values(c_name: str, shape: Enum) -> list[str]:
    return naming.enum_constants(c_name, [value.value for value in shape.values])


# ---- Checks --------------------------------------------------------------------------------------


def check(model: Model) -> Iterator[Problem]:
    names = naming.Names(model)
    first: dict[str, Location] = {}
    for named in model.types:
        shape, c_name = named.shape, names.type(named.name)
        if named.name not in model.proto.by_name or not isinstance(shape, (Object, Union, Enum)):
            continue
        symbols = [type_name(c_name)]
        if isinstance(shape, Enum):
            yield from _check_values(shape, c_name, named.location)
            symbols += [zero(c_name), *values(c_name, shape)]
        else:
            yield from _check_fields(shape)
        for symbol in symbols:
            if first.setdefault(symbol, named.location) != named.location:
                yield _twice(symbol, named.location, first[symbol])


def _twice(symbol: str, location: Location, other: Location) -> Problem:
    return Problem(
        location, f"its name in the .proto, {symbol}, is that of {other.file}:{other.line} too; give one of "
        "them another name with x-c-name")


def _check_fields(shape: Object | Union) -> Iterator[Problem]:
    """protoc refuses fields that are the same without regard to case and underscores."""
    places = [(field(of), of.location) for of in shape.members if of.proto_field is not None] if (
        isinstance(shape, Object)) else [(arm(of.value), of.location) for of in shape.arms]
    first: dict[str, Location] = {}
    for name, location in places:
        other = first.setdefault(name.replace("_", ""), location)
        if other is not location:
            yield _twice(name, location, other)


def _check_values(shape: Enum, c_name: str, location: Location) -> Iterator[Problem]:
    """protoc refuses values that are the same in camel case; the zero value is one of them."""
    first = {_camel(_ZERO): "the value that stands for none"}
    prefix = len(c_name) + 1
    for value, name in zip(shape.values, values(c_name, shape)):
        other = first.setdefault(_camel(name[prefix:]), repr(value.value))
        if other != repr(value.value):
            yield Problem(
                location, f"the value {value.value!r} would have the same name in the .proto as {other}; "
                "write one of them otherwise")


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
