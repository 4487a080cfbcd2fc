"""The forms a keyword's value may have; `keywords` names these functions.

Each answers with what the value should be, or None when it is that.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from . import uri
from .locate import Node, NumberText

META_SCHEMA = "https://kinesis-handler.example/2026/schema"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
TYPES = ("string", "integer", "number", "boolean", "object", "array", "null")
FORMATS = (
    "date-time", "date", "time", "uuid", "email", "uri", "uri-reference", "ipv4", "ipv6", "decimal",
)
DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
DECIMAL_DIGITS = 38
DECIMAL_SCALE = 130
LARGEST_COUNT = 2**31 - 1
# Of Protocol Buffers; those it keeps for itself lie between.
LARGEST_FIELD = 2**29 - 1
RESERVED_FIELDS = range(19000, 20000)


def dialect(node: Node) -> str | None:
    return None if node.value in (META_SCHEMA, DRAFT) else f'must be "{META_SCHEMA}"'


def identifier(node: Node) -> str | None:
    parsed = uri.parse(node.value) if isinstance(node.value, str) else None
    if parsed is None or parsed.fragment:
        return "must be a URI without a fragment"
    return None


def reference(node: Node) -> str | None:
    if not isinstance(node.value, str) or uri.parse(node.value) is None:
        return "must be a URI reference; percent-encode what a URI may not hold"
    return None


def anchor(node: Node) -> str | None:
    if isinstance(node.value, str) and re.fullmatch(r"[A-Za-z_][-A-Za-z0-9._]*", node.value):
        return None
    return "must be a name of letters, digits, - . _ that begins with a letter or _"


def text(node: Node) -> str | None:
    return None if node.kind == "string" else "must be a string"


def anything(node: Node) -> str | None:
    return None


def sequence(node: Node) -> str | None:
    return None if node.kind == "array" else "must be an array"


def switch(node: Node) -> str | None:
    if node.kind == "boolean":
        return None
    return "must be true or false" + ("; a schema is not supported yet" * (node.kind == "object"))


def mapping(node: Node) -> str | None:
    return None if node.kind == "object" else "must be an object"


def schema(node: Node) -> str | None:
    return None if node.kind in ("object", "boolean") else "must be a schema (an object)"


def schemas(node: Node) -> str | None:
    return None if node.kind == "object" else "must be an object of schemas"


def schema_list(node: Node) -> str | None:
    return None if node.elements() else "must be an array of at least one schema"


def type_names(node: Node) -> str | None:
    values = [name.value for name in (node.elements() if node.kind == "array" else [node])]
    if not values or any(value not in TYPES for value in values):
        return "must be one of " + ", ".join(TYPES) + ', or a list of one of them and "null"'
    if len(set(map(str, values))) < len(values):
        return "names a type twice; remove one"
    if len([value for value in values if value != "null"]) > 1:
        return (
            "names several types, which is not supported; only \"null\" may stand beside a type "
            "(use oneOf for objects, {} for anything at all)"
        )
    return None


def enumeration(node: Node) -> str | None:
    return None if node.elements() else "must be an array of at least one value"


def scalar(node: Node) -> str | None:
    if node.kind in ("string", "number", "boolean"):
        return None
    return "must be a string, number or boolean; other constants are not supported"


def names(node: Node) -> str | None:
    values = [element.value for element in node.elements()]
    if node.kind != "array" or any(not isinstance(value, str) for value in values):
        return "must be an array of strings"
    if len(set(map(str, values))) < len(values):
        return "names a member twice; remove one"
    return None


def number(node: Node) -> str | None:
    return None if node.kind == "number" else "must be a number"


def positive(node: Node) -> str | None:
    if isinstance(node.value, NumberText) and node.value.exact() > 0:
        return None
    return "must be a number above 0"


def count(node: Node) -> str | None:
    """Also 2.0, as JSON Schema has it."""
    if isinstance(node.value, NumberText) and node.value.is_integral():
        if 0 <= node.value.exact() <= LARGEST_COUNT:
            return None
    return f"must be an integer from 0 to {LARGEST_COUNT}"


def format_name(node: Node) -> str | None:
    if node.value in FORMATS:
        return None
    return "must be one of " + ", ".join(FORMATS) + "; others are not supported (use pattern)"


def decimal(node: Node) -> str | None:
    if isinstance(node.value, str) and is_decimal(node.value):
        return None
    return 'must be a decimal in a string, such as "0" or "9800.00", of at most 38 digits'


def scale(node: Node) -> str | None:
    if isinstance(node.value, NumberText) and node.value.is_integral():
        if 0 <= node.value.exact() <= DECIMAL_DIGITS:
            return None
    return f"must be an integer from 0 to {DECIMAL_DIGITS}"


def field_number(node: Node) -> str | None:
    if isinstance(node.value, NumberText) and node.value.is_integral():
        number = int(node.value.exact())
        if 1 <= number <= LARGEST_FIELD and number not in RESERVED_FIELDS:
            return None
    return (
        f"must be an integer from 1 to {LARGEST_FIELD}, without {RESERVED_FIELDS.start} to "
        f"{RESERVED_FIELDS.stop - 1}, which Protocol Buffers keeps for itself"
    )


def c_name(node: Node) -> str | None:
    if isinstance(node.value, str) and re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", node.value):
        return None
    return "must be a C name like_this"


def is_decimal(value: str) -> bool:
    """As kh_decimal_parse reads it: 38 digits without leading zeros, 130 of them decimals."""
    if not DECIMAL.fullmatch(value) or not value.isascii():
        return False
    whole, _, decimals = value.removeprefix("-").partition(".")
    return len((whole + decimals).lstrip("0")) <= DECIMAL_DIGITS and len(decimals) <= DECIMAL_SCALE


def complaint(form: str, node: Node) -> str | None:
    """What is wrong with a value of that form."""
    return _FORMS[form](node)


_FORMS: dict[str, Callable[[Node], str | None]] = {
    function.__name__: function
    for function in (
        dialect, identifier, reference, anchor, text, anything, sequence, switch, mapping, schema,
        schemas, schema_list, type_names, enumeration, scalar, names, number, positive, count,
        format_name, decimal, scale, field_number, c_name,
    )
}
