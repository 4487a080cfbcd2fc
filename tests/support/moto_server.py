"""An SQS that runs on this machine, for tests: moto in server mode, obtained once, started for as long as it is needed.

    with moto_server.Server() as server:
        ... server.url, server.environment ...

pip brings it into build/tools. It keeps everything in memory and dies with the process that started it. It
checks no signature.
"""

import http.client
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import python_tools
from local_server import die_with_parent, free_port

VERSION = "5.1.9"
START_SECONDS = 60
REGION = "eu-west-1"


class CannotBeHad(Exception):
    """Why there is no SQS on this machine."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"a local SQS cannot be had: {reason}")


def find_package() -> pathlib.Path:
    try:
        return python_tools.obtain("moto[server]", VERSION, "--only-binary", ":all:")
    except python_tools.CannotBeHad as reason:
        raise CannotBeHad(str(reason)) from None


class Server:
    def __enter__(self) -> "Server":
        package = find_package()
        self.log = tempfile.TemporaryFile()
        # Somebody else may take the port first.
        for _ in range(3):
            if self._start(package, free_port()):
                return self
            self._stop()
        self.log.seek(0)
        raise RuntimeError("moto does not start: "
                           + self.log.read()[-2000:].decode(errors="replace"))

    def __exit__(self, *_: object) -> None:
        self._stop()
        self.log.close()

    def _start(self, package: pathlib.Path, port: int) -> bool:
        # Its own versions of boto3 and the like come first.
        environment = dict(os.environ) | {"PYTHONPATH": str(package), "MOTO_PORT": str(port)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=environment,
            preexec_fn=die_with_parent)
        self.port = port
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            try:
                connection.request("GET", "/moto-api/data.json")
                connection.getresponse().read()
                return self.process.poll() is None
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            finally:
                connection.close()
        return False

    def _stop(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """This process's, with nothing of AWS's but made-up credentials."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return kept | {"AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "MADEUPFORTESTS",
                       "AWS_SECRET_ACCESS_KEY": "madeupfortests",
                       "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "127.0.0.1"}
