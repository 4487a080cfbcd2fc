"""Entities: the tables that stores walk, and typed repositories."""

from __future__ import annotations

from dataclasses import dataclass

from .. import names as naming
from ..model import (
    Array, Boolean, Decimal, Entity, Enum, Index, Instant, Integer, Member, Number, Object, Ref,
    String,
)
from ..tables import table
from .entity_dynamodb import DynamodbView, dynamodb_view
from .entity_sql import SqlView, sql_view
from .objects import presence
from .text import string_literal
from .types import Types, integer_type, scalar

_OWN_PARAMETERS = ("ctx", "out", "value", "found", "key", "cursor", "limit", "page", "rows")


@dataclass(frozen=True)
class CodecView:
    """Reads and writes one member that is no scalar. Kinds: "value"; "raw" of free-form JSON, which
    is written by value; "pointer" of a boxed member, NULL being null; "array", which is kept in two
    members."""

    kind: str
    member: str
    c_type: str  # of the value
    read: str  # functions
    write: str


@dataclass(frozen=True)
class FieldView:
    constant: str
    member: str
    rows: list[str]  # designated initialisers


@dataclass(frozen=True)
class IndexView:
    function: str
    name: str
    stem: str
    fields: str
    field_count: int
    equal_count: int
    position: int
    parameters: str
    key: list[str]


@dataclass(frozen=True)
class EntityView:
    path: str
    name: str
    title: str  # KH_STR_INIT
    table: str
    fields: list[FieldView]
    codecs: list[CodecView]
    key_fields: str
    key_count: int
    strings: str  # positions, "" if there are none
    string_count: int
    nested: str
    nested_count: int
    key_parameters: str
    key: list[str]
    indexes: list[IndexView]
    sql: SqlView
    dynamodb: DynamodbView


def entity_view(entity: Entity, path: str, types: Types) -> EntityView:
    name = types.names.type(entity.name)
    shape = types.named[entity.name].shape
    assert isinstance(shape, Object)
    members = {of.name: of for of in shape.members}
    keys = [members[key] for key in entity.key]
    strings = [of for of in shape.members if _kind(of, types) == "STR"]
    nested = [of for of in shape.members if _kind(of, types) == "JSON"]
    constants = {of.name: _constant(of) for of in shape.members}
    return EntityView(
        path=path,
        name=name,
        title=f"KH_STR_INIT({string_literal(entity.name)})",
        table=f"KH_STR_INIT({string_literal(entity.table)})",
        fields=[_field(of, name, types) for of in shape.members],
        codecs=[_codec(of, name, types) for of in nested],
        key_fields=_positions(keys),
        key_count=len(keys),
        strings=_positions(strings),
        string_count=len(strings),
        nested=_positions(nested),
        nested_count=len(nested),
        key_parameters=_parameters(keys, types),
        key=_key(keys, types),
        indexes=[
            _index(index, position, name, members, types)
            for position, index in enumerate(entity.indexes)
        ],
        sql=sql_view(table(entity, types.named), constants),
        dynamodb=dynamodb_view(entity, constants, types),
    )


def _kind(of: Member, types: Types) -> str:
    shape = types.shape(of.use.type)
    if isinstance(shape, Enum):
        return "ENUM"
    if isinstance(shape, Integer):
        return integer_type(shape).name.upper()
    simple = {String: "STR", Boolean: "BOOL", Number: "DOUBLE", Decimal: "DECIMAL",
              Instant: "INSTANT"}
    return simple.get(type(shape), "JSON")


def _constant(of: Member) -> str:
    return f"FIELD_{naming.member(of).upper()}"


def _field(of: Member, owner: str, types: Types) -> FieldView:
    name = naming.member(of)
    kind = _kind(of, types)
    how = presence(of, types)
    rows = [
        f".name = KH_STR_INIT({string_literal(of.name)}),",
        f".kind = KH_FIELD_{kind},",
        f".offset = offsetof(struct {owner}, {name}),",
    ]
    if how.nullable:
        rows += [
            ".presence = KH_FIELD_NULLABLE,",
            f".presence_offset = offsetof(struct {owner}, {name}_presence),",
        ]
    elif how.flag:
        rows += [
            ".presence = KH_FIELD_OPTIONAL,",
            f".presence_offset = offsetof(struct {owner}, has_{name}),",
        ]
    if kind == "ENUM":
        assert isinstance(of.use.type, Ref)
        rows.append(f".names = &{types.name(of.use.type)}_enum,")
    shape = types.shape(of.use.type)
    if isinstance(shape, Decimal) and shape.scale:
        rows.append(f".scale = {shape.scale},")
    if kind == "JSON":
        rows.append(f".codec = &field_codec_{name},")
    return FieldView(_constant(of), name, rows)


def _codec(of: Member, owner: str, types: Types) -> CodecView:
    name = naming.member(of)
    inline = of.use.type
    if isinstance(inline, Array):
        stem = naming.array_path(owner, name)
        return CodecView("array", name, f"struct {owner}", f"read_{stem}", f"write_{stem}")
    if not isinstance(inline, Ref):
        how = scalar(inline)
        return CodecView("raw", name, how.c_type, how.read, how.write)
    stem = types.name(inline)
    if types.is_boxed(inline):
        return CodecView("pointer", name, types.c_type(inline), f"{stem}_read_new", f"{stem}_write")
    return CodecView("value", name, types.c_type(inline), f"{stem}_read", f"{stem}_write")


def _positions(members: list[Member]) -> str:
    return ", ".join(_constant(of) for of in members)


def _parameters(members: list[Member], types: Types) -> str:
    """They come behind `struct kh_context *ctx`, so each is led by a comma."""
    made = ""
    for of in members:
        c_type = types.c_type(of.use.type)
        made += f", {c_type} {naming.parameter(naming.member(of), _OWN_PARAMETERS)}"
    return made


def _key(members: list[Member], types: Types) -> list[str]:
    """Designated initialisers of a value that holds the parameters."""
    rows = []
    for of in members:
        name = naming.member(of)
        how = presence(of, types)
        if how.nullable:
            rows.append(f".{name}_presence = KH_PRESENT,")
        if how.flag:
            rows.append(f".has_{name} = true,")
        rows.append(f".{name} = {naming.parameter(name, _OWN_PARAMETERS)},")
    return rows


def _index(
    index: Index, position: int, owner: str, members: dict[str, Member], types: Types
) -> IndexView:
    equal = [members[name] for name in index.equal]
    order = [members[name] for name in index.order]
    return IndexView(
        function=f"{owner}_query_{naming.snake(index.name)}",
        name=f"KH_STR_INIT({string_literal(index.name)})",
        stem=naming.snake(index.name),
        fields=_positions(equal + order),
        field_count=len(equal + order),
        equal_count=len(equal),
        position=position,
        parameters=_parameters(equal, types),
        key=_key(equal, types),
    )
