"""What `put` has put, as AWS's own SDK reads it back from an emulator of Kinesis."""

import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import boto3

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "stack"))

from kinesis_local import CannotBeHad, Server  # noqa: E402
from test_put import event, ndjson  # noqa: E402

PROGRAM = os.environ["KH_PROGRAM"]
KEYS = 90
EVENTS = 2000


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return value, at


def fields(data: bytes) -> list[tuple[int, int | bytes]]:
    """Of a message of Protocol Buffers that has numbers and bytes only."""
    found, at = [], 0
    while at < len(data):
        tag, at = varint(data, at)
        value, at = varint(data, at)
        if tag & 7 == 2:
            value, at = data[at:at + value], at + value
        found.append((tag >> 3, value))
    return found


def opened(record: dict) -> list[tuple[str, bytes]]:
    """Partition keys and data of the user records of an aggregate, or of the record itself."""
    data = record["Data"]
    if not data.startswith(b"\xf3\x89\x9a\xc2"):
        return [(record["PartitionKey"], data)]
    assert hashlib.md5(data[4:-16]).digest() == data[-16:] and len(data) <= 51200
    members = fields(data[4:-16])
    keys = [value.decode() for number, value in members if number == 1]
    users = [dict(fields(value)) for number, value in members if number == 3]
    return [(keys[user[1]], user[3]) for user in users]


class PutEmulator(unittest.TestCase):
    """kinesalite, which refuses what is too large or too many."""

    @classmethod
    def setUpClass(cls) -> None:
        try:
            cls.server = cls.enterClassContext(Server("kinesalite"))
        except CannotBeHad as reason:
            raise unittest.SkipTest(str(reason)) from None
        cls.client = boto3.client("kinesis", endpoint_url=cls.server.url, region_name="eu-west-1",
                                  aws_access_key_id="MADEUPFORTESTS",
                                  aws_secret_access_key="madeupfortests")

    def put(self, stream: str, events: list[dict], *arguments: str) -> dict:
        with tempfile.TemporaryDirectory() as folder:
            result = subprocess.run([PROGRAM, "put", "-", "--stream", stream, "--json", *arguments],
                                    cwd=folder, input=ndjson(*events), capture_output=True,
                                    env=self.server.environment, timeout=300)
        self.assertEqual(result.returncode, 0, result.stderr.decode())
        return json.loads(result.stdout)

    def read(self, stream: str) -> dict[str, list[dict]]:
        """Records of each shard, by its id."""
        found = {}
        for shard in self.client.list_shards(StreamName=stream)["Shards"]:
            records = found[shard["ShardId"]] = []
            iterator = self.client.get_shard_iterator(
                StreamName=stream, ShardId=shard["ShardId"],
                ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            while True:
                answer = self.client.get_records(ShardIterator=iterator)
                if not answer["Records"]:
                    break
                records += answer["Records"]
                iterator = answer["NextShardIterator"]
        return found

    def test_all_events_are_there_in_order_per_key_and_in_the_shard_of_their_key(self) -> None:
        self.server.create_stream("several", 3)
        events = [event(n, f"user-{n * n % KEYS}") for n in range(EVENTS)]
        counts = self.put("several", events)
        self.assertEqual((counts["put"], counts["uncertain"]), (EVENTS, 0))
        shards = self.read("several")
        records = [record for each in shards.values() for record in each]
        self.assertEqual(len(records), EVENTS)
        for key in {each["aggregateId"] for each in events}:
            self.assertEqual([json.loads(r["Data"]) for r in records if r["PartitionKey"] == key],
                             [each for each in events if each["aggregateId"] == key])
        ranges = {shard["ShardId"]: (int(shard["HashKeyRange"]["StartingHashKey"]),
                                     int(shard["HashKeyRange"]["EndingHashKey"]))
                  for shard in self.client.list_shards(StreamName="several")["Shards"]}
        for shard, its_records in shards.items():
            self.assertTrue(its_records)
            for record in its_records:
                place = int(hashlib.md5(record["PartitionKey"].encode()).hexdigest(), 16)
                self.assertTrue(ranges[shard][0] <= place <= ranges[shard][1])

    def test_aggregates_hold_all_events_of_their_shard_in_order(self) -> None:
        self.server.create_stream("packed", 3)
        events = [event(n, f"user-{n * n % KEYS}") for n in range(EVENTS)]
        events.append(event(EVENTS, "alone", source="x" * 60000))
        counts = self.put("packed", events, "--aggregate", "--unchecked")
        self.assertEqual((counts["put"], counts["uncertain"]), (EVENTS + 1, 0))
        shards = {name: [user for record in records for user in opened(record)]
                  for name, records in self.read("packed").items()}
        users = [user for each in shards.values() for user in each]
        self.assertEqual(len(users), EVENTS + 1)
        self.assertLess(counts["records"], EVENTS / 50)
        for key in {each["aggregateId"] for each in events}:
            self.assertEqual([json.loads(data) for its_key, data in users if its_key == key],
                             [each for each in events if each["aggregateId"] == key])
        ranges = {shard["ShardId"]: (int(shard["HashKeyRange"]["StartingHashKey"]),
                                     int(shard["HashKeyRange"]["EndingHashKey"]))
                  for shard in self.client.list_shards(StreamName="packed")["Shards"]}
        for shard, its_users in shards.items():
            for key, _ in its_users:
                place = int(hashlib.md5(key.encode()).hexdigest(), 16)
                self.assertTrue(ranges[shard][0] <= place <= ranges[shard][1])

    def test_aggregates_go_to_the_shards_there_are_after_a_split(self) -> None:
        self.server.create_stream("split", 1)
        self.server.split("split", self.server.open_shards("split")[0])
        events = [event(n, f"user-{n}") for n in range(40)]
        counts = self.put("split", events, "--aggregate")
        self.assertEqual((counts["put"], counts["records"]), (40, 2))
        parent, one, other = self.read("split").values()
        self.assertEqual((len(parent), len(one), len(other)), (0, 1, 1))

    def test_an_explicit_hash_key_chooses_the_shard(self) -> None:
        self.server.create_stream("one-of-two", 2)
        self.put("one-of-two", [event(n, f"user-{n}") for n in range(10)], "--explicit-hash-key",
                 str(2**128 - 1))
        first, second = self.read("one-of-two").values()
        self.assertEqual((len(first), len(second)), (0, 10))


class PutKinesisLocal(PutEmulator):
    """kinesis-local, which knows streams by their ARN, and has null for what is not there."""

    @classmethod
    def setUpClass(cls) -> None:
        try:
            cls.server = cls.enterClassContext(Server("kinesis-local"))
        except CannotBeHad as reason:
            raise unittest.SkipTest(str(reason)) from None
        cls.client = boto3.client("kinesis", endpoint_url=cls.server.url, region_name="eu-west-1",
                                  aws_access_key_id="MADEUPFORTESTS",
                                  aws_secret_access_key="madeupfortests")

    def test_a_stream_is_put_to_by_its_arn(self) -> None:
        self.server.create_stream("by-arn", 1)
        arn = self.client.describe_stream_summary(
            StreamName="by-arn")["StreamDescriptionSummary"]["StreamARN"]
        self.put(arn, [event(1)])
        self.assertEqual([len(each) for each in self.read("by-arn").values()], [1])


if __name__ == "__main__":
    unittest.main()
