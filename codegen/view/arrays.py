"""Arrays: each has a function of its own that reads its items, and one that writes them."""

from __future__ import annotations

from dataclasses import dataclass

from .. import names as naming
from ..model import Array, Inline, Use
from .text import comment
from .types import Types
from .values import Place, array_checks, read, try_, write


@dataclass(frozen=True)
class ItemStruct:
    """Items that are more than a value: those that may be null, and arrays in arrays."""

    tag: str
    comment: list[str]
    members: list[str]


@dataclass(frozen=True)
class ArrayFunctions:
    name: str
    item_type: str
    read: list[str]
    checks: list[str]
    write: list[str]


def item_structs(array: Array, path: str, types: Types) -> list[ItemStruct]:
    """Those that have to be declared for the array, in the order of declaration."""
    tag = naming.item_struct(path)
    inner = array.items.type
    if not _has_struct(array.items, types):
        return []
    members = ["enum kh_presence presence;"] if types.is_nullable(array.items) else []
    made: list[ItemStruct] = []
    if isinstance(inner, Array):
        made = item_structs(inner, tag, types)
        members += [*declare(inner, tag, "items", types), "size_t count;"]
    else:
        members += declare(inner, tag, "value", types)
    return [*made, ItemStruct(tag, comment(f"An item of {path}."), members)]


def declare(inline: Inline, path: str, name: str, types: Types) -> list[str]:
    """The declaration of the member that holds a value; of an array's items without their count."""
    if isinstance(inline, Array):
        return [f"{item_type(inline, path, types)} *{name};"]
    star = "*" if types.is_boxed(inline) else ""
    return [f"{types.c_type(inline)} {star}{name};"]


def item_type(array: Array, path: str, types: Types) -> str:
    if _has_struct(array.items, types):
        return f"struct {naming.item_struct(path)}"
    return types.c_type(array.items.type)


def functions(array: Array, path: str, types: Types) -> list[ArrayFunctions]:
    """The functions of the array and of arrays inside it, in the order of definition."""
    items = array.items
    inner = items.type
    if isinstance(inner, Array):
        stem = naming.item_struct(path)
        made = functions(inner, stem, types)
        place = Place("item->items", "&item->items", stem, "item->count")
    elif _has_struct(items, types):
        made, place = [], Place("item->value", "&item->value", path)
    else:
        made, place = [], Place("*item", "item", path)
    reading = read(inner, place, types)
    writing = write(inner, place, types)
    if types.is_nullable(items):
        reading = read_nullable("item->presence", reading)
        writing = write_nullable("item->presence", writing)
    own = ArrayFunctions(
        name=path,
        item_type=item_type(array, path, types),
        read=reading,
        checks=array_checks(array),
        write=writing,
    )
    return [*made, own]


def _has_struct(items: Use, types: Types) -> bool:
    return types.is_nullable(items) or isinstance(items.type, Array)


def read_nullable(presence: str, reading: list[str]) -> list[str]:
    return [
        "if (kh_json_take_null(in)) {",
        f"    {presence} = KH_NULL;",
        "} else {",
        *indented(reading),
        f"    {presence} = KH_PRESENT;",
        "}",
    ]


def write_nullable(presence: str, writing: list[str]) -> list[str]:
    """Null, too, for what nobody has set."""
    return [
        f"if ({presence} == KH_PRESENT) {{",
        *indented(writing),
        "} else {",
        f"    {try_('kh_json_write_null(out)')}",
        "}",
    ]


def indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]
