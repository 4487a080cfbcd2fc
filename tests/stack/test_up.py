"""./dev up and ./dev down: what is said to work does, failures leave nothing behind, and down ends all of it."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "stack"))

import boto3  # noqa: E402

import dynamodb_local  # noqa: E402
import kinesis_local  # noqa: E402
from local_server import CannotBeHad, free_port  # noqa: E402

PROGRAM = os.environ["KH_PROGRAM"]
EXPECTED = json.loads((ROOT / "samples/expected.json").read_text())
NAMES = ("worker", "kinesis", "dynamodb")
PATIENCE = 300.0
MARK = "KH_TEST_STACK"


def marked(text: str) -> list[int]:
    """The processes with this mark in the environment they were started with."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={text}\0".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            pass
    return found


class OnThisMachine(unittest.TestCase):
    def setUp(self) -> None:
        try:
            kinesis_local.program(1)
            dynamodb_local.program(1)
        except CannotBeHad as reason:
            self.skipTest(str(reason))
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.kinesis, self.dynamodb = free_port(), free_port()
        self.mark = uuid.uuid4().hex
        self.addCleanup(self.dev, "down")

    def command(self, verb: str, *options: str) -> list[str]:
        return [str(ROOT / "dev"), verb, "--folder", str(self.folder), *options]

    def up_command(self, *options: str, program: str = PROGRAM) -> list[str]:
        return self.command("up", "--kinesis-port", str(self.kinesis), "--dynamodb-port",
                            str(self.dynamodb), "--program", program, *options)

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {MARK: self.mark}

    def run_(self, command: list[str], code: int = 0) -> subprocess.CompletedProcess:
        result = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True,
                                timeout=PATIENCE)
        self.assertEqual(code, result.returncode, result.stdout + result.stderr)
        return result

    def up(self, *options: str, code: int = 0, **more: str) -> subprocess.CompletedProcess:
        return self.run_(self.up_command(*options, **more), code)

    def dev(self, verb: str, *options: str) -> subprocess.CompletedProcess:
        return self.run_(self.command(verb, *options))

    def pids(self) -> dict[str, int]:
        return {name: int((self.folder / f"{name}.pid").read_text().split()[0]) for name in NAMES}

    def in_its_environment(self, command: str) -> str:
        return self.run_(["bash", "-c", f". {self.folder}/environment.sh && {command}"]).stdout

    def failing_program(self, script: str) -> str:
        path = self.folder / "program"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)


class UpAndDown(OnThisMachine):
    def test_samples_are_handled_and_more_can_be_put_until_it_is_down(self) -> None:
        told = self.up()
        self.assertIn("It is up", told.stderr)
        self.assertIn(f"{len(EXPECTED['entities'])} rows in local-UserLimit, "
                      f"{EXPECTED['deadLettered']} dead letters", told.stderr)
        pids = self.pids()
        self.assertEqual(set(pids.values()), set(marked(self.mark)))
        for text in (f":{self.kinesis}", f":{self.dynamodb}", str(pids["worker"]),
                     str(self.folder / "environment.sh"), str(self.folder / "dead-letters.ndjson")):
            self.assertIn(text, told.stdout)

        dump = self.in_its_environment(f"{PROGRAM} dump").splitlines()
        self.assertEqual([json.loads(line)["userLimitId"] for line in dump],
                         [each["userLimitId"] for each in EXPECTED["entities"]])
        self.put_one_more()

        again = self.up()
        self.assertIn("It is up already.", again.stderr)
        self.assertEqual(told.stdout, again.stdout)
        self.assertEqual(pids, self.pids())
        other = self.up("--stream", "other", code=1)
        self.assertIn("./dev down first", other.stderr)

        self.assertIn("Ended: worker, kinesis, dynamodb.", self.dev("down").stderr)
        self.assertEqual([], marked(self.mark))
        self.assertEqual([], list(self.folder.glob("*.pid")))
        self.assertTrue((self.folder / "worker.log").exists())
        self.assertIn("Nothing is up.", self.dev("down").stderr)

    def put_one_more(self) -> None:
        """By AWS's SDK, which then finds the row."""
        event = json.loads((ROOT / "samples/events.ndjson").read_text().splitlines()[0])
        event["eventId"], event["data"]["userLimitId"] = "one-more", "one-more"
        options = {"region_name": "eu-west-1", "aws_access_key_id": "A", "aws_secret_access_key": "b"}
        streams = boto3.client("kinesis", endpoint_url=f"http://127.0.0.1:{self.kinesis}", **options)
        streams.put_record(StreamName="events", PartitionKey=event["aggregateId"],
                           Data=json.dumps(event).encode())
        tables = boto3.client("dynamodb", endpoint_url=f"http://127.0.0.1:{self.dynamodb}", **options)
        end = time.monotonic() + PATIENCE
        while "Item" not in tables.get_item(TableName="local-UserLimit",
                                            Key={"userLimitId": {"S": "one-more"}}):
            self.assertLess(time.monotonic(), end, (self.folder / "worker.log").read_text()[-2000:])
            time.sleep(0.05)

    def test_what_has_lost_a_part_is_started_again(self) -> None:
        self.up("--no-samples")
        first = self.pids()
        os.kill(first["worker"], signal.SIGKILL)
        again = self.up("--no-samples")
        self.assertIn("worker has ended", again.stderr)
        self.assertEqual(set(), set(self.pids().values()) & set(first.values()))
        self.assertEqual(set(self.pids().values()), set(marked(self.mark)))
        self.assertIn("Ended: worker, kinesis, dynamodb.", self.dev("down").stderr)
        self.assertEqual([], marked(self.mark))


