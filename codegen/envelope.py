"""The envelope: which member of it plays which part."""

from __future__ import annotations

from . import kinds
from .build_types import Types
from .load import SUFFIX
from .members import Fields, Row, row
from .model import Envelope, FreeForm, Instant, Integer, Location, String
from .problems import Problems
from .resolve import Index
from .scalars import INT64_MAXIMUM
from .schemas import Schema
from .unions import final

_PARTS = ("id", "type", "payload", "payloadBase64", "key", "time", "sequence")
_READY = "https://kinesis-handler.example/2026/envelopes/cloudevents"


def envelope(
    directory: str, index: Index, types: Types, problems: Problems
) -> Envelope | None:
    """The service's envelope; None when there is nothing to make it of."""
    roots = index.of_role("envelope")
    if not roots:
        problems.add(
            Location(directory),
            f"there is no sound envelope{SUFFIX}; describe there what every event is wrapped in "
            f'(for CloudEvents: {{"$ref": "{_READY}"}})',
        )
        return None
    root = roots[0]
    types.define_all(root.file)
    target = final(index, root)
    if target is None or root.broken or target.broken:
        return None
    if not kinds.is_object(target) or kinds.allows_null(target):
        problems.add(
            root.location,
            'the envelope must be an object: "type": "object" and "properties"',
        )
        return None
    said_by = root if root.has("x-envelope") else target
    if not said_by.has("x-envelope"):
        if "x-envelope" not in said_by.node.members():
            problems.add(
                root.location,
                'needs "x-envelope": {"id": "MEMBER", "type": "MEMBER", "payload": "MEMBER"}',
            )
        return None
    members = row(types.name(target), {named.name: named for named in types.named()})
    if members is None:
        return None
    return _parts(said_by, target, members, problems)


def _parts(said_by: Schema, target: Schema, members: Row, problems: Problems) -> Envelope:
    fields = Fields(
        said_by, ("x-envelope",), said_by.keywords["x-envelope"], _PARTS, problems
    )
    made = Envelope(
        name=members.name,
        id=fields.names("id", required=True),
        type=fields.text("type", required=True) or "",
        payload=fields.text("payload", required=True) or "",
        payload_base64=fields.text("payloadBase64"),
        key=fields.text("key"),
        time=fields.text("time"),
        sequence=fields.text("sequence"),
        location=target.location,
    )
    parts = {
        "id": made.id,
        "type": (made.type,),
        "payload": (made.payload,),
        "payloadBase64": (made.payload_base64,),
        "key": (made.key,),
        "time": (made.time,),
        "sequence": (made.sequence,),
    }
    for part, names in parts.items():
        for name in names:
            complaint = _complaint(members, part, name) if name else None
            if complaint is not None:
                fields.add(complaint, part)
    return made


def _complaint(members: Row, part: str, name: str) -> str | None:
    if members.missing(name) is not None or members.is_broken(name):
        return members.missing(name)
    shape = members.shape(name)
    member = members.members[name]
    if part in ("id", "type"):
        if not isinstance(shape, String):
            return f"member {name!r} must be a string; change its type"
        if not member.required or member.use.nullable:
            return f"member {name!r} may be missing or null; make it required"
    elif part == "payload":
        if not isinstance(shape, FreeForm) or shape.kind == "array":
            return (
                f"member {name!r} must be free-form, each event's schema describes it; leave only "
                "its description"
            )
    elif part in ("key", "payloadBase64"):
        if not isinstance(shape, String):
            return f"member {name!r} must be a string; change its type"
    elif part == "time":
        if not isinstance(shape, (Integer, Instant)):
            return f"member {name!r} must be an integer or a string of format date-time"
    elif not isinstance(shape, Integer):
        return f"member {name!r} must be an integer; change its type"
    elif shape.maximum is not None and shape.maximum > INT64_MAXIMUM:
        return f"member {name!r} must fit a signed 64-bit integer; narrow its bounds"
    return None
