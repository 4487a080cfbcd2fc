"""What the servers that stand in for AWS have in common: how tests start one, and what leads to it."""

from __future__ import annotations

import ctypes
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

CACHE = pathlib.Path(__file__).resolve().parents[1] / "build/tools"
SKIPPED = 77
START_SECONDS = 60
REGION = "eu-west-1"
PR_SET_PDEATHSIG = 1


class CannotBeHad(Exception):
    """Why there is no such server on this machine."""


@dataclass
class Program:
    """How one is started, in a folder of its own."""

    command: list[str]
    folder: pathlib.Path
    environment: dict[str, str] = field(default_factory=dict)


def die_with_parent() -> None:
    """For the child, before it becomes another program."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]


def aws_environment(**more: str) -> dict[str, str]:
    """What leads AWS's clients, and ours, to servers on this machine, given their AWS_ENDPOINT_URL_…"""
    return {
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        # Letters and digits only, or DynamoDB Local refuses them.
        "AWS_ACCESS_KEY_ID": "MADEUPFORTESTS",
        "AWS_SECRET_ACCESS_KEY": "madeupfortests",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    } | more


def without_aws() -> dict[str, str]:
    """This process's environment, with nothing of AWS's."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}


class CallFailed(Exception):
    """An answer other than success; `type` is the service's name for it."""

    def __init__(self, target: str, status: int, body: bytes) -> None:
        super().__init__(f"{target}: {status} {body[:500].decode(errors='replace')}")
        try:
            self.type = json.loads(body).get("__type", "").rpartition("#")[2]
        except ValueError:
            self.type = ""


def call(port: int, service: str, target: str, parameters: dict) -> dict:
    """One request of an AWS API; no signature is checked here. Raises CallFailed, and what sockets raise."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    scope = f"MADEUPFORTESTS/20261124/{REGION}/{service}/aws4_request"
    try:
        connection.request("POST", "/", json.dumps(parameters), {
            "Content-Type": "application/x-amz-json-1.1" if service == "kinesis"
                            else "application/x-amz-json-1.0",
            "X-Amz-Target": target,
            "X-Amz-Date": "20261124T120000Z",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, "
                             "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64})
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise CallFailed(target, answer.status, body)
    return json.loads(body) if body else {}


class LocalServer:
    """A server for tests: on a free port, everything in memory, gone when the process that started it is."""

    name = ""
    endpoint_variable = ""

    def __init__(self) -> None:
        self.process: subprocess.Popen | None = None
        self.port = 0

    def program(self, port: int) -> Program:
        """Gets what is needed first. Raises CannotBeHad."""
        raise NotImplementedError

    def answers(self, port: int) -> bool:
        """Whether a server that is ready listens there."""
        raise NotImplementedError

    def __enter__(self) -> LocalServer:
        self.log = tempfile.TemporaryFile()
        # Somebody else may take the port first.
        for _ in range(3):
            if self._start(free_port()):
                return self
            self._stop()
        self.log.seek(0)
        raise RuntimeError(f"{self.name} does not start: "
                           + self.log.read()[-2000:].decode(errors="replace"))

    def __exit__(self, *_: object) -> None:
        self._stop()
        self.log.close()

    def _start(self, port: int) -> bool:
        program = self.program(port)
        self.process = subprocess.Popen(program.command, cwd=program.folder,
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        env=os.environ | program.environment,
                                        preexec_fn=die_with_parent)
        self.port = port
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            if self.answers(port):
                return self.process.poll() is None
            time.sleep(0.05)
        return False

    def _stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """This process's, with nothing of AWS's but what leads to the server."""
        return without_aws() | aws_environment(**{self.endpoint_variable: self.url})


def run_beside(server: LocalServer, command: list[str]) -> int:
    """Runs the command with the server's environment; how it ended."""
    # So that what is open is closed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with server:
            status = subprocess.run(command, env=server.environment,
                                    preexec_fn=die_with_parent).returncode
    except CannotBeHad as reason:
        print(f"SKIPPED: {reason}", file=sys.stderr)
        return SKIPPED
    return status if status >= 0 else 128 - status
