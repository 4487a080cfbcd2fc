"""A MultiLangDaemon for one record processor, as strict as the real one: a line with an unknown field is not
heard, an action is followed by nothing until its status is there, and the status must name it."""

from __future__ import annotations

import base64
import json
import os
import pathlib
import queue
import subprocess
import threading

LEDGER = os.environ["KH_LEDGER"]
PATIENCE = 120.0
FIELDS = {"status": {"action", "responseFor"},
          "checkpoint": {"action", "sequenceNumber", "subSequenceNumber"}}


def record(number: int, data: bytes, key: str = "k", sub: int | None = 0,
           arrival_ms: int | None = 1795434900125) -> dict:
    return {"action": "record", "data": base64.b64encode(data).decode(), "partitionKey": key,
            "sequenceNumber": str(49650000000000000000000000000000000000000000000000000000 + number),
            "subSequenceNumber": sub, "approximateArrivalTimestamp": arrival_ms}


def sequence_number(number: int) -> str:
    return record(number, b"")["sequenceNumber"]


class Breach(AssertionError):
    """The child did what the daemon does not bear."""


class Daemon:
    def __init__(self, folder: pathlib.Path, *options: str, settings: dict[str, str]) -> None:
        self.errors: list[str] = []      # of the next checkpoints; None: it is kept
        self.checkpoints: list[tuple] = []
        self.noise: list[bytes] = []     # what was on its standard output and is none of our lines
        self.log = folder / "multilang.log"
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("AWS_")} | {
            "LOG_LEVEL": "debug", "LOG_FORMAT": "json"} | settings
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([LEDGER, "multilang", *options], cwd=folder,
                                            env=environment, stdin=subprocess.PIPE,
                                            stdout=subprocess.PIPE, stderr=log)
        self.lines: queue.Queue[bytes] = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(b"")

    def write(self, message: dict) -> None:
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def hear(self) -> dict:
        """The next line that means something."""
        while True:
            line = self.lines.get(timeout=PATIENCE)
            if not line:
                raise Breach(f"the child has ended: {self.text()[-3000:]}")
            if not line.strip():
                continue
            try:
                message = json.loads(line)
                known = set(message) <= FIELDS[message["action"]]
            except (ValueError, KeyError, TypeError):
                known = False
            if known:
                return message
            self.noise.append(line)

    def begin(self, action: str, **members: object) -> None:
        self.write({"action": action, **members})
        self.pending = action

    def end(self) -> None:
        """Answers checkpoints until there is the status."""
        while (message := self.hear())["action"] == "checkpoint":
            if self.pending in ("initialize", "leaseLost"):
                error = "InvalidStateException"
            else:
                error = self.errors.pop(0) if self.errors else None
            number, sub = message.get("sequenceNumber"), message.get("subSequenceNumber")
            self.checkpoints.append((number, sub, error))
            self.write({"action": "checkpoint", "sequenceNumber": number, "subSequenceNumber": sub,
                        "error": error})
        if message["responseFor"] != self.pending:
            raise Breach(f"a status for {message['responseFor']}, not for {self.pending}")

    def act(self, action: str, **members: object) -> None:
        self.begin(action, **members)
        self.end()

    def initialize(self, shard: str = "shardId-000000000003", at: str = "TRIM_HORIZON") -> None:
        self.act("initialize", shardId=shard, sequenceNumber=at, subSequenceNumber=0)

    def records(self, records: list[dict], behind_ms: int | None = 0) -> None:
        self.act("processRecords", records=records, millisBehindLatest=behind_ms)

    def close(self) -> int:
        """Closes its standard input; its exit status."""
        self.process.stdin.close()
        status = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        self.process.stdout.close()
        return status

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.reader.join(PATIENCE)
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()
            except BrokenPipeError:
                pass

    def text(self) -> str:
        return self.log.read_text(errors="replace")
