#!/usr/bin/env python3
"""Writes a captured Lambda event whose records hold events in every encoding, and with everything around them
that docs/encodings.md knows. Needs Google's protobuf for Python, protoc, and zstd.

    samples/make_mixed.py >samples/mixed-lambda-event.json
"""

from __future__ import annotations

import base64
import gzip
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
            records.append(messages.aggregate(together))
            together = []
    json.dump(make_stream.as_lambda_event(stream.lines[:len(records)], records), sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
