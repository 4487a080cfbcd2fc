"""Amazon's DynamoDB Local for tests: obtained once, started for as long as it is needed.

    dynamodb_local.py COMMAND [ARGUMENT...]

runs the command with the server's address and made-up credentials in its environment, and ends as it does;
77, with the reason, where the server can't be had. As a library:

    with dynamodb_local.Server() as server:
        ... server.url, server.environment ...

It needs Java (17 or newer) and Maven, which brings the server and what that depends on into build/tools. The
server keeps everything in memory and dies with the process that started it, whatever ends that.
"""

import ctypes
import fcntl
import http.client
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

VERSION = "3.3.1"
OLDEST_JAVA = 17
CACHE = pathlib.Path(__file__).resolve().parents[2] / "build/tools"
MAIN_CLASS = "software.amazon.dynamodb.services.local.main.ServerRunner"
SKIPPED = 77
DOWNLOAD_SECONDS = 600
START_SECONDS = 60
PR_SET_PDEATHSIG = 1

ARTIFACT = ("software.amazon.dynamodb", "DynamoDBLocal", VERSION)

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>kinesis-handler</groupId>
  <artifactId>tests</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>{}</groupId>
      <artifactId>{}</artifactId>
      <version>{}</version>
    </dependency>
  </dependencies>
</project>
"""


class CannotBeHad(Exception):
    """Why there is no DynamoDB Local on this machine."""

    what = "DynamoDB Local"

    def __init__(self, reason: str) -> None:
        super().__init__(f"{self.what} cannot be had: {reason}")
        self.reason = reason


# ---- What it needs ----------------------------------------------------------------------------


def java_version(program: str) -> int:
    """0 if it is none."""
    try:
        result = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r'version "(\d+)', result.stderr + result.stdout)
    return int(found[1]) if found else 0


def find_java() -> str:
    candidates = [str(path) for path in sorted(pathlib.Path("/usr/lib/jvm").glob("*/bin/java"))]
    if in_path := shutil.which("java"):
        candidates.insert(0, in_path)
    if home := os.environ.get("JAVA_HOME"):
        candidates.insert(0, f"{home}/bin/java")
    for candidate in candidates:
        if java_version(candidate) >= OLDEST_JAVA:
            return candidate
    raise CannotBeHad(f"there is no Java {OLDEST_JAVA} or newer (./dev setup dynamodb installs one)")


def run_maven(maven: str, artifact: tuple[str, str, str], folder: pathlib.Path,
              libraries: pathlib.Path) -> None:
    (folder / "pom.xml").write_text(POM.format(*artifact))
    command = [maven, "--batch-mode", "--quiet", "--file", str(folder / "pom.xml"),
               "dependency:copy-dependencies", "-DincludeScope=runtime",
               f"-DoutputDirectory={libraries}"]
    try:
        result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, timeout=DOWNLOAD_SECONDS)
    except subprocess.TimeoutExpired:
        raise CannotBeHad(f"Maven was not done after {DOWNLOAD_SECONDS} seconds") from None
    if result.returncode != 0:
        errors = [line for line in result.stdout.splitlines() if "ERROR" in line]
        raise CannotBeHad("Maven says " + " ".join(errors or result.stdout.split())[:300])


def fetch_libraries(name: str, artifact: tuple[str, str, str]) -> pathlib.Path:
    """The folder of an artifact with what it depends on, which is filled first if it isn't there."""
    libraries = CACHE / f"{name}-{artifact[2]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    # Tests run side by side: one of them fetches, the others wait.
    with open(CACHE / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if libraries.is_dir():
            return libraries
        maven = shutil.which("mvn")
        if maven is None:
            raise CannotBeHad("there is no Maven to get it with (./dev setup dynamodb installs it)")
        with tempfile.TemporaryDirectory(dir=CACHE) as work:
            made = pathlib.Path(work, "libraries")
            run_maven(maven, artifact, pathlib.Path(work), made)
            made.rename(libraries)
    return libraries


def find_libraries() -> pathlib.Path:
    """The folder of the server's libraries."""
    return fetch_libraries("dynamodb-local", ARTIFACT)


# ---- The server -------------------------------------------------------------------------------


def die_with_parent() -> None:
    """For the child, before it becomes another program."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]


class Server:
    def __init__(self) -> None:
        self.process: subprocess.Popen | None = None
        self.url = ""

    def __enter__(self) -> "Server":
        # The libraries have machine code in them, for this processor only.
        if platform.machine() != "x86_64":
            raise CannotBeHad(f"it has no code for {platform.machine()}")
        java, libraries = find_java(), find_libraries()
        self.log = tempfile.TemporaryFile()
        # Somebody else may take the port first.
        for _ in range(3):
            if self._start(java, libraries, free_port()):
                return self
            self._stop()
        self.log.seek(0)
        raise RuntimeError("DynamoDB Local does not start: "
                           + self.log.read()[-2000:].decode(errors="replace"))

    def __exit__(self, *_: object) -> None:
        self._stop()
        self.log.close()

    def _start(self, java: str, libraries: pathlib.Path, port: int) -> bool:
        command = [java, "-Xmx768m", "-XX:TieredStopAtLevel=1", f"-Djava.library.path={libraries}",
                   "-cp", f"{libraries}/*", MAIN_CLASS,
                   "-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)]
        self.process = subprocess.Popen(command, cwd=libraries, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log,
                                        preexec_fn=die_with_parent)
        self.url = f"http://127.0.0.1:{port}"
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            try:
                connection.request("GET", "/")
                # It refuses a request without a signature.
                return connection.getresponse().status == 400 and self.process.poll() is None
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            finally:
                connection.close()
        return False

    def _stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    @property
    def environment(self) -> dict[str, str]:
        """This process's, with nothing of AWS's but what leads to the server."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return kept | {
            "AWS_ENDPOINT_URL_DYNAMODB": self.url,
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            # Letters and digits only, or it refuses them.
            "AWS_ACCESS_KEY_ID": "MADEUPFORTESTS",
            "AWS_SECRET_ACCESS_KEY": "madeupfortests",
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
        }


def main(command: list[str]) -> int:
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with Server() as server:
            status = subprocess.run(command, env=server.environment,
                                    preexec_fn=die_with_parent).returncode
    except CannotBeHad as reason:
        print(f"SKIPPED: {reason}", file=sys.stderr)
        return SKIPPED
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    # So that what is open is closed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.exit(main(sys.argv[1:]))
