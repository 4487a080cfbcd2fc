"""Events of the sample service as messages of Protocol Buffers, and aggregates, by Google's library."""

from __future__ import annotations

import hashlib
import importlib
import pathlib
import subprocess
import sys
import tempfile
import typing

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROTO = ROOT / "generated/proto"
KPL = ROOT / "src/record"
PAYLOADS = {"USER_LIMIT_CREATED": "UserLimitCreated", "USER_LIMIT_RESET": "UserLimitReset",
            "USER_LIMIT_PROGRESS_CHANGED": "UserLimitProgressChanged"}


def compiled(folder: pathlib.Path, files: list[str], modules: list[str]) -> list[typing.Any]:
    """The modules that protoc makes of .proto files in a folder."""
    with tempfile.TemporaryDirectory() as out:
        subprocess.run(["protoc", f"--proto_path={folder}", f"--python_out={out}", *files], check=True)
        sys.path.insert(0, out)
        try:
            return [importlib.import_module(name) for name in modules]
        finally:
            sys.path.remove(out)


class Messages:
    """The classes that protoc makes of generated/proto, and of aggregates."""

    def __init__(self) -> None:
        files = [str(path.relative_to(PROTO)) for path in sorted(PROTO.rglob("*.proto"))]
        names = [f"user_limits.events.{kind.lower()}_pb2" for kind in PAYLOADS]
        envelope, *events = compiled(PROTO, files, ["user_limits.envelope_pb2", *names])
        self.envelope = envelope.Envelope
        self.payloads = {kind: getattr(module, name)
                         for module, (kind, name) in zip(events, PAYLOADS.items())}
        self.kpl, = compiled(KPL, ["kpl.proto"], ["kpl_pb2"])

    def aggregate(self, records: list[bytes]) -> bytes:
        """As the Kinesis Producer Library packs them."""
        message = self.kpl.AggregatedRecord(partition_key_table=[b"limits"])
        for data in records:
            message.records.add(partition_key_index=0, data=data)
        packed = message.SerializeToString(deterministic=True)
        return b"\xf3\x89\x9a\xc2" + packed + hashlib.md5(packed).digest()

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
