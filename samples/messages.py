"""Events of the sample service as messages of Protocol Buffers, by Google's library and generated/proto."""

from __future__ import annotations

import importlib
import pathlib
import subprocess
import sys
import tempfile
import typing

PROTO = pathlib.Path(__file__).resolve().parents[1] / "generated/proto"
PAYLOADS = {"USER_LIMIT_CREATED": "UserLimitCreated", "USER_LIMIT_RESET": "UserLimitReset",
            "USER_LIMIT_PROGRESS_CHANGED": "UserLimitProgressChanged"}


class Messages:
    """The classes that protoc makes of generated/proto."""

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            files = [str(path.relative_to(PROTO)) for path in sorted(PROTO.rglob("*.proto"))]
            subprocess.run(["protoc", f"--proto_path={PROTO}", f"--python_out={folder}", *files],
                           check=True)
            sys.path.insert(0, folder)
            try:
                self.envelope = importlib.import_module("user_limits.envelope_pb2").Envelope
                self.payloads = {
                    kind: getattr(importlib.import_module(f"user_limits.events.{kind.lower()}_pb2"), name)
                    for kind, name in PAYLOADS.items()}
            finally:
                sys.path.remove(folder)

    def encode(self, event: dict) -> bytes:
        """An event of a type without a schema has its payload as no message: it has none."""
        message = _filled(self.envelope(), {k: v for k, v in event.items() if k != "data"})
        kind = self.payloads.get(event["type"])
        message.data = b"" if kind is None else _filled(kind(), event["data"]).SerializeToString(
            deterministic=True)
        return typing.cast(bytes, message.SerializeToString(deterministic=True))

    def decode(self, data: bytes) -> dict:
        message = self.envelope.FromString(data)
        event = _read(message)
        event["data"] = _read(self.payloads[message.type].FromString(message.data))
        return event


def _prefix(field: typing.Any) -> str:
    """Of the names of an enum's values: that of the one that is unspecified, without this word."""
    name: str = field.enum_type.values_by_number[0].name
    return name.removesuffix("UNSPECIFIED")


def _filled(message: typing.Any, members: dict) -> typing.Any:
    by_name = {field.json_name: field for field in message.DESCRIPTOR.fields}
    for name, value in members.items():
        field = by_name[name]
        if field.message_type is not None:
            getattr(message, field.name).update(value)
        elif field.enum_type is not None:
            number = field.enum_type.values_by_name[_prefix(field) + value].number
            setattr(message, field.name, number)
        else:
            setattr(message, field.name, value)
    return message


def _read(message: typing.Any) -> dict:
    members = {}
    for field, value in message.ListFields():
        if field.message_type is not None:
            value = dict(value)
        elif field.enum_type is not None:
            value = field.enum_type.values_by_number[value].name.removeprefix(_prefix(field))
        members[field.json_name] = value
    return members
