"""The worker against emulators of Kinesis: every event has its effect once and in its turn, whatever happens to
the worker or to the stream."""

import pathlib
import random
import signal
import sqlite3
import tempfile
import time
import unittest

import consumer
import kinesis_local
from consumer import STREAM, Worker, assert_exact, make, parts, put


class OnEmulator:
    emulator = ""
    server: kinesis_local.Server | None = None
    reason = ""
    count = 0

    @classmethod
    def setUpClass(cls) -> None:
        try:
            cls.server = cls.enterClassContext(kinesis_local.Server(cls.emulator))
        except kinesis_local.CannotBeHad as reason:
            cls.reason = str(reason)

    def setUp(self) -> None:
        if self.server is None:
            self.skipTest(self.reason)
        type(self).count += 1
        self.stream = f"{STREAM}-{self.count}"
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.store = consumer.ledger(self.folder)

    def worker(self, *options: str) -> Worker:
        worker = Worker(self.server.environment | self.store.settings, self.folder, *options,
                        name=self.stream)
        self.addCleanup(worker.kill)
        return worker

    def test_rows_are_exact_after_events_over_several_shards(self) -> None:
        made = make(events=2000, lanes=12, seed=1)
        self.server.create_stream(self.stream, 3)
        put(self.server, made.lanes, self.stream)
        worker = self.worker("--until-idle")
        summary = worker.summary()
        assert_exact(self, self.store, made.outcome)
        self.assertEqual(set(worker.dead_ids()), made.outcome.refused)
        self.assertEqual(summary["records"], made.events)
        self.assertEqual(summary["done"], len(made.outcome.settled))
        self.assertEqual(summary["deadLettered"], len(made.outcome.refused))
        self.assertEqual(summary["skipped"], made.outcome.skipped)

    def test_order_per_key_holds_when_shards_are_split_and_merged_meanwhile(self) -> None:
        made = make(events=3000, lanes=16, seed=4)
        pieces = parts(made, 4)
        self.server.create_stream(self.stream, 2)
        worker = self.worker("--batch-size", "40")
        put(self.server, pieces[0], self.stream)
        worker.wait_for("a batch was tried", 3)
        for shard in self.server.open_shards(self.stream):
            self.server.split(self.stream, shard)
        put(self.server, pieces[1], self.stream)
        self.server.split(self.stream, self.server.open_shards(self.stream)[0])
        put(self.server, pieces[2], self.stream)
        neighbours = sorted(self.server.open_shards(self.stream),
                            key=lambda shard: int(shard["HashKeyRange"]["StartingHashKey"]))
        self.server.merge(self.stream, neighbours[1], neighbours[2])
        put(self.server, pieces[3], self.stream)
        worker.wait_for("a shard was read to its end", 3)
        worker.stop()
        last = self.worker("--until-idle")
        last.summary()
        assert_exact(self, self.store, made.outcome)
        found = self.shards_begun(worker) | self.shards_begun(last)
        self.assertEqual(found, {shard["ShardId"] for shard in self.server.shards(self.stream)})

    @staticmethod
    def shards_begun(worker: Worker) -> set[str]:
        return {line["shardId"] for line in worker.lines() if line.get("message") == "a shard was found"}


