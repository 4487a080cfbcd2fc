"""The command line of the executable: verbs, options, files of every form, exit codes.

The executable is $KH_PROGRAM, or build/dev/kinesis-handler.
"""

import base64
import json
import os
import pathlib
import pty
import re
import socket
import subprocess
import tempfile
import unittest
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("KH_PROGRAM", str(ROOT / "build/dev/kinesis-handler"))
EMULATED = os.environ.get("KH_EMULATED") == "1"  # takes address space of its own
COUNTS = ("records", "done", "duplicate", "skipped", "deadLettered", "retry")
# What the caller's own environment sets must not change the outcome.
BASE = {name: value for name, value in os.environ.items()
        if name in ("PATH", "HOME") or name.endswith("SAN_OPTIONS")}


def event(number: int, kind: str, data: Any, **members: Any) -> dict[str, Any]:
    return {"aggregateId": "user-1", "createdAt": 1795434900125, "data": data,
            "eventId": f"event-{number}", "sequenceNumber": number, "source": "test",
            "type": kind} | members


def created(number: int, limit: str = "limit-1", **members: Any) -> dict[str, Any]:
    data = {"activeFrom": 1, "brandId": "b", "currencyCode": "EUR", "period": "DAY",
            "status": "ACTIVE", "type": "BET", "userId": "u", "userLimitId": limit,
            "value": "100.00"}
    return event(number, "USER_LIMIT_CREATED", data | members)


def changed(number: int, previous: str, amount: str, limit: str = "limit-1") -> dict[str, Any]:
    return event(number, "USER_LIMIT_PROGRESS_CHANGED", {
        "amount": amount, "brandId": "b", "currencyCode": "EUR", "nextResetTime": 2,
        "previousProgress": previous, "userId": "u", "userLimitId": limit})


UNKNOWN = event(90, "LIMIT_USER_CREATED", {})
GOOD = [created(1), changed(2, "0", "10.50")]
LIMIT = created(1)["data"] | {"progress": "10.50"}


def ndjson(*events: Any) -> str:
    return "".join(json.dumps(each) + "\n" for each in events)


def lambda_event(*events: Any) -> dict[str, Any]:
    return {"Records": [
        {"kinesis": {"sequenceNumber": str(100 + n), "partitionKey": "p",
                     "data": base64.b64encode(json.dumps(each).encode()).decode()},
         "eventSource": "aws:kinesis"} for n, each in enumerate(events)]}


class Cli(unittest.TestCase):
    maxDiff = None

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name: str, text: str | bytes) -> str:
        data = text if isinstance(text, bytes) else text.encode()
        (self.folder / name).write_bytes(data)
        return name

    def call(self, *arguments: str, code: int = 0, stdin: str = "",
             **settings: str) -> subprocess.CompletedProcess:
        result = subprocess.run([PROGRAM, *arguments], cwd=self.folder, env=BASE | settings,
                                input=stdin, capture_output=True, text=True, timeout=120)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result

    def run_json(self, *arguments: str, code: int = 0, stdin: str = "",
                 **settings: str) -> dict[str, Any]:
        result = self.call("run", *arguments, "--json", code=code, stdin=stdin, **settings)
        self.assertEqual(result.stdout.count("\n"), 1)
        counts = json.loads(result.stdout)
        for name in COUNTS:
            self.assertIs(type(counts[name]), int, name)
        self.assertEqual(counts["records"], sum(counts[name] for name in COUNTS[1:]))
        self.assertEqual(counts["records"],
                         sum(each["records"] for each in counts["byType"].values()))
        return counts

    def assert_counts(self, counts: dict[str, Any], **expected: int) -> None:
        self.assertEqual({name: counts[name] for name in COUNTS},
                         dict.fromkeys(COUNTS, 0) | expected)


