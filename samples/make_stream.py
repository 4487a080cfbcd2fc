"""Makes a stream of user limit events, and says what must come of it.

    python3 samples/make_stream.py --events 5000 --seed 7 --expect expected.json > events.ndjson

The stream is sound: sums agree, events of a limit are in order, sequence numbers have gaps, and types
without a schema are mixed in, as in the real stream. With --faults it also holds events of every kind
that cannot be applied. Members are in alphabetical order, as producers write them.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import sys
from dataclasses import dataclass, field
from decimal import Decimal

START_MS = 1_795_434_900_000
DAY_MS = 86_400_000

PERIODS = ["CALENDAR_DAY", "CALENDAR_WEEK", "CALENDAR_MONTH", "DAY", "WEEK", "MONTH"]
TYPES = ["BALANCE", "BET", "DEPOSIT", "LOSS", "SESSION"]
CURRENCIES = ["EUR", "SEK", "GBP"]
NO_SCHEMA = [
    "LIMIT_USER_CREATED",
    "LIMIT_USER_PENDING_PAYMENT_CREATED",
    "LIMIT_USER_PENDING_PAYMENT_PROCESSED",
    "USER_LIMIT_CHANGE_SOURCE_ADDED",
]


@dataclass
class Stream:
    """The events so far, as text, and the state that follows from them."""

    random: random.Random
    users: list[str]
    lines: list[str] = field(default_factory=list)
    limits: dict[str, dict] = field(default_factory=dict)
    sequence: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    events: int = 0

    def count(self, outcome: str) -> None:
        self.counts[outcome] = self.counts.get(outcome, 0) + 1

    def now(self) -> int:
        return START_MS + self.events * 1_337

    def envelope(self, kind: str, user: str, data: object) -> dict:
        self.events += 1
        # Other services' events share the aggregate's numbers, so ours have gaps.
        self.sequence[user] = self.sequence.get(user, -1) + self.random.choice([1, 1, 1, 2, 5])
        return {
            "aggregateId": f"limit-{user}",
            "context": {"correlationId": f"c-{self.random.randrange(16**8):08x}"},
            "createdAt": self.now(),
            "data": data,
            "eventId": f"{self.random.randrange(16**8):08x}-{self.events:06d}",
            "sequenceNumber": self.sequence[user],
            "source": "limits",
            "type": kind,
        }

    def add(self, event: dict, outcome: str) -> None:
        self.lines.append(json.dumps(event, separators=(",", ":"), sort_keys=True))
        self.count(outcome)


def money(stream: Stream, highest: int) -> Decimal:
    return Decimal(stream.random.randrange(1, highest * 100)) / 100


def common(limit: dict) -> dict:
    names = ("brandId", "currencyCode", "userId", "userLimitId")
    return {name: limit[name] for name in names}


def create(stream: Stream) -> None:
    user = stream.random.choice(stream.users)
    limit = {
        "activeFrom": stream.now(),
        "brandId": f"brand-{stream.random.randrange(3)}",
        "currencyCode": stream.random.choice(CURRENCIES),
        "nextResetTime": stream.now() + DAY_MS,
        "period": stream.random.choice(PERIODS),
        "status": "ACTIVE",
        "type": stream.random.choice(TYPES),
        "userId": user,
        "userLimitId": f"limit-{len(stream.limits):05d}",
        "value": stream.random.choice(["200", "9800.00", "50.50", "1000.00"]),
    }
    if stream.random.random() < 0.3:
        limit["activeUntil"] = stream.now() + 30 * DAY_MS
    if stream.random.random() < 0.3:
        limit["previousLimitValue"] = "100.00"
    if stream.random.random() < 0.3:
        limit["createdAt"] = stream.now() - 500
    stream.add(stream.envelope("USER_LIMIT_CREATED", user, limit), "done")
    stream.limits[limit["userLimitId"]] = limit | {"progress": "0"}


def progress(stream: Stream) -> None:
    limit = stream.random.choice(list(stream.limits.values()))
    previous, value = Decimal(limit["progress"]), Decimal(limit["value"])
    amount = min(money(stream, 20), value - previous)
    if amount == 0:
        reset(stream, limit)
        return
    data = common(limit) | {
        "amount": str(amount),
        "nextResetTime": limit["nextResetTime"],
        "previousProgress": limit["progress"],
    }
    if stream.random.random() < 0.8:
        data["remainingAmount"] = str(value - previous - amount)
    event = stream.envelope("USER_LIMIT_PROGRESS_CHANGED", limit["userId"], data)
    stream.add(event, "done")
    limit["progress"] = str(previous + amount)


def reset(stream: Stream, limit: dict | None = None) -> None:
    limit = limit or stream.random.choice(list(stream.limits.values()))
    used, value = Decimal(limit["progress"]), Decimal(limit["value"])
    data = common(limit) | {
        "nextResetTime": limit["nextResetTime"] + DAY_MS,
        "period": limit["period"],
        "resetAmount": str(used),
        "resetPercentage": str((used * 100 / value).quantize(Decimal("0.01"))),
        "type": limit["type"],
        "unusedAmount": str(value - used),
    }
    stream.add(stream.envelope("USER_LIMIT_RESET", limit["userId"], data), "done")
    limit["progress"] = "0"
    limit["nextResetTime"] = data["nextResetTime"]


def without_schema(stream: Stream) -> None:
    user = stream.random.choice(stream.users)
    kind = stream.random.choice(NO_SCHEMA)
    stream.add(stream.envelope(kind, user, {"userId": user, "paymentId": 17}), "skipped")


# ---- What cannot be applied ----------------------------------------------------------------------


def repeated(stream: Stream) -> None:
    """A producer's repeat: an event that was applied, again."""
    for line in reversed(stream.lines[-50:]):
        if '"type":"USER_LIMIT_PROGRESS_CHANGED"' in line and line in stream.lines:
            stream.lines.append(line)
            stream.count("duplicate")
            return
    create(stream)


