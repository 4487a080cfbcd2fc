"""The verb `put`: events of files into a stream, checked first; told what was put and what was not."""

import base64
import json
import os
import pathlib
import pty
import subprocess
import tempfile
import unittest

from fake_stream import THROTTLED, FakeStream, Lost, error

PROGRAM = os.environ["KH_PROGRAM"]
KEPT = ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "PATH")


def event(number: int, key: str = "user-1", **members: object) -> dict:
    data = {"activeFrom": 1, "brandId": "b", "currencyCode": "EUR", "period": "DAY",
            "status": "ACTIVE", "type": "BET", "userId": key, "userLimitId": f"limit-{number}",
            "value": "100.00"}
    return {"aggregateId": key, "createdAt": 1795434900125, "data": data,
            "eventId": f"event-{number}", "sequenceNumber": number, "source": "test",
            "type": "USER_LIMIT_CREATED"} | members


def ndjson(*events: dict) -> bytes:
    return "".join(json.dumps(each) + "\n" for each in events).encode()


def captured(*events: dict) -> bytes:
    return json.dumps({"Records": [
        {"kinesis": {"sequenceNumber": str(100 + n), "partitionKey": "captured",
                     "data": base64.b64encode(json.dumps(each).encode()).decode()},
         "eventSource": "aws:kinesis"} for n, each in enumerate(events)]}).encode()


