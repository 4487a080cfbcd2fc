"""Under the real MultiLangDaemon, against kinesis-local and DynamoDB Local: leases, resharding and checkpoints are
the library's, the effects are ours, exactly."""

import pathlib
import subprocess
import tempfile
import time
import unittest

import consumer
import dynamodb_local
import kinesis_local
import multilang_daemon
from consumer import LEDGER, assert_exact, make, parts, put

PATIENCE = 120.0


class UnderTheDaemon(unittest.TestCase):
    count = 0
    reason = ""
    kinesis: kinesis_local.Server | None = None

    @classmethod
    def setUpClass(cls) -> None:
        try:
            multilang_daemon.find_libraries()
            cls.dynamodb = cls.enterClassContext(dynamodb_local.Server())
            cls.kinesis = cls.enterClassContext(kinesis_local.Server())
        except (dynamodb_local.CannotBeHad, kinesis_local.CannotBeHad) as reason:
            cls.reason = str(reason)

    def setUp(self) -> None:
        if self.kinesis is None:
            self.skipTest(self.reason)
        UnderTheDaemon.count += 1
        self.stream = f"ledger-{self.count}"
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.store = consumer.ledger(self.folder)

    def daemon(self) -> multilang_daemon.Daemon:
        made = subprocess.run([LEDGER, "multilang", "--properties", "--stream", self.stream,
                               "--consumer", self.stream], text=True, capture_output=True,
                              env=self.kinesis.environment, check=True, timeout=60)
        settings = self.store.settings | {
            "LOG_LEVEL": "info", "DEAD_LETTER": str(self.folder / "dead-letters.ndjson")}
        return self.enterContext(multilang_daemon.Daemon(self.kinesis, self.dynamodb, made.stdout,
                                                         self.folder, settings))

    def wait_until(self, daemon: multilang_daemon.Daemon, condition) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            if daemon.process.poll() is not None or time.monotonic() > end:
                self.fail(f"it does not come; {daemon.process.poll()}: {daemon.text()[-6000:]}")
            time.sleep(0.1)

    def marks(self) -> int:
        if not self.store.path.exists():
            return 0
        try:
            return self.store.query("SELECT count(*) FROM kh_marks")[0][0]
        except consumer.stores.sqlite3.OperationalError:
            return 0    # its tables are just being made

    def test_rows_are_exact_with_shards_split_and_merged_meanwhile(self) -> None:
        made = make(events=1500, lanes=12, seed=31)
        pieces = parts(made, 3)
        self.kinesis.create_stream(self.stream, 2)
        put(self.kinesis, pieces[0], self.stream)
        daemon = self.daemon()
        self.wait_until(daemon, lambda: self.marks() > 0)
        self.kinesis.split(self.stream, self.kinesis.open_shards(self.stream)[0])
        put(self.kinesis, pieces[1], self.stream)
        neighbours = sorted(self.kinesis.open_shards(self.stream),
                            key=lambda shard: int(shard["HashKeyRange"]["StartingHashKey"]))
        self.kinesis.merge(self.stream, neighbours[1], neighbours[2])
        put(self.kinesis, pieces[2], self.stream)
        self.wait_until(daemon, lambda: self.marks() == len(made.outcome.settled))
        daemon.stop()
        assert_exact(self, self.store, made.outcome)
        self.assertNotIn("the record processor can't go on", daemon.text())

    def test_killed_midway_the_next_one_loses_nothing_and_does_nothing_twice(self) -> None:
        made = make(events=600, lanes=4, seed=32)
        pieces = parts(made, 2)
        self.kinesis.create_stream(self.stream, 1)
        put(self.kinesis, pieces[0], self.stream)
        daemon = self.daemon()
        self.wait_until(daemon, lambda: self.marks() > 0)
        daemon.process.kill()
        daemon.process.wait()
        put(self.kinesis, pieces[1], self.stream)
        daemon = self.daemon()
        self.wait_until(daemon, lambda: self.marks() == len(made.outcome.settled))
        daemon.stop()
        assert_exact(self, self.store, made.outcome)


if __name__ == "__main__":
    unittest.main()
