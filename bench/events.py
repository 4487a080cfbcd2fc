"""Makes the Lambda events that the benchmarks decode.

    python3 bench/events.py --records 5000 --members producers > event.json

The records are those of samples/make_stream.py that have a schema, wrapped as Lambda delivers them: one
line, members in AWS's order, about 1,200 bytes a record, 400 of them the event itself. --members says
what the events inside look like:

    producers   members in the order in which producers write them
    shuffled    members in another order in every event, envelope and payload
    escaped     in the producers' order, with escapes, text beyond ASCII and members no schema knows
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "samples"))

import make_stream  # noqa: E402

MEMBERS = ("producers", "shuffled", "escaped")
STREAM = "arn:aws:kinesis:eu-west-1:111122223333:stream/limits"
ROLE = "arn:aws:iam::111122223333:role/limits-consumer"
FIRST_SEQUENCE = 49650000000000000000000000000000000000000000000000000000


def events(count: int, seed: int, users: int = 200) -> list[dict]:
    """The first `count` events that have a schema; as a whole they can be applied in order."""
    made = make_stream.make(count * 3 // 2 + 300, seed, users, faults=False)
    parsed = [json.loads(line) for line in made.lines]
    with_schema = [event for event in parsed if event["type"] not in make_stream.NO_SCHEMA]
    return with_schema[:count]


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def shuffled(event: dict, chance: random.Random) -> dict:
    members = list((event | {"data": shuffled(event["data"], chance)}).items()
                   if "data" in event else event.items())
    chance.shuffle(members)
    return dict(members)


def escaped(event: dict, chance: random.Random) -> str:
    """The event with texts as people write them, spelled in more than one way."""
    event = json.loads(json.dumps(event))
    place = chance.choice(["Malmö", "Łódź", "東京", "São Paulo", "Zürich", "Reykjavík"])
    event["context"] |= {"note": f'set by "{place}" /\\ desk\n', "path": "limits\\daily"}
    event["aggregateId"] += f" {place}"
    event["data"]["brandId"] = f"{event['data']['brandId']} \"{place}\""
    event["data"]["channel"] = chance.choice(["web", "app \U0001F4F1", "till"])
    event["data"]["labels"] = {"a": [1, 2.5, None, {"b": True}], "städte": [place, "Ö"]}
    event["traceparent"] = f"00-{chance.randrange(16**32):032x}-{chance.randrange(16**16):016x}-01"
    event = {"data": None} | dict(sorted(event.items()))
    event["data"] = dict(sorted(event["data"].items()))
    text = compact(dict(sorted(event.items())))
    # Half of the producers escape everything that is not ASCII.
    return text if chance.random() < 0.5 else json.dumps(json.loads(text), separators=(",", ":"))


def spelled(event: dict, members: str, chance: random.Random) -> str:
    if members == "shuffled":
        return compact(shuffled(event, chance))
    return escaped(event, chance) if members == "escaped" else compact(event)


def lambda_event(texts: list[str]) -> str:
    records = []
    for n, text in enumerate(texts):
        sequence = str(FIRST_SEQUENCE + n * 7919)
        records.append({
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": json.loads(text)["aggregateId"],
                "sequenceNumber": sequence,
                "data": base64.b64encode(text.encode()).decode(),
                "approximateArrivalTimestamp": (make_stream.START_MS + n * 1337) / 1000,
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": f"shardId-000000000003:{sequence}",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": ROLE,
            "awsRegion": "eu-west-1",
            "eventSourceARN": STREAM,
        })
    return compact({"Records": records})


def texts(records: int, members: str, seed: int) -> list[str]:
    """The events alone."""
    chance = random.Random(seed)
    return [spelled(event, members, chance) for event in events(records, seed)]


def make(records: int, members: str, seed: int) -> str:
    return lambda_event(texts(records, members, seed))


def framed(made: list[str]) -> bytes:
    """Events one behind the other, each after its length, as bench/proto/messages.h has them."""
    encoded = [text.encode() for text in made]
    return b"".join(struct.pack("<I", len(each)) + each for each in encoded)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=5000, help="how many (default: 5000)")
    parser.add_argument("--members", choices=MEMBERS, default="producers")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same event")
    arguments = parser.parse_args()
    sys.stdout.write(make(arguments.records, arguments.members, arguments.seed))


if __name__ == "__main__":
    main()
