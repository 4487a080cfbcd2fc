"""Records for tests: what stands around events, made by hand, and what open_tool makes of it."""

import base64
import hashlib
import json
import os
import struct
import subprocess

OPEN_TOOL = os.environ.get("KH_OPEN_TOOL", "build/asan/tests/open_tool")

# ---- What is sent -----------------------------------------------------------------------------

MAGIC = b"\xf3\x89\x9a\xc2"


def varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def chunk(field: int, data: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(data)) + data


def user_record(data: bytes | None, key: int | None = 0, hash_key: int | None = None,
                more: bytes = b"") -> bytes:
    """The field of an aggregate's message that is a user record."""
    content = b"" if key is None else number(1, key)
    content += b"" if hash_key is None else number(2, hash_key)
    content += b"" if data is None else chunk(3, data)
    return chunk(3, content + more)


def sealed(message: bytes) -> bytes:
    return MAGIC + message + hashlib.md5(message).digest()


def aggregate(*records: bytes, keys: tuple[bytes, ...] = (b"k",), hash_keys: tuple[bytes, ...] = (),
              more: bytes = b"") -> bytes:
    tables = b"".join(chunk(1, key) for key in keys) + b"".join(chunk(2, key) for key in hash_keys)
    return sealed(tables + b"".join(records) + more)


GLUE_ID = bytes(range(0x10, 0x20))
GLUE_ID_TEXT = "10111213-1415-1617-1819-1a1b1c1d1e1f"


def glue(data: bytes, compression: int = 0) -> bytes:
    return bytes([3, compression]) + GLUE_ID + data


def confluent(data: bytes, schema: int = 70000) -> bytes:
    return b"\0" + struct.pack(">I", schema) + data


def event(*records: bytes) -> dict:
    """A Lambda event with these data."""
    return {"Records": [{
        "kinesis": {"kinesisSchemaVersion": "1.0", "partitionKey": f"outer-{i}", "sequenceNumber": f"49{i:03}",
                    "data": base64.b64encode(data).decode(), "approximateArrivalTimestamp": 1795434900.125},
        "eventSource": "aws:kinesis", "eventVersion": "1.0", "eventID": f"shardId-000000000003:49{i:03}",
        "eventName": "aws:kinesis:record", "invokeIdentityArn": "arn:aws:iam::111122223333:role/r",
        "awsRegion": "eu-west-1", "eventSourceARN": "arn:aws:kinesis:eu-west-1:111122223333:stream/s",
    } for i, data in enumerate(records)]}


# ---- What it is taken for -----------------------------------------------------------------------


def _lines(command: list[str], lines: list[str]) -> list:
    result = subprocess.run([OPEN_TOOL, *command], input="".join(f"{line}\n" for line in lines), text=True,
                            capture_output=True, timeout=300)
    if result.returncode != 0:
        raise AssertionError(f"open_tool {command} ended with {result.returncode}: {result.stderr[-4000:]}")
    return [json.loads(line) for line in result.stdout.splitlines()]


def open_events(events: list[dict], *options: str) -> list[list[dict]]:
    """What each of the events becomes; data decoded."""
    opened = _lines(["open", *options], [json.dumps(event, separators=(",", ":")) for event in events])
    for records in opened:
        for record in records:
            for name in ("data", "delivered"):
                if name in record:
                    record[name] = base64.b64decode(record[name])
    return opened


def open_batch(*records: bytes, options: tuple[str, ...] = ()) -> list[dict]:
    """What the records become in one batch."""
    return open_events([event(*records)], *options)[0]


def open_each(records: list[bytes], *options: str) -> list[list[dict]]:
    """What each of the records becomes in a batch of its own."""
    return open_events([event(record) for record in records], *options)


def write_aggregates(batches: list[list[tuple[str, str, bytes]]]) -> list:
    """Aggregates by our writer; a text where it refused."""
    lines = [json.dumps([[key, hash_key, base64.b64encode(data).decode()] for key, hash_key, data in batch])
             for batch in batches]
    return [answer if ":" in answer else base64.b64decode(answer) for answer in _lines(["aggregate"], lines)]
