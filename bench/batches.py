"""Makes the invocations that a runtime is measured with: one Lambda event on each line.

    python3 -m bench.batches --records 100 --invocations 1000 > events.ndjson

All of them are one sound stream: handlers find the limits that events are about, sums agree, and no event
comes twice.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Iterator

from bench import events

# Making a stream takes the longer for each event, the more limits there are. So a long one is made of
# copies of this many events, each about limits of its own.
PART = 20_000
USERS = 2_000   # of a part: about three limits each


def copied(event: dict, copy: int) -> dict:
    """The same event about another aggregate's limit."""
    data = event["data"]
    data = data | {name: f"{data[name]}-{copy}" for name in ("userId", "userLimitId")}
    return event | {
        "aggregateId": f"{event['aggregateId']}-{copy}",
        "data": data,
        "eventId": f"{event['eventId']}-{copy}",
    }


def stream(count: int, seed: int) -> Iterator[dict]:
    part = events.events(min(count, PART), seed, USERS)
    for n in range(count):
        yield copied(part[n % PART], n // PART)


def make(records: int, invocations: int, seed: int = 1) -> Iterator[str]:
    """The events, each with `records` records."""
    source = stream(records * invocations, seed)
    for _ in range(invocations):
        yield events.lambda_event([events.compact(next(source)) for _ in range(records)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=100, help="in an invocation (default: 100)")
    parser.add_argument("--invocations", type=int, default=1000, help="(default: 1000)")
    arguments = parser.parse_args()
    for event in make(arguments.records, arguments.invocations):
        sys.stdout.write(event + "\n")


if __name__ == "__main__":
    main()