class Program(Cli):
    def test_help_names_the_commands_and_the_settings(self) -> None:
        for option in ("--help", "-h", "help"):
            text = self.call(option).stdout
            for word in ("run", "validate", "settings", "statuses", "version", "DEAD_LETTER",
                         "LOG_LEVEL", "ON_DUPLICATE_LIMIT"):
                self.assertIn(word, text)

    def test_each_command_has_help_of_its_own(self) -> None:
        options = {"run": ["--json", "--dump", "--dead-letters", "--env"],
                   "validate": ["--json", "--env"],
                   "settings": ["--json", "--markdown"], "statuses": ["--json", "--markdown"],
                   "version": ["--json", "--markdown"]}
        for verb, expected in options.items():
            text = self.call(verb, "--help").stdout
            self.assertTrue(text.startswith(f"usage: kinesis-handler {verb} "))
            self.assertEqual(re.findall(r"^  (--[a-z-]+)", text, re.MULTILINE),
                             [*expected, "--help"])

    def test_help_fits_a_terminal(self) -> None:
        for arguments in (["--help"], ["run", "--help"], ["validate", "--help"]):
            for line in self.call(*arguments).stdout.splitlines():
                self.assertLessEqual(len(line), 100)

    def test_the_version_is_that_of_the_repository(self) -> None:
        version = (ROOT / "VERSION").read_text().strip()
        self.assertEqual(self.call("--version").stdout, f"kinesis-handler {version}\n")

    def test_the_versions_of_the_libraries_are_told(self) -> None:
        rows = {row["name"]: row["version"]
                for row in json.loads(self.call("version", "--json").stdout)}
        self.assertEqual(rows.pop("kinesis-handler"), (ROOT / "VERSION").read_text().strip())
        self.assertEqual(list(rows), ["cJSON", "libcurl", "TLS", "PCRE2", "SQLite",
                                      "protobuf-c", "zlib", "zstd"])
        for name, version in rows.items():
            self.assertRegex(version, r"^([A-Za-z]+/)?\d+\.\d+", name)
        self.assertIn(rows["libcurl"], self.call("version").stdout)

    def test_a_wrong_command_line_is_told_with_status_2(self) -> None:
        wrong = {(): "usage", ("walk",): "walk", ("run",): "FILE",
                 ("run", "--bogus", "x"): "--bogus", ("run", "x", "--json=1"): "--json",
                 ("validate", "x", "--dump"): "--dump",
                 ("run", "x", "--dead-letters"): "--dead-letters", ("run", "x", "-x"): "-x",
                 ("run", "x", "--json", "--dump"): "--dump", ("validate",): "FILE",
                 ("settings", "x"): "x", ("statuses", "--json", "--markdown"): "--markdown",
                 ("settings", "--env", "x"): "--env"}
        for arguments, word in wrong.items():
            with self.subTest(arguments):
                result = self.call(*arguments, code=2)
                self.assertIn(word, result.stderr)
                self.assertIn("usage: kinesis-handler", result.stderr)
                self.assertEqual(result.stdout, "")

    def test_options_may_stand_anywhere(self) -> None:
        self.write("a", ndjson(*GOOD))
        for arguments in (["run", "--json", "a"], ["run", "a", "--json"],
                          ["run", "--json", "--", "a"], ["run", "--dead-letters=d", "a", "--json"]):
            self.assertEqual(json.loads(self.call(*arguments).stdout)["done"], 2)

    def test_settings_are_listed(self) -> None:
        rows = {row["name"]: row for row in json.loads(self.call("settings", "--json").stdout)}
        self.assertEqual(rows["ON_DUPLICATE_LIMIT"]["allowed"], "reject, replace")
        self.assertEqual(rows["DB"]["default"], "inMemory")
        self.assertTrue(all(row["description"] for row in rows.values()))
        self.assertIn("| RESERVE_MS | 0 to ", self.call("settings", "--markdown").stdout)
        self.assertIn("RESERVE_MS", self.call("settings").stdout)

    def test_statuses_are_listed(self) -> None:
        rows = {row["name"]: row for row in json.loads(self.call("statuses", "--json").stdout)}
        self.assertEqual(rows["NOT_JSON"]["verdict"], "deadLettered")
        self.assertEqual(rows["NO_ROUTE"]["verdict"], "skipped")
        self.assertEqual(rows["THROTTLED"]["verdict"], "retry")
        self.assertIn("| NOT_JSON | deadLettered |", self.call("statuses", "--markdown").stdout)


