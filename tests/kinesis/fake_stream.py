"""A stream that takes what it is told to take: a fake of Kinesis, which verifies every signature.

What becomes of a PutRecords is planned: one plan for each request, everything is taken when they are over.
"""

import base64
import json
import pathlib
import sys
from typing import Any, Callable

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "aws"))

from fake_aws import FakeAws, Keys, Request, Step, error  # noqa: E402

SECRET = "CANARY/SECRET+0123456789abcdefghijklmnop"
ACCOUNT = "111122223333"
THROTTLED = {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "slow down"}
FAILED = {"ErrorCode": "InternalFailure", "ErrorMessage": "Internal Service Failure"}

# The positions in the request that are refused, with what; or a Step instead of an answer.
Plan = dict[int, dict] | Step | Callable[[list[dict]], dict[int, dict]]


class Lost(Step):
    """The records are taken, and the connection is closed before the answer."""

    def __init__(self) -> None:
        super().__init__(fault="close")


class FakeStream(FakeAws):
    def __init__(self, name: str = "limits", **options: Any) -> None:
        super().__init__(Keys("AKIDFAKE", SECRET, "CANARY-TOKEN/+=="), **options)
        self.name = name
        self.plans: list[Plan] = []
        self.always: Plan = {}
        self.bodies: list[dict] = []   # of PutRecords
        self.taken: list[dict] = []    # records, in the order of their arrival
        self.max_kib: int | None = 1024
        self.nulls = False             # members without a value are null, as emulators have it

    @property
    def arn(self) -> str:
        return f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/{self.name}"

    @property
    def environment(self) -> dict[str, str]:
        return {"AWS_ACCESS_KEY_ID": "AKIDFAKE", "AWS_SECRET_ACCESS_KEY": SECRET,
                "AWS_SESSION_TOKEN": "CANARY-TOKEN/+==", "AWS_REGION": "eu-west-1",
                "AWS_ENDPOINT_URL": self.url, "AWS_EC2_METADATA_DISABLED": "true"}

    @property
    def operations(self) -> list[str]:
        return [request["X-Amz-Target"].rpartition(".")[2] for request in self.requests]

    def of_key(self, key: str) -> list[bytes]:
        return [record["Data"] for record in self.taken if record["PartitionKey"] == key]

    def serve(self, request: Request) -> Step:
        body = json.loads(request.body)
        if self.name not in (body.get("StreamName"), body.get("StreamARN", "").rpartition("/")[2]):
            return error("ResourceNotFoundException", message=f"Stream not found: {body}")
        operation = request["X-Amz-Target"]
        if operation == "Kinesis_20131202.DescribeStreamSummary":
            return self.describe()
        if operation == "Kinesis_20131202.PutRecords":
            self.bodies.append(body)
            plan = self.plans.pop(0) if self.plans else self.always
            return self.put(body["Records"], plan)
        return error("UnknownOperationException")

    def describe(self) -> Step:
        summary = {"StreamARN": self.arn, "StreamName": self.name, "StreamStatus": "ACTIVE",
                   "OpenShardCount": 2}
        if self.max_kib is not None or self.nulls:
            summary["MaxRecordSizeInKiB"] = self.max_kib
        return Step(json.dumps({"StreamDescriptionSummary": summary}).encode())

    def put(self, records: list[dict], plan: Plan) -> Step:
        if isinstance(plan, Lost):
            self.put(records, {})
            return plan
        if isinstance(plan, Step):
            return plan
        refused = plan(records) if callable(plan) else plan
        answers = []
        for position, record in enumerate(records):
            if position in refused:
                answers.append(refused[position])
                continue
            self.taken.append(record | {"Data": base64.b64decode(record["Data"])})
            answers.append({"SequenceNumber": str(len(self.taken)),
                            "ShardId": "shardId-000000000000"})
        if self.nulls:
            answers = [dict.fromkeys(("ErrorCode", "ErrorMessage", "SequenceNumber", "ShardId"))
                       | answer for answer in answers]
        return Step(json.dumps({"EncryptionType": "NONE", "FailedRecordCount": len(refused),
                                "Records": answers}).encode())
