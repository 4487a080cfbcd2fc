"""The command line: what is written, kept, removed and refused, and the exit codes."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from codegen import parallel
from codegen.output import Piece, Written, difference, digest_there, stale, write
from test_cases import CASES, ROOT, lay_out

VERBS = ("generate", "check", "dump", "scaffold", "new-event", "new-entity")
BANNER = "/* Generated from schemas; edit those. */\n"


class CommandLine(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.home = pathlib.Path(temporary.name) / "service"
        self.home.mkdir()
        self.schema = self.home / "schema"
        lay_out(CASES / "model_cloudevents", self.schema)

    def run_it(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "codegen", *arguments], cwd=self.home, capture_output=True,
            encoding="utf-8", check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1",
                 "XDG_CACHE_HOME": str(self.home.parent / "cache")},
        )

    def expect(self, code: int, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = self.run_it(*arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        return done

    def test_help_everywhere(self) -> None:
        for verb in VERBS:
            self.assertIn(verb, self.expect(0, "--help").stdout)
            self.assertIn("--schema", self.expect(0, verb, "--help").stdout)

    def test_wrong_command_lines(self) -> None:
        for arguments in ((), ("generat",), ("dump", "--shema", "x"), ("dump", "x"), ("scaffold",),
                          ("scaffold", "sent", "--all"), ("new-event",)):
            with self.subTest(arguments):
                self.assertIn("usage:", self.expect(2, *arguments).stderr)

    def test_no_such_schemas(self) -> None:
        self.assertIn("no such directory", self.expect(1, "dump", "--schema", "nowhere").stderr)

    def test_dump_is_json_alone(self) -> None:
        done = self.expect(0, "dump")
        self.assertEqual(json.loads(done.stdout)["service"], "service")
        self.assertEqual(done.stderr, "")

    def test_generate_twice_changes_nothing(self) -> None:
        self.expect(0, "generate", "--docs", "docs")
        files = sorted(path for path in self.home.rglob("*") if path.is_file())
        times = [path.stat().st_mtime_ns for path in files]
        done = self.expect(0, "generate", "--docs", "docs")
        self.assertIn(" 0 written, 0 removed", done.stdout)
        self.assertEqual([path.stat().st_mtime_ns for path in files], times)
        self.assertEqual(self.expect(0, "check", "--docs", "docs").stdout, "")

    def test_check_shows_what_is_stale(self) -> None:
        self.expect(0, "generate")
        path = self.schema / "events" / "sent.schema.json"
        path.write_text(path.read_text().replace('"id": {', '"added": { "type": "boolean" },\n    "id": {'))
        done = self.expect(1, "check")
        self.assertRegex(done.stdout, r"(?m)^\+.*\badded\b")
        self.assertRegex(done.stdout, r"(?m)^--- generated/")
        self.assertIn("stale", done.stderr)
        self.expect(0, "generate")
        self.expect(0, "check")

    def test_removed_event_leaves_nothing(self) -> None:
        self.expect(0, "generate")
        before = sorted(str(path) for path in (self.home / "generated").rglob("*"))
        self.expect(0, "new-event", "gone_again")
        self.expect(0, "generate")
        (self.schema / "events" / "gone_again.schema.json").unlink()
        self.assertIn("+++ /dev/null", self.expect(1, "check").stdout)
        self.expect(0, "generate")
        after = sorted(str(path) for path in (self.home / "generated").rglob("*"))
        self.assertEqual(after, before)

    def test_output_does_not_tell_where_it_was_made(self) -> None:
        self.expect(0, "generate", "--schema", str(self.schema), "--docs", "docs")
        self.expect(0, "check", "--docs", "docs")
        for path in self.home.rglob("*"):
            if path.is_file():
                self.assertNotIn(str(self.home), path.read_text(encoding="utf-8"), path)

    def test_scaffold_never_writes_over_a_handler(self) -> None:
        self.expect(0, "scaffold", "sent", "--handlers", "h")
        handler = self.home / "h" / "on_sent.c"
        self.assertIn("enum kh_status on_sent(struct kh_context *ctx", handler.read_text())
        self.assertIn("not written yet", handler.read_text())
        handler.write_text("mine")
        self.assertIn("kept", self.expect(0, "scaffold", "--all", "--handlers", "h").stdout)
        self.assertEqual(handler.read_text(), "mine")
        self.assertIn("there are: sent", self.expect(1, "scaffold", "lost").stderr)

    def test_new_schemas_are_never_written_over_others(self) -> None:
        self.assertIn("events/parcel_sent", self.expect(0, "new-event", "parcel_sent").stdout)
        self.expect(0, "new-entity", "parcel")
        for verb, name in (("new-event", "parcel_sent"), ("new-event", "parcel"),
                           ("new-entity", "parcel"), ("new-entity", "parcel_sent")):
            self.assertIn("is there already", self.expect(1, verb, name).stderr)
        for name in ("parcelSent", "../x", "", "a-b", "2fa", "envelope"):
            self.assertIn("like_this", self.expect(1, "new-event", name).stderr)
        self.expect(0, "dump")

    def test_problems_write_nothing(self) -> None:
        (self.schema / "envelope.schema.json").unlink()
        for verb in ("generate", "check"):
            done = self.expect(1, verb)
            self.assertEqual(done.stdout, "")
            self.assertIn("1 problem in schema", done.stderr)
        self.assertFalse((self.home / "generated").exists())

    def test_output_is_no_directory(self) -> None:
        (self.home / "generated").write_text("x")
        self.assertIn("generated", self.expect(2, "generate").stderr)


class Output(unittest.TestCase):
    """Writing files, whatever is in them."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.home = pathlib.Path(temporary.name)

    def write(self, files: dict[str, str]) -> Written:
        return write([Piece(str(self.home), lambda: files)])[str(self.home)]

    def difference(self, files: dict[str, str]) -> str:
        return difference([Piece(str(self.home), lambda: files)])

    def test_writes_only_what_changed(self) -> None:
        self.write({"a.c": BANNER + "a\n", "sub/b.c": BANNER + "b\n"})
        os.utime(self.home / "a.c", (1, 1))
        done = self.write({"a.c": BANNER + "a\n", "sub/b.c": BANNER + "c\n"})
        self.assertEqual((done.changed, done.kept, done.removed), (["sub/b.c"], ["a.c"], []))
        self.assertEqual((self.home / "a.c").stat().st_mtime, 1)

    def test_removes_only_generated_files(self) -> None:
        self.write({"old.c": BANNER, "sub/old.h": BANNER})
        (self.home / "mine.c").write_text("int mine;\n")
        (self.home / "late.c").write_text("\n" * 20 + BANNER)
        (self.home / "binary").write_bytes(b"\xff\xfe generated by x")
        self.assertEqual(stale(str(self.home), {"old.c": ""}), ["sub/old.h"])
        done = self.write({"new.c": BANNER})
        self.assertEqual(done.removed, ["old.c", "sub/old.h"])
        left = sorted(path.name for path in self.home.rglob("*"))
        self.assertEqual(left, ["binary", "late.c", "mine.c", "new.c"])

    def test_difference(self) -> None:
        self.assertIn("+++ " + str(self.home), self.difference({"a.c": BANNER}))
        self.write({"a.c": BANNER, "b.c": BANNER + "no newline"})
        self.assertEqual(
            self.difference({"a.c": BANNER, "b.c": BANNER + "no newline"}), "")
        found = self.difference({"a.c": BANNER + "x\n"})
        self.assertIn("+x\n", found)
        self.assertIn("-no newline\n\\ No newline at end of file\n", found)
        self.assertIn("+++ /dev/null\n", found)

    def test_line_ends_are_differences(self) -> None:
        (self.home / "a.c").write_bytes(BANNER.replace("\n", "\r\n").encode())
        self.assertNotEqual(self.difference({"a.c": BANNER}), "")