def broken(stream: Stream, change: str) -> None:
    """A progress change that something is wrong with."""
    limit = stream.random.choice(list(stream.limits.values()))
    data = common(limit) | {
        "amount": "1.00",
        "nextResetTime": limit["nextResetTime"],
        "previousProgress": limit["progress"],
    }
    if change == "over the limit":
        data["amount"] = str(Decimal(limit["value"]) - Decimal(limit["progress"]) + Decimal("0.01"))
    elif change == "not found":
        data["userLimitId"] = "limit-nowhere"
    elif change == "missing":
        del data["brandId"]
    elif change == "negative":
        data["amount"] = "-5.00"
    elif change == "several":
        data |= {"currencyCode": "euro", "userId": "", "nextResetTime": "tomorrow"}
    stream.add(
        stream.envelope("USER_LIMIT_PROGRESS_CHANGED", limit["userId"], data), "deadLettered"
    )


def exists(stream: Stream) -> None:
    limit = stream.random.choice(list(stream.limits.values()))
    data = {name: value for name, value in limit.items() if name != "progress"}
    stream.add(stream.envelope("USER_LIMIT_CREATED", limit["userId"], data), "deadLettered")


def not_json(stream: Stream) -> None:
    stream.lines.append('{"aggregateId":"limit-user-1","createdAt":17954')
    stream.count("deadLettered")


FAULTS = [
    repeated,
    lambda stream: broken(stream, "over the limit"),
    lambda stream: broken(stream, "not found"),
    lambda stream: broken(stream, "missing"),
    lambda stream: broken(stream, "negative"),
    lambda stream: broken(stream, "several"),
    exists,
    not_json,
]


# ---- The whole ------------------------------------------------------------------------------------


def make(events: int, seed: int, users: int, faults: bool) -> Stream:
    stream = Stream(random.Random(seed), [f"user-{n}" for n in range(1, users + 1)])
    for n in range(events):
        if n < users or stream.random.random() < 0.08:
            create(stream)
        elif faults and n % 7 == 6:
            FAULTS[(n // 7) % len(FAULTS)](stream)
        else:
            kinds = [progress] * 12 + [reset] * 2 + [without_schema] * 4
            stream.random.choice(kinds)(stream)
    return stream


def expectation(stream: Stream) -> dict:
    outcomes = ("done", "duplicate", "skipped", "deadLettered", "retry")
    counts = {outcome: stream.counts.get(outcome, 0) for outcome in outcomes}
    entities = [stream.limits[key] for key in sorted(stream.limits)]
    return {"records": len(stream.lines)} | counts | {"entities": entities}


def as_lambda_event(lines: list[str], spelled: list[bytes] | None = None) -> dict:
    """The lines as Lambda delivers records of a Kinesis stream, or what they are spelled as."""
    arn = "arn:aws:kinesis:eu-west-1:111122223333:stream/limits"
    records = []
    for n, line in enumerate(lines):
        sequence = str(49650000000000000000000000000000000000000000000000000000 + n)
        records.append({
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": json.loads(line)["aggregateId"],
                "sequenceNumber": sequence,
                "data": base64.b64encode(line.encode() if spelled is None else spelled[n]).decode(),
                "approximateArrivalTimestamp": START_MS / 1000 + n,
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": f"shardId-000000000000:{sequence}",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": "arn:aws:iam::111122223333:role/limits",
            "awsRegion": "eu-west-1",
            "eventSourceARN": arn,
        })
    return {"Records": records}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=120, help="how many (default: 120)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same stream")
    parser.add_argument("--users", type=int, default=5, help="how many users (default: 5)")
    parser.add_argument("--faults", action="store_true", help="with events that cannot be applied")
    parser.add_argument("--format", choices=["ndjson", "array", "lambda"], default="ndjson")
    parser.add_argument("--expect", metavar="FILE", help="write counts and final entities there")
    arguments = parser.parse_args()
    if arguments.faults and arguments.format != "ndjson":
        parser.error("--faults holds lines that are not JSON: only with --format ndjson")

    stream = make(arguments.events, arguments.seed, arguments.users, arguments.faults)
    if arguments.format == "ndjson":
        sys.stdout.write("".join(line + "\n" for line in stream.lines))
    elif arguments.format == "array":
        sys.stdout.write("[" + ",\n".join(stream.lines) + "]\n")
    else:
        json.dump(as_lambda_event(stream.lines), sys.stdout, indent=2)
        sys.stdout.write("\n")
    if arguments.expect:
        with open(arguments.expect, "w", encoding="utf-8") as file:
            json.dump(expectation(stream), file, indent=2, sort_keys=True)
            file.write("\n")


if __name__ == "__main__":
    main()
