"""Records into a stream that refuses some, answers late or not at all: all arrive, in order per key.

The caller is $KH_PUT_LINES, a small program around src/kinesis/put.c whose pauses take no time.
"""

import base64
import json
import os
import random
import subprocess
import unittest

from fake_stream import FAILED, THROTTLED, FakeStream, Lost, Step, error

CALLER = os.environ["KH_PUT_LINES"]
KEPT = ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "PATH")


class PutCase(unittest.TestCase):
    def stream(self, **options: object) -> FakeStream:
        return self.enterContext(FakeStream(**options))

    def put(self, stream: FakeStream, lines: list[tuple[str, str]], *arguments: str,
            name: str = "", **settings: str) -> dict:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        result = subprocess.run([CALLER, name or stream.name, *arguments], text=True,
                                input="".join(f"{key} {data}\n" for key, data in lines),
                                capture_output=True, timeout=120,
                                env=kept | stream.environment | settings)
        self.assertEqual((result.returncode, result.stderr, stream.faults), (0, "", []))
        self.assertNotIn("CANARY", result.stdout)
        return json.loads(result.stdout)

    def keys_of(self, body: dict) -> list[str]:
        return [record["PartitionKey"] for record in body["Records"]]

    def assert_all_are_there(self, stream: FakeStream, lines: list, result: dict) -> None:
        self.assertEqual((result["status"], result["put"]), ("OK", [True] * len(lines)), result)
        for key in {key for key, _ in lines}:
            self.assertEqual(stream.of_key(key),
                             [data.encode() for other, data in lines if other == key])


class Requests(PutCase):
    def test_a_record_is_sent_with_its_key_and_its_bytes(self) -> None:
        stream = self.stream()
        result = self.put(stream, [("user-ä", '{"a":"ü"}')])
        self.assertEqual(stream.bodies, [{
            "StreamName": "limits",
            "Records": [{"Data": base64.b64encode('{"a":"ü"}'.encode()).decode(),
                         "PartitionKey": "user-ä"}]}])
        self.assertEqual((result["requests"], result["sleeps"]), (1, 0))

    def test_a_stream_may_be_named_by_its_arn_which_has_the_region(self) -> None:
        stream = self.stream()
        result = self.put(stream, [("k", "x")], name=stream.arn, AWS_REGION="us-east-1")
        self.assertEqual(result["status"], "OK", result)
        self.assertEqual(stream.bodies[0]["StreamARN"], stream.arn)
        self.assertNotIn("StreamName", stream.bodies[0])
        self.assertIn("/eu-west-1/kinesis/", stream.requests[0]["Authorization"])

    def test_requests_are_full(self) -> None:
        stream = self.stream()
        lines = [(f"key-{n}", "x") for n in range(1203)]
        self.assert_all_are_there(stream, lines, self.put(stream, lines))
        self.assertEqual([len(body["Records"]) for body in stream.bodies], [500, 500, 203])

    def test_a_request_holds_no_more_than_five_mebibytes_of_data_and_keys(self) -> None:
        stream = self.stream()
        lines = [(f"key-{n}", "x" * 1000000) for n in range(12)]
        self.assert_all_are_there(stream, lines, self.put(stream, lines))
        self.assertEqual([len(body["Records"]) for body in stream.bodies], [5, 5, 2])

    def test_nothing_to_put_asks_nobody(self) -> None:
        stream = self.stream()
        self.assertEqual(self.put(stream, [])["status"], "OK")
        self.assertEqual(stream.requests, [])


class Order(PutCase):
    def test_no_request_has_two_records_of_a_key(self) -> None:
        stream = self.stream()
        lines = [(f"key-{n % 7}", str(n)) for n in range(50)]
        self.assert_all_are_there(stream, lines, self.put(stream, lines))
        for body in stream.bodies:
            keys = self.keys_of(body)
            self.assertEqual(len(keys), len(set(keys)))
        self.assertEqual(len(stream.bodies), 8)

    def test_the_next_of_a_key_is_held_back_until_the_one_before_is_through(self) -> None:
        stream = self.stream()
        stream.plans = [{0: THROTTLED}, {0: FAILED}]
        lines = [("a", "1"), ("a", "2"), ("b", "3"), ("b", "4")]
        self.assert_all_are_there(stream, lines, self.put(stream, lines))
        self.assertEqual([self.keys_of(body) for body in stream.bodies],
                         [["a", "b"], ["a", "b"], ["a"], ["a"]])

    def test_order_per_key_holds_whatever_is_refused(self) -> None:
        chance = random.Random(6)

        def some(records: list[dict]) -> dict[int, dict]:
            return {n: chance.choice((THROTTLED, FAILED)) for n in range(len(records))
                    if chance.random() < 0.4}

        for keys in (1, 3, 40, 400):
            stream = self.stream()
            stream.plans = [some] * 12
            lines = [(f"key-{chance.randrange(keys)}", f"{n}") for n in range(min(keys * 20, 2000))]
            self.assert_all_are_there(stream, lines, self.put(stream, lines))


