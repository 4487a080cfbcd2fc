"""Messages of the sample's events, by generated/proto: those that Google's library for Python and protobufjs make are
handled here as their JSON is, and they read ours as the same events."""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from tests.support import modules

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("KH_PROGRAM", str(ROOT / "build/dev/kinesis-handler"))
TOOL = os.environ["KH_EVENT_MESSAGE"]
sys.path.insert(0, str(ROOT / "samples"))
import make_stream  # noqa: E402
import messages  # noqa: E402

PROTOBUFJS = """
const protobuf = require(process.argv[2] + "/node_modules/protobufjs");
const root = new protobuf.Root();
root.resolvePath = (from, to) => to.startsWith("google/") ? to : process.argv[3] + "/" + to;
root.loadSync(JSON.parse(process.argv[4]));
const payloads = { USER_LIMIT_CREATED: "UserLimitCreated", USER_LIMIT_RESET: "UserLimitReset",
                   USER_LIMIT_PROGRESS_CHANGED: "UserLimitProgressChanged" };
const envelope = root.lookupType("user_limits.Envelope");
const lines = require("fs").readFileSync(0, "utf8").trim().split("\\n");
const shown = { longs: Number, enums: String };
for (const line of lines) {
    const message = envelope.decode(Buffer.from(line, "base64"));
    const kind = root.lookupType("user_limits." + payloads[message.type]);
    const event = envelope.toObject(message, shown);
    event.data = kind.toObject(kind.decode(message.data), shown);
    // Made anew, of plain values.
    const again = envelope.fromObject({ ...envelope.toObject(message),
                                        data: kind.encode(kind.fromObject(event.data)).finish() });
    console.log(JSON.stringify({ event, again: Buffer.from(envelope.encode(again).finish()).toString("base64") }));
}
"""


def plain_events() -> list[str]:
    made = make_stream.make(400, 11, 20, faults=False)
    return [line for line in made.lines if json.loads(line)["type"] in messages.PAYLOADS]


def our_messages(lines: list[str]) -> list[bytes]:
    done = subprocess.run([TOOL], input="".join(line + "\n" for line in lines), capture_output=True,
                          text=True, check=True)
    return [base64.b64decode(line) for line in done.stdout.splitlines()]


class EventMessages(unittest.TestCase):
    maxDiff = None
    google: messages.Messages
    lines: list[str]

    @classmethod
    def setUpClass(cls) -> None:
        cls.google = messages.Messages()
        cls.lines = plain_events()

    def rows(self, records: list[bytes] | None) -> tuple[dict, list[str]]:
        """What `run` makes of them; None: of the lines themselves."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "event.json")
            path.write_text(json.dumps(make_stream.as_lambda_event(self.lines, records)))
            counts = json.loads(subprocess.run(
                [PROGRAM, "run", path, "--json"], cwd=folder, capture_output=True, text=True, check=True).stdout)
            rows = subprocess.run(
                [PROGRAM, "run", path, "--dump"], cwd=folder, capture_output=True, text=True, check=True).stdout
        return {name: counts[name] for name in ("records", "done")}, rows.splitlines()

    def test_those_of_googles_library_are_handled_as_their_json_is(self) -> None:
        expected = self.rows(None)
        self.assertEqual(len(self.lines), expected[0]["done"])
        self.assertEqual(expected, self.rows([self.google.encode(json.loads(line)) for line in self.lines]))

    def test_googles_library_reads_ours_as_the_same_events(self) -> None:
        for line, message in zip(self.lines, our_messages(self.lines), strict=True):
            self.assertEqual(json.loads(line), self.google.decode(message))

    def test_protobufjs_reads_ours_and_its_own_are_handled_as_their_json_is(self) -> None:
        try:
            folder = modules.protobufjs()
        except modules.CannotBeHad as reason:
            self.skipTest(str(reason))
        proto = ROOT / "generated/proto"
        files = [str(path.relative_to(proto)) for path in sorted(proto.rglob("*.proto"))]
        sent = "".join(base64.b64encode(each).decode() + "\n" for each in our_messages(self.lines))
        done = subprocess.run(["node", "-e", PROTOBUFJS, "-", str(folder), str(proto), json.dumps(files)],
                              input=sent, capture_output=True, text=True, check=False)
        self.assertEqual(0, done.returncode, done.stderr)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(self.lines), len(found))
        for line, each in zip(self.lines, found):
            wanted = json.loads(line)
            for member in ("aggregateId", "createdAt", "eventId", "sequenceNumber", "source", "type"):
                self.assertEqual(wanted[member], each["event"][member])
            self.assertEqual(set(wanted["data"]), set(each["event"]["data"]))
            for member, value in wanted["data"].items():
                # Names of enums' values have their enum's in front.
                self.assertTrue(str(each["event"]["data"][member]).endswith(str(value)), member)
        self.assertEqual(self.rows(None), self.rows([base64.b64decode(each["again"]) for each in found]))


if __name__ == "__main__":
    unittest.main()
