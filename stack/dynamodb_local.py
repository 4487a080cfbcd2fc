"""Amazon's DynamoDB Local: obtained once, started for as long as it is needed.

    dynamodb_local.py COMMAND [ARGUMENT...]

runs the command with the server's address and made-up credentials in its environment, and ends as it does;
77, with the reason, where the server can't be had. As a library:

    with dynamodb_local.Server() as server:
        ... server.url, server.environment ...

It needs Java (17 or newer) and Maven, which brings the server and what that depends on into build/tools. The
server keeps everything in memory and dies with the process that started it, whatever ends that.
"""

from __future__ import annotations

import fcntl
import http.client
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

import local_server
from local_server import CACHE, SKIPPED, Program

VERSION = "3.3.1"
OLDEST_JAVA = 17
MAIN_CLASS = "software.amazon.dynamodb.services.local.main.ServerRunner"
DOWNLOAD_SECONDS = 600

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


class CannotBeHad(local_server.CannotBeHad):
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


def program(port: int) -> Program:
    """How it is started there, in memory. Raises CannotBeHad."""
    # The libraries have machine code in them, for this processor only.
    if platform.machine() != "x86_64":
        raise CannotBeHad(f"it has no code for {platform.machine()}")
    java, libraries = find_java(), find_libraries()
    return Program([java, "-Xmx768m", "-XX:TieredStopAtLevel=1", f"-Djava.library.path={libraries}",
                    "-cp", f"{libraries}/*", MAIN_CLASS,
                    "-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)], libraries)


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        # It refuses a request without a signature.
        return connection.getresponse().status == 400
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def call(port: int, operation: str, **parameters: object) -> dict:
    """One request. Raises CallFailed, and what sockets raise."""
    return local_server.call(port, "dynamodb", f"DynamoDB_20120810.{operation}", parameters)


class Server(local_server.LocalServer):
    name = "DynamoDB Local"
    endpoint_variable = "AWS_ENDPOINT_URL_DYNAMODB"

    def program(self, port: int) -> Program:
        return program(port)

    def answers(self, port: int) -> bool:
        return answers(port)


def main(command: list[str]) -> int:
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    return local_server.run_beside(Server(), command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
