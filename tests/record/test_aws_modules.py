"""Aggregates from here to AWS's own modules, and from there to here."""

import base64
import json
import pathlib
import random
import subprocess
import sys
import unittest

from tests.record.records import event, open_each, write_aggregates
from tests.support import modules

SCRIPT = pathlib.Path(__file__).with_name("aws_kinesis_agg.js")
COUNT = 200

# A user record: partition key, explicit hash key or "", data.
Record = tuple[str, str, bytes]


def batches(seed: int) -> list[list[Record]]:
    """Aggregates by chance, of data that no frames are looked for in. Either all user records of one have an explicit hash key, or none has: where only
    some have, both modules take the table's first key for the others."""
    chance = random.Random(seed)
    alphabet = "abcé日\U0001F600 /-"
    made = []
    for _ in range(COUNT):
        # Keys that look like small integers would be put into another order by the module for Node.
        keys = ["k" + "".join(chance.choices(alphabet, k=chance.randrange(60)))
                for _ in range(chance.randrange(1, 12))]
        hash_keys = [str(chance.randrange(2**100, 2**128)) for _ in range(chance.randrange(1, 5))]
        has_hash_keys = chance.random() < 0.5
        made.append([(chance.choice(keys), chance.choice(hash_keys) if has_hash_keys else "",
                      chance.choice((b"", b"{" + chance.randbytes(chance.choice((0, 6, 126, 127, 300, 5000))))))
                     for _ in range(chance.choice((1, 2, 3, 10, 130, 140)))])
    return made


def opened_here(aggregates: list[bytes]) -> list[list[Record]]:
    return [[(r["partitionKey"], r.get("explicitHashKey", ""), r["data"]) for r in records]
            for records in open_each(aggregates)]


def same(expected: list, found: list) -> None:
    """A difference of megabytes takes minutes to print, so only the first is told."""
    assert len(expected) == len(found), f"{len(expected)} aggregates became {len(found)}"
    for i, (one, other) in enumerate(zip(expected, found, strict=True)):
        assert one == other, f"aggregate {i}: {repr(one)[:2000]} became {repr(other)[:2000]}"


class Node(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        try:
            cls.folder = modules.aws_kinesis_agg_node()
        except modules.CannotBeHad as reason:
            raise unittest.SkipTest(str(reason)) from None

    def ask(self, requests: list[dict]) -> list:
        result = subprocess.run(["node", SCRIPT, self.folder], text=True, capture_output=True, timeout=120,
                                input="".join(json.dumps(request) + "\n" for request in requests))
        self.assertEqual("", result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def test_what_it_writes_is_opened_here(self) -> None:
        made = batches(1)
        written = self.ask([{"write": [(key, hash_key, base64.b64encode(data).decode())
                                       for key, hash_key, data in batch]} for batch in made])
        same(made, opened_here([base64.b64decode(text) for text in written]))

    def test_what_is_written_here_it_opens(self) -> None:
        made = batches(2)
        opened = self.ask([{"open": base64.b64encode(data).decode()} for data in write_aggregates(made)])
        same(made, [[(key, hash_key, base64.b64decode(data)) for key, hash_key, data in records]
                    for records in opened])


class Python(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        try:
            folder = modules.aws_kinesis_agg_python()
        except modules.CannotBeHad as reason:
            raise unittest.SkipTest(str(reason)) from None
        sys.path.insert(0, str(folder))
        from aws_kinesis_agg import aggregator, deaggregator
        cls.aggregator, cls.deaggregator = aggregator, deaggregator

    def test_what_it_writes_is_opened_here(self) -> None:
        made = batches(3)
        written = []
        for batch in made:
            record = self.aggregator.AggRecord()
            for key, hash_key, data in batch:
                self.assertTrue(record.add_user_record(key, data, hash_key or None))
            written.append(record.get_contents()[2])
        same(made, opened_here(written))
        # To the byte, for both put keys where they were first seen.
        same(written, write_aggregates(made))

    def test_what_is_written_here_it_opens(self) -> None:
        made = batches(4)
        for batch, data in zip(made, write_aggregates(made), strict=True):
            opened = self.deaggregator.deaggregate_records(event(data)["Records"])
            self.assertEqual(batch, [(r["kinesis"]["partitionKey"], r["kinesis"]["explicitHashKey"] or "",
                                      base64.b64decode(r["kinesis"]["data"])) for r in opened])
            self.assertEqual(list(range(len(batch))), [r["kinesis"]["subSequenceNumber"] for r in opened])


if __name__ == "__main__":
    unittest.main()
