"""Objects: a struct, its reader, its writer."""

from __future__ import annotations

from dataclasses import dataclass
from json.encoder import encode_basestring

from .. import names as naming
from ..model import Array, FreeForm, Member, NamedType, Object
from .arrays import (
    ArrayFunctions, ItemStruct, declare, functions, indented, item_structs, read_nullable,
    write_nullable,
)
from .patterns import constants
from .proto import ProtoView, proto_view
from .text import comment, kh_str, string_literal
from .types import Types
from .values import Place, fill_in, member_place, read, try_, write
from .words import heading, member as member_words


@dataclass(frozen=True)
class MemberView:
    constant: str  # its number
    spelling: str  # KH_STR("\"userId\":")
    initialiser: str  # KH_STR_INIT("userId")
    required: bool
    comment: list[str]
    declarations: list[str]
    read: list[str]
    write: list[str]
    fill_in: list[str]  # the default; empty if there is none


@dataclass(frozen=True)
class MaskWord:
    """A word of the mask of required members; words without a bit are left out."""

    index: int
    bits: list[str]


@dataclass(frozen=True)
class ObjectView:
    kind: str
    name: str
    c_type: str
    comment: list[str]
    item_structs: list[ItemStruct]
    constants: list[list[str]]
    arrays: list[ArrayFunctions]
    members: list[MemberView]
    required: list[MaskWord]
    has_defaults: bool
    unknown_member: str
    writes_value: bool  # constants are written without looking at it
    boxed: bool
    proto: ProtoView | None
    inline: bool = False


def object_view(named: NamedType, types: Types) -> ObjectView:
    assert isinstance(named.shape, Object)
    name = types.names.type(named.name)
    arrays = [
        (of.use.type, naming.array_path(name, naming.member(of)))
        for of in named.shape.members
        if isinstance(of.use.type, Array)
    ]
    members = [_member(of, named, types) for of in named.shape.members]
    return ObjectView(
        kind="object",
        name=name,
        c_type=f"struct {name}",
        comment=comment(heading(named.doc)),
        item_structs=[made for array, path in arrays for made in item_structs(array, path, types)],
        constants=[
            lines
            for of in named.shape.members
            for lines in constants(of.use.type, naming.array_path(name, naming.member(of)))
        ],
        arrays=[made for array, path in arrays for made in functions(array, path, types)],
        members=members,
        required=_required(members),
        has_defaults=any(member.fill_in for member in members),
        unknown_member="kh_json_other_member" if named.shape.additional else (
            "kh_json_refuse_other_member"),
        writes_value=any("value->" in line for member in members for line in member.write),
        boxed=named.recursive,
        proto=proto_view(named, types),
    )


def _required(members: list[MemberView]) -> list[MaskWord]:
    words: dict[int, list[str]] = {}
    for number, member in enumerate(members):
        if member.required:
            words.setdefault(number // 64, []).append(f"KH_SEEN({member.constant})")
    return [MaskWord(index, bits) for index, bits in words.items()]


@dataclass(frozen=True)
class Presence:
    """How the struct tells that a member is absent."""

    nullable: bool
    flag: bool  # has_x
    by_pointer: bool  # NULL


def presence(of: Member, types: Types) -> Presence:
    nullable = types.is_nullable(of.use)
    may_lack = not nullable and not of.required and not of.has_default
    boxed = types.is_boxed(of.use.type)
    return Presence(nullable, may_lack and not boxed, may_lack and boxed)


def _member(of: Member, owner: NamedType, types: Types) -> MemberView:
    """Members that mean the same thing come in many objects; each view is made once."""
    if naming.has_helper(of.use.type) or _is_payload(of, owner, types):
        return _member_view(of, owner, types)
    key = (of.name, of.c_name, of.use, of.required, of.has_default, type(of.default), of.default,
           of.doc.title, of.doc.description, of.doc.deprecated)
    if key not in types.member_views:
        types.member_views[key] = _member_view(of, owner, types)
    made = types.member_views[key]
    assert isinstance(made, MemberView)
    return made


def _is_payload(of: Member, owner: NamedType, types: Types) -> bool:
    return owner.name == types.envelope.name and of.name == types.envelope.payload


def _member_view(of: Member, owner: NamedType, types: Types) -> MemberView:
    name = naming.member(of)
    stem = naming.array_path(types.names.type(owner.name), name)
    out, value = member_place("out", name, stem), member_place("value", name, stem)
    return MemberView(
        constant=f"MEMBER_{name.upper()}",
        spelling=kh_str(f"{encode_basestring(of.name)}:"),
        initialiser=f"KH_STR_INIT({string_literal(of.name)})",
        required=of.required,
        comment=comment(member_words(of, types), 4),
        declarations=_declarations(of, name, stem, types),
        read=_read(of, owner, out, types),
        write=_write(of, name, value, types),
        fill_in=_fill_in(of, name, out, types),
    )


def _declarations(of: Member, name: str, stem: str, types: Types) -> list[str]:
    how = presence(of, types)
    before = [f"bool has_{name};"] if how.flag else []
    before += [f"enum kh_presence {name}_presence;"] if how.nullable else []
    after = [f"size_t {name}_count;"] if isinstance(of.use.type, Array) else []
    return before + declare(of.use.type, stem, name, types) + after


def _read(of: Member, owner: NamedType, place: Place, types: Types) -> list[str]:
    how = presence(of, types)
    name = naming.member(of)
    lines = _read_payload(of, owner, place, types) if _is_payload(of, owner, types) else (
        read(of.use.type, place, types))
    if how.nullable:
        return read_nullable(f"out->{name}_presence", lines)
    return [*lines, f"out->has_{name} = true;"] if how.flag else lines


def _read_payload(of: Member, owner: NamedType, place: Place, types: Types) -> list[str]:
    """An envelope's payload can be read into its struct on the way, if the type is known by then."""
    if not isinstance(of.use.type, FreeForm):
        return read(of.use.type, place, types)
    assert isinstance(owner.shape, Object)
    kind = next(other for other in owner.shape.members if other.name == types.envelope.type)
    function = {"any": "kh_json_read_payload", "object": "kh_json_read_payload_object"}[
        of.use.type.kind]
    return [try_(f"{function}(in, out->{naming.member(kind)}, {place.address})")]


def _write(of: Member, name: str, place: Place, types: Types) -> list[str]:
    how = presence(of, types)
    title = try_(f"kh_json_write_name(out, {kh_str(of.name)})")
    lines = write(of.use.type, place, types)
    if how.nullable:
        lines = write_nullable(f"value->{name}_presence", lines)
        absent = None if of.required else f"value->{name}_presence != KH_ABSENT"
    elif how.by_pointer:
        absent = f"{place.value} != NULL"
    else:
        absent = f"value->has_{name}" if how.flag else None
    lines = [title, *lines]
    return lines if absent is None else [f"if ({absent}) {{", *indented(lines), "}"]


def _fill_in(of: Member, name: str, place: Place, types: Types) -> list[str]:
    if of.required or not of.has_default:
        return []
    lines = fill_in(of.use.type, of.default, place, types)
    return [*lines, f"out->{name}_presence = KH_PRESENT;"] if types.is_nullable(of.use) else lines
