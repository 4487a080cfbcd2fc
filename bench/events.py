"""Makes the Lambda events that the benchmarks decode.

    python3 bench/events.py --records 5000 --members producers > event.json

The records are those of samples/make_stream.py that have a schema, wrapped as Lambda delivers them: one
line, members in AWS's order, about 1,200 bytes a record, 400 of them the event itself. --members says
what the events inside look like:

    producers   members in the order in which producers write them
    shuffled    members in another order in every event, envelope and payload
    escaped     in the producers' order, with escapes, text beyond ASCII and members no schema knows

With --batches N it makes N + 1 Lambda events, one a line, that a service can apply: the first creates
limits, each of the others changes them and ends with all of them reset, so that these can be applied
over and over, in any order. Their event ids are all different.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "samples"))

import make_stream  # noqa: E402

MEMBERS = ("producers", "shuffled", "escaped")
STREAM = "arn:aws:kinesis:eu-west-1:111122223333:stream/limits"
ROLE = "arn:aws:iam::111122223333:role/limits-consumer"
FIRST_SEQUENCE = 49650000000000000000000000000000000000000000000000000000


def events(count: int, seed: int) -> list[dict]:
    """The first `count` events that have a schema; as a whole they can be applied in order."""
    made = make_stream.make(count * 3 // 2 + 300, seed, users=200, faults=False)
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


def make(records: int, members: str, seed: int) -> str:
    chance = random.Random(seed)
    return lambda_event([spelled(event, members, chance) for event in events(records, seed)])


# ---- Batches that can be applied -----------------------------------------------------------------


@dataclass
class Limit:
    """A limit, and what is spent of it. In cents, so that nothing is rounded."""

    members: dict
    value: int
    spent: int = 0


def cents(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def new_limits(count: int, chance: random.Random) -> list[Limit]:
    limits = []
    for n in range(count):
        members = {
            "brandId": f"brand-{chance.randrange(3)}",
            "currencyCode": chance.choice(make_stream.CURRENCIES),
            "nextResetTime": make_stream.START_MS + make_stream.DAY_MS,
            "period": chance.choice(make_stream.PERIODS),
            "type": chance.choice(make_stream.TYPES),
            "userId": f"user-{n // 2}",
            "userLimitId": f"limit-{n:05d}",
        }
        limits.append(Limit(members, chance.choice([20000, 980000, 100000])))
    return limits


class Batches:
    """Numbers the events and puts them into envelopes."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.events = 0

    def event(self, kind: str, limit: Limit, data: dict) -> str:
        self.events += 1
        user = limit.members["userId"]
        return compact({
            "aggregateId": f"limit-{user}",
            "context": {"correlationId": f"c-{self.chance.randrange(16**8):08x}"},
            "createdAt": make_stream.START_MS + self.events * 7,
            "data": dict(sorted(data.items())),
            "eventId": f"{self.chance.randrange(16**8):08x}-{self.events:08d}",
            "sequenceNumber": self.events,
            "source": "limits",
            "type": kind,
        })

    def create(self, limit: Limit) -> str:
        data = limit.members | {
            "activeFrom": make_stream.START_MS, "status": "ACTIVE", "value": cents(limit.value)}
        return self.event("USER_LIMIT_CREATED", limit, data)

    def spend(self, limit: Limit) -> str:
        common = {name: limit.members[name]
                  for name in ("brandId", "currencyCode", "nextResetTime", "userId", "userLimitId")}
        amount = self.chance.randrange(1, 1 + min(1000, limit.value - limit.spent))
        data = common | {"amount": cents(amount), "previousProgress": cents(limit.spent)}
        limit.spent += amount
        if self.chance.random() < 0.8:
            data["remainingAmount"] = cents(limit.value - limit.spent)
        return self.event("USER_LIMIT_PROGRESS_CHANGED", limit, data)

    def reset(self, limit: Limit) -> str:
        data = limit.members | {
            "resetAmount": cents(limit.spent),
            "resetPercentage": cents(limit.spent * 10000 // limit.value),
            "unusedAmount": cents(limit.value - limit.spent),
        }
        limit.spent = 0
        return self.event("USER_LIMIT_RESET", limit, data)

    def change(self, records: int, limits: list[Limit]) -> list[str]:
        """So many changes, the last of which resets every limit that was changed."""
        lines: list[str] = []
        touched: dict[int, Limit] = {}
        while len(lines) + len(touched) < records:
            limit = self.chance.choice(limits)
            if limit.value - limit.spent < 1000:
                lines.append(self.reset(limit))
            elif len(lines) + len(touched | {id(limit): limit}) + 1 <= records:
                touched[id(limit)] = limit
                lines.append(self.spend(limit))
            else:
                lines.append(self.reset(limit))
        return lines + [self.reset(limit) for limit in touched.values()]


def batches(count: int, records: int, seed: int) -> Iterator[str]:
    chance = random.Random(seed)
    made = Batches(chance)
    limits = new_limits(max(1, min(500, records // 10)), chance)
    yield lambda_event([made.create(limit) for limit in limits])
    for _ in range(count):
        yield lambda_event(made.change(records, limits))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=5000, help="how many (default: 5000)")
    parser.add_argument("--members", choices=MEMBERS, default="producers")
    parser.add_argument("--batches", type=int, metavar="N", help="one a line, see above")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same event")
    arguments = parser.parse_args()
    if arguments.batches is None:
        sys.stdout.write(make(arguments.records, arguments.members, arguments.seed))
        return
    for text in batches(arguments.batches, arguments.records, arguments.seed):
        sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
