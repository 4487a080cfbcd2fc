"""run and validate on files of what a stream holds: aggregates, headers, compression."""

import base64
import gzip
import json
import unittest

from tests.cli.test_cli import Cli, changed, created, ndjson
from tests.record.records import aggregate, confluent, event, glue, user_record

INVALID = created(4, "limit-4", value="x")
CUT = gzip.compress(b"{}")[:-1]


def packed(value: object) -> bytes:
    return json.dumps(value).encode()


# Every event in another way; the last of the aggregate is not valid.
MIX = event(
    packed(created(1)),
    aggregate(user_record(packed(changed(2, "0", "1"))), user_record(gzip.compress(packed(changed(3, "1", "1")))),
              user_record(packed(INVALID), 1, 0), keys=(b"k", b"l"), hash_keys=(b"42",)),
    confluent(packed(changed(5, "2", "1"))),
    glue(packed(changed(6, "3", "1"))),
    gzip.compress(packed(changed(7, "4", "1"))),
    CUT,
)


class Files(Cli):
    def test_a_captured_lambda_event_is_handled_with_all_that_stands_around_its_events(self) -> None:
        self.write("mix.json", packed(MIX))
        counts = self.run_json("mix.json")
        self.assert_counts(counts, records=8, done=6, deadLettered=2)
        letters = [json.loads(line) for line in (self.folder / "dead-letters.ndjson").read_text().splitlines()]
        self.assertEqual(["INVALID", "BAD_FRAME"], [letter["reason"]["status"] for letter in letters])
        self.assertEqual({"sequenceNumber": "49001", "partitionKey": "l", "explicitHashKey": "42",
                          "subSequenceNumber": 2, "position": 1},
                         {name: value for name, value in letters[0]["record"].items()
                          if name not in ("shardId", "sourceArn", "arrivalMs")})
        self.assertEqual(INVALID, json.loads(base64.b64decode(letters[0]["data"])))
        self.assertEqual("what is compressed ends too early", letters[1]["reason"]["detail"])
        self.assertEqual(CUT, base64.b64decode(letters[1]["data"]))

    def test_validate_tells_what_is_wrong_in_an_aggregate(self) -> None:
        self.write("mix.json", packed(MIX))
        report = json.loads(self.call("validate", "mix.json", "--json", code=1).stdout)
        self.assertEqual((8, 6, 2), (report["records"], report["valid"], report["invalid"]))
        self.assertEqual([(2, "event-4", "/data/value"), (6, "", "")],
                         [(each["record"], each["eventId"], each["pointer"]) for each in report["violations"]])

    def test_a_file_that_is_no_text_is_one_record(self) -> None:
        several = aggregate(*[user_record(packed(created(n, f"limit-{n}"))) for n in range(5)])
        for name, data, records in (("gzip", gzip.compress(packed(created(1))), 1),
                                    ("confluent", confluent(packed(created(1))), 1),
                                    ("aggregate", several, 5)):
            with self.subTest(name):
                self.write(name, data)
                self.assert_counts(self.run_json(name), records=records, done=records)
                self.call("validate", name)

    def test_lines_and_captured_events_may_be_mixed(self) -> None:
        text = ndjson(created(11, "limit-11"), MIX, changed(12, "0", "1", "limit-11"))
        self.write("lines", text)
        self.assert_counts(self.run_json("lines"), records=10, done=8, deadLettered=2)

    def test_a_setting_bounds_what_compression_may_become(self) -> None:
        self.write("large", gzip.compress(packed(created(1) | {"context": {"x": "x" * 5000}})))
        self.assert_counts(self.run_json("large"), records=1, done=1)
        counts = self.run_json("large", MAX_DECOMPRESSED_BYTES="4096")
        self.assert_counts(counts, records=1, deadLettered=1)
        self.assertEqual("TOO_LARGE", counts["deadLetters"][0]["status"])

    def test_a_setting_says_that_all_records_are_json_as_they_are(self) -> None:
        self.write("gzip", gzip.compress(packed(created(1))))
        counts = self.run_json("gzip", RECORD_ENCODING="json")
        self.assert_counts(counts, records=1, deadLettered=1)
        self.assertEqual("NOT_JSON", counts["deadLetters"][0]["status"])


if __name__ == "__main__":
    unittest.main()
