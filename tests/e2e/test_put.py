"""What `put` has put, read back by AWS's SDK: byte for byte, and in order for each key."""

import base64
import json
import sys
import unittest
from collections import defaultdict

from local_stack import ROOT, OnStack    # finds what is in other folders

import make_stream
from tests.support import modules


class Put(OnStack):
    maxDiff = None

    def by_key(self) -> dict[str, list[bytes]]:
        found = defaultdict(list)
        for record in self.records():
            found[record["PartitionKey"]].append(record["Data"])
        return found

    def test_the_lines_of_a_file_are_the_records_whatever_is_in_them(self) -> None:
        """The samples hold events that are not valid, and lines that are not JSON."""
        self.create_stream(3)
        told = self.call("put", ROOT / "samples/events.ndjson", "--stream", self.stream, "--unchecked",
                         "--json")
        lines = (ROOT / "samples/events.ndjson").read_bytes().splitlines()
        self.assertEqual(len(lines), json.loads(told.stdout)["put"])
        found = self.by_key()
        self.assertEqual(sorted(lines), sorted(data for each in found.values() for data in each))
        for key, records in found.items():
            if any(self.key(line) == key for line in lines):
                self.assertEqual([line for line in lines if self.key(line) == key], records)

    def test_only_what_the_service_takes_is_put_unless_one_asks(self) -> None:
        made = make_stream.make(200, 5, users=6, faults=True)
        (self.folder / "events.ndjson").write_text("".join(line + "\n" for line in made.lines))
        self.create_stream(2)
        self.call("put", "events.ndjson", "--stream", self.stream, code=1)
        found = self.by_key()
        expected = defaultdict(list)
        for line in made.lines:
            if self.is_valid(line):
                expected[self.key(line)].append(line.encode())
        self.assertEqual(expected, found)

    def is_valid(self, line: str) -> bool:
        """By what makes it invalid in the stream: no schema, or a fault that the schema sees."""
        try:
            event = json.loads(line)
        except ValueError:
            return False
        data = event["data"]
        return (event["type"] not in make_stream.NO_SCHEMA and "brandId" in data
                and not data.get("amount", "").startswith("-") and data["userId"] != "")

    def test_a_captured_aggregate_comes_out_as_its_user_records(self) -> None:
        try:
            folder = modules.aws_kinesis_agg_python()
        except modules.CannotBeHad as reason:
            self.skipTest(str(reason))
        sys.path.insert(0, str(folder))
        from aws_kinesis_agg import aggregator

        made = make_stream.make(40, 6, users=3, faults=False)
        gathered = aggregator.RecordAggregator()
        for line in made.lines:
            gathered.add_user_record(self.key(line), line.encode())
        key, _, data = gathered.clear_and_get().get_contents()
        event = make_stream.as_lambda_event(['{"aggregateId":"x"}'])
        event["Records"][0]["kinesis"] |= {"partitionKey": key, "data": base64.b64encode(data).decode()}
        (self.folder / "event.json").write_text(json.dumps(event))

        self.create_stream(2)
        self.call("put", "event.json", "--stream", self.stream, "--unchecked")
        self.assertEqual(self.lines_by_key(made.lines), self.opened_by_aws())

    def test_aggregates_are_opened_by_aws_as_the_events_they_were_made_of(self) -> None:
        try:
            sys.path.insert(0, str(modules.aws_kinesis_agg_python()))
        except modules.CannotBeHad as reason:
            self.skipTest(str(reason))
        made = make_stream.make(600, 7, users=9, faults=False)
        (self.folder / "events.ndjson").write_text("".join(line + "\n" for line in made.lines))
        self.create_stream(3)
        self.call("put", "events.ndjson", "--stream", self.stream, "--unchecked", "--aggregate")
        self.assertLess(len(self.records()), 60)
        self.assertEqual(self.lines_by_key(made.lines), self.opened_by_aws())

    def opened_by_aws(self) -> dict[str, list[bytes]]:
        from aws_kinesis_agg import deaggregator

        read = [{"kinesis": {"data": base64.b64encode(record["Data"]).decode(),
                             "partitionKey": record["PartitionKey"],
                             "sequenceNumber": record["SequenceNumber"], "kinesisSchemaVersion": "1.0",
                             "approximateArrivalTimestamp": 0.0}} for record in self.records()]
        found = defaultdict(list)
        for record in deaggregator.deaggregate_records(read):
            line = base64.b64decode(record["kinesis"]["data"])
            self.assertEqual(self.key(line), record["kinesis"]["partitionKey"])
            found[self.key(line)].append(line)
        return found

    def lines_by_key(self, lines: list[str]) -> dict[str, list[bytes]]:
        found = defaultdict(list)
        for line in lines:
            found[self.key(line)].append(line.encode())
        return found

    @staticmethod
    def key(line: str | bytes) -> str:
        try:
            return json.loads(line)["aggregateId"]
        except ValueError:
            return ""


if __name__ == "__main__":
    unittest.main()
