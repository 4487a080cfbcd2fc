"""What has to happen to tables so that they become those of the entities, as SQL; or why it cannot.

A change is made where every row that may be there has a right value afterwards. SQLite can add columns and
nothing else, so that all other changes make the table anew and copy its rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .model import Entity, Location, Member
from .problems import Problems
from .tables import (
    VERSION, Column, Table, create_index, create_table, index_name, literal, quoted,
)

# What a table is called while it is made anew; no entity's table is called so.
_NEW = "kh_new"


@dataclass(frozen=True)
class Wanted:
    """A table as its entity has it now."""

    table: Table
    entity: Entity
    members: dict[str, Member]

    def at(self, pointer: str) -> Location:
        return Location(self.entity.location.file, pointer, self.entity.location.line_of)


@dataclass(frozen=True)
class Change:
    entity: str
    is_new: bool
    notes: list[str]
    sql: list[str]


def changes(
    before: dict[str, Table], wanted: list[Wanted], state: str, by_hand: str, problems: Problems
) -> list[Change]:
    """In the order of the entities. `by_hand` tells how to do what is refused."""
    made = [_change(before, of, by_hand, problems) for of in wanted]
    names = {of.table.name for of in wanted} | {of.table.entity for of in wanted}
    for table in before.values():
        if table.name not in names and table.entity not in names:
            problems.add(
                Location(state, f"/tables/{table.name}"),
                f"entity {table.entity} is gone, and its table may have rows; put the entity back, "
                f"or {by_hand}",
            )
    return [change for change in made if change is not None]


def _change(
    before: dict[str, Table], of: Wanted, by_hand: str, problems: Problems
) -> Change | None:
    old = before.get(of.table.name)
    if old == of.table:
        return None
    if old is None:
        renamed = [table for table in before.values() if table.entity == of.table.entity]
        if renamed:
            problems.add(
                of.at("/x-entity/table"),
                f"the table was {renamed[0].name!r}; put the name back, or {by_hand}",
            )
        sql = [create_table(of.table), *(create_index(of.table, name) for name in of.table.indexes)]
        return Change(of.table.entity, True, ["a new entity"], sql)
    if old.key != of.table.key:
        problems.add(
            of.at("/x-entity/key"),
            f"the key was {', '.join(old.key)}; put it back, or {by_hand}",
        )
    for location, text in _refused(old, of):
        problems.add(location, f"{text}, or {by_hand}")
    return Change(of.table.entity, False, list(_notes(old, of)), _alter(old, of))


def _refused(old: Table, of: Wanted) -> Iterator[tuple[Location, str]]:
    """Changes of members that leave rows without a right value."""
    for name in old.columns.keys() - of.table.columns.keys():
        yield of.at("/properties"), f"member {name!r} is gone, and rows have it; put it back"
    for name, column in of.table.columns.items():
        was = old.columns.get(name)
        member = of.members[name]
        if was is not None and was.kind != column.kind:
            yield member.location, (
                f"member {name!r} was kept as {was.kind} and now would be as {column.kind}; "
                "put its type back, add another member beside it")
        elif was is not None and was.nullable and not column.nullable:
            yield member.location, (
                f"member {name!r} could be null, and in rows it may be; allow null again")
        elif not column.optional and (was is None or was.optional) and not member.has_default:
            yield member.location, (
                f"member {name!r} is required now, and rows may lack it; give it a default instead, "
                "make it optional")


def _notes(old: Table, of: Wanted) -> Iterator[str]:
    for name, column in of.table.columns.items():
        was = old.columns.get(name)
        if was is None:
            yield f"a new member, {name}"
        elif was.optional != column.optional:
            yield f"{name} is {'optional' if column.optional else 'always there'} now"
        elif was.nullable != column.nullable:
            yield f"{name} may now be null"
        elif was.name != column.name:
            yield f"the column of {name} has another name"
    for name in sorted(old.indexes.keys() | of.table.indexes.keys()):
        if old.indexes.get(name) != of.table.indexes.get(name):
            what = "a new index" if name not in old.indexes else (
                "an index less" if name not in of.table.indexes else "another index")
            yield f"{what}, {name}"


def _alter(old: Table, of: Wanted) -> list[str]:
    new = of.table
    added = [column for name, column in new.columns.items() if name not in old.columns]
    same = all(new.columns.get(name) == column for name, column in old.columns.items())
    if not same or not all(column.optional for column in added):
        return [*_make_anew(old, of), *(create_index(new, name) for name in new.indexes)]
    table = quoted(new.name)
    sql = [f"ALTER TABLE {table} ADD COLUMN {line};\n"
           for column in added for line in column.declarations]
    gone = [name for name, index in old.indexes.items() if new.indexes.get(name) != index]
    sql += [f"DROP INDEX {index_name(new.name, name)};\n" for name in gone]
    sql += [create_index(new, name) for name, index in new.indexes.items()
            if old.indexes.get(name) != index]
    return sql


def _make_anew(old: Table, of: Wanted) -> list[str]:
    values = [
        value for name, column in of.table.columns.items()
        for value in _values(old.columns.get(name), column, of.members[name])
    ]
    names = ",\n".join("    " + quoted(name) for name in of.table.stored)
    rows = ",\n".join("    " + value for value in [*values, quoted(VERSION)])
    return [
        create_table(of.table, _NEW),
        f"INSERT INTO {quoted(_NEW)} (\n{names}\n)\nSELECT\n{rows}\n"
        f"FROM {quoted(old.name)};\n",
        f"DROP TABLE {quoted(old.name)};\n",
        f"ALTER TABLE {quoted(_NEW)} RENAME TO {quoted(of.table.name)};\n",
    ]


def _values(was: Column | None, column: Column, member: Member) -> list[str]:
    """What the columns of a member get, from those that were."""
    value = "NULL" if was is None else quoted(was.name)
    filled = not column.optional and (was is None or was.optional)
    if filled and member.has_default:
        default = literal(column.kind, member.default)
        value = default if was is None else f"coalesce({value}, {default})"
    made = [value]
    if column.nullable:
        kept = was is not None and was.nullable
        made.append(quoted(f"{was.name}__null") if was is not None and kept else "0")
    if column.ordered:
        kept = was is not None and was.ordered and not filled
        made.append(
            quoted(was.compared) if was is not None and kept else f"kh_{column.kind}_order({value})")
    return made