class Run(Cli):
    def test_every_form_of_file_has_the_same_outcome(self) -> None:
        events = [*GOOD, UNKNOWN]
        forms = {
            "ndjson": ndjson(*events),
            "ndjson without last newline": ndjson(*events).rstrip("\n"),
            "ndjson with CRLF and blank lines": ndjson(*events).replace("\n", "\r\n\r\n"),
            "array": json.dumps(events),
            "array over lines": json.dumps(events, indent=2),
            "documents over lines": "\n".join(json.dumps(each, indent=2) for each in events),
            "Lambda event": json.dumps(lambda_event(*events)),
            "Lambda event over lines": json.dumps(lambda_event(*events), indent=2),
            "Lambda events": ndjson(lambda_event(*events[:1]), lambda_event(*events[1:])),
        }
        for name, text in forms.items():
            with self.subTest(name):
                self.write("events", text)
                self.assert_counts(self.run_json("events"), records=3, done=2, skipped=1)
                dump = self.call("run", "events", "--dump").stdout
                self.assertEqual([json.loads(line) for line in dump.splitlines()], [LIMIT])

    def test_standard_input_is_a_file(self) -> None:
        self.assert_counts(self.run_json("-", stdin=ndjson(*GOOD)), records=2, done=2)
        self.assert_counts(self.run_json("-", stdin=json.dumps(GOOD)), records=2, done=2)
        self.assert_counts(self.run_json("-"), records=0)

    def test_files_follow_one_another(self) -> None:
        self.write("a", ndjson(GOOD[0]))
        self.write("b", json.dumps([GOOD[1]]))
        self.assert_counts(self.run_json("a", "b"), records=2, done=2)
        self.assert_counts(self.run_json("a", "a"), records=2, done=1, duplicate=1)

    def test_the_size_of_batches_changes_nothing(self) -> None:
        events = [created(n, f"limit-{n:03}") for n in range(50)]
        events += [changed(100 + n, "0", "1", f"limit-{n:03}") for n in range(60)] + [events[3]]
        self.write("events", ndjson(*events))
        outcomes = set()
        for size in ("1", "2", "7", "1000"):
            counts = self.run_json("events", BATCH_SIZE=size)
            self.assert_counts(counts, records=111, done=100, duplicate=1, deadLettered=10)
            outcomes.add(self.call("run", "events", "--dump", BATCH_SIZE=size).stdout)
        self.assertEqual(len(outcomes), 1)

    def test_an_empty_file_is_no_records(self) -> None:
        for text in ("", "\n\n", "[]", '{"Records":[]}'):
            self.write("empty", text)
            self.assert_counts(self.run_json("empty"), records=0)

    def test_the_summary_is_a_table_with_reasons_in_words(self) -> None:
        self.write("events", ndjson(*GOOD, changed(3, "10.50", "100", "other"), UNKNOWN))
        lines = self.call("run", "events").stdout.splitlines()
        self.assertEqual(lines[0].split()[:4], ["event", "type", "records", "done"])
        self.assertIn(["USER_LIMIT_PROGRESS_CHANGED", "2", "1", "0", "0", "1", "0"],
                      [line.split() for line in lines])
        self.assertIn(["total", "4", "2", "0", "1", "1", "0"], [line.split() for line in lines])
        self.assertIn("Dead letters: 1, written to dead-letters.ndjson:", lines)
        self.assertRegex(lines[-1], r"1 x USER_LIMIT_PROGRESS_CHANGED: the entity is not there")

    def test_dead_letters_go_to_a_file_that_is_named(self) -> None:
        self.write("events", ndjson(GOOD[0], created(2), GOOD[1] | {"eventId": ""}))
        with open(self.folder / "events", "a") as events:
            events.write("no json\n")
        targets = {"dead-letters.ndjson": ([], {}),
                   "a.ndjson": (["--dead-letters", "a.ndjson"], {}),
                   "b.ndjson": ([], {"DEAD_LETTER": "b.ndjson"}),
                   "c.ndjson": ([], {"DEAD_LETTER": "file:c.ndjson"}),
                   "d.ndjson": (["--dead-letters", "d.ndjson"], {"DEAD_LETTER": "unused"})}
        for target, (options, settings) in targets.items():
            with self.subTest(target):
                counts = self.run_json("events", *options, **settings)
                self.assert_counts(counts, records=4, done=1, deadLettered=3)
                self.assertEqual(counts["deadLetterTarget"], target)
                self.assertEqual(sum(each["count"] for each in counts["deadLetters"]), 3)
                letters = (self.folder / target).read_text().splitlines()
                self.assertEqual([json.loads(line)["reason"]["status"] for line in letters],
                                 ["EXISTS", "INVALID", "NOT_JSON"])
        self.assertFalse((self.folder / "unused").exists())

    def test_no_dead_letters_leave_the_file_as_it_was(self) -> None:
        self.write("events", ndjson(*GOOD))
        self.run_json("events")
        # Not removed either: another process may have begun to write to it.
        self.assertEqual((self.folder / "dead-letters.ndjson").read_text(), "")
        self.write("dead-letters.ndjson", '{"earlier":1}\n')
        self.run_json("events")
        self.assertEqual((self.folder / "dead-letters.ndjson").read_text(), '{"earlier":1}\n')

    def test_a_target_that_can_not_be_written_ends_it_at_the_start(self) -> None:
        self.write("events", ndjson(*GOOD))
        for target in ("nowhere/dead.ndjson", "/dev/full", "."):
            result = self.call("run", "events", "--dead-letters", target, code=1)
            self.assertIn(target, result.stderr)
            self.assertEqual(result.stdout, "")

    def test_a_target_for_dead_letters_says_of_which_kind_it_is(self) -> None:
        for target in ("arn:aws:sqs:eu-west-1:1:q", "https://sqs.eu-west-1.amazonaws.com/1/q"):
            result = self.call("run", "-", DEAD_LETTER=target, code=1)
            self.assertIn("DEAD_LETTER", result.stderr)

    def test_a_broken_line_is_a_dead_letter_and_the_others_go_on(self) -> None:
        for broken in ("no json", '{"eventId":', '{"a":1} {', "\x00", '"'):
            with self.subTest(broken):
                self.write("events", ndjson(GOOD[0]) + broken + "\n" + ndjson(GOOD[1]))
                self.assert_counts(self.run_json("events"), records=3, done=2, deadLettered=1)
                self.write("events", broken + "\n" + ndjson(*GOOD))
                # What begins like no text is one record, not lines.
                counts = {"records": 3, "done": 2} if broken >= " " else {"records": 1}
                self.assert_counts(self.run_json("events"), deadLettered=1, **counts)

    def test_a_broken_array_is_told_with_its_place(self) -> None:
        self.write("events", "[" + json.dumps(GOOD[0]) + ",\n  {\"a\" 1}\n]")
        result = self.call("run", "events", "--json", code=1)
        self.assertRegex(result.stderr, r"events: line 2, column 8: ")
        self.assert_counts(json.loads(result.stdout), records=1, done=1)

    def test_after_a_broken_file_no_other_is_read(self) -> None:
        self.write("broken", "[")
        self.write("events", ndjson(*GOOD))
        result = self.call("run", "broken", "events", "--json", code=1)
        self.assertIn("events: not read", result.stderr)
        self.assert_counts(json.loads(result.stdout), records=0)

    def test_a_missing_file_is_named_before_anything_is_applied(self) -> None:
        self.write("events", ndjson(*GOOD))
        for arguments in (["gone"], ["events", "gone"], ["events", "--env", "gone"]):
            result = self.call("run", *arguments, code=1)
            self.assertIn("gone: No such file or directory", result.stderr)
            self.assertEqual(result.stdout, "")

    def test_a_byte_order_mark_and_a_foreign_event_source_are_told(self) -> None:
        self.write("mark", b"\xef\xbb\xbf{}\n")
        self.assertIn("byte order mark", self.call("run", "mark", code=1).stderr)
        self.write("sqs", '{"Records":[{"eventSource":"aws:sqs","body":"{}"}]}')
        self.assertIn("aws:sqs", self.call("run", "sqs", code=1).stderr)

    def test_large_input_streams(self) -> None:
        line = ndjson(UNKNOWN | {"data": {"padding": "x" * 4000}})
        self.write("events", line * 30000)
        limited = ["bash", "-c", 'ulimit -v 120000; exec "$0" run events --json', PROGRAM]
        if any(name.endswith("SAN_OPTIONS") for name in BASE) or self.is_sanitized() or EMULATED:
            limited = [PROGRAM, "run", "events", "--json"]
        result = subprocess.run(limited, cwd=self.folder, env=BASE | {"BATCH_SIZE": "100"},
                                capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(json.loads(result.stdout)["skipped"], 30000)

    @staticmethod
    def is_sanitized() -> bool:
        return b"__asan_init" in pathlib.Path(PROGRAM).read_bytes() or \
            b"__tsan_init" in pathlib.Path(PROGRAM).read_bytes()


class Retry(Cli):
    def test_what_comes_after_a_record_to_retry_is_counted_and_not_applied(self) -> None:
        # No file may grow: the dead letter can't be written, so its record has to be retried.
        self.write("events", ndjson(GOOD[0], created(5), GOOD[1], UNKNOWN))
        self.write("more", ndjson(created(7, "limit-7"), created(8, "limit-8")))
        command = ["bash", "-c", 'trap "" XFSZ; ulimit -f 0; exec "$0" "$@"', PROGRAM, "run",
                   "events", "more"]
        for size in ("1", "1000"):
            result = subprocess.run([*command, "--json"], cwd=self.folder, capture_output=True,
                                    text=True, env=BASE | {"BATCH_SIZE": size})
            self.assertEqual(result.returncode, 1, result.stderr)
            counts = json.loads(result.stdout)
            self.assert_counts(counts, records=6, done=1, retry=5)
            self.assertEqual(counts["stoppedBy"]["type"], "USER_LIMIT_CREATED")
        result = subprocess.run([*command, "--dump"], cwd=self.folder, capture_output=True,
                                text=True, env=BASE)
        self.assertEqual(len(result.stdout.splitlines()), 1)
        self.assertIn("Left to retry: 5.", result.stderr)
        self.assertIn("Stopped at record 2: USER_LIMIT_CREATED: ", result.stderr)


class Dump(Cli):
    def test_entities_are_sorted_by_key_and_the_summary_is_out_of_the_way(self) -> None:
        names = ["b", "a", "\u00e9", "a\u0000", "Z", "10", "9"]
        self.write("events", ndjson(*[created(n, name) for n, name in enumerate(names)]))
        result = self.call("run", "events", "--dump")
        keys = [json.loads(line)["userLimitId"] for line in result.stdout.splitlines()]
        self.assertEqual(keys, sorted(names, key=str.encode))
        self.assertIn("total", result.stderr)

    def test_more_entities_than_a_page_holds(self) -> None:
        self.write("events", ndjson(*[created(n, f"{n:05}") for n in range(1501)]))
        result = self.call("run", "events", "--dump")
        keys = [json.loads(line)["userLimitId"] for line in result.stdout.splitlines()]
        self.assertEqual(keys, [f"{n:05}" for n in range(1501)])

    def test_an_output_that_can_not_be_written_is_an_error(self) -> None:
        self.write("events", ndjson(*GOOD))
        with open("/dev/full", "w") as full:
            for option in ("--dump", "--json"):
                result = subprocess.run([PROGRAM, "run", "events", option], cwd=self.folder,
                                        env=BASE, stdout=full, stderr=subprocess.PIPE, text=True)
                self.assertEqual(result.returncode, 1)
                self.assertIn("standard output", result.stderr)


class Validate(Cli):
    def test_every_violation_of_every_event_is_a_line(self) -> None:
        bad = created(2, value="-1", currencyCode="eur", status=None)
        del bad["data"]["userId"]
        self.write("events", ndjson(GOOD[0], bad, UNKNOWN) + "no json\n" + ndjson({"eventId": "x"}))
        result = self.call("validate", "events", code=1)
        lines = result.stdout.splitlines()
        for expected in ("events:record 2: /data/currencyCode: pattern: ",
                         "events:record 2: /data/status: ", "events:record 2: /data/value: ",
                         "events:record 2: /data: required: ",
                         "events:record 4: (root): NOT_JSON: ",
                         "events:record 5: (root): required: "):
            self.assertTrue([line for line in lines if line.startswith(expected)], expected)
        self.assertFalse([line for line in lines if "record 1:" in line or "record 3:" in line])
        self.assertIn("events: 5 records: 1 valid, 3 invalid, 1 of unknown type", result.stderr)

    def test_nothing_is_applied_and_nothing_is_set_aside(self) -> None:
        # The second would be refused by its handler; the schema has nothing against it.
        self.write("events", ndjson(created(1), created(2), "not an object"))
        result = self.call("validate", "events", code=1)
        self.assertEqual(len(result.stdout.splitlines()), 1)
        self.assertEqual([each.name for each in self.folder.iterdir()], ["events"])

    def test_valid_events_are_silent_on_standard_output(self) -> None:
        self.write("events", json.dumps([*GOOD, UNKNOWN]))
        self.assertEqual(self.call("validate", "events").stdout, "")

    def test_json_is_one_object(self) -> None:
        bad = created(2, value="x")
        self.write("a", ndjson(GOOD[0], bad))
        self.write("b", json.dumps(lambda_event(UNKNOWN, bad)))
        report = json.loads(self.call("validate", "a", "b", "--json", code=1).stdout)
        counts = {"records": 4, "valid": 1, "invalid": 2, "unknown": 1}
        self.assertEqual({name: report[name] for name in counts}, counts)
        self.assertEqual([(each["file"], each["record"], each["eventId"], each["pointer"])
                          for each in report["violations"]],
                         [("a", 2, "event-2", "/data/value"), ("b", 2, "event-2", "/data/value")])
        report = json.loads(self.call("validate", "-", "--json", stdin=ndjson(*GOOD)).stdout)
        self.assertEqual(report["violations"], [])

    def test_a_file_that_can_not_be_read_to_its_end_is_an_error(self) -> None:
        self.write("events", "[" + json.dumps(GOOD[0]))
        self.assertIn("not closed", self.call("validate", "events", code=1).stderr)
        self.assertIn("gone", self.call("validate", "gone", code=1).stderr)


class Settings(Cli):
    def test_a_bad_value_is_told_at_the_start(self) -> None:
        bad = {"DB": "oracle", "LOG_LEVEL": "loud", "LOG_FORMAT": "xml", "BATCH_SIZE": "0",
               "MAX_RECORD_BYTES": "many", "UNKNOWN_EVENTS": "drop", "METRICS": "on",
               "RESERVE_MS": "-1", "ON_DUPLICATE_LIMIT": "maybe", "MARKS_IN_MEMORY": "1"}
        for name, value in bad.items():
            for verb in ("run", "validate"):
                result = self.call(verb, "-", code=1, **{name: value})
                self.assertIn(name, result.stderr)
                self.assertIn(value, result.stderr)

    def test_a_store_that_can_not_be_used_is_told_at_the_start(self) -> None:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            endpoint = f"http://127.0.0.1:{nobody.getsockname()[1]}"
            keys = {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "a",
                    "AWS_SECRET_ACCESS_KEY": "b", "AWS_MAX_ATTEMPTS": "1"}
            for expected, settings in (
                ("SQLITE_PATH is not set", {"DB": "sqlite"}),
                ("nowhere/file", {"DB": "sqlite", "SQLITE_PATH": "nowhere/file"}),
                ("AWS_REGION", {"DB": "dynamodb"}),
                ("connect", {"DB": "dynamodb", **keys, "AWS_ENDPOINT_URL": endpoint}),
                ("without https", {"DB": "dynamodb", **keys,
                             "AWS_ENDPOINT_URL": "http://example.com"}),
            ):
                with self.subTest(expected):
                    self.assertIn(expected, self.call("run", "-", code=1, **settings).stderr)

    def test_validating_needs_no_store(self) -> None:
        self.call("validate", "-", stdin=ndjson(*GOOD), DB="dynamodb")
        self.call("validate", "-", stdin=ndjson(*GOOD), DB="sqlite", SQLITE_PATH="x.db")
        self.assertFalse((self.folder / "x.db").exists())

    def test_tables_wants_to_know_what_to_do(self) -> None:
        for arguments in ((), ("drop",), ("create", "delete"), ("create", "--dump")):
            self.assertIn("usage: kinesis-handler tables",
                          self.call("tables", *arguments, code=2).stderr)

    def test_settings_come_from_files_and_the_environment_wins(self) -> None:
        events = ndjson(created(1), created(2, value="7"))
        (self.folder / "config").mkdir()
        self.write("config/.env", "# local\nON_DUPLICATE_LIMIT=replace\n")
        self.assert_counts(self.run_json("-", stdin=events), records=2, done=2)
        self.assert_counts(self.run_json("-", stdin=events, ON_DUPLICATE_LIMIT="reject"),
                           records=2, done=1, deadLettered=1)
        self.write("other", "LOG_LEVEL=error\n")
        self.assert_counts(self.run_json("-", "--env", "other", stdin=events),
                           records=2, done=1, deadLettered=1)
        self.write("config/.env", "DB=oracle\n")
        self.assertIn("config/.env", self.call("run", "-", code=1).stderr)

    def test_unknown_events_may_be_dead_letters(self) -> None:
        counts = self.run_json("-", stdin=ndjson(UNKNOWN), UNKNOWN_EVENTS="deadLetter")
        self.assert_counts(counts, records=1, deadLettered=1)

    def test_a_record_that_is_too_large_is_a_dead_letter(self) -> None:
        large = created(1) | {"context": {"x": "x" * 2000}}
        counts = self.run_json("-", stdin=ndjson(large), MAX_RECORD_BYTES="2000")
        self.assert_counts(counts, records=1, deadLettered=1)
        self.assertEqual(counts["deadLetters"][0]["status"], "TOO_LARGE")

    def test_the_log_is_json_unless_a_terminal_reads_it(self) -> None:
        events = ndjson(changed(1, "0", "1"))
        lines = self.call("run", "-", stdin=events).stderr.splitlines()
        self.assertEqual([json.loads(line)["eventId"] for line in lines], ["event-1"])
        self.assertEqual(self.call("run", "-", stdin=events, LOG_LEVEL="off").stderr, "")
        text = self.call("run", "-", stdin=events, LOG_FORMAT="text").stderr
        self.assertNotIn("{", text)

    def test_payloads_are_not_logged(self) -> None:
        secret = "4929-canary"
        events = ndjson(created(1, brandId=secret), created(2, value=secret),
                        changed(3, "0", "1", secret)) + f'{{"a":"{secret}" x\n'
        result = self.call("run", "-", stdin=events, LOG_LEVEL="trace")
        self.assertNotIn(secret, result.stdout + result.stderr)


class Terminal(Cli):
    def on_terminal(self, *arguments: str, **settings: str) -> tuple[str, str]:
        """What goes to standard output, and what a terminal on standard error gets."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, stderr=theirs,
                                   stdout=subprocess.PIPE, env=BASE | {"TERM": "xterm"} | settings)
        os.close(theirs)
        seen = b""
        try:
            while data := os.read(ours, 65536):
                seen += data
        except OSError:
            pass  # the other end is closed
        os.close(ours)
        output = process.communicate()[0]
        self.assertEqual(process.returncode, 0)
        return output.decode(), seen.decode()

    def test_progress_is_shown_and_taken_away(self) -> None:
        self.write("events", ndjson(*GOOD))
        output, seen = self.on_terminal("run", "events", "--json")
        self.assertEqual(json.loads(output)["done"], 2)
        self.assertRegex(seen, r"\[#{30}\] 100 %, 2 records\r")
        self.assertTrue(seen.endswith("\x1b[K"))

    def test_a_dumb_terminal_gets_no_bar(self) -> None:
        self.write("events", ndjson(*GOOD))
        self.assertEqual(self.on_terminal("run", "events", TERM="dumb")[1], "")

    def test_the_log_is_text(self) -> None:
        self.write("events", ndjson(changed(1, "0", "1")))
        seen = self.on_terminal("run", "events", TERM="dumb")[1]
        self.assertIn("dead-lettered", seen)
        self.assertNotIn("{", seen)


if __name__ == "__main__":
    unittest.main()
