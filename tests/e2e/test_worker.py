"""The worker from Kinesis to DynamoDB, killed on the way and on a stream that is cut anew: every event has its
effect once and in its turn. The events are the ledger's (tests/torture), whose rows would show it."""

import random
import unittest

from local_stack import OnStack    # finds what is in other folders

import campaign
import consumer
import dynamodb
import stream

LANES = 8


class Ledger(OnStack):
    maxDiff = None

    def begin(self, events: int, seed: int, shards: int) -> None:
        self.made = stream.make(events, LANES, 6 * LANES, seed)
        self.store = dynamodb.DynamoDb(self.dynamodb.url, self.prefix, program=consumer.LEDGER)
        self.create_stream(shards)

    def put_part(self, part: int, parts: int) -> None:
        """Of each lane; lanes are mixed, and each keeps its order, since it has one partition key."""
        lanes = consumer.parts(self.made, parts)[part]
        longest = max(map(len, lanes))
        self.put([(consumer.key_of(number), lane[at]) for at in range(longest)
                  for number, lane in enumerate(lanes) if at < len(lane)])

    def worker(self, *options: str) -> consumer.Worker:
        worker = consumer.Worker(self.environment, self.folder, *options, name=self.stream)
        self.addCleanup(worker.kill)
        return worker

    def check(self) -> None:
        """To the end of the stream, and what is there then."""
        last = self.worker("--until-idle")
        last.summary()
        letters = campaign.dead_letters(last.dead_letters)
        self.assertEqual([], campaign.compare(self.store, self.made, letters, self.folder))
        self.assertEqual(0, self.worker("--until-idle").summary()["records"])

    def test_killed_midway_it_goes_on_where_it_was(self) -> None:
        rng = random.Random(1)
        self.begin(1_500, 1, shards=2)
        self.put_part(0, 2)
        for kill in range(4):
            worker = self.worker("--batch-size", "40")
            worker.wait_for("a batch was tried", rng.randrange(1, 5))
            if kill == 1:
                self.put_part(1, 2)
            worker.kill()
        self.check()

    def test_shards_are_split_and_merged_midway(self) -> None:
        self.begin(1_500, 2, shards=2)
        worker = self.worker("--batch-size", "40")
        self.put_part(0, 3)
        worker.wait_for("a batch was tried")
        for shard in self.kinesis.open_shards(self.stream):
            self.kinesis.split(self.stream, shard)
        self.put_part(1, 3)
        ordered = sorted(self.kinesis.open_shards(self.stream),
                         key=lambda shard: int(shard["HashKeyRange"]["StartingHashKey"]))
        self.kinesis.merge(self.stream, ordered[1], ordered[2])
        self.put_part(2, 3)
        worker.wait_for("a shard was read to its end", 4)
        worker.stop()
        self.check()


if __name__ == "__main__":
    unittest.main()
