"""Named types that are no objects: enums, unions, arrays and scalars."""

from __future__ import annotations

from dataclasses import dataclass

from .. import names as naming
from ..model import Array, Enum, NamedType, Object, Ref, Union
from .arrays import ArrayFunctions, ItemStruct, declare, functions, item_structs
from .objects import ObjectView, object_view
from .patterns import constants, declarations
from .proto import ProtoView, proto_view
from .text import comment, kh_str, string_literal
from .types import Types, scalar
from .values import Place, checks, read, write, written
from .words import heading, rules, sentence, type_words


@dataclass(frozen=True)
class EnumValueView:
    constant: str
    length: int  # of its name in bytes
    literal: str
    comment: list[str]
    initialiser: str


@dataclass(frozen=True)
class EnumView:
    kind: str
    name: str
    c_type: str
    comment: list[str]
    values: list[EnumValueView]
    by_length: list[list[EnumValueView]]
    proto: ProtoView | None
    inline: bool = True
    boxed: bool = False


@dataclass(frozen=True)
class ArmView:
    constant: str
    value: str
    comment: list[str]
    declaration: str
    read: list[str]
    write: list[str]


@dataclass(frozen=True)
class UnionView:
    kind: str
    name: str
    c_type: str
    comment: list[str]
    discriminator: str
    arms: list[ArmView]
    boxed: bool
    proto: ProtoView | None
    inline: bool = False


@dataclass(frozen=True)
class ArrayView:
    kind: str
    name: str
    c_type: str
    comment: list[str]
    item_structs: list[ItemStruct]
    constants: list[list[str]]
    arrays: list[ArrayFunctions]
    declarations: list[str]
    read: list[str]
    write: list[str]
    boxed: bool
    proto: ProtoView | None
    inline: bool = False


@dataclass(frozen=True)
class ScalarView:
    kind: str
    name: str
    c_type: str
    comment: list[str]
    externs: list[str]  # of the constants
    constants: list[list[str]]
    read: str
    checks: list[str]
    write: str
    written: str
    proto: ProtoView | None
    inline: bool = True  # its reader is in the header
    boxed: bool = False


TypeView = ObjectView | EnumView | UnionView | ArrayView | ScalarView


def type_view(named: NamedType, types: Types) -> TypeView:
    shape = named.shape
    if isinstance(shape, Object):
        return object_view(named, types)
    if isinstance(shape, Enum):
        return _enum(named, shape, types)
    if isinstance(shape, Union):
        return _union(named, shape, types)
    if isinstance(shape, Array):
        return _array(named, shape, types)
    return _scalar(named, types)


def enum_values(name: str, shape: Enum) -> list[EnumValueView]:
    constants_ = naming.enum_constants(name, [value.value for value in shape.values])
    return [
        EnumValueView(
            constant=constant,
            length=len(value.value.encode()),
            literal=string_literal(value.value),
            comment=comment(sentence(value.description), 4),
            initialiser=f"KH_STR_INIT({string_literal(value.value)})",
        )
        for constant, value in zip(constants_, shape.values)
    ]


def _enum(named: NamedType, shape: Enum, types: Types) -> EnumView:
    name = types.names.type(named.name)
    values = enum_values(name, shape)
    return EnumView(
        "enum", name, f"enum {name}", comment(heading(named.doc)), values,
        [[value for value in values if value.length == length]
         for length in sorted({value.length for value in values})],
        proto_view(named, types),
    )


def _union(named: NamedType, shape: Union, types: Types) -> UnionView:
    name = types.names.type(named.name)
    constants_ = naming.enum_constants(f"{name}_kind", [arm.value for arm in shape.arms])
    arms = []
    for constant, member, arm in zip(constants_, naming.arm_members(shape), shape.arms):
        ref = Ref(arm.type_name)
        out = Place(f"out->{member}", f"&out->{member}", "")
        value = Place(f"value->{member}", f"&value->{member}", "")
        arms.append(
            ArmView(
                constant=constant,
                value=kh_str(arm.value),
                comment=comment(sentence(arm.doc.description or arm.doc.title), 8),
                declaration=declare(ref, "", member, types)[0],
                read=read(ref, out, types),
                write=write(ref, value, types),
            )
        )
    return UnionView(
        "union", name, f"struct {name}", comment(heading(named.doc)), kh_str(shape.discriminator),
        arms, named.recursive, proto_view(named, types),
    )


def _array(named: NamedType, shape: Array, types: Types) -> ArrayView:
    name = types.names.type(named.name)
    words = f"{heading(named.doc)} {type_words(shape, types)}"
    return ArrayView(
        kind="array",
        name=name,
        c_type=f"struct {name}",
        comment=comment(words),
        item_structs=item_structs(shape, name, types),
        constants=list(constants(shape, name)),
        arrays=functions(shape, name, types),
        declarations=[*declare(shape, name, "items", types), "size_t count;"],
        read=read(shape, Place("out->items", "&out->items", name, "out->count"), types),
        write=write(shape, Place("value->items", "&value->items", name, "value->count"), types),
        boxed=named.recursive,
        proto=proto_view(named, types),
    )


def _scalar(named: NamedType, types: Types) -> ScalarView:
    name = types.names.type(named.name)
    how = scalar(named.shape)
    return ScalarView(
        kind="scalar",
        name=name,
        c_type=how.c_type,
        comment=comment(f"{heading(named.doc)} {rules(named.shape)}"),
        externs=declarations(named.shape, name),
        constants=list(constants(named.shape, name, shared=True)),
        read=how.read,
        checks=checks(named.shape, Place("*out", "out", name, shared=True)),
        write=how.write,
        written=written(named.shape, Place("*value", "value", name)),
        proto=proto_view(named, types),
    )
