"""The worker against a Kinesis that fails as it is told to."""

import json
import pathlib
import sqlite3
import tempfile
import unittest

import consumer
from consumer import Worker, assert_exact, make
from fake_kinesis import DENIED, EXPIRED, FAILED, GONE, THROTTLED, FakeKinesis


def opening(number: int, account: str) -> bytes:
    return json.dumps({"account": account, "data": {"accountId": account, "number": number},
                       "id": f"e-{number}", "type": "ACCOUNT_OPENED"}).encode()


class Faults(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.store = consumer.ledger(self.folder)
        self.kinesis = self.enterContext(FakeKinesis(page=2))

    def worker(self, *options: str, **settings: str) -> Worker:
        worker = Worker(self.kinesis.environment | self.store.settings, self.folder, *options,
                        name="s", settings=settings)
        self.addCleanup(worker.kill)
        return worker

    def fill(self, seed: int):
        """A stream with five shards, on three pages of ListShards."""
        made = make(events=500, lanes=5, seed=seed)
        for number, lane in enumerate(made.lanes):
            self.kinesis.put(self.kinesis.add_shard(number), lane)
        return made

    def test_all_pages_of_shards_are_read(self) -> None:
        made = self.fill(41)
        self.assertEqual(self.worker("--until-idle").summary()["records"], made.events)
        assert_exact(self, self.store, made.outcome)

    def test_an_iterator_that_has_expired_is_replaced_behind_what_was_read(self) -> None:
        made = self.fill(42)
        self.kinesis.faults["GetRecords"] = [EXPIRED, None, EXPIRED, None, None, EXPIRED] * 3
        self.assertEqual(self.worker("--until-idle").summary()["records"], made.events)
        assert_exact(self, self.store, made.outcome)

    def test_throttles_and_failures_of_the_service_pass(self) -> None:
        made = self.fill(43)
        self.kinesis.faults |= {"ListShards": [FAILED] * 4, "GetShardIterator": [THROTTLED] * 8,
                                "GetRecords": [THROTTLED, FAILED] * 8}
        self.assertEqual(self.worker("--until-idle", AWS_MAX_ATTEMPTS="2").summary()["records"],
                         made.events)
        assert_exact(self, self.store, made.outcome)

    def test_what_can_not_pass_ends_it_and_is_told(self) -> None:
        self.kinesis.add_shard(0)
        for operation, fault, words in (("DescribeStreamSummary", GONE, "it is not there"),
                                        ("GetRecords", DENIED, "AccessDenied"),
                                        ("ListShards", DENIED, "AccessDenied")):
            with self.subTest(operation):
                self.kinesis.faults = {operation: [fault]}
                worker = self.worker()
                worker.process.communicate(timeout=60)
                self.assertEqual(worker.process.returncode, 1)
                self.assertIn(words, worker.text())

    def test_children_are_begun_when_all_their_parents_are_done(self) -> None:
        parents = [self.kinesis.add_shard(number) for number in range(2)]
        child = self.kinesis.add_shard(2, 0, 1)
        orphan = self.kinesis.add_shard(4, 3)   # its parent is not listed any more
        for number, shard in enumerate([*parents, child, orphan]):
            self.kinesis.put(shard, [opening(10 * number + i + 1, f"a-{number}-{i}") for i in range(9)])
        self.worker("--until-idle", "--batch-size", "2").summary()
        self.assertEqual(len(self.store.rows()), 36)
        begun = [asked["ShardId"] for name, asked in self.kinesis.requests
                 if name == "GetShardIterator"]
        last_of_parents = max(at for at, (name, asked) in enumerate(self.kinesis.requests)
                              if name == "GetRecords" and asked["ShardIterator"][:20] in parents)
        first_of_child = next(at for at, (name, asked) in enumerate(self.kinesis.requests)
                              if name == "GetShardIterator" and asked["ShardId"] == child)
        self.assertLess(last_of_parents, first_of_child)
        self.assertLess(begun.index(orphan), begun.index(child))
        finished = {row for row, in self.store.query("SELECT id FROM kh_checkpoints WHERE finished")}
        self.assertEqual(finished, {f"s/ledger/{parent}" for parent in parents})

    def poison(self) -> None:
        """From now on one event can't be stored: that which opens the account poison-2."""
        with sqlite3.connect(self.store.path) as database:
            database.execute("INSERT INTO Account (account_id, applied, balance, digest, kh__version) "
                             "VALUES ('poison-1', 0, '0', 0, 0)")
            database.execute("CREATE UNIQUE INDEX poison ON Account (applied * 0) "
                             "WHERE account_id LIKE 'poison%'")
        database.close()

    def fill_poisoned(self) -> None:
        shard = self.kinesis.add_shard(0)
        self.worker("--until-idle").summary()   # makes the file
        self.poison()
        self.kinesis.put(shard, [opening(1, "a-1"), opening(2, "a-2"), opening(3, "poison-2"),
                                 opening(4, "a-4"), opening(5, "a-5")])

    def test_a_record_that_fails_for_good_is_given_up_alone(self) -> None:
        self.fill_poisoned()
        worker = self.worker("--until-idle", "--max-attempts", "2")
        summary = worker.summary()
        self.assertEqual((summary["done"], summary["deadLettered"]), (4, 1))
        self.assertEqual(worker.dead_ids(), ["e-3"])
        self.assertEqual(set(self.store.rows()), {"poison-1", "a-1", "a-2", "a-4", "a-5"})

    def test_without_bisecting_those_tried_with_it_are_given_up_too(self) -> None:
        self.fill_poisoned()    # it shows when they are committed, all in one
        worker = self.worker("--until-idle", "--max-attempts", "2", "--no-bisect")
        worker.summary()
        self.assertEqual(worker.dead_ids(), [f"e-{n}" for n in range(1, 6)])

    def test_by_default_it_waits_until_the_record_can_be_done(self) -> None:
        self.fill_poisoned()
        worker = self.worker("--until-idle")
        worker.wait_for("the record has to be retried, with all after it", 4)
        with sqlite3.connect(self.store.path) as database:
            database.execute("DROP INDEX poison")
        database.close()
        self.assertEqual(worker.summary()["done"], 5)
        self.assertEqual(worker.dead_ids(), [])

    def test_stopped_while_a_record_fails_it_keeps_what_was_done_before_it(self) -> None:
        self.fill_poisoned()
        worker = self.worker()
        worker.wait_for("the record has to be retried, with all after it", 2)
        self.assertEqual(worker.stop()["done"], 2)
        [(number,)] = self.store.query("SELECT sequence_number FROM kh_checkpoints "
                                       "WHERE sequence_number <> ''")
        self.assertEqual(number, self.kinesis.shards["shardId-000000000000"][1]["SequenceNumber"])

    def test_records_that_are_too_old_are_given_up_unread(self) -> None:
        shard = self.kinesis.add_shard(0)
        self.kinesis.put(shard, [opening(1, "a-1"), opening(2, "a-2")], age_s=1000)
        self.kinesis.put(shard, [opening(3, "a-3")])
        worker = self.worker("--until-idle", "--max-age", "600")
        worker.summary()
        self.assertEqual(worker.dead_ids(), ["e-1", "e-2"])
        self.assertEqual(set(self.store.rows()), {"a-3"})

    def test_a_window_gathers_records_into_one_batch(self) -> None:
        shard = self.kinesis.add_shard(0)
        worker = self.worker("--batch-window", "3000", "--batch-size", "4")
        worker.wait_for("a shard was found")
        for number in range(1, 7):
            self.kinesis.put(shard, [opening(number, f"a-{number}")])
        worker.wait_for("a batch was tried", 2)
        worker.stop()
        self.assertEqual([line["records"] for line in worker.lines()
                          if line.get("message") == "a batch was tried"], [4, 2])

    def test_limits_that_would_lose_records_are_refused(self) -> None:
        worker = self.worker("--max-attempts", "2", DEAD_LETTER="")
        worker.process.communicate(timeout=60)
        self.assertEqual(worker.process.returncode, 1)
        self.assertIn("without a target for dead letters they would be lost", worker.text())

    def test_options_that_can_not_be_are_refused(self) -> None:
        for options in (("--batch-size", "0"), ("--batch-window", "x"), ("--max-age", "59"),
                        ("--from", "yesterday"), ("--consumer", "a/b"), ("--threads", "1001")):
            with self.subTest(options):
                worker = self.worker(*options)
                worker.process.communicate(timeout=60)
                self.assertEqual(worker.process.returncode, 2)
                self.assertIn(options[0], worker.text())


if __name__ == "__main__":
    unittest.main()
