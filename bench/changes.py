"""Makes batches that a service can apply over and over: one Lambda event on each line.

    python3 -m bench.changes --records 1000 --batches 24 > batches.ndjson

The first line creates limits. Each of the others changes some of them, and ends with all of these reset,
so that the others can be applied again and again, in any order. Event ids are all different.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from bench.events import compact, lambda_event, make_stream


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


class Changes:
    """Numbers the events and puts them into envelopes."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.made = 0

    def event(self, kind: str, limit: Limit, data: dict) -> str:
        self.made += 1
        user = limit.members["userId"]
        return compact({
            "aggregateId": f"limit-{user}",
            "context": {"correlationId": f"c-{self.chance.randrange(16**8):08x}"},
            "createdAt": make_stream.START_MS + self.made * 7,
            "data": dict(sorted(data.items())),
            "eventId": f"{self.chance.randrange(16**8):08x}-{self.made:08d}",
            "sequenceNumber": self.made,
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


def make(records: int, batches: int, seed: int = 1, entities: int = 0) -> Iterator[str]:
    """`entities` 0: a tenth as many as records."""
    chance = random.Random(seed)
    made = Changes(chance)
    limits = new_limits(entities or max(1, min(500, records // 10)), chance)
    yield lambda_event([made.create(limit) for limit in limits])
    for _ in range(batches):
        yield lambda_event(made.change(records, limits))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=1000, help="in a batch (default: 1000)")
    parser.add_argument("--batches", type=int, default=24, help="besides the first (default: 24)")
    arguments = parser.parse_args()
    for text in make(arguments.records, arguments.batches):
        sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
