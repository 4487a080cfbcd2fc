"""Runs SQL in an empty database in memory, to see which tables it makes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

# Tables are STRICT.
_OLDEST = (3, 37, 0)

Layout = dict[str, list[tuple[object, ...]]]
"""By name, what is known of each table's columns and indexes."""


def layout(texts: Iterable[str]) -> Layout:
    """sqlite3.Error when a text fails."""
    if sqlite3.sqlite_version_info < _OLDEST:
        raise sqlite3.Error(
            f"Python's SQLite is {sqlite3.sqlite_version}, and 3.37 or newer is needed to try it out")
    database = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for kind in ("decimal", "instant"):
            # The real ones are the runtime's; there are no rows here.
            database.create_function(f"kh_{kind}_order", 1, lambda value: value)
        for text in texts:
            database.executescript(text)
        names = [name for name, in database.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite@_%' ESCAPE '@'")]
        return {name: _table(database, name) for name in names}
    finally:
        database.close()


def _table(database: sqlite3.Connection, name: str) -> list[tuple[object, ...]]:
    columns = database.execute(
        "SELECT 'column', name, type, \"notnull\", dflt_value, pk FROM pragma_table_xinfo(?)", (name,))
    found: list[tuple[object, ...]] = sorted(columns)
    options = database.execute(
        "SELECT 'table', wr, strict FROM pragma_table_list WHERE schema = 'main' AND name = ?", (name,))
    found += options
    indexes = database.execute(
        "SELECT l.name, coalesce(s.sql, '') FROM pragma_index_list(?) AS l "
        "LEFT JOIN sqlite_schema AS s ON s.name = l.name ORDER BY l.name", (name,)).fetchall()
    for index, sql in indexes:
        parts = database.execute(
            "SELECT name, desc, coll FROM pragma_index_xinfo(?) WHERE key", (index,)).fetchall()
        condition = " ".join(sql.partition(" WHERE ")[2].split())
        found.append(("index", index, *parts, condition))
    return found


def difference(there: Layout, wanted: Layout) -> str | None:
    """The first, in words; None when they are the same."""
    for name in sorted(there.keys() | wanted.keys()):
        if name not in wanted:
            return f"there is a table {name!r} that no entity has"
        if name not in there:
            return f"there is no table {name!r}"
        for what in wanted[name]:
            if what not in there[name]:
                return f"table {name!r} lacks {_words(what)}"
        for what in there[name]:
            if what not in wanted[name]:
                return f"table {name!r} has {_words(what)}, which it should not"
    return None


def _words(what: tuple[object, ...]) -> str:
    if what[0] == "table":
        return f"WITHOUT ROWID ({what[1]}) and STRICT ({what[2]})"
    if what[0] == "index":
        return f"an index {what[1]!r} of its columns"
    return f"a column {what[1]} {what[2]}{' NOT NULL' * bool(what[3])}"
