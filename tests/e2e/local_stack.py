"""Kinesis and DynamoDB on this machine, with AWS's SDK for Python as the client of both."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
for folder in ("stack", "tests/support", "tests/torture", "tests/worker", "samples"):
    sys.path.insert(0, str(ROOT / folder))

import boto3  # noqa: E402

import dynamodb_local  # noqa: E402
import kinesis_local  # noqa: E402
from local_server import CannotBeHad, aws_environment, without_aws  # noqa: E402

PROGRAM = os.environ["KH_PROGRAM"]
PATIENCE = 300.0
MOST_RECORDS = 500      # of one PutRecords


class OnStack(unittest.TestCase):
    """One Kinesis and one DynamoDB for the class; a stream, and tables of a prefix of their own, for each test."""

    emulator = "kinesis-local"
    kinesis: kinesis_local.Server | None = None
    dynamodb: dynamodb_local.Server | None = None
    reason = ""
    count = 0

    @classmethod
    def setUpClass(cls) -> None:
        try:
            cls.kinesis = cls.enterClassContext(kinesis_local.Server(cls.emulator))
            cls.dynamodb = cls.enterClassContext(dynamodb_local.Server())
        except CannotBeHad as reason:
            cls.reason = str(reason)

    def setUp(self) -> None:
        if self.reason:
            self.skipTest(self.reason)
        type(self).count += 1
        self.stream = f"events-{self.count}"
        self.prefix = f"test-{self.count}-"
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.streams = self.sdk("kinesis", self.kinesis.url)
        self.items = self.sdk("dynamodb", self.dynamodb.url)

    @staticmethod
    def sdk(service: str, url: str):
        made = aws_environment()
        return boto3.client(service, endpoint_url=url, region_name=made["AWS_REGION"],
                            aws_access_key_id=made["AWS_ACCESS_KEY_ID"],
                            aws_secret_access_key=made["AWS_SECRET_ACCESS_KEY"])

    @property
    def environment(self) -> dict[str, str]:
        """The service's, with both servers."""
        return without_aws() | aws_environment(
            AWS_ENDPOINT_URL_KINESIS=self.kinesis.url, AWS_ENDPOINT_URL_DYNAMODB=self.dynamodb.url,
            DB="dynamodb", DYNAMODB_TABLE_PREFIX=self.prefix, LOG_FORMAT="json",
            DEAD_LETTER=str(self.folder / "dead-letters.ndjson"))

    def create_stream(self, shards: int) -> None:
        self.streams.create_stream(StreamName=self.stream, ShardCount=shards)
        self.streams.get_waiter("stream_exists").wait(StreamName=self.stream,
                                                      WaiterConfig={"Delay": 1})

    def put(self, records: list[tuple[str, bytes]]) -> None:
        """Keys and bytes, in their order."""
        for begin in range(0, len(records), MOST_RECORDS):
            answer = self.streams.put_records(StreamName=self.stream, Records=[
                {"PartitionKey": key, "Data": data}
                for key, data in records[begin:begin + MOST_RECORDS]])
            self.assertEqual(0, answer["FailedRecordCount"], answer)

    def records(self) -> list[dict]:
        """All that the stream holds, shard by shard."""
        found = []
        for shard in self.streams.list_shards(StreamName=self.stream)["Shards"]:
            iterator = self.streams.get_shard_iterator(
                StreamName=self.stream, ShardId=shard["ShardId"],
                ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            while iterator and (answer := self.streams.get_records(ShardIterator=iterator))["Records"]:
                found += answer["Records"]
                iterator = answer.get("NextShardIterator")
        return found

    def rows(self, table: str) -> list[dict]:
        """The items as DynamoDB spells them, without the attributes that are ours; removed rows left out."""
        pages = self.items.get_paginator("scan").paginate(TableName=self.prefix + table,
                                                          ConsistentRead=True)
        return [{name: value for name, value in item.items() if not name.startswith("kh#")}
                for page in pages for item in page["Items"] if "kh#removed" not in item]

    def call(self, *arguments: str | pathlib.Path, code: int = 0,
             program: str = PROGRAM) -> subprocess.CompletedProcess:
        result = subprocess.run([program, *arguments], cwd=self.folder, env=self.environment,
                                capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(code, result.returncode, result.stdout + result.stderr)
        return result
