"""./dev up and ./dev down: Kinesis, DynamoDB and the worker on this machine. See docs/local-stack.md."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Callable, Iterator

import dynamodb_local
import kinesis_local
import text
from detached import Detached
from local_server import CallFailed, CannotBeHad, Program, aws_environment, without_aws

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build/stack"
PROGRAM = ROOT / "build/release/kinesis-handler"
SAMPLES = ROOT / "samples/events.ndjson"
PREFIX = "local-"           # of the tables
CHECKPOINTS = f"{PREFIX}kh-checkpoints"
START_SECONDS = 60
# What the worker may take for the batches it is at, and a server to close what is open.
STOP_SECONDS = {"worker": 60, "kinesis": 10, "dynamodb": 10}


class Failed(Exception):
    """Why the stack can't be started."""


@dataclass
class Stack:
    """What is up, or is to be."""

    kinesis_port: int
    dynamodb_port: int
    stream: str
    shards: int
    program: str
    folder: str

    def detached(self, name: str) -> Detached:
        return Detached(name, pathlib.Path(self.folder))

    @property
    def all(self) -> list[Detached]:
        """In the order in which they end."""
        return [self.detached(name) for name in STOP_SECONDS]

    @property
    def dead_letters(self) -> pathlib.Path:
        return pathlib.Path(self.folder, "dead-letters.ndjson")

    @property
    def environment_file(self) -> pathlib.Path:
        return pathlib.Path(self.folder, "environment.sh")

    @property
    def settings(self) -> dict[str, str]:
        """What the service and other clients need to know."""
        return aws_environment(
            AWS_ENDPOINT_URL_KINESIS=f"http://127.0.0.1:{self.kinesis_port}",
            AWS_ENDPOINT_URL_DYNAMODB=f"http://127.0.0.1:{self.dynamodb_port}",
            DB="dynamodb", DYNAMODB_TABLE_PREFIX=PREFIX, DEAD_LETTER=f"file:{self.dead_letters}")

    @property
    def environment(self) -> dict[str, str]:
        return without_aws() | self.settings


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


# ---- The steps of a start ---------------------------------------------------------------------


def check_port(port: int, whose: str, option: str) -> None:
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("0.0.0.0", port))
        except OSError as reason:
            raise Failed(f"port {port}, which is for {whose}, can't be had: {reason.strerror}; choose "
                         f"another one: ./dev up {option} PORT") from None


def wait_until(what: str, process: Detached, condition: Callable[[], bool]) -> None:
    end = time.monotonic() + START_SECONDS
    while not condition():
        ended = process.pid is None
        if ended or time.monotonic() > end:
            why = "has ended" if ended else f"is not ready after {START_SECONDS} seconds"
            raise Failed(f"{what} {why}; the end of {process.log}:\n{process.tail()}")
        time.sleep(0.05)


