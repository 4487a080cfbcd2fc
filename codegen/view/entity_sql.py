"""The SQL texts of an entity, as include/kh/entity_sql.h describes them."""

from __future__ import annotations

from dataclasses import dataclass

from ..tables import VERSION, Table, TableIndex, listed, quoted
from .text import COLUMNS, fill, string_literal

_INDENT = 12
# In texts it stands for the columns that are read, which the template defines once.
_READ = "COLUMNS"


@dataclass(frozen=True)
class QueryView:
    first: list[str]
    after: list[str]


@dataclass(frozen=True)
class SqlView:
    columns: list[str]  # lines of the macro
    ordered: list[str]  # positions of members that have an order key
    get: list[str]
    version: list[str]
    insert: list[str]
    update: list[str]
    remove: list[str]
    all: QueryView
    indexes: list[QueryView]


def sql_view(of: Table, constants: dict[str, str]) -> SqlView:
    """`constants` are the fields' positions by member."""
    name = quoted(of.name)
    key = of.compared(of.key)
    number = {column: at for at, column in enumerate(of.stored, 1)}
    changed = [column for column in of.stored if column not in key]
    same = [f"{quoted(column)} = ?{number[column]}" for column in key]
    by_key = _equal(key, 1)
    version = f"{quoted(VERSION)} = ?{len(of.stored) + 1}"
    return SqlView(
        columns=_literals(listed([*(n for c in of.columns.values() for n in c.read), VERSION]), 4),
        ordered=[f"[{constants[member]}] = true," for member, column in of.columns.items()
                 if column.ordered],
        get=_read(f"FROM {name} WHERE {by_key}"),
        version=_literals(f"SELECT {quoted(VERSION)} FROM {name} WHERE {by_key}"),
        insert=_literals(
            f"INSERT INTO {name} ({listed(of.stored)}) "
            f"VALUES ({', '.join(f'?{at}' for at in number.values())}) "
            f"ON CONFLICT ({listed(key)}) DO NOTHING"),
        update=_literals(
            f"UPDATE {name} SET ({listed(changed)}) = "
            f"({', '.join(f'?{number[column]}' for column in changed)}) "
            f"WHERE {' AND '.join([*same, version])}"),
        remove=_literals(
            f"DELETE FROM {name} WHERE {by_key} AND {quoted(VERSION)} = ?{len(key) + 1}"),
        all=_query(of, TableIndex((), ())),
        indexes=[_query(of, index) for index in of.indexes.values()],
    )


def _equal(columns: list[str], first: int) -> str:
    return " AND ".join(f"{quoted(column)} = ?{at}" for at, column in enumerate(columns, first))


def _query(of: Table, index: TableIndex) -> QueryView:
    equal = of.compared(index.equal)
    order = of.compared((*index.order, *of.key))
    terms = [_equal(equal, 1)] if equal else []
    terms += [f"{quoted(column)} IS NOT NULL" for column in of.sorting(index)]
    places = [f"?{len(equal) + at}" for at in range(1, len(order) + 1)]
    beyond = f"({listed(order)}) > ({', '.join(places)})"

    def text(terms: list[str], limit: int) -> list[str]:
        condition = f" WHERE {' AND '.join(terms)}" if terms else ""
        return _read(f"FROM {quoted(of.name)}{condition} ORDER BY {listed(order)} LIMIT ?{limit}")

    return QueryView(
        first=text(terms, len(equal) + 1),
        after=text([*terms, beyond], len(equal) + len(order) + 1),
    )


def _read(text: str) -> list[str]:
    return [f'"SELECT " {_READ}', *_literals(" " + text)]


def _literals(text: str, indent: int = _INDENT) -> list[str]:
    """As lines of string literals; SQL has no blanks that must stay together here."""
    lead = " " if text[0] == " " else ""
    words = [string_literal(word)[1:-1] for word in text.split()]
    lines = fill(" ".join(words), COLUMNS - indent - 5)
    lines[0] = lead + lines[0]
    return [f'"{line} "' for line in lines[:-1]] + [f'"{lines[-1]}"']
