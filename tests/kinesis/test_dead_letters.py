"""Dead letters into a queue and into a stream: in few requests, each of them whole, and none lost."""

import base64
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from fake_queue import BUSY, REFUSED, FakeQueue
from fake_stream import THROTTLED, FakeStream, Lost, Step, error
from test_put import KEPT, event, ndjson

PROGRAM = os.environ["KH_PROGRAM"]


def bad(number: int, **members: object) -> dict:
    found = event(number, f"user-{number % 3}", **members)
    found["data"]["value"] = "-1"
    return found


class TargetCase(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def run_events(self, fake: FakeQueue | FakeStream, target: str, text: bytes, code: int = 0,
                   **settings: str) -> dict:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        result = subprocess.run([PROGRAM, "run", "-", "--json"], cwd=self.folder, input=text,
                                env=kept | fake.environment | {"DEAD_LETTER": target} | settings,
                                capture_output=True, timeout=120)
        self.assertEqual((result.returncode, fake.faults), (code, []), result.stderr.decode())
        self.assertNotIn(b"CANARY", result.stdout + result.stderr)
        self.stderr = result.stderr.decode()
        return json.loads(result.stdout) if result.stdout else {}


class Queue(TargetCase):
    def queue(self) -> FakeQueue:
        return self.enterContext(FakeQueue())

    def put(self, queue: FakeQueue, text: bytes, code: int = 0) -> dict:
        return self.run_events(queue, f"sqs:{queue.queue_url}", text, code)

    def entries(self, queue: FakeQueue) -> list[dict]:
        return [json.loads(text) for text in queue.messages.values()]

    def test_an_entry_is_a_message(self) -> None:
        queue = self.queue()
        text = ndjson(bad(1))
        counts = self.put(queue, text)
        self.assertEqual((counts["deadLettered"], counts["deadLetterTarget"]),
                         (1, f"sqs:{queue.queue_url}"))
        [entry] = self.entries(queue)
        self.assertEqual((entry["reason"]["status"], entry["reason"]["pointer"],
                          base64.b64decode(entry["data"])),
                         ("INVALID", "/data/value", text.rstrip()))
        self.assertEqual([body["operation"] for body in queue.bodies],
                         ["GetQueueAttributes", "SendMessageBatch"])

    def test_consecutive_ones_share_requests(self) -> None:
        queue = self.queue()
        counts = self.put(queue, ndjson(*(bad(n) for n in range(35))))
        self.assertEqual(counts["deadLettered"], 35)
        self.assertEqual([len(body["Entries"]) for body in queue.of("SendMessageBatch")],
                         [10, 10, 10, 5])
        self.assertEqual([entry["event"]["id"] for entry in self.entries(queue)],
                         [f"event-{n}" for n in range(35)])

    def test_those_before_an_event_are_sent_before_it_is_committed(self) -> None:
        queue = self.queue()
        counts = self.put(queue, ndjson(bad(1), bad(2), event(3), bad(4)))
        self.assertEqual((counts["deadLettered"], counts["done"]), (3, 1))
        self.assertEqual([len(body["Entries"]) for body in queue.of("SendMessageBatch")], [2, 1])

    def test_no_request_is_larger_than_a_mebibyte(self) -> None:
        queue = self.queue()
        counts = self.put(queue, ndjson(*(bad(n, source="x" * 300000) for n in range(7))))
        self.assertEqual(counts["deadLettered"], 7)
        self.assertEqual(len(queue.messages), 7)
        self.assertGreater(len(queue.of("SendMessageBatch")), 2)

    def test_only_those_refused_for_a_passing_reason_are_sent_again(self) -> None:
        queue = self.queue()
        queue.plans = [{0: BUSY, 2: BUSY}]
        self.assertEqual(self.put(queue, ndjson(*(bad(n) for n in range(4))))["deadLettered"], 4)
        self.assertEqual([len(body["Entries"]) for body in queue.of("SendMessageBatch")], [4, 2])
        self.assertEqual({entry["event"]["id"] for entry in self.entries(queue)},
                         {f"event-{n}" for n in range(4)})

    def test_what_the_queue_never_takes_is_not_counted_as_written(self) -> None:
        for plan, reason in (({1: REFUSED}, "a message is refused: InvalidMessageContents"),
                             ({1: "another body"}, "a message has arrived with another body"),
                             (error("AccessDeniedException", 403), "AccessDeniedException"),
                             (Step(b'{"Successful":[]}'), "does not tell of every message"),
                             (Step(b'{"Successful":[{"Id":"7"}]}'), "was not sent"),
                             (Step(b'{"Failed":7}'), "the answer can't be read")):
            queue = self.queue()
            queue.plans = [plan]
            counts = self.put(queue, ndjson(bad(1), bad(2), event(3)), code=1)
            self.assertEqual((counts["deadLettered"], counts["retry"], counts["done"]), (0, 3, 0))
            self.assertIn(reason, counts["stoppedBy"]["reason"])
            self.assertIn(f"queue {queue.queue_url}: ", counts["stoppedBy"]["reason"])

    def test_an_entry_too_long_for_the_queue_goes_there_without_its_bytes_and_says_so(self) -> None:
        queue = self.queue()
        text = ndjson(bad(1, source="x" * 900000), bad(2))
        self.assertEqual(self.put(queue, text)["deadLettered"], 2)
        cut, whole = self.entries(queue)
        self.assertEqual((cut["event"]["id"], cut["dataOmitted"], cut["reason"]["status"]),
                         ("event-1", text.index(b"\n"), "INVALID"))
        self.assertNotIn("data", cut)
        self.assertNotIn("dataOmitted", whole)
        self.assertIn("without the event's bytes", self.stderr)

    def test_the_limit_is_the_queues_own(self) -> None:
        queue = self.queue()
        queue.max_size = 262144
        self.put(queue, ndjson(bad(1, source="x" * 300000), bad(2, source="x" * 100000)))
        self.assertEqual(["dataOmitted" in entry for entry in self.entries(queue)], [True, False])

    def test_characters_that_sqs_refuses_do_not_stop_the_batch(self) -> None:
        queue = self.queue()
        self.put(queue, ndjson(bad(1, eventId="a\uffff\ufffe\u0001\x7f\ufffd")))
        self.assertEqual(self.entries(queue)[0]["event"]["id"], "a\ufffd\ufffd\u0001\x7f\ufffd")

    def test_a_queue_that_can_not_be_used_is_an_error_at_the_start(self) -> None:
        queue = self.queue()
        for target, reason in (
                (f"sqs:{queue.url}/1/other", "GetQueueAttributes: it is not there"),
                (f"sqs:{queue.queue_url}.fifo", "FIFO"), ("sqs:dead", "not the URL of a queue"),
                ("https://sqs.eu-west-1.amazonaws.com/1/q", "sqs:URL"),
                ("arn:aws:sqs:eu-west-1:1:q", "sqs:URL")):
            self.run_events(queue, target, ndjson(event(1)), code=1)
            self.assertIn(reason, self.stderr)
        queue.max_size = 1024
        self.put(queue, ndjson(event(1)), code=1)
        self.assertIn("its messages may have 1024 bytes", self.stderr)
        self.assertEqual(queue.of("SendMessageBatch"), [])

    def test_the_region_is_the_one_of_the_url(self) -> None:
        queue = self.queue()
        url = "https://sqs.ap-south-1.amazonaws.com/111122223333/dead"
        self.run_events(queue, f"sqs:{url}", ndjson(event(1)), code=1, AWS_ENDPOINT_URL=queue.url)
        self.assertIn("/ap-south-1/sqs/", queue.requests[0]["Authorization"])
        self.assertEqual(queue.bodies[0]["QueueUrl"], url)


class Stream(TargetCase):
    def stream(self, **options: object) -> FakeStream:
        return self.enterContext(FakeStream("dead", **options))

    def put(self, stream: FakeStream, text: bytes, code: int = 0, target: str = "dead") -> dict:
        return self.run_events(stream, f"kinesis:{target}", text, code)

    def entries(self, stream: FakeStream) -> list[dict]:
        return [json.loads(record["Data"]) for record in stream.taken]

    def test_an_entry_is_a_record_with_the_events_own_key(self) -> None:
        stream = self.stream()
        counts = self.put(stream, ndjson(*(bad(n) for n in range(9))) + b"not json\n")
        self.assertEqual((counts["deadLettered"], counts["deadLetterTarget"]), (10, "kinesis:dead"))
        for key in range(3):
            self.assertEqual([json.loads(data)["event"]["id"]
                              for data in stream.of_key(f"user-{key}")],
                             [f"event-{n}" for n in range(key, 9, 3)])
        [other] = [record for record in stream.taken
                   if not record["PartitionKey"].startswith("user-")]
        self.assertRegex(other["PartitionKey"], "^[0-9a-f]{16}$")
        self.assertEqual([len(body["Records"]) for body in stream.bodies], [4, 3, 3])

    def test_refusals_are_overcome_and_lost_answers_write_twice(self) -> None:
        stream = self.stream()
        stream.plans = [{0: THROTTLED}, Lost()]
        self.assertEqual(self.put(stream, ndjson(bad(1), bad(2)))["deadLettered"], 2)
        self.assertEqual([entry["event"]["id"] for entry in self.entries(stream)],
                         ["event-2", "event-1", "event-1"])

    def test_what_the_stream_does_not_take_is_to_be_retried(self) -> None:
        stream = self.stream()
        stream.plans = [error("AccessDeniedException")]
        counts = self.put(stream, ndjson(event(1), bad(2), event(3)), code=1)
        self.assertEqual((counts["done"], counts["deadLettered"], counts["retry"]), (1, 0, 2))
        self.assertIn("stream dead: kinesis PutRecords: ", counts["stoppedBy"]["reason"])

    def test_a_record_never_goes_into_the_stream_it_came_from(self) -> None:
        stream = self.stream()

        def captured(arn: str) -> bytes:
            return json.dumps({"Records": [{
                "eventSource": "aws:kinesis", "eventSourceARN": arn,
                "kinesis": {"sequenceNumber": "1", "partitionKey": "p",
                            "data": base64.b64encode(ndjson(bad(1))).decode()}}]}).encode()

        for target in ("dead", stream.arn):
            counts = self.put(stream, captured(stream.arn), code=1, target=target)
            self.assertEqual((counts["retry"], counts["stoppedBy"]["status"]), (1, "INVALID"))
            self.assertIn("the stream they come from", self.stderr)
        self.assertEqual(stream.bodies, [])
        self.assertEqual(self.put(stream, captured(stream.arn + "2"))["deadLettered"], 1)

    def test_an_entry_too_long_for_the_stream_says_what_it_lacks(self) -> None:
        stream = self.stream()
        self.put(stream, ndjson(bad(1, source="x" * 900000)))
        self.assertIn("dataOmitted", self.entries(stream)[0])
        stream.max_kib = 10240
        self.put(stream, ndjson(bad(1, source="x" * 900000)))
        self.assertIn("data", self.entries(stream)[1])

    def test_a_stream_that_is_not_there_is_an_error_at_the_start(self) -> None:
        stream = self.stream()
        self.put(stream, ndjson(event(1)), code=1, target="other")
        self.assertIn("stream other: DescribeStreamSummary: it is not there", self.stderr)
        self.put(stream, ndjson(event(1)), code=1, target="a b")
        self.assertIn("can't be the name of a stream", self.stderr)


if __name__ == "__main__":
    unittest.main()