class Failures(OnThisMachine):
    def check_nothing_is_left(self) -> None:
        self.assertEqual([], marked(self.mark))
        self.assertIn("Nothing is up.", self.dev("down").stderr)

    def test_a_port_that_is_taken_is_told(self) -> None:
        with socket.create_server(("127.0.0.1", self.dynamodb)):
            told = self.up(code=1)
        self.assertRegex(told.stderr, rf"port {self.dynamodb}, which is for DynamoDB, can't be had: .* "
                                      r"\./dev up --dynamodb-port PORT")
        self.check_nothing_is_left()

    def test_a_worker_that_ends_is_told_with_the_end_of_its_log(self) -> None:
        told = self.up(code=1, program=self.failing_program(
            f"case $1 in worker) echo no stream today >&2; exit 3;; esac\nexec {PROGRAM} \"$@\""))
        self.assertRegex(told.stderr, r"the worker has ended; the end of .*worker\.log:\nno stream today")
        self.check_nothing_is_left()

    def test_tables_that_can_t_be_made_are_told_with_the_reason(self) -> None:
        told = self.up(code=1, program=self.failing_program("echo no tables today >&2; exit 1"))
        self.assertRegex(told.stderr, r"program tables create ended with 1:\nno tables today")
        self.check_nothing_is_left()

    def test_it_can_be_interrupted(self) -> None:
        for how in (signal.SIGINT, signal.SIGTERM):
            hanging = self.failing_program("exec sleep 600")
            process = subprocess.Popen(
                [sys.executable, str(ROOT / "stack/run.py"), *self.up_command(program=hanging)[1:]],
                cwd=self.folder, env=self.environment, stderr=subprocess.PIPE, text=True)
            for line in process.stderr:
                if line.startswith("==> making the stream"):
                    break
            process.send_signal(how)
            process.communicate(timeout=PATIENCE)
            self.assertEqual(128 + how, process.returncode)
            self.check_nothing_is_left()


class CommandLine(unittest.TestCase):
    def test_help_is_given_and_nothing_is_built_for_it(self) -> None:
        for verb, words in ("up", ("--kinesis-port", "4567", "--no-samples")), ("down", ("--folder",)):
            result = subprocess.run([ROOT / "dev", verb, "--help"], capture_output=True, text=True)
            self.assertEqual((0, ""), (result.returncode, result.stderr))
            for word in words:
                self.assertTrue(re.search(re.escape(word), result.stdout), word)

    def test_a_wrong_command_line_ends_with_2(self) -> None:
        for options in (["--kinesis-port", "0"], ["--kinesis-port", "x"], ["--bogus"]):
            result = subprocess.run([sys.executable, ROOT / "stack/run.py", "up", *options],
                                    capture_output=True, text=True)
            self.assertEqual(2, result.returncode, options)


if __name__ == "__main__":
    unittest.main()
