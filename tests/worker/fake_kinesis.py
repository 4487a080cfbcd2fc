"""A Kinesis whose faults are scripted: shards in memory, and answers that are given instead of the right ones."""

from __future__ import annotations

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ARN = "arn:aws:kinesis:eu-west-1:111122223333:stream/"


class Fault:
    """Instead of an answer."""

    def __init__(self, error: str, code: int = 400) -> None:
        self.error, self.code = error, code


EXPIRED = Fault("ExpiredIteratorException")
THROTTLED = Fault("ProvisionedThroughputExceededException")
FAILED = Fault("InternalFailure", 500)
DENIED = Fault("AccessDeniedException")
GONE = Fault("ResourceNotFoundException")


class FakeKinesis:
    def __init__(self, page: int = 1000) -> None:
        self.shards: dict[str, list[dict]] = {}
        self.parents: dict[str, list[str]] = {}
        self.closed: set[str] = set()
        self.faults: dict[str, list[Fault | None]] = {}     # by operation; None: the right answer
        self.requests: list[tuple[str, dict]] = []
        self.page = page                                    # of ListShards
        self.lock = threading.Lock()

    def add_shard(self, number: int, *parents: int) -> str:
        name = f"shardId-{number:012d}"
        self.shards[name] = []
        self.parents[name] = [f"shardId-{parent:012d}" for parent in parents]
        self.closed |= set(self.parents[name])
        return name

    def put(self, shard: str, data: list[bytes], age_s: float = 0) -> None:
        number = int(shard[-12:])
        for each in data:
            records = self.shards[shard]
            records.append({"SequenceNumber": f"{49650 + number}{len(records):020d}",
                            "Data": base64.b64encode(each).decode(), "PartitionKey": "k",
                            "ApproximateArrivalTimestamp": round(time.time() - age_s, 3)})

    # ---- Operations ----

    def DescribeStreamSummary(self, asked: dict) -> dict:
        return {"StreamDescriptionSummary": {"StreamARN": ARN + asked["StreamName"],
                                             "StreamName": asked["StreamName"],
                                             "StreamStatus": "ACTIVE"}}

    def ListShards(self, asked: dict) -> dict:
        assert ("NextToken" in asked) != ("StreamName" in asked), asked
        begin = int(asked.get("NextToken", "0"))
        names = sorted(self.shards)
        answer: dict = {"Shards": [
            {"ShardId": name} | dict(zip(("ParentShardId", "AdjacentParentShardId"),
                                         self.parents[name]))
            for name in names[begin:begin + self.page]]}
        if begin + self.page < len(names):
            answer["NextToken"] = str(begin + self.page)
        return answer

    def GetShardIterator(self, asked: dict) -> dict:
        at = 0
        if asked["ShardIteratorType"] == "AFTER_SEQUENCE_NUMBER":
            at = int(asked["StartingSequenceNumber"][-20:]) + 1
        return {"ShardIterator": f"{asked['ShardId']}:{at}"}

    def GetRecords(self, asked: dict) -> dict:
        shard, at = asked["ShardIterator"].split(":")
        records = self.shards[shard][int(at):int(at) + asked["Limit"]]
        end = int(at) + len(records)
        answer = {"Records": records, "MillisBehindLatest": 0}
        if shard not in self.closed or end < len(self.shards[shard]):
            answer["NextShardIterator"] = f"{shard}:{end}"
        return answer

    def answer(self, operation: str, asked: dict) -> tuple[int, dict]:
        with self.lock:
            self.requests.append((operation, asked))
            script = self.faults.get(operation, [])
            fault = script.pop(0) if script else None
            if fault is not None:
                return fault.code, {"__type": fault.error, "message": "scripted"}
            return 200, getattr(self, operation)(asked)

    def count(self, operation: str) -> int:
        return sum(name == operation for name, _ in self.requests)

    # ---- The server ----

    def __enter__(self) -> "FakeKinesis":
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                code, answer = fake.answer(self.headers["X-Amz-Target"].partition(".")[2], asked)
                body = json.dumps(answer).encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def environment(self) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL_KINESIS": f"http://127.0.0.1:{self.server.server_port}",
                "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "MADEUP",
                "AWS_SECRET_ACCESS_KEY": "madeup", "AWS_EC2_METADATA_DISABLED": "true"}
