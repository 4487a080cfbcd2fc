"""A Kinesis that runs on this machine: obtained once, started for as long as it is needed.

    kinesis_local.py [--emulator kinesis-local|kinesalite] COMMAND [ARGUMENT...]

runs the command with the server's address and made-up credentials in its environment, and ends as it does;
77, with the reason, where the server can't be had. As a library:

    with kinesis_local.Server() as server:
        ... server.url, server.environment, server.call("CreateStream", StreamName="s", ShardCount=2) ...
        ... server.create_stream("s", 2), server.split("s", ...) ...

It needs Node.js and npm, which brings the server into build/tools. The server keeps everything in memory and dies
with the process that started it, whatever ends that.

There are two of them, since none is like the service in everything: kinesis-local names streams by their ARN
as well and tells the children of a shard that has ended, kinesalite refuses what is larger than allowed.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import local_server
from local_server import CACHE, REGION, SKIPPED, START_SECONDS, CallFailed, Program, free_port

VERSIONS = {"kinesis-local": "0.6.2", "kinesalite": "3.3.3"}
LOOPBACK_ONLY = pathlib.Path(__file__).resolve().with_name("loopback_only.cjs")
ACCOUNT = "111122223333"
DOWNLOAD_SECONDS = 300


class CannotBeHad(local_server.CannotBeHad):
    """Why there is no Kinesis on this machine."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"a local Kinesis cannot be had: {reason}")


# ---- What it needs ----------------------------------------------------------------------------


def find_program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise CannotBeHad(f"there is no {name} (Node.js with npm brings it)")
    return path


def run_npm(emulator: str, folder: pathlib.Path) -> None:
    # No scripts of the packages are run: what they would build is only wanted for files on disk.
    command = [find_program("npm"), "install", "--prefix", str(folder), "--ignore-scripts",
               "--no-audit", "--no-fund", "--loglevel=error", f"{emulator}@{VERSIONS[emulator]}"]
    try:
        result = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, timeout=DOWNLOAD_SECONDS)
    except subprocess.TimeoutExpired:
        raise CannotBeHad(f"npm was not done after {DOWNLOAD_SECONDS} seconds") from None
    if result.returncode != 0:
        raise CannotBeHad("npm says " + " ".join(result.stdout.split())[:300])


def find_package(emulator: str = "kinesis-local") -> pathlib.Path:
    """The emulator's folder, which is filled first if it isn't there."""
    folder = CACHE / f"{emulator}-{VERSIONS[emulator]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    # Tests run side by side: one of them fetches, the others wait.
    with open(CACHE / f"{emulator}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            find_program("node")
            with tempfile.TemporaryDirectory(dir=CACHE) as work:
                made = pathlib.Path(work, "made")
                made.mkdir()
                run_npm(emulator, made)
                made.rename(folder)
    return folder / "node_modules" / emulator


# ---- The server -------------------------------------------------------------------------------


def call(port: int, operation: str, **parameters: object) -> dict:
    """One request. Raises CallFailed, and what sockets raise."""
    return local_server.call(port, "kinesis", f"Kinesis_20131202.{operation}", parameters)


def program(port: int, emulator: str = "kinesis-local") -> Program:
    """How it is started there. Raises CannotBeHad."""
    node, package = find_program("node"), find_package(emulator)
    command = [node, "--require", str(LOOPBACK_ONLY)]
    if emulator == "kinesalite":
        return Program([*command, "cli.js", "--port", str(port), "--createStreamMs", "0",
                        "--deleteStreamMs", "0", "--updateStreamMs", "0", "--shardLimit", "100"],
                       package)
    environment = {"KINESIS_MOCK_PLAIN_PORT": str(port), "KINESIS_MOCK_TLS_PORT": str(free_port()),
                   "LOG_LEVEL": "ERROR", "SHARD_LIMIT": "100", "AWS_REGION": REGION,
                   "AWS_ACCOUNT_ID": ACCOUNT}
    for action in ("CREATE_STREAM", "DELETE_STREAM", "SPLIT_SHARD", "MERGE_SHARDS"):
        environment[f"{action}_DURATION"] = "10ms"
    # It reads files of its own folder.
    return Program([*command, "main.js"], package, environment)


def answers(port: int) -> bool:
    try:
        call(port, "ListStreams")
        return True
    except (OSError, http.client.HTTPException, CallFailed):
        return False


class Server(local_server.LocalServer):
    endpoint_variable = "AWS_ENDPOINT_URL_KINESIS"

    def __init__(self, emulator: str = "kinesis-local") -> None:
        super().__init__()
        self.name = emulator

    def program(self, port: int) -> Program:
        return program(port, self.name)

    def answers(self, port: int) -> bool:
        return answers(port)

    def call(self, operation: str, **parameters: object) -> dict:
        return call(self.port, operation, **parameters)

    def shards(self, stream: str) -> list[dict]:
        found = self.call("ListShards", StreamName=stream)
        shards = found["Shards"]
        while token := found.get("NextToken"):
            found = self.call("ListShards", NextToken=token)
            shards += found["Shards"]
        return shards

    def open_shards(self, stream: str) -> list[dict]:
        return [shard for shard in self.shards(stream)
                if not shard["SequenceNumberRange"].get("EndingSequenceNumber")]

    def wait_until_active(self, stream: str) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            found = self.call("DescribeStreamSummary", StreamName=stream)
            if found["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE":
                return
            time.sleep(0.02)
        raise RuntimeError(f"the stream {stream} does not become active")

    def create_stream(self, stream: str, shards: int) -> None:
        self.call("CreateStream", StreamName=stream, ShardCount=shards)
        self.wait_until_active(stream)

    def split(self, stream: str, shard: dict) -> None:
        """In the middle."""
        hashes = shard["HashKeyRange"]
        middle = (int(hashes["StartingHashKey"]) + int(hashes["EndingHashKey"])) // 2
        self.call("SplitShard", StreamName=stream, ShardToSplit=shard["ShardId"],
                  NewStartingHashKey=str(middle))
        self.wait_until_active(stream)

    def merge(self, stream: str, one: dict, other: dict) -> None:
        """They must be neighbours."""
        self.call("MergeShards", StreamName=stream, ShardToMerge=one["ShardId"],
                  AdjacentShardToMerge=other["ShardId"])
        self.wait_until_active(stream)


def main(arguments: list[str]) -> int:
    emulator = "kinesis-local"
    if arguments[:1] == ["--emulator"]:
        emulator, arguments = arguments[1] if len(arguments) > 1 else "", arguments[2:]
    if not arguments or emulator not in VERSIONS:
        print(__doc__, file=sys.stderr)
        return 2
    return local_server.run_beside(Server(emulator), arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
