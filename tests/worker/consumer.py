"""The ledger (tests/torture) as a consumer of a stream: lanes of events put under one key each, a worker, and
what must come of it."""

from __future__ import annotations

import base64
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
for folder in ("stack", "tests/support", "tests/torture"):
    sys.path.insert(0, str(ROOT / folder))

import kinesis_local  # noqa: E402
import stores  # noqa: E402
import stream  # noqa: E402

LEDGER = os.environ.get("KH_LEDGER", str(ROOT / "build/dev/tests/torture/ledger"))
PATIENCE = 120.0
STREAM = "ledger-events"


def key_of(lane: int) -> str:
    return f"lane-{lane}"


def put(server: kinesis_local.Server, lanes: list[list[bytes]], name: str = STREAM) -> None:
    """Lane by lane in order, the lanes mixed: PutRecords of one request keeps the order of a key here."""
    longest = max(map(len, lanes), default=0)
    records = [{"Data": base64.b64encode(lane[at]).decode(), "PartitionKey": key_of(number)}
               for at in range(longest) for number, lane in enumerate(lanes) if at < len(lane)]
    for begin in range(0, len(records), 500):
        answer = server.call("PutRecords", StreamName=name, Records=records[begin:begin + 500])
        assert not answer["FailedRecordCount"], answer


class Worker:
    """One life of a worker."""

    def __init__(self, environment: dict[str, str], folder: pathlib.Path, *options: str,
                 name: str = STREAM, settings: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.log = folder / "worker.log"
        self.dead_letters = folder / "dead-letters.ndjson"
        command = [LEDGER, "worker", "--stream", name, "--json", *options]
        with open(self.log, "ab") as log:
            self.begin = log.tell()
            self.process = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                text=True, env=environment | {"LOG_LEVEL": "debug", "LOG_FORMAT": "json",
                                              "DEAD_LETTER": str(self.dead_letters)}
                | (settings or {}))

    def lines(self) -> list[dict]:
        """What this one has logged."""
        data = self.log.read_bytes()[self.begin:]
        # What comes behind the last newline is still being written.
        return [json.loads(line) for line in data.split(b"\n")[:-1] if line.startswith(b"{")]

    def text(self) -> str:
        return self.log.read_bytes()[self.begin:].decode(errors="replace")

    def wait_for(self, message: str, count: int = 1) -> None:
        """Until so many lines say this."""
        end = time.monotonic() + PATIENCE
        while sum(line.get("message") == message for line in self.lines()) < count:
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"no {message!r}: {self.text()[-3000:]}")
            time.sleep(0.02)

    def summary(self, code: int = 0, patience: float = PATIENCE) -> dict:
        """Of a worker that ends by itself."""
        output, _ = self.process.communicate(timeout=patience)
        assert self.process.returncode == code, (self.process.returncode, self.text()[-3000:])
        return json.loads(output) if output else {}

    def stop(self, how: int = signal.SIGTERM) -> dict:
        self.process.send_signal(how)
        return self.summary()

    def kill(self) -> None:
        """It may have ended before."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def dead_ids(self) -> list[str]:
        if not self.dead_letters.exists():
            return []
        entries = [json.loads(line) for line in self.dead_letters.read_text().splitlines()]
        return [json.loads(base64.b64decode(entry["data"]))["id"] for entry in entries]


def ledger(folder: pathlib.Path) -> stores.Sqlite:
    return stores.Sqlite(folder)


def assert_exact(test, store: stores.Sqlite, outcome: stream.Outcome) -> None:
    test.assertEqual(store.rows(), outcome.rows())
    test.assertTrue(store.has_marks_of(outcome.settled))


def make(events: int, lanes: int, seed: int) -> stream.Stream:
    return stream.make(events=events, lanes=lanes, accounts=4 * lanes, seed=seed)


def parts(made: stream.Stream, count: int) -> list[list[list[bytes]]]:
    """The lanes cut into so many pieces, one after the other."""
    return [[lane[len(lane) * part // count:len(lane) * (part + 1) // count]
             for lane in made.lanes] for part in range(count)]
