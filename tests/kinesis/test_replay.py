"""Dead letters once more through the handlers: from a file, a queue, and a stream."""

import base64
import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "stack"), str(ROOT / "tests/support")]

from fake_queue import FakeQueue  # noqa: E402
from kinesis_local import CannotBeHad, Server  # noqa: E402
from test_put import KEPT, event, ndjson  # noqa: E402

PROGRAM = os.environ["KH_PROGRAM"]
COUNTS = ("records", "done", "duplicate", "skipped", "deadLettered", "retry")


def changed(number: int, limit: int) -> dict:
    """Needs the limit to be there."""
    return event(number, type="USER_LIMIT_PROGRESS_CHANGED", data={
        "amount": "1.00", "brandId": "b", "currencyCode": "EUR", "nextResetTime": 2,
        "previousProgress": "0", "userId": "user-1", "userLimitId": f"limit-{limit}"})


def entry(data: bytes, status: str = "NOT_FOUND", **record: object) -> str:
    return json.dumps({"service": "user-limits", "reason": {"status": status},
                       "record": record, "data": base64.b64encode(data).decode()})


def entry_of(one: dict, **record: object) -> str:
    return entry(json.dumps(one).encode(), **record)


class ReplayCase(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.prefix: list[str] = []
        self.settings = {"DB": "sqlite", "SQLITE_PATH": "limits.db"}

    def call(self, *arguments: str, code: int = 0, stdin: str = "",
             **settings: str) -> subprocess.CompletedProcess:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        result = subprocess.run([*self.prefix, PROGRAM, *arguments], cwd=self.folder, text=True, input=stdin,
                                env=kept | self.settings | settings, capture_output=True,
                                timeout=120)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        self.stderr = result.stderr
        return result

    def counts(self, *arguments: str, code: int = 0, **options: str) -> dict:
        return json.loads(self.call(*arguments, "--json", code=code, **options).stdout)

    def assert_counts(self, counts: dict, **expected: int) -> None:
        self.assertEqual({name: counts[name] for name in COUNTS},
                         dict.fromkeys(COUNTS, 0) | expected)

    def letters(self, name: str = "dead-letters.ndjson") -> list[dict]:
        path = self.folder / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


class File(ReplayCase):
    def test_what_failed_for_want_of_an_entity_succeeds_when_it_is_there(self) -> None:
        text = ndjson(changed(2, 1), changed(3, 2)).decode()
        self.assert_counts(self.counts("run", "-", stdin=text), records=2, deadLettered=2)
        self.counts("run", "-", stdin=ndjson(event(1)).decode())
        counts = self.counts("replay", "dead-letters.ndjson", "--dead-letters", "again.ndjson")
        self.assert_counts(counts, records=2, done=1, deadLettered=1)
        [before] = [letter for letter in self.letters() if letter["event"]["id"] == "event-3"]
        [again] = self.letters("again.ndjson")
        self.assertEqual(again["data"], before["data"])
        self.assert_counts(self.counts("replay", "file:dead-letters.ndjson", "--dead-letters",
                                       "third.ndjson"), records=2, duplicate=1, deadLettered=1)

    def test_where_an_event_came_from_is_kept(self) -> None:
        record = {"sequenceNumber": "4959", "partitionKey": "p", "subSequenceNumber": 7,
                  "explicitHashKey": "12", "shardId": "shardId-000000000006", "arrivalMs": 5,
                  "sourceArn": "arn:aws:kinesis:eu-west-1:1:stream/s"}
        (self.folder / "a").write_text(entry_of(changed(1, 9), **record, position=41) + "\n")
        self.assert_counts(self.counts("replay", "a"), records=1, deadLettered=1)
        self.assertEqual(self.letters()[0]["record"], record | {"position": 0})

    def test_bytes_that_were_no_event_come_back_the_same(self) -> None:
        (self.folder / "a").write_text("\n".join((
            entry(b"n\x00\xffot json", "NOT_JSON"), entry(b"%%%", "NOT_BASE64"), "")))
        self.assert_counts(self.counts("replay", "a"), records=2, deadLettered=2)
        self.assertEqual([(each["reason"]["status"], base64.b64decode(each["data"]))
                          for each in self.letters()],
                         [("NOT_JSON", b"n\x00\xffot json"), ("NOT_BASE64", b"%%%")])

    def test_what_is_no_dead_letter_is_told_and_the_others_are_handled(self) -> None:
        lines = [entry_of(event(1)), "{}", "no json", '{"data":"%"}', "7",
                 '{"data":"e30=","dataOmitted":3,"record":[]}', '{"dataOmitted":1000000}',
                 entry_of(event(2))]
        (self.folder / "a").write_text("\n".join(lines) + "\n")
        self.assert_counts(self.counts("replay", "a", code=1), records=2, done=2)
        for number, reason in ((2, "not a dead letter"), (3, ""), (4, "not base64"), (5, ""),
                               (6, ""), (7, "left out")):
            self.assertRegex(self.stderr, rf"(?m)^kinesis-handler: a: entry {number}: .*{reason}")
        self.assertEqual(self.stderr.count("entry"), 6)

    def test_it_can_not_write_to_the_file_it_reads(self) -> None:
        (self.folder / "a").write_text(entry_of(event(1)) + "\n")
        for source in ("a", "file:a"):
            self.call("replay", source, "--dead-letters", "./a", code=1)
            self.assertIn("can't be read as well", self.stderr)

    def test_wrong_command_lines_and_sources_are_told(self) -> None:
        self.call("replay", code=2)
        self.call("replay", "a", "b", code=2)
        self.call("replay", "none", code=1)
        self.assertIn("none: ", self.stderr)
        self.call("replay", "sqs:what", code=1)
        self.assertIn("sqs:what: \"what\" is not the URL of a queue", self.stderr)

    def test_a_table_of_verdicts_is_printed(self) -> None:
        (self.folder / "a").write_text(entry_of(event(1)) + "\n")
        text = self.call("replay", "a").stdout
        self.assertRegex(text, r"USER_LIMIT_CREATED +1 +1 +0 +0 +0 +0\n")


class Queue(ReplayCase):
    def setUp(self) -> None:
        super().setUp()
        self.queue = self.enterContext(FakeQueue())
        self.settings |= self.queue.environment

    def fill(self, *entries: str) -> None:
        for text in entries:
            self.queue.messages[f"m{len(self.queue.messages)}"] = text

    def replay(self, code: int = 0, **settings: str) -> dict:
        self.queue.hidden.clear()
        counts = self.counts("replay", f"sqs:{self.queue.queue_url}", code=code, **settings)
        self.assertEqual(self.queue.faults, [])
        return counts

    def test_messages_with_a_final_verdict_are_deleted_and_the_others_stay(self) -> None:
        self.fill(entry_of(event(1)), entry_of(changed(2, 1)), entry_of(changed(3, 77)),
                  entry_of(event(1)), entry_of(event(4, type="OTHER")), "no entry",
                  entry(b"not json"))
        counts = self.replay(code=1)
        self.assert_counts(counts, records=6, done=2, duplicate=1, skipped=1, deadLettered=2)
        self.assertEqual(counts["deadLetterTarget"], f"sqs:{self.queue.queue_url}")
        self.assertEqual(sorted(self.queue.messages), ["m2", "m5", "m6"])
        self.assertEqual(self.letters(), [])

    def test_a_queue_of_many_is_replayed_to_its_end(self) -> None:
        self.fill(*(entry_of(event(n)) for n in range(45)))
        self.assert_counts(self.replay(), records=45, done=45)
        self.assertEqual(self.queue.messages, {})
        self.assertEqual([len(body["Entries"]) for body in self.queue.of("DeleteMessageBatch")],
                         [10, 10, 10, 10, 5])

    def test_messages_that_are_handed_out_again_end_it(self) -> None:
        self.fill(*(entry_of(changed(n, n)) for n in range(8)))
        self.queue.receive = lambda body, receive=self.queue.receive: (
            self.queue.hidden.clear(), receive(body))[1]
        self.assert_counts(self.replay(), records=8, deadLettered=8)
        self.assertEqual(len(self.queue.messages), 8)

    def test_a_message_that_can_not_be_deleted_is_told(self) -> None:
        self.fill(entry_of(event(1)), entry_of(event(2)))
        self.queue.deletions = [{0: {"SenderFault": True, "Code": "ReceiptHandleIsInvalid"}}]
        self.assert_counts(self.replay(code=1), records=2, done=2)
        self.assertIn("DeleteMessageBatch: a message is not deleted: ReceiptHandleIsInvalid",
                      self.stderr)
        self.assert_counts(self.replay(), records=1, duplicate=1)

    def test_what_has_to_be_retried_stays_and_ends_it(self) -> None:
        self.fill(*(entry_of(event(n)) for n in range(12)))
        self.replay()
        self.fill(*(entry_of(event(n)) for n in range(20, 40)))
        kept = dict(self.queue.messages)
        # A page of the store is larger than any file may be: nothing can be committed.
        with contextlib.closing(sqlite3.connect(self.folder / "limits.db",
                                                isolation_level=None)) as database:
            for statement in ("PRAGMA journal_mode=DELETE", "PRAGMA page_size=65536", "VACUUM",
                              "PRAGMA journal_mode=WAL"):
                database.execute(statement)
        self.prefix = ["bash", "-c", 'trap "" XFSZ; ulimit -f 40; exec "$0" "$@"']
        self.assert_counts(self.replay(code=1), records=10, retry=10)
        self.assertEqual(self.queue.messages, kept)

    def test_a_body_that_is_not_what_was_sent_is_not_handled(self) -> None:
        self.fill(entry_of(event(1)))
        answer = self.queue.receive

        def damaged(body: dict) -> dict:
            found = answer(body)
            found["Messages"][0]["Body"] += " "
            return found

        self.queue.receive = damaged
        self.assert_counts(self.replay(code=1))
        self.assertIn("not what was sent", self.stderr)
        self.assertEqual(len(self.queue.messages), 1)

    def test_a_target_for_dead_letters_is_refused(self) -> None:
        self.call("replay", f"sqs:{self.queue.queue_url}", "--dead-letters", "x", code=1)
        self.assertIn("stays in the queue", self.stderr)


class Stream(ReplayCase):
    @classmethod
    def setUpClass(cls) -> None:
        try:
            cls.server = cls.enterClassContext(Server())
        except CannotBeHad as reason:
            raise unittest.SkipTest(str(reason)) from None

    def setUp(self) -> None:
        super().setUp()
        self.settings |= {name: value for name, value in self.server.environment.items()
                          if name.startswith("AWS_")}

    def test_dead_letters_of_a_stream_are_replayed_through_a_reshard(self) -> None:
        self.server.create_stream("dead", 1)
        target = {"DEAD_LETTER": "kinesis:dead"}
        first = ndjson(*(changed(n + 1000, n) for n in range(100, 130))).decode()
        self.assert_counts(self.counts("run", "-", stdin=first, **target), records=30,
                           deadLettered=30)
        self.server.split("dead", self.server.open_shards("dead")[0])
        second = ndjson(*(changed(n + 1000, n) for n in range(130, 150))).decode()
        self.assert_counts(self.counts("run", "-", stdin=second, **target), records=20,
                           deadLettered=20)
        made = ndjson(*(event(n) for n in range(100, 140))).decode()
        self.assert_counts(self.counts("run", "-", stdin=made), records=40, done=40)
        counts = self.counts("replay", "kinesis:dead", BATCH_SIZE="7")
        self.assert_counts(counts, records=50, done=40, deadLettered=10)
        self.assertEqual([letter["event"]["id"] for letter in self.letters()],
                         [f"event-{n}" for n in range(1140, 1150)])

    def test_a_stream_that_dead_letters_are_written_to_is_refused(self) -> None:
        self.server.create_stream("own", 1)
        self.call("replay", "kinesis:own", "--dead-letters", "kinesis:own", code=1)
        self.assertIn("dead letters are written to this stream", self.stderr)

    def test_a_stream_that_is_not_there_is_told(self) -> None:
        self.call("replay", "kinesis:none", code=1)
        self.assertIn("stream none: DescribeStreamSummary: it is not there", self.stderr)


if __name__ == "__main__":
    unittest.main()
