"""The executable under AWS's own Runtime Interface Emulator.

The emulator is $KH_RIE, or what get_rie.sh obtains. Where it cannot be had the tests are skipped,
loudly. The executable is $KH_BOOTSTRAP, or build/dev/kinesis-handler.
"""

import functools
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
import unittest

from events import batch, failures, hopeless, limit_created, progress_changed, sequence_number

ROOT = pathlib.Path(__file__).resolve().parents[2]
BOOTSTRAP = pathlib.Path(os.environ.get("KH_BOOTSTRAP", ROOT / "build/dev/kinesis-handler"))
CACHE = ROOT / "build/tools"
INVOCATIONS = "/2015-03-31/functions/function/invocations"
PATIENCE = 20.0
ALL_WELL = b'{"batchItemFailures":[]}'


@functools.cache
def emulator() -> tuple[str, str]:
    """The path of the emulator, or "" and the reason why it cannot be had."""
    if "KH_RIE" in os.environ:
        return os.environ["KH_RIE"], ""
    script = pathlib.Path(__file__).with_name("get_rie.sh")
    result = subprocess.run([script, CACHE], capture_output=True, text=True)
    if result.returncode == 3:
        print(f"SKIPPED: {result.stderr.strip()}", file=sys.stderr)
        return "", result.stderr.strip()
    result.check_returncode()
    return result.stdout.strip(), ""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]


def children(pid: int) -> list[int]:
    listings = pathlib.Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for listing in listings for child in listing.read_text().split()]


class Emulator:
    """One emulator process, which starts the executable at the first invocation."""

    def __init__(self, program: str, folder: pathlib.Path, settings: dict[str, str]) -> None:
        self.port = free_port()
        self.log = folder / "log"
        command = [program, "--runtime-api-address", f"127.0.0.1:{free_port()}",
                   "--runtime-interface-emulator-address", f"127.0.0.1:{self.port}",
                   str(BOOTSTRAP.resolve()), "limits"]
        base = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "AWS_LAMBDA_LOG_FORMAT": "JSON"}
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, env=base | settings,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait(self) -> bool:
        """Until it takes invocations; False if it ended, for instance because a port was taken."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return True
            except OSError:
                time.sleep(0.01)
        return False

    def invoke(self, event: bytes) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("POST", INVOCATIONS, event)
            return connection.getresponse().read()
        finally:
            connection.close()

    def stop(self) -> None:
        for pid in [*children(self.process.pid), self.process.pid]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait(PATIENCE)


class Invocations(unittest.TestCase):
    def setUp(self) -> None:
        if not os.access(BOOTSTRAP, os.X_OK):
            self.fail(f"there is no executable {BOOTSTRAP}: build it, or set KH_BOOTSTRAP")
        self.program, reason = emulator()
        if not self.program:
            self.skipTest(reason)

    def start(self, **settings: str) -> Emulator:
        for _ in range(3):
            folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
            emulator_process = Emulator(self.program, folder, settings)
            self.addCleanup(emulator_process.stop)
            if emulator_process.wait():
                return emulator_process
        self.fail(f"the emulator does not start: {emulator_process.log.read_text()}")

    def test_a_good_batch_is_answered_with_no_failures(self) -> None:
        rie = self.start()
        self.assertEqual(rie.invoke(batch(limit_created("e-1"), progress_changed("e-2"))), ALL_WELL)

    def test_the_first_record_to_retry_is_named(self) -> None:
        rie = self.start()
        event = batch(limit_created("e-1"), hopeless("e-2"), limit_created("e-3", "ul-3"))
        self.assertEqual(json.loads(rie.invoke(event)), failures(sequence_number(1)))

    def test_invocations_follow_one_another(self) -> None:
        rie = self.start()
        self.assertEqual(rie.invoke(batch(limit_created("e-1"))), ALL_WELL)
        self.assertEqual(rie.invoke(batch(progress_changed("e-2"))), ALL_WELL)
        self.assertEqual(json.loads(rie.invoke(batch(hopeless("e-3")))),
                         failures(sequence_number(0)))
        self.assertEqual(rie.invoke(b'{"Records":[]}'), ALL_WELL)

    def test_an_event_that_is_no_json_is_an_error_and_the_next_one_works(self) -> None:
        rie = self.start()
        error = json.loads(rie.invoke(b"this is no JSON"))
        self.assertTrue(error["errorMessage"])
        self.assertRegex(error["errorType"], r"^(Runtime|Function)\.[A-Z][a-zA-Z]+$")
        self.assertEqual(rie.invoke(b'{"Records":[]}'), ALL_WELL)

    def test_a_bad_setting_is_an_init_error(self) -> None:
        rie = self.start(DB="nonsense")
        error = json.loads(rie.invoke(b'{"Records":[]}'))
        self.assertIn("nonsense", error["errorMessage"])


if __name__ == "__main__":
    unittest.main()