def call(stack: Stack, *arguments: str) -> str:
    """A verb of the program; its output."""
    result = subprocess.run([stack.program, *arguments], cwd=ROOT, env=stack.environment,
                            stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if result.returncode != 0:
        raise Failed(f"{' '.join([stack.program, *arguments])} ended with {result.returncode}:\n"
                     + (result.stdout + result.stderr).strip())
    return result.stdout


def start_servers(stack: Stack) -> None:
    kinesis, dynamodb = stack.detached("kinesis"), stack.detached("dynamodb")
    try:
        programs = {kinesis: kinesis_local.program(stack.kinesis_port),
                    dynamodb: dynamodb_local.program(stack.dynamodb_port)}
    except CannotBeHad as reason:
        raise Failed(str(reason)) from None
    for process, program in programs.items():
        process.start(program, dict(os.environ))
    wait_until("Kinesis", kinesis, lambda: kinesis_local.answers(stack.kinesis_port))
    tell(f"    Kinesis listens on port {stack.kinesis_port}")
    wait_until("DynamoDB", dynamodb, lambda: dynamodb_local.answers(stack.dynamodb_port))
    tell(f"    DynamoDB listens on port {stack.dynamodb_port}")


def create_stream(stack: Stack) -> None:
    kinesis_local.call(stack.kinesis_port, "CreateStream", StreamName=stack.stream,
                       ShardCount=stack.shards)
    wait_until("Kinesis", stack.detached("kinesis"), lambda: kinesis_local.call(
        stack.kinesis_port, "DescribeStreamSummary", StreamName=stack.stream,
    )["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE")


def items(stack: Stack, table: str) -> list[dict]:
    """At most the first megabyte."""
    return dynamodb_local.call(stack.dynamodb_port, "Scan", TableName=table)["Items"]


def start_worker(stack: Stack) -> None:
    worker = stack.detached("worker")
    worker.start(Program([stack.program, "worker", "--stream", stack.stream], ROOT),
                 stack.environment)
    # It keeps where it begins before it reads.
    wait_until("the worker", worker, lambda: bool(items(stack, CHECKPOINTS)))


def last_records(stack: Stack) -> dict[str, int]:
    """The sequence number of the last record of each shard that has any."""
    def call(operation: str, **parameters: object) -> dict:
        return kinesis_local.call(stack.kinesis_port, operation, **parameters)

    found = {}
    for shard in call("ListShards", StreamName=stack.stream)["Shards"]:
        iterator = call("GetShardIterator", StreamName=stack.stream, ShardId=shard["ShardId"],
                        ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        while (answer := call("GetRecords", ShardIterator=iterator))["Records"]:
            found[shard["ShardId"]] = int(answer["Records"][-1]["SequenceNumber"])
            iterator = answer["NextShardIterator"]
    return found


def is_handled(stack: Stack, last: dict[str, int]) -> bool:
    """Whether the worker's checkpoints say that it is done with all records up to these."""
    done = {item["id"]["S"].rpartition("/")[2]: int(item["sequenceNumber"]["S"] or 0)
            for item in items(stack, CHECKPOINTS)}
    return all(done.get(shard, 0) >= number for shard, number in last.items())


def told_rows(stack: Stack) -> str:
    tables = dynamodb_local.call(stack.dynamodb_port, "ListTables")["TableNames"]
    return ", ".join(f"{len(items(stack, table))} rows in {table}" for table in tables
                     if not table.startswith(f"{PREFIX}kh-"))


def put_samples(stack: Stack) -> None:
    # They show what becomes of events that can't be applied as well.
    call(stack, "put", str(SAMPLES), "--stream", stack.stream, "--unchecked")
    last = last_records(stack)
    wait_until("the worker", stack.detached("worker"), lambda: is_handled(stack, last))
    letters = len(stack.dead_letters.read_bytes().splitlines()) if stack.dead_letters.exists() else 0
    tell(f"    they are handled: {told_rows(stack)}, {letters} dead letters")


def start(stack: Stack, samples: bool) -> None:
    check_port(stack.kinesis_port, "Kinesis", "--kinesis-port")
    check_port(stack.dynamodb_port, "DynamoDB", "--dynamodb-port")
    stack.dead_letters.unlink(missing_ok=True)
    tell("==> starting Kinesis and DynamoDB")
    start_servers(stack)
    tell(f"==> making the stream {stack.stream} and the tables")
    create_stream(stack)
    call(stack, "tables", "create")
    tell("==> starting the worker")
    start_worker(stack)
    if samples:
        tell(f"==> putting {SAMPLES.relative_to(ROOT)} into the stream")
        put_samples(stack)


def stop(stack: Stack) -> list[str]:
    """The names of those that were running."""
    return [process.name for process in stack.all if process.stop(STOP_SECONDS[process.name])]


# ---- The verbs --------------------------------------------------------------------------------


@contextlib.contextmanager
def locked(folder: pathlib.Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def load(folder: pathlib.Path) -> Stack | None:
    """What was started last."""
    try:
        return Stack(**json.loads((folder / "stack.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def up(options: argparse.Namespace) -> int:
    folder = pathlib.Path(options.folder).resolve()
    wanted = Stack(options.kinesis_port, options.dynamodb_port, options.stream, options.shards,
                   str(pathlib.Path(options.program).resolve()), str(folder))
    last = load(folder)
    running = [] if last is None else [process for process in last.all if process.pid is not None]
    if last is not None and len(running) == len(last.all):
        if wanted != last:
            tell("up: it is up already, but not like that: ./dev down first")
            return 1
        tell("It is up already.")
        print(text.of(last))
        return 0
    if running:
        ended = [process for process in last.all if process.pid is None]
        for process in ended:
            tell(f"{process.name} has ended; the end of {process.log}:\n{process.tail()}")
        tell("==> starting all of it again, without what was in it")
        stop(last)
    began = time.monotonic()
    (folder / "stack.json").write_text(json.dumps(asdict(wanted), indent=2) + "\n")
    try:
        start(wanted, options.samples)
    except (Failed, OSError, CallFailed) as failure:
        stop(wanted)
        tell(f"up: {failure}")
        return 1
    except BaseException:
        stop(wanted)
        raise
    wanted.environment_file.write_text(text.exports(wanted.settings))
    tell(f"It is up, after {time.monotonic() - began:.0f} seconds.")
    print(text.of(wanted))
    return 0


def down(options: argparse.Namespace) -> int:
    folder = pathlib.Path(options.folder).resolve()
    last = load(folder)
    if last is None or not (ended := stop(last)):
        tell("Nothing is up.")
    else:
        tell(f"Ended: {', '.join(ended)}. Logs and dead letters stay in {text.short(folder)}.")
    return 0


def port(given: str) -> int:
    number = int(given)
    if not 0 < number < 65536:
        raise ValueError(given)
    return number


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev", add_help=False)
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, description in text.VERBS.items():
        verb = verbs.add_parser(name, description=description, epilog=text.EXIT_STATUS[name],
                                formatter_class=argparse.RawDescriptionHelpFormatter)
        verb.add_argument("--folder", default=str(FOLDER), metavar="DIR",
                          help="where logs and what finds the processes again are (default: build/stack)")
        if name == "up":
            verb.add_argument("--kinesis-port", type=port, default=4567, metavar="PORT",
                              help="where Kinesis listens (default: 4567)")
            verb.add_argument("--dynamodb-port", type=port, default=8000, metavar="PORT",
                              help="where DynamoDB listens (default: 8000)")
            verb.add_argument("--stream", default="events", metavar="NAME",
                              help="the stream's name (default: events)")
            verb.add_argument("--shards", type=int, default=2, metavar="N",
                              help="how many it has (default: 2)")
            verb.add_argument("--no-samples", dest="samples", action="store_false",
                              help="put no sample events into it")
            verb.add_argument("--program", default=str(PROGRAM), metavar="FILE",
                              help="another build of the program; nothing is built then")
    return parser.parse_args(arguments)


def end_cleanly(number: int, _: object) -> None:
    sys.exit(128 + number)


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    # What is half started is ended again.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end_cleanly)
    try:
        with locked(pathlib.Path(options.folder)):
            return up(options) if options.verb == "up" else down(options)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
