"""From AWS's SDK to AWS's SDK: it puts events into a stream, the worker handles them, it reads the rows."""

import base64
import json
import unittest
from decimal import Decimal

from local_stack import OnStack    # finds what is in other folders

import make_stream

COUNTS = ("records", "done", "duplicate", "skipped", "deadLettered", "retry")
NUMBERS = {"activeFrom", "activeUntil", "createdAt", "nextResetTime", "previousLimitValue", "progress",
           "value"}


def as_item(entity: dict) -> dict:
    """As the row of this entity must be spelt."""
    return {name: {"N": f"{Decimal(value).normalize():f}"} if name in NUMBERS else {"S": value}
            for name, value in entity.items()}


class SampleService(OnStack):
    maxDiff = None

    def check(self, shards: int, events: int, seed: int, *options: str) -> None:
        made = make_stream.make(events, seed, users=12, faults=True)
        expected = make_stream.expectation(made)
        self.create_stream(shards)
        self.call("tables", "create")
        self.put([(self.key(line), line.encode()) for line in made.lines])

        told = json.loads(self.call("worker", "--stream", self.stream, "--until-idle", "--json",
                                    *options).stdout)
        self.assertEqual({name: expected[name] for name in COUNTS},
                         {name: told[name] for name in COUNTS})
        rows = {row["userLimitId"]["S"]: row for row in self.rows("UserLimit")}
        self.assertEqual({each["userLimitId"]: as_item(each) for each in expected["entities"]}, rows)
        letters = self.dead_letters()
        self.assertEqual(expected["deadLettered"], len(letters))
        self.assertLessEqual(set(letters), {line.encode() for line in made.lines})

        # Nothing is left to do, and nothing changes.
        again = json.loads(self.call("worker", "--stream", self.stream, "--until-idle", "--json").stdout)
        self.assertEqual(0, again["records"])

    def test_aggregates_come_out_of_it_as_the_events_they_were_made_of(self) -> None:
        made = make_stream.make(500, 5, users=9, faults=False)
        expected = make_stream.expectation(made)
        (self.folder / "events.ndjson").write_text("".join(line + "\n" for line in made.lines))
        self.create_stream(3)
        self.call("tables", "create")
        self.call("put", "events.ndjson", "--stream", self.stream, "--unchecked", "--aggregate")
        self.call("worker", "--stream", self.stream, "--until-idle")
        rows = {row["userLimitId"]["S"]: row for row in self.rows("UserLimit")}
        self.assertEqual({each["userLimitId"]: as_item(each) for each in expected["entities"]}, rows)

    @staticmethod
    def key(line: str) -> str:
        try:
            return json.loads(line)["aggregateId"]
        except ValueError:
            return "unreadable"

    def dead_letters(self) -> list[bytes]:
        lines = (self.folder / "dead-letters.ndjson").read_text().splitlines()
        return [base64.b64decode(json.loads(line)["data"]) for line in lines]

    def test_rows_and_counts_are_those_of_the_model(self) -> None:
        self.check(2, 1_000, 3)

    def test_they_are_in_small_batches_from_many_shards(self) -> None:
        self.check(7, 400, 4, "--batch-size", "7", "--threads", "3")


if __name__ == "__main__":
    unittest.main()
