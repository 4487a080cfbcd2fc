"""The envelope: what the runtime is told of it."""

from __future__ import annotations

from dataclasses import dataclass

from .. import names as naming
from ..model import Envelope, Member, Object, String
from .objects import presence
from .text import string_literal
from .types import Types
from .values import try_


@dataclass(frozen=True)
class EnvelopeView:
    type: str
    type_name: str  # KH_STR_INIT("type")
    pointer: str  # of the payload
    ids: list[str]  # several, which have to be joined; else empty
    base64_name: str  # literals; "" without such a member
    base64_pointer: str
    fill: list[str]  # statements
    is_message: bool
    payload_member: str


def envelope_view(envelope: Envelope, types: Types) -> EnvelopeView:
    shape = types.named[envelope.name].shape
    assert isinstance(shape, Object)
    members = {of.name: of for of in shape.members}
    base64 = envelope.payload_base64
    return EnvelopeView(
        type=_value(members[envelope.type]),
        type_name=f"KH_STR_INIT({string_literal(envelope.type)})",
        pointer=_pointer(envelope.payload),
        ids=[_value(members[name]) for name in envelope.id] if len(envelope.id) > 1 else [],
        base64_name=string_literal(base64) if base64 else "",
        base64_pointer=_pointer(base64) if base64 else "",
        fill=_with_parameters_used(_fill(envelope, members, types), len(envelope.id) > 1),
        is_message=envelope.name in types.proto,
        payload_member=naming.member(members[envelope.payload]),
    )


def _fill(envelope: Envelope, members: dict[str, Member], types: Types) -> list[str]:
    lines = _id(members[envelope.id[0]], types) if len(envelope.id) == 1 else []
    if envelope.key is not None:
        key = members[envelope.key]
        lines += _if_there(key, [f"event->key = {_value(key)};"], types)
    if envelope.sequence is not None:
        sequence = members[envelope.sequence]
        assign = [f"event->sequence = {_value(sequence)};", "event->has_sequence = true;"]
        lines += _if_there(sequence, assign, types)
    payload = members[envelope.payload]
    assign = [f"event->payload = {_value(payload)}.text;", "event->has_payload = true;"]
    lines += _if_there(payload, assign, types)
    if envelope.payload_base64 is not None:
        encoded = members[envelope.payload_base64]
        lines += _if_there(encoded, [try_(f"decode_payload(in, {_value(encoded)}, event)")], types)
    return lines


def _with_parameters_used(lines: list[str], joined: bool) -> list[str]:
    used = joined or any("(in, " in line for line in lines)
    return lines if used else ["(void)in;", *lines]


def _id(of: Member, types: Types) -> list[str]:
    """An event without an id has no mark, so an empty one is refused whatever the schema says."""
    lines = [f"event->id = {_value(of)};"]
    shape = types.shape(of.use.type)
    if isinstance(shape, String) and shape.min_length > 0:
        return lines
    complaint = f'in, in->begin, "minLength", "%s is empty", {string_literal(of.name)}'
    return [
        *lines,
        "if (event->id.length == 0) {",
        f"    {try_(f'kh_json_violation({complaint})')}",
        "}",
    ]


def _value(of: Member) -> str:
    return f"envelope->{naming.member(of)}"


def _pointer(name: str) -> str:
    return string_literal("/" + name.replace("~", "~0").replace("/", "~1"))


def _if_there(of: Member, lines: list[str], types: Types) -> list[str]:
    how = presence(of, types)
    name = naming.member(of)
    if not how.nullable and not how.flag:
        return lines
    condition = f"envelope->{name}_presence == KH_PRESENT" if how.nullable else (
        f"envelope->has_{name}")
    return [f"if ({condition}) {{", *[f"    {line}" for line in lines], "}"]
