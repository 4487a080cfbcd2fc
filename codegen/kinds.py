"""What sort of type a schema describes, told from its own keywords without following any."""

from __future__ import annotations

from collections.abc import Callable

from .check import constant_kind, constants_of, is_null, type_names
from .schemas import Schema

Child = Callable[..., Schema]


def is_reference(schema: Schema) -> bool:
    return schema.has("$ref")


def is_choice(schema: Schema) -> bool:
    return schema.has("oneOf") and not schema.has("$ref")


def is_object(schema: Schema) -> bool:
    """With members of its own; without `properties` an object is free-form."""
    return kind(schema) == "object" and schema.has("properties")


def kind(schema: Schema) -> str:
    """The type's name as `type` has it; "" for anything at all, references and choices."""
    listed = [name for name in type_names(schema.keywords) if name != "null"]
    if listed or is_choice(schema):
        return "" if is_choice(schema) else listed[0]
    constants = constants_of(schema.keywords)
    kinds = {constant_kind(constant) for constant in constants}
    if not kinds:
        return ""
    return "number" if kinds == {"integer", "number"} else min(kinds)


def allows_null(schema: Schema) -> bool:
    """Null beside the type itself; that of a reference's target or a choice is not counted."""
    if "null" in type_names(schema.keywords):
        return True
    enum = schema.keywords.get("enum")
    return (
        not schema.has("type")
        and enum is not None
        and any(value.kind == "null" for value in enum.elements())
    )


def is_enum(schema: Schema) -> bool:
    """Strings of a fixed set, which become a type with a name."""
    return kind(schema) == "string" and schema.has("enum")


def is_null_arm(schema: Schema) -> bool:
    return schema.where == "arm" and is_null(schema.node)


def is_described_value(schema: Schema) -> bool:
    """{"const": "A", "description": "..."}: one value of an enum."""
    return kind(schema) == "string" and schema.has("const") and not schema.has("pattern")
