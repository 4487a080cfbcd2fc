"""What the types are for: events and entities."""

from __future__ import annotations

import re

from . import kinds
from .load import STEM
from .members import Fields, Row, row
from .model import (
    Entity, Enum, Event, Index as EntityIndex, Integer, Location, NamedType, Ref,
)
from .problems import Problems
from .resolve import Index
from .schemas import Schema
from .view.types import integer_type

_WANTED = {
    "x-event": '"x-event": {"type": "..."}, the type that the envelope gives',
    "x-entity": '"x-entity": {"table": "...", "key": "MEMBER"}',
}
# What DynamoDB allows; SQL text quotes names.
_TABLE = re.compile(r"[A-Za-z0-9_.-]{3,255}")
ENCODINGS = ("json", "protobuf")
_OWN_TABLES = ("kh_", "sqlite_")


def entities(
    index: Index, types: dict[str, NamedType], problems: Problems
) -> tuple[Entity, ...]:
    """By name."""
    made: list[Entity] = []
    tables: dict[str, Entity] = {}
    for root in index.of_role("entity"):
        members = _members(root, "x-entity", types, problems)
        if members is None:
            continue
        entity = _entity(root, members, problems)
        made.append(entity)
        # SQLite's names are the same in upper and lower case.
        other = tables.setdefault(entity.table.lower(), entity)
        if other is not entity and entity.table:
            problems.add(
                root.at("x-entity", "table"),
                f"{entity.table!r} is the table of entity {other.name} as well; choose another",
            )
    return tuple(sorted(made, key=lambda entity: entity.name))


def events(
    directory: str, index: Index, types: dict[str, NamedType], known: tuple[Entity, ...],
    problems: Problems,
) -> tuple[Event, ...]:
    """By type."""
    sound = {entity.name: entity for entity in known}
    described = {root.file.stem: sound.get(root.file.stem) for root in index.of_role("entity")}
    made: list[Event] = []
    first: dict[str, Event] = {}
    roots = index.of_role("event")
    if not roots and not problems:
        problems.add(
            Location(directory),
            "there is no schema in events/; begin one with `python3 -m codegen new-event NAME`",
        )
    for root in roots:
        members = _members(root, "x-event", types, problems)
        if members is None:
            continue
        event = _event(root, members, types, described, problems)
        made.append(event)
        other = first.setdefault(event.type, event)
        if other is not event and event.type:
            problems.add(
                root.at("x-event", "type"),
                f"{event.type!r} is the type of {other.location.file} as well; choose another",
            )
    return tuple(sorted(made, key=lambda event: event.type))


def _members(
    root: Schema, keyword: str, types: dict[str, NamedType], problems: Problems
) -> Row | None:
    """The members of an event or entity; None when that or its keyword cannot be used."""
    if root.broken:
        return None
    if not kinds.is_object(root) or kinds.is_reference(root):
        problems.add(
            root.location,
            f'an {root.file.role} must be an object: "type": "object" and "properties"',
        )
        return None
    if kinds.allows_null(root):
        problems.add(root.at("type"), f"an {root.file.role} cannot be null; remove it from type")
    if not root.has(keyword):
        if keyword not in root.node.members():
            problems.add(root.location, f"needs {_WANTED[keyword]}")
        return None
    return row(root.file.stem, types)


def _entity(root: Schema, members: Row, problems: Problems) -> Entity:
    fields = Fields(
        root, ("x-entity",), root.keywords["x-entity"], ("table", "key", "indexes"), problems
    )
    table = fields.text("table", required=True)
    if table is not None and not _TABLE.fullmatch(table):
        fields.add("must be 3 to 255 letters, digits, _ . or - (DynamoDB's rule)", "table")
    elif table is not None and table.lower().startswith(_OWN_TABLES):
        fields.add("begins as tables of SQLite's or our own do; choose another name", "table")
    key = fields.names("key", required=True)
    for name in key:
        complaint = members.not_a_key(name)
        if complaint is not None:
            fields.add(complaint, "key")
    return Entity(
        name=root.file.stem,
        table=table or "",
        key=key,
        indexes=_indexes(root, fields, members, problems),
        location=root.location,
    )