class PutCase(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def stream(self, **options: object) -> FakeStream:
        return self.enterContext(FakeStream(**options))

    def write(self, text: bytes, name: str = "events.ndjson") -> str:
        (self.folder / name).write_bytes(text)
        return name

    def call(self, stream: FakeStream, *arguments: str, code: int = 0, stdin: bytes = b"",
             **settings: str) -> subprocess.CompletedProcess:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        result = subprocess.run([PROGRAM, "put", *arguments], cwd=self.folder, input=stdin,
                                env=kept | stream.environment | settings, capture_output=True,
                                timeout=120)
        self.assertEqual((result.returncode, stream.faults), (code, []),
                         (result.stdout + result.stderr).decode())
        self.assertNotIn(b"CANARY", result.stdout + result.stderr)
        return result

    def put(self, stream: FakeStream, *arguments: str, code: int = 0, stdin: bytes = b"",
            **settings: str) -> dict:
        result = self.call(stream, *arguments, "--stream", "limits", "--json", code=code,
                           stdin=stdin, **settings)
        counts = json.loads(result.stdout)
        self.assertEqual(counts["events"], counts["put"] + counts["notPut"] + counts["left"])
        return counts

    def assert_counts(self, counts: dict, **expected: int) -> None:
        names = ("events", "put", "notPut", "left", "requests", "refusals", "uncertain")
        self.assertEqual({name: counts[name] for name in names},
                         dict.fromkeys(names, 0) | expected)


class Events(PutCase):
    def test_events_of_any_file_are_put_as_they_are_with_their_ordering_key(self) -> None:
        events = [event(1, "user-a"), event(2, "user-b"), event(3, "user-a")]
        for name, text in (("lines", ndjson(*events)), ("array", json.dumps(events).encode()),
                           ("captured", captured(*events))):
            with self.subTest(name):
                stream = self.stream()
                self.assert_counts(self.put(stream, self.write(text)), events=3, put=3, requests=2)
                self.assertEqual([(r["PartitionKey"], json.loads(r["Data"])) for r in stream.taken],
                                 [("user-a", events[0]), ("user-b", events[1]),
                                  ("user-a", events[2])])

    def test_a_line_arrives_byte_by_byte(self) -> None:
        stream = self.stream()
        line = json.dumps(event(1)).replace('": ', '" :  ').encode()
        self.put(stream, "-", stdin=line + b"\n")
        self.assertEqual([record["Data"] for record in stream.taken], [line])

    def test_one_that_can_not_be_read_has_the_key_it_was_captured_with(self) -> None:
        stream = self.stream()
        broken = event(7)
        del broken["aggregateId"]
        self.put(stream, self.write(captured(broken)), "--unchecked")
        self.assertEqual([record["PartitionKey"] for record in stream.taken], ["captured"])

    def test_an_explicit_hash_key_goes_with_every_record(self) -> None:
        stream = self.stream()
        largest = str(2**128 - 1)
        self.put(stream, self.write(ndjson(event(1, "a"), event(2, "b"))), "--explicit-hash-key",
                 largest)
        self.assertEqual([(r["PartitionKey"], r["ExplicitHashKey"]) for r in stream.taken],
                         [("a", largest), ("b", largest)])

    def test_thousands_of_events_are_put_in_order_per_key(self) -> None:
        stream = self.stream()
        events = [event(n, f"user-{n % 700}") for n in range(3000)]
        self.assert_counts(self.put(stream, self.write(ndjson(*events))), events=3000, put=3000,
                           requests=6)
        for key in range(700):
            self.assertEqual([json.loads(data)["sequenceNumber"]
                              for data in stream.of_key(f"user-{key}")], list(range(key, 3000, 700)))


class Checks(PutCase):
    def test_an_invalid_event_is_reported_and_not_put(self) -> None:
        stream = self.stream()
        bad = event(2)
        bad["data"]["value"] = "-1"
        counts = self.put(stream, self.write(ndjson(event(1), bad, event(3))), code=1)
        self.assert_counts(counts, events=3, put=2, notPut=1, requests=2)
        self.assertEqual(counts["reasons"][0]["type"], "USER_LIMIT_CREATED")
        self.assertEqual((counts["reasons"][0]["status"], counts["reasons"][0]["count"]),
                         ("INVALID", 1))
        self.assertTrue(counts["reasons"][0]["reason"].startswith("/data/value: "), counts)
        self.assertEqual([json.loads(r["Data"])["eventId"] for r in stream.taken],
                         ["event-1", "event-3"])

    def test_neither_is_one_of_unknown_type_or_a_line_that_is_no_json(self) -> None:
        stream = self.stream()
        text = ndjson(event(1, type="OTHER")) + b"not json\n" + ndjson(event(2))
        counts = self.put(stream, self.write(text), code=1)
        self.assert_counts(counts, events=3, put=1, notPut=2, requests=1)
        self.assertEqual([reason["status"] for reason in counts["reasons"]],
                         ["NO_ROUTE", "NOT_JSON"])

    def test_unchecked_puts_them_all(self) -> None:
        stream = self.stream()
        text = ndjson(event(1, type="OTHER")) + b"not json\n" + ndjson(event(2))
        self.assert_counts(self.put(stream, self.write(text), "--unchecked"), events=3, put=3,
                           requests=2)
        self.assertIn(("1", b"not json"), [(r["PartitionKey"], r["Data"]) for r in stream.taken])

    def test_what_no_stream_takes_is_not_put(self) -> None:
        stream = self.stream()
        long = event(1, "k" * 257)
        large = event(2, source="x" * (1 << 20))
        counts = self.put(stream, self.write(ndjson(long, large, event(3))), "--unchecked", code=1)
        self.assert_counts(counts, events=3, put=1, notPut=2, requests=1)
        self.assertEqual([reason["status"] for reason in counts["reasons"]],
                         ["INVALID", "TOO_LARGE"])
        self.assertIn("256 characters", counts["reasons"][0]["reason"])
        self.assertIn("1048576 are allowed", counts["reasons"][1]["reason"])

    def test_a_stream_that_takes_larger_records_gets_them(self) -> None:
        stream = self.stream()
        stream.max_kib = 2048
        self.assert_counts(self.put(stream, self.write(ndjson(event(1, source="x" * (1 << 20)))),
                                    "--unchecked"), events=1, put=1, requests=1)


class Outcomes(PutCase):
    def test_refusals_and_lost_answers_are_told(self) -> None:
        stream = self.stream()
        stream.plans = [{0: THROTTLED}, Lost()]
        text = self.write(ndjson(event(1, "a"), event(2, "b")))
        self.assert_counts(self.put(stream, text), events=2, put=2, requests=2, refusals=1,
                           uncertain=1)
        stream.plans = [{0: THROTTLED}, Lost()]
        text = self.call(stream, text, "--stream", "limits").stdout.decode()
        self.assertRegex(text, r"\APut 2 of 2 events into the stream limits, as 2 records with 2 "
                         r"requests, in \d+\.\d{3} s\.\nRefused by the stream, and sent again: 1\.\n"
                         r"In the stream more than once, perhaps, since answers were lost: 1\.\n\Z")

    def test_a_stop_tells_where_to_go_on(self) -> None:
        stream = self.stream()
        stream.plans = [{}, error("AccessDeniedException", message="no")]
        text = self.write(ndjson(event(1, "a"), event(2, "b"), event(3, "a"), event(4, "a")))
        counts = self.put(stream, text, code=1)
        self.assert_counts(counts, events=4, put=2, left=2, requests=1)
        self.assertEqual({name: counts["stoppedBy"][name] for name in ("file", "record", "status")},
                         {"file": "events.ndjson", "record": 3, "status": "STORE"})
        stream.plans = [{}, error("AccessDeniedException", message="no")]
        result = self.call(stream, text, "other", "--stream", "limits", code=1)
        self.assertIn(b"other: ", result.stderr)

    def test_files_behind_a_stop_are_not_read(self) -> None:
        stream = self.stream()
        stream.plans = [error("AccessDeniedException", message="no")]
        names = [self.write(ndjson(event(n)), f"{n}.ndjson") for n in (1, 2)]
        result = self.call(stream, *names, "--stream", "limits", code=1)
        self.assertIn(b"2.ndjson: not read", result.stderr)
        self.assertRegex(result.stdout, rb"Stopped, 1 of those read are left, the first is record 1 "
                         rb"of 1\.ndjson:\nstream limits: kinesis PutRecords: AccessDeniedException")

    def test_a_file_that_breaks_off_is_told_and_what_stood_before_is_put(self) -> None:
        stream = self.stream()
        text = b"[" + json.dumps(event(1)).encode() + b","
        result = self.call(stream, self.write(text), "--stream", "limits", code=1)
        self.assertIn(b"events.ndjson: ", result.stderr)
        self.assertEqual(len(stream.taken), 1)

    def test_a_stream_that_is_not_there_ends_it_before_anything_is_read(self) -> None:
        stream = self.stream(name="other")
        result = self.call(stream, self.write(ndjson(event(1))), "--stream", "limits", code=1)
        self.assertEqual(result.stderr, b"kinesis-handler: stream limits: DescribeStreamSummary: "
                         b"it is not there\n")
        self.assertEqual(stream.bodies, [])

    def test_wrong_command_lines_are_told_with_status_2(self) -> None:
        stream = self.stream()
        for arguments, said in ((("x",), b"--stream"), (("--stream", "s"), b"FILE"),
                                (("x", "--stream", "s", "--rate", "0"), b"rate"),
                                (("x", "--stream", "s", "--rate", "1e3"), b"rate"),
                                (("x", "--stream", "s", "--explicit-hash-key", "0x1"), b"2^128"),
                                (("x", "--stream", "s", "--explicit-hash-key", str(2**128)),
                                 b"2^128"),
                                (("x", "--stream", "s", "--dump"), b"--dump")):
            self.assertIn(said, self.call(stream, *arguments, code=2).stderr)
        self.assertEqual(stream.requests, [])

    def test_progress_is_shown_on_a_terminal_only(self) -> None:
        stream = self.stream()
        main, side = pty.openpty()
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        name = self.write(ndjson(event(1), event(2)))
        with os.fdopen(side, "wb") as terminal:
            result = subprocess.run([PROGRAM, "put", name, "--stream", "limits"], cwd=self.folder,
                                    env=kept | stream.environment | {"TERM": "xterm"},
                                    stdout=subprocess.PIPE, stderr=terminal, timeout=120)
        shown = os.read(main, 65536)
        os.close(main)
        self.assertEqual(result.returncode, 0)
        self.assertIn(b"2 records\r", shown)
        self.assertEqual(self.call(stream, name, "--stream", "limits").stderr, b"")


if __name__ == "__main__":
    unittest.main()
