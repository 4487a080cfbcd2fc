"""DB=sqlite: the same outcome as in memory, kept from run to run; and what is wrong is told at the start.

The executable is $KH_PROGRAM, or build/dev/kinesis-handler.
"""

import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("KH_PROGRAM", str(ROOT / "build/dev/kinesis-handler"))
EVENTS = ROOT / "samples/events.ndjson"
EXPECTED = ROOT / "samples/expected.json"
BASE = {name: value for name, value in os.environ.items()
        if name in ("PATH", "HOME") or name.endswith("SAN_OPTIONS")}
COUNTS = ("records", "done", "duplicate", "skipped", "deadLettered", "retry")


class Sqlite(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.path = self.folder / "limits.db"

    def call(self, *options: str, code: int = 0, verb: str = "run",
             **settings: str) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [PROGRAM, verb, *options], cwd=self.folder, capture_output=True, text=True,
            env=BASE | {"DB": "sqlite", "SQLITE_PATH": str(self.path), "LOG_LEVEL": "off"} | settings,
            check=False,
        )
        self.assertEqual(code, done.returncode, done.stdout + done.stderr)
        return done

    def run_sample(self, *options: str, **settings: str) -> subprocess.CompletedProcess:
        return self.call(str(EVENTS), "--dead-letters", "dead.ndjson", *options, **settings)

    def counts(self, **settings: str) -> dict[str, int]:
        made = json.loads(self.run_sample("--json", **settings).stdout)
        return {name: made[name] for name in COUNTS}

    def test_the_outcome_is_that_of_the_store_in_memory(self) -> None:
        for batch_size in ("1", "7", "1000"):
            self.path = self.folder / f"{batch_size}.db"
            memory = self.run_sample("--dump", DB="inMemory", BATCH_SIZE=batch_size)
            file = self.run_sample("--dump", BATCH_SIZE=batch_size)
            self.assertEqual(memory.stdout, file.stdout)
            self.assertIn("limit-00000", file.stdout)

    def test_what_is_kept_can_be_dumped_later(self) -> None:
        dump = self.run_sample("--dump").stdout
        self.assertEqual(dump, self.call(verb="dump").stdout)
        self.assertEqual("", self.call(verb="dump", SQLITE_PATH=str(self.folder / "other.db")).stdout)

    def test_a_dump_of_what_is_in_no_store_is_refused(self) -> None:
        refused = self.call(verb="dump", DB="inMemory", code=1)
        self.assertIn("DB is inMemory", refused.stderr)
        self.assertEqual("", refused.stdout)
        with open("/dev/full", "w") as full:
            self.run_sample()
            result = subprocess.run([PROGRAM, "dump"], stdout=full, stderr=subprocess.PIPE, text=True,
                                    env=BASE | {"DB": "sqlite", "SQLITE_PATH": str(self.path)})
        self.assertEqual(1, result.returncode)
        self.assertIn("standard output", result.stderr)

    def test_events_that_come_again_in_another_run_are_duplicates(self) -> None:
        first = self.counts()
        again = self.counts(SQLITE_SYNCHRONOUS="normal")
        self.assertEqual(first["done"] + first["duplicate"], again["duplicate"])
        self.assertEqual(0, again["done"])
        self.assertEqual(first["deadLettered"], again["deadLettered"])

    def test_what_is_kept_can_be_read_with_sql(self) -> None:
        done = self.counts()["done"]
        with sqlite3.connect(self.path) as database:
            rows = database.execute(
                'SELECT user_limit_id, progress, status FROM "UserLimit" ORDER BY 1').fetchall()
            marks = database.execute("SELECT count(*) FROM kh_marks").fetchone()[0]
        database.close()
        dumped = [json.loads(line) for line in self.run_sample("--dump").stdout.splitlines()]
        self.assertEqual([(of["userLimitId"], of["progress"], of["status"]) for of in dumped], rows)
        self.assertEqual(done, marks)

    def test_a_path_is_needed_and_must_be_a_file(self) -> None:
        self.assertIn("SQLITE_PATH is not set", self.call("-", code=1, SQLITE_PATH="").stderr)
        self.assertIn("SQLITE_PATH=:memory: is no file",
                      self.call("-", code=1, SQLITE_PATH=":memory:").stderr)
        self.assertIn("unable to open database file",
                      self.call("-", code=1, SQLITE_PATH=str(self.folder / "no/x.db")).stderr)

    def test_a_database_of_a_newer_version_is_refused(self) -> None:
        self.run_sample()
        with sqlite3.connect(self.path) as database:
            database.execute("INSERT INTO kh_migrations VALUES (99, '0099_later.sql', 'x', 0)")
        database.close()
        self.assertIn("is of a newer version of this service: it has had migration 0099_later.sql",
                      self.call("-", code=1).stderr)


if __name__ == "__main__":
    unittest.main()
