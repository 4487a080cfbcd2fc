"""What a store costs: requests and units of DynamoDB for a thousand events of the sample service.

The work: batches of 100 events on 50 entities that are there, each of them changed by every batch, which is the
dearest that such batches can be. Units are counted by AWS's rule from the sizes of the items. What DynamoDB Local
tells is shown beside that, but it counts a transaction as two units, whatever is in it.
"""

from __future__ import annotations

import os
import pathlib
import random
import sys

import service
from dynamodb import DynamoDb
from proxy import Proxy, Seen

sys.path.insert(0, str(service.ROOT))

from bench import changes  # noqa: E402
from bench.events import lambda_event  # noqa: E402

PROGRAM = os.environ.get("KH_PROGRAM", str(service.ROOT / "build/dev/kinesis-handler"))
EVENTS, ENTITIES, BATCH = 1_000, 50, 100
# After so many events: none, some, and more than an entity has room to remember.
BEFORE = (0, 500, 5_000)
WRITE_UNIT, READ_UNIT = 1_024, 4_096    # bytes


def value_size(value: dict) -> int:
    """Of an attribute's value, as AWS's developer guide counts it."""
    [(kind, content)] = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "B":
        return len(content) if isinstance(content, bytes) else len(content) * 3 // 4
    if kind == "N":
        return len(content.strip("-").replace(".", "").strip("0")) // 2 + 2
    if kind in ("BOOL", "NULL"):
        return 1
    if kind == "L":
        return 3 + sum(1 + value_size(each) for each in content)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + value_size(each) for name, each in content.items())
    raise ValueError(f"no rule for {kind}")


def item_size(item: dict) -> int:
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def units_of(size: int, unit: int) -> int:
    return max(1, -(-size // unit))


def by_the_rule(seen: Seen, largest: int) -> dict[str, float]:
    """Every item taken to be as large as the largest: a transaction's writes count twice, a consistent read once."""
    writes = reads = 0.0
    for operation, body, _ in seen.bodies:
        if operation == "TransactWriteItems":
            writes += 2 * len(body["TransactItems"]) * units_of(largest, WRITE_UNIT)
        elif operation in ("PutItem", "UpdateItem", "DeleteItem"):
            writes += units_of(largest, WRITE_UNIT)
        elif operation == "BatchGetItem":
            for request in body["RequestItems"].values():
                factor = 1 if request.get("ConsistentRead") else 0.5
                reads += factor * len(request["Keys"]) * units_of(largest, READ_UNIT)
        else:
            raise service.Failed(f"no rule for {operation}")
    return {"read": reads, "write": writes}


class Work:
    """Batches for one lot of entities."""

    def __init__(self, seed: int = 1) -> None:
        chance = random.Random(seed)
        self.made = changes.Changes(chance)
        self.limits = changes.new_limits(ENTITIES, chance)

    def creation(self) -> str:
        return lambda_event([self.made.create(limit) for limit in self.limits])

    def batches(self, events: int) -> list[str]:
        return [lambda_event([self.made.spend(limit) for limit in self.limits]
                             + [self.made.reset(limit) for limit in self.limits])
                for _ in range(events // BATCH)]


def handle(process: service.Process, event: str) -> None:
    answer = process.handle(event.encode(), 60.0)
    if answer != {"batchItemFailures": []}:
        raise service.Failed(f"a batch was not done: {answer}")


def measure(url: str, folder: pathlib.Path, before: int, prefix: str) -> dict:
    """The figures of the events that come after so many others."""
    work = Work()
    folder.mkdir(parents=True, exist_ok=True)
    with Proxy(url, keeps_bodies=True) as proxy:
        store = DynamoDb(url, prefix, proxy.url, PROGRAM)
        process = service.Process(store.settings, folder, PROGRAM)
        try:
            process.wait_ready()
            for event in [work.creation(), *work.batches(before)]:
                handle(process, event)
            proxy.seen = Seen()
            for event in work.batches(EVENTS):
                handle(process, event)
            seen = proxy.seen
        finally:
            process.end()
    sizes = sorted(map(item_size, store.items("UserLimit")))
    rule = by_the_rule(seen, sizes[-1])
    return {
        "eventsBefore": before,
        "requests": sum(seen.requests.values()),
        "requestsBy": dict(sorted(seen.requests.items())),
        "largestItemBytes": sizes[-1],
        "writeUnitsByRule": rule["write"],
        "writeUnitsByServer": seen.units["write"],
        "readUnitsByRule": rule["read"],
        "readUnitsByServer": seen.units["read"],
    }


def measure_all(url: str, folder: pathlib.Path) -> list[dict]:
    return [measure(url, folder, before, f"cost-{before}-") for before in BEFORE]
