"""The invocations that runtimes are measured with, and the Runtime API that measures them."""

import base64
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from bench import batches, build, invoking

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("KH_BUILD_DIR", ROOT / "build/dev"))
PROGRAM = os.environ.get("KH_PROGRAM", str(BUILD / "kinesis-handler"))
OURS = build.Program("ours", "this build", [PROGRAM], build.LAMBDA)


def inner_events(lines: list[str]) -> list[dict]:
    return [json.loads(base64.b64decode(record["kinesis"]["data"]))
            for line in lines for record in json.loads(line)["Records"]]


class Batches(unittest.TestCase):
    def test_no_event_comes_twice_and_copies_are_about_limits_of_their_own(self) -> None:
        part = batches.PART
        self.addCleanup(setattr, batches, "PART", part)
        batches.PART = 50
        lines = list(batches.make(records=10, invocations=20))
        self.assertEqual(20, len(lines))
        made = inner_events(lines)
        self.assertEqual(200, len({event["eventId"] for event in made}))
        ids = [event["data"]["userLimitId"] for event in made
               if event["type"] == "USER_LIMIT_CREATED"]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual({"0", "1", "2", "3"}, {each.rpartition("-")[2] for each in ids})


class RuntimeApi(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def call(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([BUILD / "runtime_api", *arguments], capture_output=True, text=True,
                              env=os.environ | build.LAMBDA, timeout=120)

    def bodies(self, lines: list[str]) -> str:
        path = self.folder / "bodies.ndjson"
        path.write_text("".join(line + "\n" for line in lines))
        return str(path)

    def test_a_sound_stream_is_measured(self) -> None:
        path = self.bodies(list(batches.make(records=20, invocations=30)))
        result = self.call("--bodies", path, "--records", "20", "--", PROGRAM)
        self.assertEqual(0, result.returncode, result.stderr)
        report = json.loads(result.stdout)
        self.assertEqual((20, 30, 24),
                         (report["records"], report["invocations"], report["measured"]))
        self.assertLessEqual(report["bestUs"], report["medianUs"])
        self.assertLessEqual(report["medianUs"], report["p99Us"])
        self.assertAlmostEqual(20 / report["medianUs"] * 1e6, report["eventsPerS"],
                               delta=report["eventsPerS"] / 1000)
        for key in ("startMs", "startKib", "peakKib", "processorUs"):
            self.assertGreater(report[key], 0, key)

    def test_starts_are_measured(self) -> None:
        result = self.call("--starts", "3", "--", PROGRAM)
        self.assertEqual(0, result.returncode, result.stderr)
        report = json.loads(result.stdout)
        self.assertEqual(3, report["starts"])
        self.assertGreater(report["medianMs"], 0)
        self.assertGreater(report["medianKib"], 0)

    def test_a_record_that_is_not_done_is_an_error(self) -> None:
        # Otherwise a runtime that refuses everything would be the fastest.
        lines = list(batches.make(records=1, invocations=2))
        result = self.call("--bodies", self.bodies([lines[0].replace('"data":"', '"data":"e30')]),
                           "--records", "1", "--", PROGRAM)
        self.assertEqual(1, result.returncode)
        self.assertIn("was not done", result.stderr)

    def test_a_runtime_that_ends_is_an_error(self) -> None:
        result = self.call("--starts", "1", "--", "true")
        self.assertEqual(1, result.returncode)
        self.assertIn("the runtime ended", result.stderr)

    def test_wrong_arguments_are_told(self) -> None:
        for arguments in ((), ("--starts", "1"), ("--starts", "1", "--bodies", "x", "--", "true"),
                          ("--fast", "--", "true")):
            result = self.call(*arguments)
            self.assertEqual(2, result.returncode, arguments)
            self.assertIn("usage:", result.stderr)


class Rules(unittest.TestCase):
    """The check that all services keep the same rules, on ours and on one that does not."""

    def setUp(self) -> None:
        release = build.RELEASE
        self.addCleanup(setattr, build, "RELEASE", release)
        build.RELEASE = BUILD

    def test_ours_keeps_them(self) -> None:
        invoking.check_rules(OURS)

    def test_one_that_overwrites_limits_is_found_out(self) -> None:
        environment = build.LAMBDA | {"ON_DUPLICATE_LIMIT": "replace"}
        careless = build.Program("careless", "this build", [PROGRAM], environment)
        with self.assertRaisesRegex(invoking.measure.Failed, "a limit is not created twice"):
            invoking.check_rules(careless)


if __name__ == "__main__":
    unittest.main()