class SideBySide(unittest.TestCase):
    """Several processes make the same of many files as one does."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.home = pathlib.Path(temporary.name)
        self.pieces = [
            Piece(str(self.home / folder), lambda n=n: {f"{n % 7}/{n}.c": f"{BANNER}int x{n};\n"})
            for n in range(90) for folder in ("one", "two")
        ]

    def with_processes(self, count: int, function, *arguments):
        with mock.patch.object(parallel, "_JOBS_PER_PROCESS", 1), \
                mock.patch.object(parallel, "_cpus", lambda: count):
            return function(*arguments)

    def test_the_same_files_are_written_and_told_of(self) -> None:
        alone = self.with_processes(1, write, self.pieces)
        texts = {path: path.read_text() for path in self.home.rglob("*.c")}
        self.assertEqual(180, len(texts))
        self.assertEqual("", self.with_processes(3, difference, self.pieces))
        shutil.rmtree(self.home)
        self.assertEqual(alone, self.with_processes(3, write, self.pieces))
        self.assertEqual(texts, {path: path.read_text() for path in self.home.rglob("*.c")})
        self.assertEqual(alone[str(self.home / "one")].digest, alone[str(self.home / "two")].digest)
        self.assertEqual(digest_there(str(self.home / "one")), alone[str(self.home / "one")].digest)

    def test_the_same_differences_are_found(self) -> None:
        alone = self.with_processes(1, difference, self.pieces)
        self.assertEqual(alone, self.with_processes(3, difference, self.pieces))
        self.assertLess(alone.index("one/6/83.c"), alone.index("two/0/0.c"))

    def test_each_job_is_done_by_one_process_and_told_in_order(self) -> None:
        jobs = list(range(200))
        done = self.with_processes(3, parallel.each, jobs, lambda job: (job, os.getpid()))
        self.assertEqual(jobs, [job for job, _ in done])
        self.assertNotIn(os.getpid(), {process for _, process in done})

    def test_what_cannot_be_written_is_an_error_here(self) -> None:
        (self.home / "one").write_text("x")
        with self.assertRaises(OSError) as caught:
            self.with_processes(3, write, self.pieces)
        self.assertIn("one", str(caught.exception.filename))


if __name__ == "__main__":
    unittest.main()
