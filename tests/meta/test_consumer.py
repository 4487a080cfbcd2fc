"""A service in a repository of its own, built from the installed package and run."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("KH_BUILD_DIR", ROOT / "build/dev"))


def call(*command: object, **options: object) -> subprocess.CompletedProcess:
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, **options)


class Consumer(unittest.TestCase):
    """Installs the package into a folder, then builds tests/consumer elsewhere against it."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.source = cls.folder / "parcels"
        shutil.copytree(ROOT / "tests/consumer", cls.source)
        cls.check("cmake", "--install", BUILD, "--prefix", cls.folder / "package")
        cls.check(
            "cmake", "-G", "Ninja", "-S", cls.source, "-B", cls.folder / "build",
            f"-DCMAKE_PREFIX_PATH={cls.folder / 'package'}",
            f"-DCMAKE_C_FLAGS={cls.sanitizer_flags()}",
        )
        cls.check("cmake", "--build", cls.folder / "build")
        cls.program = cls.folder / "build/parcels"

    @staticmethod
    def sanitizer_flags() -> str:
        """The installed library may be a sanitized build: its user then links the sanitizers too."""
        for line in (BUILD / "CMakeCache.txt").read_text().splitlines():
            if line.startswith("KH_SANITIZE:") and not line.endswith("="):
                return f"-fsanitize={line.split('=', 1)[1]}"
        return ""

    @classmethod
    def check(cls, *command: object) -> None:
        result = call(*command)
        if result.returncode != 0:
            raise AssertionError(f"{command[0]}: {result.stdout}{result.stderr}")

    def run_events(self, *options: str, **environment: str) -> subprocess.CompletedProcess:
        return call(
            self.program, "run", self.source / "events.ndjson", "--dead-letters",
            self.folder / "dead.ndjson", *options, env=os.environ | environment, cwd=self.folder,
        )

    def setUp(self) -> None:
        (self.folder / "dead.ndjson").unlink(missing_ok=True)

    def test_events_are_handled_by_cloudevents_rules(self) -> None:
        result = self.run_events("--json")
        self.assertEqual(0, result.returncode, result.stderr)
        counts = json.loads(result.stdout)
        # Event 3 of /shop comes twice, once as base64; event 3 of /depot is another event.
        expected = {"records": 9, "done": 4, "duplicate": 1, "skipped": 1, "deadLettered": 3,
                    "retry": 0}
        self.assertEqual(expected, {name: counts[name] for name in expected})

    def test_entities_keep_nested_and_recursive_values_and_null(self) -> None:
        result = self.run_events("--dump")
        self.assertEqual(0, result.returncode, result.stderr)
        first, second = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual("MOVING", first["state"])
        self.assertEqual({"kind": "depot", "code": "PAR02"}, first["place"])
        self.assertEqual({"kind": "address", "lines": ["1 High Street"], "country": None},
                         first["to"])
        self.assertEqual([{"name": "cup", "grams": 300, "value": "12.50"}],
                         first["items"][0]["contents"])
        self.assertIsNone(first["notes"])
        self.assertEqual("2026-11-23T12:00:00.5+01:00", first["movedAt"])
        self.assertEqual("ARRIVED", second["state"])
        self.assertEqual("Ring twice.", second["notes"])

    def test_dead_letters_point_into_the_document_they_came_from(self) -> None:
        self.run_events()
        letters = [json.loads(line) for line in open(self.folder / "dead.ndjson")]
        by_id = {letter["event"]["id"].split("\n")[-1]: letter for letter in letters}
        self.assertEqual(3, len(letters))
        self.assertEqual(["/data/to"], [v["pointer"] for v in by_id["6"]["violations"]])
        self.assertEqual(["/data_base64/at"], [v["pointer"] for v in by_id["7"]["violations"]])

    def test_a_setting_of_the_service_is_obeyed(self) -> None:
        result = self.run_events("--json", MAX_WEIGHT_GRAMS="100000")
        self.assertEqual(2, json.loads(result.stdout)["deadLettered"])

    def test_a_schema_change_is_picked_up_by_the_build(self) -> None:
        path = self.source / "schema/events/parcel_moved.schema.json"
        before = path.read_text()
        self.addCleanup(path.write_text, before)
        schema = json.loads(before)
        schema["properties"]["scanner"] = {"type": "string", "x-proto-field": 4}
        path.write_text(json.dumps(schema, indent=2) + "\n")
        self.check("cmake", "--build", self.folder / "build")
        headers = list((self.folder / "build").rglob("parcel_moved.h"))
        self.assertIn("scanner", headers[0].read_text())


if __name__ == "__main__":
    unittest.main()