class OnKinesisLocal(OnEmulator, unittest.TestCase):
    emulator = "kinesis-local"

    def test_what_is_done_is_not_read_again(self) -> None:
        made = make(events=300, lanes=4, seed=2)
        first, second = parts(made, 2)
        self.server.create_stream(self.stream, 2)
        put(self.server, first, self.stream)
        self.assertEqual(self.worker("--until-idle").summary()["records"], sum(map(len, first)))
        put(self.server, second, self.stream)
        self.assertEqual(self.worker("--until-idle").summary()["records"], sum(map(len, second)))
        self.assertEqual(self.worker("--until-idle").summary()["records"], 0)
        assert_exact(self, self.store, made.outcome)

    def test_killed_midway_it_goes_on_and_does_nothing_twice(self) -> None:
        made = make(events=3000, lanes=8, seed=3)
        rng = random.Random(3)
        self.server.create_stream(self.stream, 3)
        put(self.server, made.lanes, self.stream)
        for _ in range(6):
            worker = self.worker("--batch-size", "50")
            worker.wait_for("a batch was tried", rng.randrange(1, 10))
            worker.kill()
        summary = self.worker("--until-idle").summary()
        self.assertLess(summary["records"], made.events)
        assert_exact(self, self.store, made.outcome)

    def test_stopped_it_finishes_the_batches_in_hand_and_keeps_their_checkpoints(self) -> None:
        made = make(events=1000, lanes=4, seed=5)
        self.server.create_stream(self.stream, 2)
        put(self.server, made.lanes, self.stream)
        done = 0
        for how in (signal.SIGTERM, signal.SIGINT):
            worker = self.worker("--batch-size", "10")
            worker.wait_for("a batch was tried", 2)
            done += worker.stop(how)["records"]
        # Each record was seen once: nothing that was done had to be done again.
        done += self.worker("--until-idle").summary()["records"]
        self.assertEqual(done, made.events)
        assert_exact(self, self.store, made.outcome)

    def test_from_latest_only_what_comes_later_is_read_by_whoever_starts_next(self) -> None:
        old = make(events=100, lanes=2, seed=6)
        made = make(events=400, lanes=4, seed=7)
        first, second = parts(made, 2)
        self.server.create_stream(self.stream, 2)
        put(self.server, old.lanes, self.stream)
        worker = self.worker("--from", "latest")
        worker.wait_for("a shard was found", 2)
        put(self.server, first, self.stream)
        worker.wait_for("a batch was tried")
        worker.stop()
        self.server.split(self.stream, self.server.open_shards(self.stream)[0])
        put(self.server, second, self.stream)
        # Where it began is kept: the option no longer counts.
        self.worker("--until-idle", "--from", "trim-horizon").summary()
        assert_exact(self, self.store, made.outcome)

    def test_consumers_with_other_names_read_all_of_it(self) -> None:
        made = make(events=100, lanes=2, seed=8)
        self.server.create_stream(self.stream, 1)
        put(self.server, made.lanes, self.stream)
        self.assertEqual(self.worker("--until-idle").summary()["records"], made.events)
        again = self.worker("--until-idle", "--consumer", "audit").summary()
        self.assertEqual(again["records"], made.events)
        self.assertEqual(again["done"], 0)
        ids = {row for row, in self.store.query("SELECT id FROM kh_checkpoints")}
        shard = self.server.shards(self.stream)[0]["ShardId"]
        self.assertEqual(ids, {f"{self.stream}/{name}{end}" for name in ("ledger", "audit")
                               for end in ("", f"/{shard}")})

    def test_a_second_worker_of_the_same_name_is_told_of_the_first(self) -> None:
        made = make(events=200, lanes=1, seed=9)
        self.server.create_stream(self.stream, 1)
        put(self.server, parts(made, 2)[0], self.stream)
        worker = self.worker("--batch-size", "10")
        worker.wait_for("a batch was tried", 2)
        database = sqlite3.connect(self.store.path, isolation_level=None)
        # As soon as there is a checkpoint.
        while database.execute("UPDATE kh_checkpoints SET sequence_number = '1' "
                               "WHERE sequence_number <> ''").rowcount == 0:
            time.sleep(0.02)
        database.close()
        put(self.server, parts(made, 2)[1], self.stream)
        worker.summary(code=1)
        self.assertIn("another process reads this stream as consumer ledger", worker.text())

    def test_a_stream_is_the_same_by_its_name_and_its_arn(self) -> None:
        made = make(events=100, lanes=2, seed=10)
        self.server.create_stream(self.stream, 1)
        put(self.server, made.lanes, self.stream)
        self.assertEqual(self.worker("--until-idle").summary()["records"], made.events)
        self.stream = f"arn:aws:kinesis:eu-west-1:111122223333:stream/{self.stream}"
        self.assertEqual(self.worker("--until-idle").summary()["records"], 0)


class OnKinesalite(OnEmulator, unittest.TestCase):
    emulator = "kinesalite"


if __name__ == "__main__":
    unittest.main()
