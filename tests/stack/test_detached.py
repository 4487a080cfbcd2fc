"""Processes that go on by themselves: they are found again, and nothing else is taken for them."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "stack"))

from detached import Detached, beginning  # noqa: E402
from local_server import Program  # noqa: E402

PATIENCE = 30.0


class Processes(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.detached = Detached("sleeper", self.folder)

    def start(self, *command: str) -> int:
        self.detached.start(Program(list(command), self.folder), dict(os.environ))
        self.addCleanup(self.detached.stop, 0)
        return self.detached.pid

    def other(self) -> subprocess.Popen:
        process = subprocess.Popen(["sleep", "600"])
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_one_is_found_again_ended_and_gone(self) -> None:
        pid = self.start("sleep", "600")
        found = Detached("sleeper", self.folder)
        self.assertEqual(pid, found.pid)
        self.assertEqual(os.getsid(pid), pid)
        self.assertTrue(found.stop(PATIENCE))
        self.assertEqual("", beginning(pid))
        self.assertIsNone(found.pid)
        self.assertFalse(found.pid_file.exists())
        self.assertFalse(found.stop(PATIENCE))

    def test_one_that_will_not_end_is_killed(self) -> None:
        pid = self.start(sys.executable, "-c",
                         "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
                         "print('ready', flush=True); signal.pause()")
        while "ready" not in self.detached.tail():
            self.assertIsNotNone(self.detached.pid)
        self.assertTrue(self.detached.stop(0.2))
        self.assertEqual("", beginning(pid))

    def test_another_process_that_has_got_the_id_is_left_alone(self) -> None:
        process = self.other()
        long_gone = beginning(process.pid).rpartition("/")[0] + "/1"
        for began in (long_gone, "another-boot/" + beginning(process.pid).rpartition("/")[2]):
            self.detached.pid_file.write_text(f"{process.pid} {began}\n")
            self.assertIsNone(self.detached.pid)
            self.assertFalse(self.detached.stop(0))
            self.assertIsNone(process.poll())

    def test_one_that_has_ended_is_not_running_even_if_nobody_waited_for_it(self) -> None:
        process = self.other()
        self.detached.pid_file.write_text(f"{process.pid} {beginning(process.pid)}\n")
        self.assertEqual(process.pid, self.detached.pid)
        process.send_signal(signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        self.assertIsNone(self.detached.pid)

    def test_a_file_that_says_nothing_finds_nothing(self) -> None:
        for text in ("", "x", "1", "-1 x\n", "99999999999999999999 x\n", "0 \n"):
            self.detached.pid_file.write_text(text)
            self.assertIsNone(self.detached.pid, text)
            self.assertFalse(self.detached.stop(0))

    def test_the_log_has_what_it_says_and_its_end_is_told(self) -> None:
        pid = self.start("sh", "-c", "for n in 1 2 3; do echo $n; echo e$n >&2; done; exec sleep 600")
        while "e3" not in self.detached.log.read_text():
            self.assertEqual(pid, self.detached.pid)
        self.assertEqual("e2\n3\ne3", self.detached.tail(3))


if __name__ == "__main__":
    unittest.main()
