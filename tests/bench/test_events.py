"""The Lambda events that benchmarks decode are what bench/events.py says they are."""

import base64
import json
import unittest

from bench import events

RECORDS = 600  # the stream begins with many creations


def records(members: str, seed: int = 1) -> list[dict]:
    return json.loads(events.make(RECORDS, members, seed))["Records"]


def inner(record: dict) -> str:
    return base64.b64decode(record["kinesis"]["data"]).decode()


def inner_events(members: str) -> list[dict]:
    return [json.loads(inner(record)) for record in records(members)]


class Events(unittest.TestCase):
    def test_each_kind_has_the_records_asked_for_as_aws_delivers_them(self) -> None:
        for members in events.MEMBERS:
            with self.subTest(members):
                made = records(members)
                self.assertEqual(RECORDS, len(made))
                for record in made:
                    self.assertEqual(["kinesis", "eventSource", "eventVersion", "eventID",
                                      "eventName", "invokeIdentityArn", "awsRegion",
                                      "eventSourceARN"], list(record))
                    sequence = record["kinesis"]["sequenceNumber"]
                    self.assertTrue(record["eventID"].endswith(sequence))
                numbers = [int(record["kinesis"]["sequenceNumber"]) for record in made]
                self.assertEqual(sorted(set(numbers)), numbers)

    def test_the_same_seed_gives_the_same_event(self) -> None:
        for members in events.MEMBERS:
            self.assertEqual(events.make(RECORDS, members, 7), events.make(RECORDS, members, 7))
        self.assertNotEqual(records("producers", 7), records("producers", 8))

    def test_producers_write_members_in_alphabetical_order(self) -> None:
        for event in inner_events("producers"):
            self.assertEqual(sorted(event), list(event))
            self.assertEqual(sorted(event["data"]), list(event["data"]))

    def test_all_three_types_of_the_sample_are_there(self) -> None:
        types = {event["type"] for event in inner_events("producers")}
        self.assertEqual(
            {"USER_LIMIT_CREATED", "USER_LIMIT_PROGRESS_CHANGED", "USER_LIMIT_RESET"}, types)

    def test_shuffled_events_are_the_same_events_in_many_orders(self) -> None:
        shuffled = inner_events("shuffled")
        self.assertEqual(inner_events("producers"), shuffled)
        self.assertGreater(len({tuple(event) for event in shuffled}), RECORDS / 2)
        self.assertGreater(len({tuple(event["data"]) for event in shuffled}), RECORDS / 2)

    def test_escaped_events_have_escapes_text_beyond_ascii_and_unknown_members(self) -> None:
        texts = [inner(record) for record in records("escaped")]
        for text in texts:
            self.assertIn("\\", text)
            self.assertFalse(json.dumps(json.loads(text), ensure_ascii=False).isascii())
            self.assertIn("traceparent", json.loads(text))
            self.assertIn("labels", json.loads(text)["data"])
        # Some producers write such text as it is, some as \u escapes.
        self.assertTrue(any(text.isascii() for text in texts))
        self.assertFalse(all(text.isascii() for text in texts))


if __name__ == "__main__":
    unittest.main()
