"""The record processor of the MultiLangDaemon, with a parent that is as strict as the daemon."""

import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

import consumer
from consumer import assert_exact, make
from fake_daemon import LEDGER, Daemon, record, sequence_number


class Multilang(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.store = consumer.ledger(self.folder)
        self.dead_letters = self.folder / "dead-letters.ndjson"
        self.settings = self.store.settings | {"DEAD_LETTER": str(self.dead_letters)}

    def daemon(self, *options: str, **settings: str) -> Daemon:
        daemon = Daemon(self.folder, *options, settings=self.settings | settings)
        self.addCleanup(daemon.kill)
        return daemon

    def assert_ends(self, daemon: Daemon) -> None:
        self.assertEqual(daemon.close(), 0, daemon.text()[-3000:])
        self.assertEqual(daemon.noise, [])

    def dead(self) -> list[dict]:
        if not self.dead_letters.exists():
            return []
        return [json.loads(line) for line in self.dead_letters.read_text().splitlines()]

    def poison(self) -> None:
        """From now on one event can't be stored: that which opens the account poison-2."""
        with sqlite3.connect(self.store.path) as database:
            database.execute("INSERT INTO Account (account_id, applied, balance, digest, kh__version) "
                             "VALUES ('poison-1', 0, '0', 0, 0)")
            database.execute("CREATE UNIQUE INDEX poison ON Account (applied * 0) "
                             "WHERE account_id LIKE 'poison%'")
        database.close()

    @staticmethod
    def opening(number: int, account: str) -> dict:
        event = {"account": account, "data": {"accountId": account, "number": number},
                 "id": f"e-{number}", "type": "ACCOUNT_OPENED"}
        return record(number, json.dumps(event).encode())

    # ---- What goes well ----

    def test_every_batch_has_its_effects_and_its_checkpoint(self) -> None:
        made = make(events=1000, lanes=1, seed=21)
        daemon = self.daemon()
        daemon.initialize()
        for begin in range(0, 1000, 100):
            daemon.records([record(begin + i, line) for i, line in
                            enumerate(made.lanes[0][begin:begin + 100])], behind_ms=None)
            self.assertEqual(daemon.checkpoints[-1], (sequence_number(begin + 99), 0, None))
        self.assertEqual(len(daemon.checkpoints), 10)
        daemon.act("shardEnded")
        self.assertEqual(daemon.checkpoints[-1], (None, None, None))
        self.assert_ends(daemon)
        assert_exact(self, self.store, made.outcome)
        self.assertEqual(len(self.dead()), len(made.outcome.refused))
        self.assertEqual({entry["record"]["shardId"] for entry in self.dead()},
                         {"shardId-000000000003"})

    def test_records_of_aggregates_have_checkpoints_of_two_numbers(self) -> None:
        daemon = self.daemon()
        daemon.initialize()
        opened = [self.opening(i, f"a-{i}") for i in range(1, 4)]
        for sub, each in enumerate(opened):
            each |= {"sequenceNumber": sequence_number(7), "subSequenceNumber": sub}
        daemon.records(opened)
        self.assertEqual(daemon.checkpoints, [(sequence_number(7), 2, None)])
        self.assert_ends(daemon)
        self.assertEqual(len(self.store.rows()), 3)

    def test_a_batch_without_records_is_answered_without_a_checkpoint(self) -> None:
        daemon = self.daemon()
        daemon.initialize()
        daemon.records([])
        self.assertEqual(daemon.checkpoints, [])
        self.assert_ends(daemon)

    def test_members_that_are_absent_are_as_good_as_null(self) -> None:
        daemon = self.daemon()
        daemon.act("initialize", shardId="shardId-000000000001")
        old = self.opening(1, "a-1")
        for name in ("subSequenceNumber", "approximateArrivalTimestamp", "action"):
            del old[name]
        daemon.act("processRecords", records=[old, self.opening(2, "a-2") | {
            "subSequenceNumber": None, "approximateArrivalTimestamp": None, "more": [{}]}])
        self.assertEqual(len(self.store.rows()), 2)
        self.assert_ends(daemon)

    def test_the_end_by_a_lost_lease_or_a_shutdown_of_old_and_new_daemons(self) -> None:
        for action, members, expected in (
                ("leaseLost", {}, []), ("shutdown", {"reason": "ZOMBIE"}, []),
                ("shutdownRequested", {}, []),
                ("shardEnded", {}, [(None, None, None)]),
                ("shutdown", {"reason": "TERMINATE"}, [(None, None, None)])):
            with self.subTest(action, **members):
                daemon = self.daemon()
                daemon.initialize()
                daemon.act(action, **members)
                self.assertEqual(daemon.checkpoints, expected)
                self.assert_ends(daemon)

    def test_signals_to_the_group_do_not_end_it(self) -> None:
        daemon = self.daemon()
        daemon.initialize()
        daemon.process.send_signal(signal.SIGTERM)
        daemon.process.send_signal(signal.SIGINT)
        daemon.records([self.opening(1, "a-1")])
        self.assert_ends(daemon)

    def test_long_lines_are_read_and_too_long_ones_end_it(self) -> None:
        event = {"account": "a", "data": {}, "id": "e", "type": "STATEMENT_SENT", "x": "y" * (1 << 20)}
        big = record(1, json.dumps(event).encode())
        daemon = self.daemon()
        daemon.initialize()
        daemon.records([big | {"sequenceNumber": sequence_number(n)} for n in range(10)])
        self.assertEqual(daemon.checkpoints, [(sequence_number(9), 0, None)])
        try:
            daemon.write({"action": "initialize", "shardId": "x" * (65 << 20)})
        except BrokenPipeError:
            pass
        self.assertEqual(daemon.process.wait(60), 1)
        self.assertIn("has more than", daemon.text())

    # ---- Checkpoints that are not kept ----

    def test_a_checkpoint_that_fails_for_a_passing_reason_is_asked_for_again(self) -> None:
        for error in ("ThrottlingException", "KinesisClientLibDependencyException"):
            daemon = self.daemon()
            daemon.initialize()
            daemon.errors = [error, error]
            daemon.records([self.opening(1, "a-1")])
            self.assertEqual([each[2] for each in daemon.checkpoints], [error, error, None])
            self.assert_ends(daemon)

    def test_a_checkpoint_that_fails_for_long_is_left_to_the_next_one(self) -> None:
        daemon = self.daemon()
        daemon.initialize()
        daemon.errors = ["ThrottlingException"] * 6
        daemon.records([self.opening(1, "a-1")])
        daemon.records([self.opening(2, "a-2")])
        self.assertEqual(len(daemon.checkpoints), 7)
        self.assertEqual(daemon.checkpoints[-1], (sequence_number(2), 0, None))
        self.assert_ends(daemon)

    def test_a_checkpoint_that_can_not_be_is_not_asked_for_again(self) -> None:
        for error in ("InvalidStateException", "IllegalArgumentException", "SomeNewException"):
            daemon = self.daemon()
            daemon.initialize()
            daemon.errors = [error]
            daemon.records([self.opening(1, "a-1")])
            daemon.records([self.opening(2, "a-2")])
            self.assertEqual([each[2] for each in daemon.checkpoints], [error, None])
            self.assert_ends(daemon)

    def test_when_the_shard_is_somebody_elses_nothing_more_is_done(self) -> None:
        daemon = self.daemon()
        daemon.initialize()
        daemon.errors = ["ShutdownException"]
        daemon.records([self.opening(1, "a-1")])
        daemon.records([self.opening(2, "a-2")])
        self.assertEqual(len(daemon.checkpoints), 1)
        daemon.act("leaseLost")
        self.assert_ends(daemon)
        self.assertEqual(set(self.store.rows()), {"a-1"})

    # ---- Records that fail ----

    def batch(self) -> list[dict]:
        return [self.opening(1, "a-1"), self.opening(2, "a-2"), self.opening(3, "poison-2"),
                self.opening(4, "a-4")]

    def wait_until(self, condition) -> None:
        end = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)

    def test_it_waits_for_a_record_that_fails_behind_a_checkpoint_of_those_before(self) -> None:
        daemon = self.daemon()
        daemon.initialize()
        self.poison()
        daemon.begin("processRecords", records=self.batch(), millisBehindLatest=0)
        message = daemon.hear()
        self.assertEqual(message, {"action": "checkpoint", "sequenceNumber": sequence_number(2),
                                   "subSequenceNumber": 0})
        daemon.write({"action": "checkpoint", "sequenceNumber": None, "subSequenceNumber": None,
                      "error": None})
        self.wait_until(lambda: daemon.text().count("has to be retried") >= 4)
        self.assertTrue(daemon.lines.empty())
        with sqlite3.connect(self.store.path) as database:
            database.execute("DROP INDEX poison")
        database.close()
        daemon.end()
        self.assertEqual(daemon.checkpoints[-1], (sequence_number(4), 0, None))
        self.assert_ends(daemon)
        self.assertEqual(set(self.store.rows()), {"poison-1", "a-1", "a-2", "poison-2", "a-4"})
        self.assertEqual(self.dead(), [])

    def test_a_record_that_has_had_its_attempts_becomes_a_dead_letter_and_no_other_does(self) -> None:
        daemon = self.daemon("--max-attempts", "2")
        daemon.initialize()
        self.poison()
        daemon.records(self.batch())
        self.assertEqual(daemon.checkpoints[-1], (sequence_number(4), 0, None))
        self.assert_ends(daemon)
        self.assertEqual(set(self.store.rows()), {"poison-1", "a-1", "a-2", "a-4"})
        [entry] = self.dead()
        self.assertEqual(entry["reason"]["status"], "ATTEMPTS_EXHAUSTED")
        self.assertRegex(entry["reason"]["detail"], "^RetryAttemptsExhausted: after 2, STORE: ")
        self.assertEqual(entry["event"], {"id": "e-3", "type": "ACCOUNT_OPENED"})
        self.assertEqual(entry["record"]["sequenceNumber"], sequence_number(3))

    def test_it_ends_when_the_daemon_does_while_it_waits(self) -> None:
        daemon = self.daemon()
        daemon.initialize()
        self.poison()
        daemon.begin("processRecords", records=[self.opening(1, "poison-2")], millisBehindLatest=0)
        self.wait_until(lambda: "has to be retried" in daemon.text())
        self.assertEqual(daemon.close(), 1)
        self.assertIn("the daemon ended while a record was waiting", daemon.text())

    # ---- What is no protocol ----

    def test_what_can_not_be_understood_ends_it_and_says_so(self) -> None:
        for line, reason in ((b"{\n", "text ends"), (b"[]\n", "must be an object"),
                             (b'{"action":null}\n', "has no \\\"action\\\""),
                             (b'{"action":"processRecords","records":[{"data":"e30="}]}\n',
                              "has no \\\"sequenceNumber\\\""),
                             (b'{"action":"checkpoint"}\n', "not asked for")):
            with self.subTest(line):
                daemon = self.daemon()
                daemon.process.stdin.write(line)
                daemon.process.stdin.flush()
                self.assertEqual(daemon.process.wait(60), 1)
                self.assertIn(reason, daemon.text())

    def test_an_action_of_a_daemon_to_come_is_answered(self) -> None:
        daemon = self.daemon()
        daemon.act("somethingNew", why={"nested": [1]})
        self.assert_ends(daemon)

    def test_a_policy_that_would_lose_records_is_refused(self) -> None:
        daemon = self.daemon("--max-attempts", "3", DEAD_LETTER="")
        self.assertEqual(daemon.process.wait(60), 1)
        self.assertIn("without a target for dead letters", daemon.text())

    # ---- The properties file ----

    def properties(self, *options: str, code: int = 0, **environment: str) -> dict[str, str]:
        done = subprocess.run([LEDGER, "multilang", "--properties", *options], text=True,
                              env={"PATH": os.environ["PATH"]} | environment, cwd=self.folder,
                              capture_output=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stderr)
        self.text = done.stderr
        return dict(line.split(" = ", 1) for line in done.stdout.splitlines()
                    if not line.startswith("#"))

    def test_properties_name_this_executable_with_its_options(self) -> None:
        found = self.properties("--stream", "orders", "--max-attempts", "5", "--dead-letters",
                                "/tmp/d.ndjson", "--no-bisect", AWS_REGION="eu-west-1")
        self.assertEqual(found["executableName"],
                         f"{LEDGER} multilang --max-attempts 5 --dead-letters /tmp/d.ndjson "
                         "--no-bisect")
        self.assertEqual(found["streamName"], "orders")
        self.assertEqual(found["applicationName"], "ledger")
        self.assertEqual(found["regionName"], "eu-west-1")
        self.assertEqual(found["initialPositionInStream"], "TRIM_HORIZON")
        self.assertNotIn("timeoutInSeconds", found)

    def test_properties_of_an_arn_take_its_region(self) -> None:
        arn = "arn:aws:kinesis:eu-north-1:111122223333:stream/orders"
        found = self.properties("--stream", arn, "--from", "latest", "--consumer", "audit")
        self.assertEqual(found["streamArn"], arn)
        self.assertEqual(found["regionName"], "eu-north-1")
        self.assertEqual(found["applicationName"], "audit")
        self.assertEqual(found["initialPositionInStream"], "LATEST")

    def test_properties_that_can_not_be_are_refused(self) -> None:
        self.properties("--stream", "orders", code=1)
        self.assertIn("which region?", self.text)
        self.properties("--stream", "orders", "--dead-letters", "a b", code=1,
                        AWS_REGION="eu-west-1")
        self.assertIn("splits the command at blanks", self.text)


if __name__ == "__main__":
    unittest.main()
