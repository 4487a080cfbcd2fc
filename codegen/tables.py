"""Entities as tables of SQLite: columns, keys, indexes, and the SQL that makes them.

A member has a column of its own name in C. Beside it stand, where they are needed, `NAME__null`, which
is 1 when the member is null and not absent, and `NAME__order`, the order key of src/model/order_key.h, for
decimals and instants that are in the key or in an index. Names in C hold no `__`, so none of these can
be a member's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from . import names as naming
from .model import (
    Boolean, Decimal, Entity, Enum, Instant, Integer, Member, Model, NamedType, Number, Object, Ref,
    Shape, String,
)
from .view.types import UINT64, integer_type

VERSION = "kh__version"

# How members are kept; what they compare by is another column where the text says nothing of order.
_TYPES = {
    "boolean": "INTEGER", "decimal": "TEXT", "instant": "TEXT", "integer": "INTEGER", "json": "TEXT",
    "number": "REAL", "text": "TEXT", "uint64": "TEXT",
}
_UNORDERED = ("decimal", "instant")


@dataclass(frozen=True)
class Column:
    """A member's."""

    name: str
    kind: str
    optional: bool
    nullable: bool
    ordered: bool

    @property
    def read(self) -> list[str]:
        """What is selected of it."""
        return [self.name, *([f"{self.name}__null"] if self.nullable else [])]

    @property
    def stored(self) -> list[str]:
        return [*self.read, *([f"{self.name}__order"] if self.ordered else [])]

    @property
    def compared(self) -> str:
        return f"{self.name}__order" if self.ordered else self.name

    @property
    def declarations(self) -> list[str]:
        """As in CREATE TABLE, one for each that is stored."""
        must = "" if self.optional else " NOT NULL"
        made = [f"{quoted(self.name)} {_TYPES[self.kind]}{must}"]
        if self.nullable:
            made.append(f"{quoted(self.name + '__null')} INTEGER NOT NULL DEFAULT 0")
        if self.ordered:
            made.append(f"{quoted(self.name + '__order')} TEXT{must}")
        return made


@dataclass(frozen=True)
class TableIndex:
    equal: tuple[str, ...]  # members
    order: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    name: str
    entity: str
    columns: dict[str, Column]  # by member, in the schema's order
    key: tuple[str, ...]  # members
    indexes: dict[str, TableIndex]  # sorted by name

    @property
    def stored(self) -> list[str]:
        return [name for column in self.columns.values() for name in column.stored] + [VERSION]

    def compared(self, members: Iterable[str]) -> list[str]:
        return [self.columns[member].compared for member in members]

    def sorting(self, index: TableIndex) -> list[str]:
        """The optional columns that sort: rows without them are not found by the index."""
        return [self.columns[member].compared for member in index.order
                if self.columns[member].optional]


def quoted(name: str) -> str:
    return f'"{name}"'


def listed(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))


# ---- From the model ------------------------------------------------------------------------------


def tables(model: Model) -> list[Table]:
    """By entity."""
    types = {named.name: named for named in model.types}
    return [table(entity, types) for entity in model.entities]


def table(entity: Entity, types: dict[str, NamedType]) -> Table:
    shape = types[entity.name].shape
    assert isinstance(shape, Object)
    compared = {*entity.key, *(m for index in entity.indexes for m in (*index.equal, *index.order))}
    return Table(
        name=entity.table,
        entity=entity.name,
        columns={of.name: _column(of, of.name in compared, types) for of in shape.members},
        key=entity.key,
        indexes={index.name: TableIndex(index.equal, index.order) for index in entity.indexes},
    )


def _column(of: Member, compared: bool, types: dict[str, NamedType]) -> Column:
    kind = _kind(_shape(of, types))
    nullable = naming.is_nullable(of.use, types)
    return Column(
        name=naming.member(of),
        kind=kind,
        optional=nullable or not (of.required or of.has_default),
        nullable=nullable,
        ordered=compared and kind in _UNORDERED,
    )


def _shape(of: Member, types: dict[str, NamedType]) -> Shape:
    return types[of.use.type.name].shape if isinstance(of.use.type, Ref) else of.use.type


def _kind(shape: Shape) -> str:
    if isinstance(shape, Integer):
        return "uint64" if integer_type(shape) == UINT64 else "integer"
    simple = {String: "text", Enum: "text", Boolean: "boolean", Number: "number",
              Decimal: "decimal", Instant: "instant"}
    return simple.get(type(shape), "json")


# ---- SQL -----------------------------------------------------------------------------------------


def create_table(of: Table, name: str | None = None) -> str:
    lines = [line for column in of.columns.values() for line in column.declarations]
    lines.append(f"{quoted(VERSION)} INTEGER NOT NULL")
    lines.append(f"PRIMARY KEY ({listed(of.compared(of.key))})")
    body = ",\n".join("    " + line for line in lines)
    return f"CREATE TABLE {quoted(name or of.name)} (\n{body}\n) STRICT, WITHOUT ROWID;\n"


def create_index(of: Table, name: str) -> str:
    """Of rows that lack a member that sorts there is nothing in it."""
    index = of.indexes[name]
    columns = of.compared((*index.equal, *index.order))
    text = f"CREATE INDEX {index_name(of.name, name)}\n    ON {quoted(of.name)} ({listed(columns)})"
    return text + where(f"{quoted(column)} IS NOT NULL" for column in of.sorting(index)) + ";\n"


def where(terms: Iterable[str], prefix: str = "\n    WHERE ") -> str:
    joined = " AND ".join(terms)
    return prefix + joined if joined else ""


def index_name(table_name: str, name: str) -> str:
    """Tables and indexes share their names' space; no table's name holds a slash."""
    return quoted(f"{table_name}/{name}")


def literal(kind: str, value: object) -> str:
    """A member's default as SQL."""
    if kind == "boolean":
        return str(int(bool(value)))
    if kind == "uint64":
        assert isinstance(value, (int, float))
        return f"'{int(value):020d}'"
    if kind == "integer":
        assert isinstance(value, (int, float))
        return str(int(value))
    if kind == "number":
        assert isinstance(value, (int, float))
        return repr(float(value))
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")) if kind == "json" else (
        str(value))
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return f"CAST(X'{text.encode('utf-8').hex()}' AS TEXT)"
