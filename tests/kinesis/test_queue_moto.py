"""Dead letters in an SQS that is not ours, looked at with AWS's own SDK, and replayed from there."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import boto3

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "stack"), str(ROOT / "tests/support")]

from moto_server import REGION, CannotBeHad, Server  # noqa: E402
from test_put import event, ndjson  # noqa: E402
from test_replay import changed  # noqa: E402

PROGRAM = os.environ["KH_PROGRAM"]


class QueueOfMoto(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        try:
            cls.server = cls.enterClassContext(Server())
        except CannotBeHad as reason:
            raise unittest.SkipTest(str(reason)) from None
        cls.client = boto3.client("sqs", endpoint_url=cls.server.url, region_name=REGION,
                                  aws_access_key_id="MADEUPFORTESTS",
                                  aws_secret_access_key="madeupfortests")

    def setUp(self) -> None:
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def call(self, *arguments: str, stdin: bytes = b"", **settings: str) -> dict:
        result = subprocess.run(
            [PROGRAM, *arguments, "--json"], cwd=self.folder, input=stdin, capture_output=True,
            env=self.server.environment | {"DB": "sqlite", "SQLITE_PATH": "limits.db"} | settings,
            timeout=120)
        self.assertEqual(result.returncode, 0, result.stderr.decode())
        return json.loads(result.stdout)

    def left(self, url: str) -> int:
        attributes = self.client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        return sum(int(attributes["Attributes"][name]) for name in (
            "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"))

    def test_dead_letters_are_messages_that_a_replay_takes_away_when_they_succeed(self) -> None:
        url = self.client.create_queue(QueueName="dead")["QueueUrl"]
        events = [changed(n + 1000, n) for n in range(25)]
        counts = self.call("run", "-", stdin=ndjson(*events), DEAD_LETTER=f"sqs:{url}")
        self.assertEqual((counts["deadLettered"], self.left(url)), (25, 25))
        [message] = self.client.receive_message(QueueUrl=url, VisibilityTimeout=0)["Messages"]
        self.assertEqual(json.loads(message["Body"])["reason"]["status"], "NOT_FOUND")

        self.call("run", "-", stdin=ndjson(*(event(n) for n in range(20))))
        counts = self.call("replay", f"sqs:{url}")
        self.assertEqual((counts["done"], counts["deadLettered"], counts["records"]), (20, 5, 25))
        self.assertEqual(self.left(url), 5)


if __name__ == "__main__":
    unittest.main()
