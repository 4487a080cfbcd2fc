"""Every command in the README runs, and ends as the README says."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("KH_PROGRAM", ROOT / "build/dev/kinesis-handler"))

# What cannot be run from within itself.
EXCUSED = {"./dev test"}
# Commands that the README says do not end with 0.
EXIT_CODES = {"build/release/kinesis-handler validate samples/events.ndjson": 1}


def commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


class Readme(unittest.TestCase):
    def test_it_has_commands_and_every_excuse_is_needed(self) -> None:
        self.assertGreaterEqual(len(commands()), 5)
        self.assertLessEqual(EXCUSED | set(EXIT_CODES), set(commands()))

    def test_every_command_runs(self) -> None:
        """In a copy, where build/release is the program under test, so that nothing is built twice."""
        with tempfile.TemporaryDirectory() as name:
            copy = pathlib.Path(name) / "copy"
            shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("build", ".git"))
            release = copy / "build/release"
            release.mkdir(parents=True)
            shutil.copy(PROGRAM, release / "kinesis-handler")
            dev = (copy / "dev").read_text()
            self.assertIn("    build release\n    build/release/kinesis-handler run", dev)
            (copy / "dev").write_text(dev.replace("    build release\n    build/", "    build/"))
            for command in commands():
                if command in EXCUSED:
                    continue
                with self.subTest(command):
                    result = subprocess.run(["bash", "-c", command], cwd=copy,
                                            capture_output=True, text=True)
                    self.assertEqual(EXIT_CODES.get(command, 0), result.returncode,
                                     result.stdout + result.stderr)
                    self.assertTrue(result.stdout.strip(), "it says nothing")


if __name__ == "__main__":
    unittest.main()
