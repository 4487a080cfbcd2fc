"""A stamp ends a run early when nothing would change, and never when something would."""

import hashlib
import importlib.util
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

from codegen import stamp
from test_cases import CASES, ROOT, lay_out


class Stamps(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.home = pathlib.Path(temporary.name) / "service"
        self.home.mkdir()
        self.schema = self.home / "schema"
        lay_out(CASES / "model_cloudevents", self.schema)
        self.stamp = self.home / "build" / "stamp.json"
        self.path = [str(ROOT)]

    def run_it(self, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "codegen", verb, *arguments], cwd=self.home,
            capture_output=True, encoding="utf-8", check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(self.path),
                 "PYTHONDONTWRITEBYTECODE": "1", "XDG_CACHE_HOME": str(self.home / "cache")},
        )

    def generate(self) -> str:
        """What a run prints; it has to succeed."""
        done = self.run_it("generate", "--docs", "docs", "--stamp", str(self.stamp))
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def ended_early(self) -> bool:
        """Did a run leave the stamp as it was? One that generates writes it anew."""
        before = self.stamp.stat()
        said = self.generate()
        after = self.stamp.stat()
        early = (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
        if early:
            self.assertNotRegex(said, "wrote|removed /|[1-9][0-9]* (written|removed)")
        return early

    def digests(self) -> dict[str, str]:
        """Of everything that was generated, by path."""
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest()
                for folder in ("generated", "docs")
                for path in sorted((self.home / folder).rglob("*")) if path.is_file()}

    def test_a_run_that_would_change_nothing_ends_early_and_says_the_same(self) -> None:
        said = self.generate()
        before = self.digests()
        self.assertTrue(self.ended_early())
        self.assertEqual(before, self.digests())
        self.stamp.unlink()
        self.assertEqual(self.generate(), self.generate())
        self.assertIn(" written", said)

    def put_right(self, damage) -> None:
        """The damage is seen by `check` and put right by the next run, which does not end early."""
        self.generate()
        before = self.digests()
        damage(self.home / "generated" / "events" / "sent.c")
        self.assertNotEqual(before, self.digests())
        self.assertEqual(1, self.run_it("check", "--docs", "docs").returncode)
        self.assertFalse(self.ended_early())
        self.assertEqual(before, self.digests())
        self.assertEqual(0, self.run_it("check", "--docs", "docs").returncode)
        self.assertTrue(self.ended_early())

    def test_an_edited_file_is_put_right(self) -> None:
        self.put_right(lambda path: path.write_text(path.read_text() + "/* mine */\n"))

    def test_an_edited_file_of_the_same_size_and_time_is_put_right(self) -> None:
        def damage(path: pathlib.Path) -> None:
            times = path.stat()
            path.write_text(path.read_text().replace("return", "Return"))
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
            self.assertEqual(times.st_size, path.stat().st_size)

        self.put_right(damage)

    def test_a_file_without_its_banner_is_put_right(self) -> None:
        self.put_right(lambda path: path.write_text("int x;\n"))

    def test_a_removed_file_is_put_right(self) -> None:
        self.put_right(lambda path: path.unlink())

    def test_an_additional_generated_file_is_removed(self) -> None:
        self.put_right(lambda path: shutil.copy(path, path.with_name("sent_again.c")))

    def test_a_file_whose_line_ends_changed_is_put_right(self) -> None:
        self.put_right(lambda path: path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n")))

    def test_an_edited_page_is_put_right(self) -> None:
        self.put_right(lambda _: (self.home / "docs" / "events.md").write_text("mine"))

    def test_files_of_ones_own_beside_them_change_nothing(self) -> None:
        self.generate()
        (self.home / "generated" / "mine.c").write_text("int mine;\n")
        self.assertTrue(self.ended_early())
        self.assertTrue((self.home / "generated" / "mine.c").exists())

    # ---- What the output depends on --------------------------------------------------------------

    def test_a_changed_schema_is_generated_from(self) -> None:
        self.generate()
        path = self.schema / "events" / "sent.schema.json"
        times, text = path.stat(), path.read_text()
        member = text.index('"id": {')
        path.write_text(text[:member] + text[member:].replace('"id"', '"no"'))
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        self.assertEqual(times.st_size, path.stat().st_size)
        self.assertFalse(self.ended_early())
        self.assertIn("struct kh_str no;", (self.home / "generated/events/sent.h").read_text())

    def test_another_schema_is_generated_from(self) -> None:
        self.generate()
        self.assertEqual(0, self.run_it("new-event", "found").returncode)
        self.assertFalse(self.ended_early())
        self.assertTrue((self.home / "generated/events/found.c").exists())
        (self.schema / "events" / "found.schema.json").unlink()
        self.assertFalse(self.ended_early())
        self.assertFalse((self.home / "generated/events/found.c").exists())

    def test_schemas_behind_a_link_are_seen(self) -> None:
        (self.schema / "events").rename(self.home / "elsewhere")
        (self.schema / "events").symlink_to(self.home / "elsewhere")
        self.generate()
        path = self.home / "elsewhere" / "sent.schema.json"
        path.write_text(path.read_text().replace('"id"', '"no"'))
        self.assertFalse(self.ended_early())
        self.assertTrue(self.ended_early())

    def test_an_editors_lock_is_no_schema(self) -> None:
        (self.schema / "events" / ".#sent.schema.json").symlink_to("someone@somewhere.1")
        self.generate()
        self.assertTrue(self.ended_early())

    def test_schemas_that_became_wrong_are_refused(self) -> None:
        self.generate()
        path = self.schema / "events" / "sent.schema.json"
        text = path.read_text()
        path.write_text(text.replace('"type"', '"tipe"', 1))
        self.assertEqual(1, self.run_it("generate", "--stamp", str(self.stamp)).returncode)
        path.write_text(text)
        self.assertTrue(self.ended_early())

    def test_warnings_are_said_again(self) -> None:
        (self.schema / "types").mkdir(exist_ok=True)
        (self.schema / "types" / "lonely.schema.json").write_text('{"type": "boolean"}')
        self.assertIn("nothing refers to this type", self.generate())
        self.assertTrue(self.ended_early())
        self.assertIn("nothing refers to this type", self.generate())

    def test_a_changed_template_and_a_changed_generator_are_generated_with(self) -> None:
        own = self.home / "own"
        shutil.copytree(ROOT / "codegen", own / "codegen",
                        ignore=shutil.ignore_patterns("__pycache__"))
        self.path = [str(own)]
        self.generate()
        self.assertTrue(self.ended_early())
        for name, old, new in (("templates/main.c.j2", "return", "/* new */ return"),
                               ("view/files.py", "To change this file", "To alter this file")):
            path = own / "codegen" / name
            self.assertIn(old, path.read_text())
            path.write_text(path.read_text().replace(old, new))
            with self.subTest(name):
                self.assertFalse(self.ended_early())
                self.assertIn(new, (self.home / "generated/main.c").read_text())
                self.assertTrue(self.ended_early())

    def test_another_jinja2_is_generated_with(self) -> None:
        library = self.home / "library"
        found = importlib.util.find_spec("jinja2")
        shutil.copytree(pathlib.Path(found.origin).parent, library / "jinja2")
        self.path.append(str(library))
        self.generate()
        self.assertTrue(self.ended_early())
        with open(library / "jinja2" / "__init__.py", "a", encoding="utf-8") as stream:
            stream.write('__version__ = "another"\n')
        self.assertFalse(self.ended_early())
        self.assertTrue(self.ended_early())

    def test_another_python_is_another_input(self) -> None:
        before = stamp.inputs(str(self.schema), ["generated"])
        self.assertEqual(before, stamp.inputs(str(self.schema), ["generated"]))
        with mock.patch.object(sys, "version", "another"):
            self.assertNotEqual(before, stamp.inputs(str(self.schema), ["generated"]))

    def test_other_folders_are_other_inputs(self) -> None:
        self.generate()
        done = self.run_it("generate", "--out", "other", "--stamp", str(self.stamp))
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertTrue((self.home / "other" / "main.c").exists())
        self.assertFalse(self.ended_early())

    # ---- The file itself -------------------------------------------------------------------------

    def test_a_stamp_that_makes_no_sense_is_none(self) -> None:
        self.generate()
        good = json.loads(self.stamp.read_text())
        for text in ("", "{", "null", "[]", "{}", '"x"', "1", "\x00", json.dumps(good | {"outputs": 1}),
                     json.dumps(good | {"outputs": [{}]}), json.dumps(good | {"warnings": None}),
                     json.dumps(good | {"inputs": 1}), json.dumps(good | {"outputs": []})):
            with self.subTest(text):
                self.stamp.write_text(text)
                path = self.home / "generated" / "main.c"
                path.unlink(missing_ok=True)
                self.generate()
                self.assertTrue(path.exists())
                self.assertEqual(good, json.loads(self.stamp.read_text()))

    def test_a_stamp_that_cannot_be_written_is_done_without(self) -> None:
        (self.home / "file").write_text("")
        self.stamp = self.home / "file" / "stamp.json"
        self.generate()
        (self.home / "generated" / "main.c").unlink()
        self.assertIn("1 written", self.generate())

    def test_without_the_option_it_is_in_the_users_cache(self) -> None:
        for _ in range(2):
            self.assertEqual(0, self.run_it("generate").returncode)
            self.assertEqual(0, self.run_it("generate", "--out", "other").returncode)
        folder = self.home / "cache" / "kinesis-handler" / "generated"
        self.assertEqual(2, len(list(folder.iterdir())))
        self.assertEqual({"cache", "generated", "other", "schema"},
                         {path.name for path in self.home.iterdir()})

    def test_the_users_cache_does_not_grow_for_ever(self) -> None:
        folder = self.home / "cache"
        folder.mkdir()
        for number in range(120):
            path = folder / f"{number}.json"
            path.write_text("{}")
            os.utime(path, (number, number))
        stamp.forget_old(str(folder / "119.json"))
        self.assertEqual({f"{number}.json" for number in range(20, 120)},
                         {path.name for path in folder.iterdir()})

    def test_nothing_of_it_is_in_the_output(self) -> None:
        self.generate()
        inputs = json.loads(self.stamp.read_text())["inputs"]
        for path in self.digests():
            self.assertNotIn(inputs, pathlib.Path(path).read_text(encoding="utf-8"), path)


if __name__ == "__main__":
    unittest.main()
