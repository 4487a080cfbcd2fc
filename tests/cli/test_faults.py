"""What must not happen when the surroundings of a run are odd."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("KH_PROGRAM", str(ROOT / "build/dev/kinesis-handler"))
EVENTS = ROOT / "samples/events.ndjson"
DEAD_LETTERS = 13  # of EVENTS


class Faults(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.dead = self.folder / "dead.ndjson"

    def shell(self, command: str) -> subprocess.CompletedProcess:
        return subprocess.run(["bash", "-c", command, PROGRAM, EVENTS, self.dead], text=True,
                              capture_output=True, cwd=self.folder, timeout=60)

    def dead_letters(self) -> list[dict]:
        return [json.loads(line) for line in self.dead.read_text().splitlines()]

    def test_a_run_without_dead_letters_keeps_those_of_another_run(self) -> None:
        first = subprocess.Popen([PROGRAM, "run", "-", "--dead-letters", self.dead],
                                 stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, cwd=self.folder)
        self.addCleanup(first.kill)
        while not self.dead.exists():
            self.assertIsNone(first.poll())
        self.assertEqual(0, self.shell('"$0" run "$1" --dead-letters "$2"').returncode)
        first.communicate(b"")
        self.assertEqual(0, first.returncode)
        self.assertEqual(DEAD_LETTERS, len(self.dead_letters()))

    def test_closed_output_is_an_error_and_goes_into_no_file(self) -> None:
        result = self.shell('"$0" run "$1" --json --dead-letters "$2" >&-')
        self.assertEqual(1, result.returncode)
        self.assertEqual(DEAD_LETTERS, len(self.dead_letters()))

    def test_closed_error_output_puts_no_log_line_among_the_dead_letters(self) -> None:
        self.assertEqual(0, self.shell('"$0" run "$1" --dead-letters "$2" 2>&-').returncode)
        self.assertTrue(all("reason" in letter for letter in self.dead_letters()))
        self.assertEqual(DEAD_LETTERS, len(self.dead_letters()))

    def test_closed_input_is_an_error_not_the_dead_letters(self) -> None:
        self.shell('"$0" run "$1" --dead-letters "$2"')
        before = self.dead.read_text()
        result = self.shell('"$0" run - --dead-letters "$2" <&-')
        self.assertEqual(1, result.returncode, result.stdout)
        self.assertEqual(before, self.dead.read_text())

    def test_dead_letters_are_not_written_to_the_file_that_is_read(self) -> None:
        self.shell('"$0" run "$1" --dead-letters "$2"')
        before = self.dead.read_text()
        for command in ('"$0" run "$2" --dead-letters "$2"',
                        '"$0" run - --dead-letters "$2" <"$2"',
                        'ln "$2" other && "$0" run other --dead-letters "$2"'):
            with self.subTest(command):
                result = self.shell(command)
                self.assertEqual(1, result.returncode)
                self.assertIn("--dead-letters", result.stderr)
                self.assertEqual(before, self.dead.read_text())

    def test_a_reader_of_our_output_that_goes_away_does_not_end_us_half_way(self) -> None:
        result = self.shell('"$0" run "$1" --dead-letters "$2" 2> >(true) | cat')
        self.assertEqual(0, result.returncode)
        self.assertEqual(DEAD_LETTERS, len(self.dead_letters()))

    def test_events_give_a_terminal_no_orders_and_forge_no_line(self) -> None:
        evil = self.folder / "evil"
        evil.write_text('{"k\\u001b[31m\\nevil:record 9: /x: FORGED: hi":{"x":1,"x":2}}\n')
        result = subprocess.run([PROGRAM, "validate", evil], capture_output=True, text=True)
        self.assertNotIn("\x1b", result.stdout)
        self.assertFalse([line for line in result.stdout.splitlines()
                          if line.startswith("evil:record 9")])
        evil.write_text(json.dumps({"Records": [{
            "eventSource": "evil\x1b[31m\nkinesis-handler: forged", "kinesis": {}}]}) + "\n")
        result = subprocess.run([PROGRAM, "validate", evil], capture_output=True, text=True)
        self.assertNotIn("\x1b", result.stderr)
        self.assertFalse([line for line in result.stderr.splitlines()
                          if line.startswith("kinesis-handler: forged")])

    def test_a_line_of_very_many_documents_is_one_dead_letter(self) -> None:
        many = self.folder / "many"
        many.write_text("1 " * 300_000 + "\n")
        result = self.shell('"$0" run many --json --dead-letters "$2"')
        self.assertEqual(0, result.returncode, result.stderr)
        self.assertEqual(1, json.loads(result.stdout)["deadLettered"])


if __name__ == "__main__":
    unittest.main()
