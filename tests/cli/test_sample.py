"""The sample service over streams whose outcome is known."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("KH_PROGRAM", str(ROOT / "build/dev/kinesis-handler"))


def run(*arguments: object) -> str:
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run(
            [PROGRAM, "run", *map(str, arguments), "--dead-letters", f"{folder}/dead.ndjson"],
            capture_output=True, text=True, cwd=folder,
        )
    if result.returncode != 0:
        raise AssertionError(result.stderr)
    return result.stdout


class Sample(unittest.TestCase):
    maxDiff = None

    def check(self, events: pathlib.Path, expected: dict) -> None:
        counts = json.loads(run(events, "--json"))
        entities = [json.loads(line) for line in run(events, "--dump").splitlines()]
        wanted = {name: value for name, value in expected.items() if name != "entities"}
        self.assertEqual(wanted, {name: counts[name] for name in wanted})
        self.assertEqual(expected["entities"], entities)

    def test_the_sample_stream_comes_out_as_expected(self) -> None:
        expected = json.loads((ROOT / "samples/expected.json").read_text())
        self.check(ROOT / "samples/events.ndjson", expected)

    def test_a_long_stream_comes_out_as_expected(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            with open(folder / "events.ndjson", "w") as events:
                subprocess.run(
                    [sys.executable, ROOT / "samples/make_stream.py", "--events", "5000",
                     "--seed", "7", "--users", "40", "--faults",
                     "--expect", folder / "expected.json"],
                    stdout=events, check=True,
                )
            self.check(folder / "events.ndjson", json.loads((folder / "expected.json").read_text()))

    def test_an_envelope_without_its_payload_is_a_dead_letter_that_says_so(self) -> None:
        event = json.loads((ROOT / "samples/events.ndjson").read_text().splitlines()[0])
        del event["data"]
        with tempfile.TemporaryDirectory() as name:
            path = pathlib.Path(name) / "events.ndjson"
            path.write_text(json.dumps(event) + "\n")
            result = subprocess.run([PROGRAM, "validate", path], capture_output=True, text=True)
        self.assertEqual(1, result.returncode, result.stderr)
        self.assertIn('required: must have the member "data"', result.stdout)
        self.assertEqual(1, result.stdout.count("required"))

    def test_a_captured_lambda_event_is_applied(self) -> None:
        counts = json.loads(run(ROOT / "samples/lambda-event.json", "--json"))
        self.assertEqual((5, 0), (counts["records"], counts["retry"] + counts["deadLettered"]))

    def test_events_in_every_encoding_are_those_of_the_plain_stream(self) -> None:
        sys.path.insert(0, str(ROOT / "samples"))
        import make_mixed
        import make_stream
        sys.path.pop(0)
        plain = make_stream.make(make_mixed.EVENTS, make_mixed.SEED, make_mixed.USERS, faults=False)
        self.check(ROOT / "samples/mixed-lambda-event.json", make_stream.expectation(plain))
        made = subprocess.run([sys.executable, ROOT / "samples/make_mixed.py"], capture_output=True,
                              text=True, check=True)
        self.assertEqual((ROOT / "samples/mixed-lambda-event.json").read_text(), made.stdout)

    def test_events_in_every_encoding_are_valid(self) -> None:
        result = subprocess.run([PROGRAM, "validate", ROOT / "samples/mixed-lambda-event.json"],
                                capture_output=True, text=True)
        self.assertEqual(0, result.returncode, result.stdout)


if __name__ == "__main__":
    unittest.main()
