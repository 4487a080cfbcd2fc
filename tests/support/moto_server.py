"""An SQS that runs on this machine, for tests: moto in server mode, obtained once, started for as long as it is needed.

    with moto_server.Server() as server:
        ... server.url, server.environment ...

pip brings it into build/tools. It keeps everything in memory and dies with the process that started it. It
checks no signature.
"""

import fcntl
import http.client
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from kinesis_local import LOOPBACK_ONLY
from local_server import CACHE, die_with_parent, free_port

VERSION = "5.1.9"
DOWNLOAD_SECONDS = 400
START_SECONDS = 60
REGION = "eu-west-1"


class CannotBeHad(Exception):
    """Why there is no SQS on this machine."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"a local SQS cannot be had: {reason}")


def run_pip(folder: pathlib.Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder),
               "--only-binary", ":all:", "--disable-pip-version-check",
               f"moto[server]=={VERSION}"]
    try:
        result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, timeout=DOWNLOAD_SECONDS)
    except subprocess.TimeoutExpired:
        raise CannotBeHad(f"pip was not done after {DOWNLOAD_SECONDS} seconds") from None
    if result.returncode != 0:
        raise CannotBeHad("pip says " + " ".join(result.stdout.split())[-300:])


def find_package() -> pathlib.Path:
    """The folder of its modules, which is filled first if it isn't there."""
    folder = CACHE / f"moto-{VERSION}"
    CACHE.mkdir(parents=True, exist_ok=True)
    # Tests run side by side: one of them fetches, the others wait.
    with open(CACHE / "moto.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(dir=CACHE) as work:
                made = pathlib.Path(work, "made")
                run_pip(made)
                made.rename(folder)
    return folder


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