class Refusals(PutCase):
    def test_only_those_refused_are_sent_again(self) -> None:
        stream = self.stream()
        stream.plans = [{1: THROTTLED, 3: FAILED}]
        lines = [(f"key-{n}", "x") for n in range(5)]
        result = self.put(stream, lines)
        self.assert_all_are_there(stream, lines, result)
        self.assertEqual(self.keys_of(stream.bodies[1]), ["key-1", "key-3"])
        self.assertEqual((result["requests"], result["refusals"], result["uncertain"]), (2, 2, 0))

    def test_pauses_grow_as_those_of_a_throttled_call(self) -> None:
        stream = self.stream()
        stream.plans = [{0: THROTTLED}] * 3
        result = self.put(stream, [("k", "x")])
        self.assertEqual((result["sleeps"], result["sleptMs"]), (3, 500 + 1000 + 2000))

    def test_null_is_no_error_code(self) -> None:
        stream = self.stream()
        stream.nulls = True
        stream.plans = [{0: THROTTLED}]
        lines = [("a", "1"), ("b", "2")]
        self.assert_all_are_there(stream, lines, self.put(stream, lines))
        self.assertEqual(self.keys_of(stream.bodies[1]), ["a"])

    def test_a_throttled_call_is_repeated_longer_than_its_attempts(self) -> None:
        stream = self.stream()
        stream.plans = [error("ProvisionedThroughputExceededException")] * 7
        lines = [("a", "1"), ("a", "2")]
        result = self.put(stream, lines)
        self.assert_all_are_there(stream, lines, result)
        self.assertEqual(result["requests"], 2)

    def test_what_is_refused_for_too_long_is_given_up_and_what_is_taken_is_told(self) -> None:
        stream = self.stream()
        stream.always = {0: THROTTLED}
        result = self.put(stream, [("a", "1"), ("a", "2"), ("b", "3")])
        self.assertEqual((result["status"], result["put"]), ("THROTTLED", [False, False, True]))
        self.assertEqual(result["reason"], "stream limits: PutRecords: records are refused again and "
                         "again: ProvisionedThroughputExceededException")
        self.assertLessEqual(result["sleptMs"], 60000)

    def test_as_long_as_something_is_taken_it_goes_on(self) -> None:
        stream = self.stream()
        stream.always = lambda records: {n: THROTTLED for n in range(1, len(records))}
        lines = [(f"key-{n}", "x") for n in range(40)]
        result = self.put(stream, lines, "0", "30000")
        self.assert_all_are_there(stream, lines, result)
        self.assertGreater(result["sleptMs"], 60000)


class Failures(PutCase):
    def test_a_lost_answer_may_put_records_twice_and_is_told(self) -> None:
        stream = self.stream()
        stream.plans = [Lost()]
        result = self.put(stream, [("a", "1"), ("b", "2"), ("a", "3")])
        self.assertEqual((result["status"], result["uncertain"]), ("OK", 2))
        self.assertEqual(stream.of_key("a"), [b"1", b"1", b"3"])
        self.assertEqual(stream.of_key("b"), [b"2", b"2"])

    def test_a_stream_that_is_not_there_is_named(self) -> None:
        result = self.put(self.stream(), [("a", "1")], name="other")
        self.assertEqual((result["status"], result["reason"]),
                         ("STORE", "stream other: PutRecords: it is not there"))

    def test_a_refused_call_names_stream_and_operation(self) -> None:
        stream = self.stream()
        stream.plans = [error("AccessDeniedException", message="not allowed")]
        result = self.put(stream, [("a", "1")])
        self.assertEqual((result["status"], result["put"]), ("STORE", [False]))
        self.assertRegex(result["reason"],
                         "^stream limits: kinesis PutRecords: .*AccessDeniedException")

    def test_an_answer_that_says_nothing_of_the_records_is_no_success(self) -> None:
        for body in (b"{}", b'{"Records":[]}', b'{"Records":[{},{},{}]}', b'{"Records":{}}',
                     b'{"Records":[{"ErrorCode":1},{}]}', b"[]", b"", b'{"Records":[{},{}]'):
            stream = self.stream()
            stream.plans = [Step(body)]
            result = self.put(stream, [("a", "1"), ("b", "2")])
            self.assertEqual((result["status"], result["put"]), ("STORE", [False, False]), body)
            self.assertIn("stream limits: PutRecords: the answer", result["reason"])

    def test_names_that_no_stream_can_have_are_refused(self) -> None:
        stream = self.stream()
        for name in ("a b", "x" * 129, "a/b", "arn:aws:sqs:eu-west-1:1:q",
                     "arn:aws:kinesis:eu-west-1:1:stream/", "arn:aws:kinesis::1:stream/a",
                     "arn:aws:kinesis:eu-west-1:1:stream/a/consumer/b:1"):
            result = self.put(stream, [("a", "1")], name=name)
            self.assertEqual(result["status"], "BAD_SETTING", name)
            self.assertIn("stream", result["reason"])
        self.assertEqual(stream.requests, [])


class Rate(PutCase):
    def test_a_rate_is_kept_by_small_requests_with_pauses(self) -> None:
        stream = self.stream()
        lines = [(f"key-{n}", "x") for n in range(100)]
        result = self.put(stream, lines, "50")
        self.assert_all_are_there(stream, lines, result)
        self.assertEqual({len(body["Records"]) for body in stream.bodies}, {5})
        self.assertEqual((result["sleeps"], result["sleptMs"]), (19, 1900))

    def test_a_rate_of_one_sends_one_in_a_second(self) -> None:
        stream = self.stream()
        lines = [(f"key-{n}", "x") for n in range(4)]
        self.assertEqual(self.put(stream, lines, "1")["sleptMs"], 3000)


if __name__ == "__main__":
    unittest.main()
