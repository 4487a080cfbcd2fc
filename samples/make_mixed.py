#!/usr/bin/env python3
"""Writes a captured Lambda event whose records hold events in every encoding, and with everything around them
that docs/encodings.md knows. Needs Google's protobuf for Python, protoc, and zstd.

    samples/make_mixed.py >samples/mixed-lambda-event.json
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import subprocess
import sys
import zlib

import make_stream
from messages import Messages

EVENTS = 60
SEED = 3
USERS = 4
SCHEMA = bytes.fromhex("0123456789abcdef0123456789abcdef")


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def chunk(field: int, data: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(data)) + data


def aggregate(records: list[bytes]) -> bytes:
    """As the Kinesis Producer Library packs them."""
    message = chunk(1, b"limits") + b"".join(
        chunk(3, b"\x08\x00" + chunk(3, data)) for data in records)
    return b"\xf3\x89\x9a\xc2" + message + hashlib.md5(message).digest()


def zstd(data: bytes) -> bytes:
    return subprocess.run(["zstd", "-qc"], input=data, capture_output=True, check=True).stdout


def cloud_event(member: str, value: object) -> bytes:
    return json.dumps({"specversion": "1.0", "id": "c-1", "source": "/limits",
                       "type": "com.example.limit", member: value}).encode()


def main() -> None:
    messages = Messages()
    spellings = [
        lambda text, message: text,
        lambda text, message: message,
        lambda text, message: gzip.compress(text, mtime=0),
        lambda text, message: zstd(message),
        lambda text, message: b"\x03\x00" + SCHEMA + text,
        lambda text, message: b"\x03\x05" + SCHEMA + zlib.compress(b"\x00" + message),
        lambda text, message: b"\x00\x00\x00\x00\x11" + text,
        lambda text, message: b"\x00\x00\x00\x00\x12\x00" + message,
        lambda text, message: cloud_event("data", json.loads(text)),
        lambda text, message: cloud_event("data_base64", base64.b64encode(message).decode()),
    ]
    stream = make_stream.make(EVENTS, SEED, USERS, faults=False)
    records: list[bytes] = []
    together: list[bytes] = []
    for n, line in enumerate(stream.lines):
        data = spellings[n % 10](line.encode(), messages.encode(json.loads(line)))
        # Half of the stream is packed, five events at a time.
        if n // 10 % 2 == 0:
            records.append(data)
            continue
        together.append(data)
        if len(together) == 5:
            records.append(aggregate(together))
            together = []
    json.dump(make_stream.as_lambda_event(stream.lines[:len(records)], records), sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
