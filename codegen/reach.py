"""Types that no event, entity, envelope or setting needs: probably forgotten, so worth a warning."""

from __future__ import annotations

from .resolve import Index
from .schemas import Schema


def unreachable(index: Index) -> list[str]:
    """One warning for each file of types/ and each entry of $defs that nobody refers to."""
    inside: dict[Schema, list[Schema]] = {}
    for schema in index.schemas:
        if schema.parent is not None and schema.where != "definition":
            inside.setdefault(schema.parent, []).append(schema)
    reached: set[Schema] = set()
    todo = [root for file, root in index.roots.items() if file.role != "type"]
    while todo:
        schema = todo.pop()
        if schema in reached:
            continue
        reached.add(schema)
        todo.extend(inside.get(schema, []))
        target = index.target(schema)
        if target is not None:
            todo.append(target)
    warnings: list[str] = []
    for schema in index.schemas:
        named = schema.where == "definition" or schema.where == "root"
        # What refers to a part of a type needs the type's file.
        if named and schema not in reached and not _holds(schema, reached):
            location = schema.location
            warnings.append(
                f"{location.file}:{location.line}: #{location.pointer}: nothing refers to this "
                "type; remove it, or use it"
            )
    return warnings


def _holds(schema: Schema, reached: set[Schema]) -> bool:
    """Is something in this schema needed?"""
    return any(
        other.file is schema.file and other.pointer.startswith(schema.pointer + "/")
        for other in reached
    )