def _indexes(
    root: Schema, fields: Fields, members: Row, problems: Problems
) -> tuple[EntityIndex, ...]:
    node = root.keywords["x-entity"].members().get("indexes")
    if node is not None and node.kind != "object":
        fields.add("must be an object: the index's name, and what it consists of", "indexes")
    made: list[EntityIndex] = []
    for name, value in (node.members() if node is not None else {}).items():
        if not STEM.fullmatch(name):
            fields.add("an index is named like_this; rename it", "indexes", name)
        if value.kind != "object":
            fields.add('must be an object: {"equal": [...], "order": [...]}', "indexes", name)
            continue
        parts = Fields(
            root, ("x-entity", "indexes", name), value, ("equal", "order"), problems
        )
        equal = parts.names("equal", required=True, single=False)
        order = parts.names("order", single=False)
        for part, names in (("equal", equal), ("order", order)):
            for member in names:
                complaint = _not_indexable(members, member)
                if part == "order" and member in equal:
                    complaint = f"{member!r} is in equal already; remove it here"
                if complaint is not None:
                    parts.add(complaint, part)
        made.append(EntityIndex(name, equal, order))
    return tuple(sorted(made, key=lambda index: index.name))


def _not_indexable(members: Row, name: str) -> str | None:
    if members.missing(name) is not None or members.is_broken(name):
        return members.missing(name)
    if not members.is_scalar(name):
        return f"member {name!r} is not a scalar; an index consists of strings, numbers and times"
    return None


def _event(
    root: Schema, members: Row, types: dict[str, NamedType], described: dict[str, Entity | None],
    problems: Problems,
) -> Event:
    """`described`: the entities that have a schema; None for those that it makes no sense of."""
    fields = Fields(
        root, ("x-event",), root.keywords["x-event"],
        ("type", "version", "entity", "key", "encodings"), problems,
    )
    entity_name = fields.text("entity")
    key = fields.names("key")
    if entity_name is None:
        if fields.has("key") and not fields.has("entity"):
            fields.add("is the key of an entity, and none is named; add entity, or remove it",
                       "key")
    elif entity_name not in described:
        fields.add(f"there is no entities/{entity_name}.schema.json; correct the name, or add it",
                   "entity")
    else:
        entity = described[entity_name]
        if entity is not None:
            key = _event_key(fields, key, members, entity, row(entity_name, types))
    return Event(
        name=root.file.stem,
        type=fields.text("type", required=True) or "",
        version=fields.count("version", 1),
        entity=entity_name,
        key=key,
        location=root.location,
        encodings=fields.choices("encodings", ENCODINGS),
    )


def _event_key(
    fields: Fields, key: tuple[str, ...], members: Row, entity: Entity, entity_members: Row | None
) -> tuple[str, ...]:
    """The payload's members for the entity's key; without `key` they are named alike."""
    names = key if fields.has("key") else entity.key
    place = "key" if fields.has("key") else "entity"
    if not names or not entity.key or entity_members is None:
        return names
    if len(names) != len(entity.key):
        fields.add(
            f"names {', '.join(names)}, but the key of {entity.name} is {', '.join(entity.key)}; "
            "name one member for each",
            place,
        )
        return names
    for name, of_entity in zip(names, entity.key):
        complaint = members.not_a_key(name)
        if complaint is None and entity_members.not_a_key(of_entity) is None:
            if not _same_type(members, name, entity_members, of_entity):
                complaint = (
                    f"member {name!r} is of another type than {entity.name}'s key {of_entity!r}; "
                    "make them agree"
                )
        if complaint is not None:
            fields.add(complaint, place)
    return names


def _same_type(one: Row, name: str, other: Row, other_name: str) -> bool:
    if one.is_broken(name) or other.is_broken(other_name):
        return True
    if isinstance(one.shape(name), Enum):
        used, wanted = one.members[name].use.type, other.members[other_name].use.type
        return isinstance(used, Ref) and used == wanted
    shape, wanted_shape = one.shape(name), other.shape(other_name)
    if isinstance(shape, Integer) and isinstance(wanted_shape, Integer):
        return integer_type(shape) == integer_type(wanted_shape)
    return type(shape) is type(wanted_shape)
