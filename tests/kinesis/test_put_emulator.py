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
