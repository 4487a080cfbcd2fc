"""Schema files to start from; what is to be said about each part stands in $comment."""

from __future__ import annotations

import json

from .forms import META_SCHEMA


def event(name: str) -> str:
    """An event's schema that builds as it is."""
    return _text({
        "$schema": META_SCHEMA,
        "title": name.upper(),
        "description": "What happened, in one sentence.",
        "type": "object",
        "x-event": {"type": name.upper(), "version": 1},
        "$comment": "x-event: type is the string in the envelope that chooses this schema. Add "
        '"entity": "NAME" (a file in schema/entities) and "key": "MEMBER" if the event changes '
        "one. Describe all members in properties; shared types go by "
        '{"$ref": "../types/NAME.schema.json"}. See docs/reference/keywords.md.',
        "properties": {
            "id": {
                "description": "Identifies the thing that the event is about.",
                "type": "string",
                "minLength": 1,
                "maxLength": 64,
            },
        },
        "required": ["id"],
        "examples": [{"id": "thing-1"}],
    })


def entity(name: str) -> str:
    """An entity's schema that builds as it is."""
    title = "".join(part.capitalize() for part in name.split("_"))
    return _text({
        "$schema": META_SCHEMA,
        "title": title,
        "description": "What a row of this table is, in one sentence.",
        "type": "object",
        "x-entity": {"table": title.ljust(3, "_"), "key": "id"},
        "$comment": "x-entity: key names the member (or a list of members) that no two rows share. "
        'Add "indexes": {"by_user": {"equal": ["userId"], "order": ["createdAt"]}} for each other '
        "way to find rows. Describe all members in properties; shared types go by "
        '{"$ref": "../types/NAME.schema.json"}. See docs/reference/keywords.md.',
        "properties": {
            "id": {
                "description": "Identifies the row.",
                "type": "string",
                "minLength": 1,
                "maxLength": 64,
            },
        },
        "required": ["id"],
        "examples": [{"id": "thing-1"}],
    })


def _text(schema: dict[str, object]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
