"""The schemas that the generator is measured by: valid, compiled without a warning, always the same."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from bench import generating, make_schemas
from test_emit import ROOT, WARNINGS, planned, run_all, write

EVENTS = 12


class MadeSchemas(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.home = pathlib.Path(cls.temporary.name)
        make_schemas.write(cls.home / "schema", make_schemas.make(EVENTS))

    def run_it(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments], cwd=self.home, capture_output=True, encoding="utf-8",
            check=False, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1",
                              "XDG_CACHE_HOME": str(self.home / "cache")},
        )

    def test_the_generator_accepts_them(self) -> None:
        self.assertEqual("", self.run_it("-m", "codegen", "generate").stderr)
        done = self.run_it("-m", "codegen", "check")
        self.assertEqual((0, "", ""), (done.returncode, done.stdout, done.stderr))

    def test_what_is_generated_compiles(self) -> None:
        out = self.home / "out"
        write(out, planned(self.home / "schema"))
        sources = [path for path in out.rglob("*.c") if "tests" not in path.parts]
        self.assertGreater(len(sources), 2 * EVENTS)
        self.assertEqual("", run_all([
            ["gcc", "-std=c11", *WARNINGS, "-fsyntax-only", f"-I{ROOT}/include", f"-I{out}", str(path)]
            for path in sources
        ]))

    def test_jsonschema_agrees_on_every_case_of_them(self) -> None:
        done = self.run_it("-m", "codegen.testgen.cross_check")
        if done.returncode == 3:
            self.skipTest(done.stderr.strip())
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"[1-9]\d* cases: .* 0 disagreements")

    def test_the_same_seed_gives_the_same_schemas(self) -> None:
        self.assertEqual(make_schemas.make(40, 7), make_schemas.make(40, 7))
        self.assertNotEqual(make_schemas.make(40, 7), make_schemas.make(40, 8))

    def test_they_are_of_the_size_that_they_are_said_to_be(self) -> None:
        made = make_schemas.make(200)
        events = [schema for path, schema in made.items() if path.startswith("events/")]
        counts = [len(event["properties"]) for event in events]
        self.assertEqual((200, 8), (len(events), sum(path.startswith("entities/") for path in made)))
        self.assertTrue(all(8 <= count <= 30 for count in counts), counts)
        self.assertTrue(14 <= sum(counts) / len(counts) <= 20, sum(counts) / len(counts))
        text = "\n".join(map(str, events))
        for keyword in ("pattern", "maxLength", "enum", "x-scale", "date-time", "default", "oneOf",
                        "'null'", "items", "uniqueItems", "payment_method", "exclusiveMinimum"):
            self.assertIn(keyword, text)

    def test_the_benchmark_measures_the_generator(self) -> None:
        with tempfile.TemporaryDirectory() as home:
            results = generating.measure_sizes((3, 6), 1, 0, pathlib.Path(home))
        for service, events in zip(results["services"], (3, 6), strict=True):
            self.assertEqual(events, service["events"])
            for name in ("cold", "unchanged", "changed"):
                self.assertGreater(service["generation"][name]["cpu"], 0)
            self.assertGreater(service["generation"]["files"], 5 * events)
        self.assertEqual([], results["goals"])
        self.assertEqual(2, len(results["linear"]))

    def test_wrong_command_lines(self) -> None:
        program = str(ROOT / "bench/make_schemas.py")
        self.assertEqual(2, self.run_it(program, "--events", "0", "--out", "x").returncode)
        self.assertIn("not empty", self.run_it(program, "--events", "1", "--out", "schema").stderr)
        self.assertIn("--seed", self.run_it(program, "--help").stdout)


if __name__ == "__main__":
    unittest.main()
