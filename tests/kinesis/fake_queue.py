"""A queue that takes and gives what it is told to: a fake of SQS, which verifies every signature."""

import hashlib
import json
import re
from typing import Any

from fake_stream import SECRET
from fake_aws import FakeAws, Keys, Request, Step, error

# What SQS takes; the JSON of a request may spell others.
ALLOWED = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
BUSY = {"SenderFault": False, "Code": "InternalError", "Message": "try again"}
REFUSED = {"SenderFault": True, "Code": "InvalidMessageContents", "Message": "CANARY"}


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


class FakeQueue(FakeAws):
    def __init__(self, **options: Any) -> None:
        super().__init__(Keys("AKIDFAKE", SECRET, "CANARY-TOKEN/+=="), **options)
        self.max_size: int | None = 1 << 20
        self.bodies: list[dict] = []           # of requests
        self.messages: dict[str, str] = {}     # in the queue, by their id
        self.plans: list = []  # for SendMessageBatch: a Step, or position → failure; or "another body"
        self.deletions: list[dict[int, dict]] = []  # for DeleteMessageBatch: position → failure
        self.hidden: set[str] = set()

    @property
    def queue_url(self) -> str:
        return f"{self.url}/111122223333/dead"

    @property
    def environment(self) -> dict[str, str]:
        return {"AWS_ACCESS_KEY_ID": "AKIDFAKE", "AWS_SECRET_ACCESS_KEY": SECRET,
                "AWS_SESSION_TOKEN": "CANARY-TOKEN/+==", "AWS_REGION": "eu-west-1",
                "AWS_EC2_METADATA_DISABLED": "true"}

    def of(self, operation: str) -> list[dict]:
        return [body for body in self.bodies if body["operation"] == operation]

    def serve(self, request: Request) -> Step:
        body = json.loads(request.body)
        operation = request["X-Amz-Target"].removeprefix("AmazonSQS.")
        self.bodies.append(body | {"operation": operation})
        if body["QueueUrl"] != self.queue_url:
            return Step(json.dumps({"__type": "com.amazonaws.sqs#QueueDoesNotExist",
                                    "message": "not there"}).encode(), 400)
        answer = {"GetQueueAttributes": self.attributes, "SendMessageBatch": self.send,
                  "ReceiveMessage": self.receive, "DeleteMessageBatch": self.delete}[operation]
        found = answer(body)
        return found if isinstance(found, Step) else Step(json.dumps(found).encode())

    def attributes(self, body: dict) -> dict:
        assert body["AttributeNames"] == ["MaximumMessageSize"]
        return {"Attributes": {"MaximumMessageSize": str(self.max_size)}} if self.max_size else {}

    def send(self, body: dict) -> dict | Step:
        entries = body["Entries"]
        assert 1 <= len(entries) <= 10 and len({entry["Id"] for entry in entries}) == len(entries)
        if sum(len(entry["MessageBody"].encode()) for entry in entries) > (1 << 20):
            return error("BatchRequestTooLong")
        plan = self.plans.pop(0) if self.plans else {}
        if isinstance(plan, Step):
            return plan
        done, failed = [], []
        for position, entry in enumerate(entries):
            text = entry["MessageBody"]
            failure = plan.get(position)
            if not ALLOWED.fullmatch(text) or len(text.encode()) > (self.max_size or 0):
                failure = REFUSED
            if isinstance(failure, dict):
                failed.append({"Id": entry["Id"]} | failure)
                continue
            number = f"m{len(self.messages)}"
            self.messages[number] = text
            done.append({"Id": entry["Id"], "MessageId": number,
                         "MD5OfMessageBody": md5("other") if failure else md5(text)})
        # A list with nothing in it is absent.
        return ({"Successful": done} if done else {}) | ({"Failed": failed} if failed else {})

    def receive(self, body: dict) -> dict:
        ready = [number for number in self.messages if number not in self.hidden]
        chosen = ready[:body["MaxNumberOfMessages"]]
        if body["VisibilityTimeout"] > 0:
            self.hidden |= set(chosen)
        messages = [{"MessageId": number, "ReceiptHandle": f"receipt of {number}",
                     "Body": self.messages[number], "MD5OfBody": md5(self.messages[number])}
                    for number in chosen]
        return {"Messages": messages} if messages else {}

    def delete(self, body: dict) -> dict:
        plan = self.deletions.pop(0) if self.deletions else {}
        done, failed = [], []
        for position, entry in enumerate(body["Entries"]):
            if position in plan:
                failed.append({"Id": entry["Id"]} | plan[position])
            else:
                del self.messages[entry["ReceiptHandle"].removeprefix("receipt of ")]
                done.append({"Id": entry["Id"]})
        return ({"Successful": done} if done else {}) | ({"Failed": failed} if failed else {})
