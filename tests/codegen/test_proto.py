"""Protocol Buffers: the .proto files compile, and numbers stay with their members."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from codegen import emit, front

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SCHEMAS = {name: ROOT / name for name in ("schema", "tests/consumer/schema", "tests/messages/schema")}
THING = {
    "type": "object",
    "x-event": {"type": "THING"},
    "properties": {
        "id": {"type": "string", "x-proto-field": 1},
        "count": {"type": "integer", "minimum": 0, "maximum": 9, "x-proto-field": 2},
        "colour": {"$ref": "../types/colour.schema.json", "x-proto-field": 3},
    },
}


def protos(schema: pathlib.Path) -> dict[str, str]:
    """The .proto files by path, as they lie below proto/."""
    model, problems = front.read(str(schema))
    if model is None or problems:
        raise AssertionError("\n".join(map(str, problems)))
    return {path.removeprefix("proto/"): text for path, text in emit.plan(model).items()
            if path.endswith(".proto")}


class Compilers(unittest.TestCase):
    def compiles(self, compiler: str, option: str, files: dict[str, str]) -> None:
        if shutil.which(compiler) is None:
            self.skipTest(f"{compiler} is not installed")
        with tempfile.TemporaryDirectory() as temporary:
            folder = pathlib.Path(temporary)
            (folder / "out").mkdir()
            for path, text in files.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text, encoding="utf-8")
            done = subprocess.run(
                [compiler, f"-I{folder}", f"{option}={folder / 'out'}", *files],
                cwd=folder, capture_output=True, encoding="utf-8", check=False)
            self.assertEqual((0, ""), (done.returncode, done.stderr))

    def test_protoc_has_nothing_to_say(self) -> None:
        for name, schema in SCHEMAS.items():
            with self.subTest(name):
                files = protos(schema)
                self.assertGreater(len(files), 3)
                self.compiles("protoc", "--cpp_out", files)

    def test_protoc_c_has_nothing_to_say(self) -> None:
        """Before its version 1.5 it takes no `optional` in proto3; in proto2 it is the same on the wire."""
        for name, schema in SCHEMAS.items():
            with self.subTest(name):
                files = {path: text.replace('syntax = "proto3"', 'syntax = "proto2"')
                         for path, text in protos(schema).items()}
                self.compiles("protoc-c", "--c_out", files)

    def test_files_that_need_each_other_are_one(self) -> None:
        def node(other: str, number: int) -> dict:
            return {"type": "object", "properties": {
                "other": {"$ref": f"{other}.schema.json", "x-proto-field": number}}}

        with tempfile.TemporaryDirectory() as temporary:
            schema = pathlib.Path(temporary) / "service/schema"
            shutil.copytree(HERE / "base", schema)
            (schema / "types").mkdir()
            for name, other in (("aa", "bb"), ("bb", "aa")):
                (schema / f"types/{name}.schema.json").write_text(json.dumps(node(other, 1)))
            files = protos(schema)
            self.assertEqual(["service/types/aa.proto"], list(files))
            self.assertRegex(files["service/types/aa.proto"], r"(?s)message Aa \{.*message Bb \{")
            self.compiles("protoc", "--cpp_out", files)


class Numbers(unittest.TestCase):
    """What the lock keeps from one run of the generator to the next."""

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.home = pathlib.Path(temporary.name) / "service"
        shutil.copytree(HERE / "base", self.home / "schema")
        (self.home / "schema/types").mkdir()
        self.lock = self.home / "schema/proto.lock.json"
        self.thing = json.loads(json.dumps(THING))
        self.colours = ["RED", "BLUE"]

    def run_it(self, verb: str) -> subprocess.CompletedProcess[str]:
        (self.home / "schema/events/thing.schema.json").write_text(json.dumps(self.thing))
        (self.home / "schema/types/colour.schema.json").write_text(
            json.dumps({"type": "string", "enum": self.colours}))
        return subprocess.run(
            [sys.executable, "-m", "codegen", verb], cwd=self.home, capture_output=True,
            encoding="utf-8", check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1",
                 "XDG_CACHE_HOME": str(self.home / "cache")},
        )

    def generate(self) -> dict:
        done = self.run_it("generate")
        self.assertEqual(0, done.returncode, done.stderr)
        return json.loads(self.lock.read_text())

    def proto(self, path: str) -> str:
        folder, = (self.home / "generated/proto").iterdir()
        return (folder / path).read_text()

    def test_a_second_run_changes_nothing_and_check_agrees(self) -> None:
        self.generate()
        before = self.lock.read_bytes()
        self.generate()
        self.assertEqual(before, self.lock.read_bytes())
        self.assertEqual(0, self.run_it("check").returncode)

    def test_a_lock_that_is_not_as_generated_is_stale(self) -> None:
        self.generate()
        wanted = self.lock.read_text()
        for text in (wanted.replace('"RED"', '"PINK"'), wanted + "\n"):
            self.lock.write_text(text)
            done = self.run_it("check")
            self.assertEqual(1, done.returncode)
            self.assertIn("proto.lock.json", done.stdout)
        self.lock.write_text(wanted + "\n")
        self.generate()
        self.assertEqual(wanted, self.lock.read_text())

    def test_nothing_else_in_the_schemas_folder_is_taken_for_generated(self) -> None:
        text = json.dumps({"title": "Generated from a table", "type": "string"})
        other = self.home / "schema/types/other.schema.json"
        other.write_text(text)
        self.generate()
        self.generate()
        self.assertEqual(text, other.read_text())

    def test_a_value_in_the_middle_gets_the_next_number(self) -> None:
        self.generate()
        self.colours = ["RED", "GREEN", "BLUE"]
        found = self.generate()
        self.assertEqual({"1": "RED", "2": "BLUE", "3": "GREEN"}, found["enums"]["colour"])
        self.assertEqual(["UNSPECIFIED = 0", "RED = 1", "GREEN = 3", "BLUE = 2"], re.findall(
            r"COLOUR_(\w+ = \d)", self.proto("types/colour.proto")))
        self.assertIn("COLOUR_GREEN - 1] = 3", (self.home / "generated/types/colour.c").read_text())

    def test_a_value_that_is_gone_keeps_its_number_and_comes_back_with_it(self) -> None:
        self.generate()
        self.colours = ["BLUE", "GREEN"]
        found = self.generate()
        self.assertEqual({"1": "RED", "2": "BLUE", "3": "GREEN"}, found["enums"]["colour"])
        self.assertRegex(self.proto("types/colour.proto"), r'reserved 1;\n  reserved "COLOUR_RED";')
        self.colours = ["BLUE", "RED"]
        self.generate()
        self.assertIn("COLOUR_RED = 1;", self.proto("types/colour.proto"))

    def test_a_member_that_is_gone_is_reserved_and_may_come_back(self) -> None:
        self.generate()
        member = self.thing["properties"].pop("count")
        found = self.generate()
        self.assertEqual({"member": "count", "type": "int32"}, found["messages"]["thing"]["2"])
        self.assertRegex(self.proto("events/thing.proto"), r'reserved 2;\n  reserved "count";')
        self.thing["properties"]["counts"] = member
        self.assertIn("2 is or was the field number of 'count'", self.run_it("generate").stderr)
        self.thing["properties"] = {"count": member}
        self.generate()
        self.assertIn("optional int32 count = 2;", self.proto("events/thing.proto"))

    def test_an_integer_may_become_wider_and_not_narrower(self) -> None:
        self.generate()
        count = self.thing["properties"]["count"]
        count["maximum"] = 10**10
        found = self.generate()
        self.assertEqual("int64", found["messages"]["thing"]["2"]["type"])
        count["maximum"] = 9
        self.assertIn("was int64 until now", self.run_it("generate").stderr)

    def test_numbers_outlive_the_last_message(self) -> None:
        self.generate()
        before = self.lock.read_text()
        for member in self.thing["properties"].values():
            del member["x-proto-field"]
        self.generate()
        self.assertEqual(before, self.lock.read_text())
        self.assertFalse((self.home / "generated/proto").exists())
        self.thing["properties"]["id"]["x-proto-field"] = 5
        self.thing["properties"] = {"id": self.thing["properties"]["id"]}
        self.assertIn("the field number of 'id' is 1", self.run_it("generate").stderr)

    def test_schemas_without_numbers_have_no_lock(self) -> None:
        for member in self.thing["properties"].values():
            del member["x-proto-field"]
        self.assertEqual(0, self.run_it("generate").returncode)
        self.assertFalse(self.lock.exists())
        self.assertFalse((self.home / "generated/proto").exists())
        for path in (self.home / "generated").rglob("*.[ch]"):
            if path.name.removesuffix(path.suffix) != "settings":
                self.assertNotIn("proto", path.read_text(), path)


if __name__ == "__main__":
    unittest.main()
