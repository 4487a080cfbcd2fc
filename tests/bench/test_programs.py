"""The programs that are measured decode what is there: their checksums, computed anew in Python."""

import base64
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from bench import changes, events, unpacking

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("KH_BUILD_DIR", ROOT / "build/dev"))
RECORDS = 600  # the stream begins with many creations

ENVELOPE = ("aggregateId", "createdAt", "eventId", "sequenceNumber", "source", "type")
PAYLOADS = {
    "USER_LIMIT_CREATED": (
        "activeFrom", "activeUntil", "brandId", "createdAt", "currencyCode", "nextResetTime",
        "period", "previousLimitValue", "progress", "status", "type", "userId", "userLimitId",
        "value"),
    "USER_LIMIT_PROGRESS_CHANGED": (
        "amount", "brandId", "currencyCode", "nextResetTime", "previousProgress",
        "remainingAmount", "userId", "userLimitId"),
    "USER_LIMIT_RESET": (
        "brandId", "currencyCode", "nextResetTime", "period", "resetAmount", "resetPercentage",
        "type", "unusedAmount", "userId", "userLimitId"),
}


def fnv1a(data: bytes) -> str:
    value = 2166136261
    for byte in data:
        value = (value ^ byte) * 16777619 % 2**32
    return f"{value:08x}"


def values_of(event: dict) -> list[object]:
    return ([event[name] for name in ENVELOPE] +
            [event["data"].get(name, "-") for name in PAYLOADS[event["type"]]])


def values(text: str) -> list[object]:
    """What the checksum is over, as bench/README.md says."""
    found: list[object] = []
    for record in json.loads(text)["Records"]:
        kinesis = record["kinesis"]
        event = json.loads(base64.b64decode(kinesis["data"]))
        found += [kinesis["partitionKey"], kinesis["sequenceNumber"]]
        found += values_of(event)
    return found


class Programs(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def run_program(self, name: str, text: str, *options: str) -> subprocess.CompletedProcess:
        path = self.folder / "event.json"
        path.write_text(text)
        return subprocess.run([BUILD / name, path, "--seconds", "0", *options],
                              capture_output=True, text=True)

    def report(self, name: str, text: str) -> dict:
        result = self.run_program(name, text, "--json")
        self.assertEqual(0, result.returncode, result.stderr)
        return json.loads(result.stdout)

    def test_the_decoder_extracts_every_value(self) -> None:
        for members in events.MEMBERS:
            with self.subTest(members):
                text = events.make(RECORDS, members, seed=3)
                report = self.report("bench_decode", text)
                expected = fnv1a("".join(f"{value}\n" for value in values(text)).encode())
                self.assertEqual(expected, report["checksum"])
                self.assertEqual(RECORDS, report["events"])
                self.assertEqual(len(text.encode()), report["bytes"])
                self.assertIs(True, report["validates"])
                self.assertGreaterEqual(report["runs"], 3)
                self.assertLessEqual(report["bestMs"], report["medianMs"])

    def test_messages_hold_every_value_whichever_way_they_are_read(self) -> None:
        for members in unpacking.MEMBERS:
            made = events.texts(RECORDS, members, seed=3)
            expected = fnv1a("".join(f"{value}\n" for text in made
                                     for value in ["", "", *values_of(json.loads(text))]).encode())
            as_json = events.framed(made)
            messages = subprocess.run([BUILD / "make_messages"], input=as_json, capture_output=True,
                                      check=True).stdout
            for way, content in (("fast", messages), ("long", messages), ("json", as_json)):
                with self.subTest(f"{members} {way}"):
                    path = self.folder / "messages"
                    path.write_bytes(content)
                    result = subprocess.run(
                        [BUILD / "bench_proto", way, path, "--seconds", "0", "--json"],
                        capture_output=True, text=True)
                    self.assertEqual(0, result.returncode, result.stderr)
                    report = json.loads(result.stdout)
                    self.assertEqual(expected, report["checksum"])
                    self.assertEqual(RECORDS, report["events"])
                    self.assertIs(True, report["validates"])

    def test_messages_that_are_cut_are_an_error(self) -> None:
        made = events.framed(events.texts(3, "producers", seed=3))
        path = self.folder / "messages"
        path.write_bytes(made[:-1])
        result = subprocess.run([BUILD / "bench_proto", "json", path], capture_output=True, text=True)
        self.assertEqual(1, result.returncode)
        self.assertIn("could not be decoded", result.stderr)
        result = subprocess.run([BUILD / "make_messages"], input=made[:-1], capture_output=True)
        self.assertEqual(1, result.returncode)

    def test_base64_alone_is_all_of_the_base64_and_nothing_else(self) -> None:
        text = events.make(RECORDS, "escaped", seed=3)
        data = [record["kinesis"]["data"] for record in json.loads(text)["Records"]]
        report = self.report("bench_base64", text)
        self.assertEqual(fnv1a(b"".join(map(base64.b64decode, data))), report["checksum"])
        self.assertEqual(sum(map(len, data)), report["bytes"])
        self.assertEqual(RECORDS, report["events"])

    def test_an_event_that_breaks_a_rule_is_an_error(self) -> None:
        # Whoever measures a decoder that validates has to know that it does.
        text = events.make(3, "producers", seed=3)
        for event in json.loads(text)["Records"][:1]:
            data = event["kinesis"]["data"]
            payload = base64.b64decode(data).replace(b'"currencyCode":"', b'"currencyCode":"?')
            broken = text.replace(data, base64.b64encode(payload).decode())
        result = self.run_program("bench_decode", broken)
        self.assertEqual(1, result.returncode)
        self.assertIn("could not be decoded", result.stderr)

    def test_batches_of_changes_can_be_applied_over_and_over(self) -> None:
        path = self.folder / "changes.ndjson"
        path.write_text("\n".join(changes.make(records=60, batches=3)))
        result = subprocess.run([BUILD / "bench_batch", path, "--rounds", "4", "--json"],
                                capture_output=True, text=True)
        self.assertEqual(0, result.returncode, result.stderr)
        report = json.loads(result.stdout)
        self.assertEqual(12, report["batches"])
        self.assertAlmostEqual(report["wholeNs"], report["decodeNs"] + report["restNs"], places=0)

    def test_a_batch_that_cannot_be_applied_is_an_error(self) -> None:
        path = self.folder / "changes.ndjson"
        lines = list(changes.make(records=60, batches=1))
        path.write_text("\n".join([*lines, lines[0]]))
        result = subprocess.run([BUILD / "bench_batch", path], capture_output=True, text=True)
        self.assertEqual(1, result.returncode)
        self.assertIn("line 3 could not be applied", result.stderr)

    def test_wrong_arguments_are_told(self) -> None:
        result = self.run_program("bench_decode", "{}", "--fast")
        self.assertEqual(2, result.returncode)
        self.assertIn("usage:", result.stderr)


if __name__ == "__main__":
    unittest.main()
