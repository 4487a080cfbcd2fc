"""Stands between the service and DynamoDB Local: passes on, counts, and does what networks and services do.

Connections stay open on both sides. What goes wrong is drawn for each request, by the rates of `Faults`;
answers that are made up here have the checksum that they must have.
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
import zlib
from collections import Counter
from dataclasses import dataclass, field, fields
from urllib.parse import urlsplit

PREFIX = "com.amazonaws.dynamodb.v20120810#"
HOP = ("content-length", "transfer-encoding", "connection", "x-amz-crc32")


@dataclass
class Faults:
    """How often each happens, of one request. The sum is at most 1."""

    throttled: float = 0.0          # refused, and not done
    failed: float = 0.0             # 500, and not done
    cut_before: float = 0.0         # the connection ends before anything is done
    answer_lost: float = 0.0        # done, and the connection ends without an answer
    answer_cut: float = 0.0         # done, and the connection ends within the answer
    failed_after: float = 0.0       # done, and the answer says 500
    damaged: float = 0.0            # done, and the answer's checksum is wrong
    late: float = 0.0               # done, and the answer comes when nobody waits any more
    unprocessed: float = 0.0        # reads of many keys: some are left for another time

    late_s: float = 4.0

    def draw(self, rng: random.Random) -> str:
        point = rng.random()
        for each in fields(self):
            if each.name == "late_s":
                break
            point -= getattr(self, each.name)
            if point < 0:
                return each.name
        return ""


@dataclass
class Message:
    head: str                    # request line or status line
    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")

    def to_bytes(self) -> bytes:
        kept = [(key, value) for key, value in self.headers if key.lower() not in HOP]
        kept.append(("Content-Length", str(len(self.body))))
        if self.head.startswith("HTTP"):
            kept.append(("x-amz-crc32", str(zlib.crc32(self.body))))
        lines = [self.head, *(f"{key}: {value}" for key, value in kept), "", ""]
        return "\r\n".join(lines).encode("latin-1") + self.body


async def read_message(reader: asyncio.StreamReader) -> Message | None:
    """None: the connection ended."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n"))[:-4].decode("latin-1").split("\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in head[1:])]
    message = Message(head[0], headers, b"")
    try:
        if message["transfer-encoding"] == "chunked":
            while size := int((await reader.readline()).split(b";")[0], 16):
                message.body += (await reader.readexactly(size + 2))[:-2]
            await reader.readline()
        elif message["content-length"]:
            message.body = await reader.readexactly(int(message["content-length"]))
    except (asyncio.IncompleteReadError, ConnectionError, ValueError):
        return None
    return message


def made_up(status: str, name: str, **members: object) -> Message:
    body = {"__type": PREFIX + name, "message": "made up by the proxy"} | members
    return Message(f"HTTP/1.1 {status}", [("Content-Type", "application/x-amz-json-1.0")],
                   json.dumps(body).encode())


def throttle(operation: str, body: dict, rng: random.Random) -> Message:
    """In one of the ways in which DynamoDB says so."""
    if operation == "TransactWriteItems" and rng.random() < 0.7:
        reasons: list[dict] = [{"Code": "None"} for _ in body["TransactItems"]]
        reasons[rng.randrange(len(reasons))] = {
            "Code": rng.choice(["ProvisionedThroughputExceeded", "ThrottlingError",
                                "TransactionConflict"]),
            "Message": "made up by the proxy"}
        return made_up("400 Bad Request", "TransactionCanceledException",
                       CancellationReasons=reasons)
    return made_up("400 Bad Request", rng.choice(
        ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"]))


def hold_back(body: dict, rng: random.Random) -> tuple[dict, dict]:
    """A BatchGetItem as it is passed on, and the keys that are left for another time."""
    asked, held = {}, {}
    for table, request in body["RequestItems"].items():
        keys = [(rng.random() < 0.5, key) for key in request["Keys"]]
        for part, wanted in ((asked, True), (held, False)):
            chosen = [key for is_asked, key in keys if is_asked == wanted]
            if chosen:
                part[table] = request | {"Keys": chosen}
    return body | {"RequestItems": asked}, held


@dataclass
class Seen:
    """Of all requests that were passed on."""

    requests: Counter = field(default_factory=Counter)    # by operation
    faults: Counter = field(default_factory=Counter)
    units: Counter = field(default_factory=Counter)       # "read", "write", as the server counts them
    bodies: list[tuple[str, dict, dict]] = field(default_factory=list)   # if they are to be kept


class Proxy:
    """`url` is where it listens. Ends with the `with`."""

    def __init__(self, upstream: str, faults: Faults | None = None, seed: int = 0,
                 keeps_bodies: bool = False) -> None:
        address = urlsplit(upstream)
        self.upstream = (address.hostname, address.port)
        self.faults = faults or Faults()
        self.rng = random.Random(seed)
        self.keeps_bodies = keeps_bodies
        self.seen = Seen()
        self.url = ""
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.started = threading.Event()

    def __enter__(self) -> Proxy:
        self.thread.start()
        self.started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def run(self) -> None:
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(
            asyncio.start_server(self.serve, "127.0.0.1", 0, limit=1 << 24))
        self.url = "http://127.0.0.1:%d" % server.sockets[0].getsockname()[1]
        self.started.set()
        self.loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_connection(*self.upstream, limit=1 << 24)
        try:
            while (request := await read_message(reader)) is not None:
                answer = await self.answer(request, up_reader, up_writer)
                if answer is None:
                    break
                writer.write(answer[0])
                await writer.drain()
                if not answer[1]:
                    break
        except (ConnectionError, asyncio.CancelledError):
            pass    # a killed service, or the end of the proxy
        finally:
            writer.close()
            up_writer.close()

    async def answer(self, request: Message, up_reader: asyncio.StreamReader,
                     up_writer: asyncio.StreamWriter) -> tuple[bytes, bool] | None:
        """What is sent, and whether the connection goes on; None: it ends without an answer."""
        operation = request["x-amz-target"].rpartition(".")[2]
        body = json.loads(request.body)
        fault = self.faults.draw(self.rng)
        held: dict = {}
        if fault == "unprocessed":
            if operation != "BatchGetItem":
                fault = ""
            else:
                body, held = hold_back(body, self.rng)
        if fault:
            self.seen.faults[fault] += 1
        if fault == "throttled":
            return throttle(operation, body, self.rng).to_bytes(), True
        if fault == "failed":
            return made_up("500 Internal Server Error", "InternalServerError").to_bytes(), True
        if fault == "cut_before":
            return None
        if held and not body["RequestItems"]:
            answer = Message("HTTP/1.1 200 OK", [], b'{"Responses":{}}')
        else:
            answer = await self.pass_on(operation, request, body, up_reader, up_writer)
        if answer is None or fault == "answer_lost":
            return None
        if held:
            answer.body = json.dumps(json.loads(answer.body) | {"UnprocessedKeys": held}).encode()
        return await self.spoil(answer, fault)

    async def spoil(self, answer: Message, fault: str) -> tuple[bytes, bool]:
        data = answer.to_bytes()
        if fault == "answer_cut":
            return data[:self.rng.randrange(1, len(data))], False
        if fault == "failed_after":
            return made_up("500 Internal Server Error", "InternalServerError").to_bytes(), True
        if fault == "damaged":
            right = b"x-amz-crc32: %d" % zlib.crc32(answer.body)
            wrong = b"x-amz-crc32: %d" % (zlib.crc32(answer.body) ^ 1)
            return data.replace(right, wrong), True
        if fault == "late":
            await asyncio.sleep(self.faults.late_s)
        return data, True

    async def pass_on(self, operation: str, request: Message, body: dict,
                      up_reader: asyncio.StreamReader,
                      up_writer: asyncio.StreamWriter) -> Message | None:
        """To the server, with the wish to be told what it costs."""
        self.seen.requests[operation] += 1
        if operation not in ("CreateTable", "DescribeTable", "DescribeTimeToLive", "UpdateTimeToLive",
                             "DeleteTable", "ListTables"):
            body = body | {"ReturnConsumedCapacity": "TOTAL"}
        request.body = json.dumps(body).encode()
        up_writer.write(request.to_bytes())
        await up_writer.drain()
        answer = await read_message(up_reader)
        if answer is None:
            return None
        told = json.loads(answer.body or b"{}")
        consumed = told.get("ConsumedCapacity", [])
        kind = "read" if operation in ("BatchGetItem", "GetItem", "Query", "Scan") else "write"
        for each in consumed if isinstance(consumed, list) else [consumed]:
            self.seen.units[kind] += each["CapacityUnits"]
        if self.keeps_bodies:
            self.seen.bodies.append((operation, body, told))
        return answer
