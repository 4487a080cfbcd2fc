"""The generated cases: judged by another validator, and complete."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from codegen import front
from codegen.instance import Validator
from codegen.model import Ref, Use
from codegen.testgen.cases import Maker, cases_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONSUMER = ROOT / "tests/consumer/schema"
RICH = ROOT / "tests/codegen/emit/rich/schema"


def cross_check(directory: pathlib.Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "codegen.testgen.cross_check", "--schema", directory],
        cwd=ROOT, capture_output=True, text=True,
    )


class CrossCheck(unittest.TestCase):
    def judged(self, directory: pathlib.Path) -> None:
        result = cross_check(directory)
        if result.returncode == 3:
            self.skipTest(result.stderr.strip())
        self.assertEqual(0, result.returncode, result.stdout + result.stderr)
        self.assertRegex(result.stdout, r"[1-9]\d* cases: .* 0 disagreements")

    def test_jsonschema_agrees_on_every_case_of_the_sample(self) -> None:
        self.judged(ROOT / "schema")

    def test_jsonschema_agrees_on_every_case_of_the_consumer(self) -> None:
        self.judged(CONSUMER)


class Judged(unittest.TestCase):
    """Cases are judged part by part; as a whole they must be the same."""

    def test_every_case_violates_what_it_says_and_nothing_else(self) -> None:
        for directory in (ROOT / "schema", CONSUMER, RICH):
            model = front.read(str(directory))[0]
            validator = Validator(model)
            found = cases_of(model)
            self.assertGreater(sum(map(len, found.values())), 100)
            for name, cases in found.items():
                for case in cases:
                    expected = [(case.pointer, case.keyword)] if case.keyword else []
                    with self.subTest(f"{name}: {case.name}"):
                        self.assertEqual(
                            [] if case.beyond else expected,
                            validator.problems(name, case.value()))

    def test_a_fault_of_the_whole_leaves_only_cases_that_mend_it(self) -> None:
        member = {"type": "string", "minLength": 3, "maxLength": 3}
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            shutil.copytree(ROOT / "tests/codegen/base", folder, dirs_exist_ok=True)
            (folder / "events/sent.schema.json").write_text(json.dumps({
                "type": "object", "x-event": {"type": "SENT"},
                "properties": {"list": {"type": "array", "items": member}, "id": member},
                "required": ["list", "id"]}))
            model = front.read(str(folder))[0]
        maker = Maker(model)
        maker._usual_of[Use(Ref("sent")), True] = {"list": ["wrong length"], "id": "abc"}
        names = {case.name for case in maker.cases("sent")}
        self.assertNotIn("full", names)
        self.assertIn("list_0_items", names)
        self.assertFalse({name for name in names if name.startswith("id_")})


class Cases(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.sample = cases_of(front.read(str(ROOT / "schema"))[0])
        cls.consumer = cases_of(front.read(str(CONSUMER))[0])

    def test_every_member_of_an_event_has_valid_and_invalid_cases(self) -> None:
        model = front.read(str(ROOT / "schema"))[0]
        for named in model.types:
            for member in getattr(named.shape, "members", ()):
                with self.subTest(f"{named.name}.{member.name}"):
                    cases = [c for c in self.sample[named.name]
                             if c.name.startswith(member.name + "_")]
                    free = member.use.type.__class__.__name__ == "FreeForm"
                    self.assertTrue(any(not c.keyword for c in cases))
                    self.assertTrue(free or any(c.keyword for c in cases))

    def test_every_keyword_of_the_consumer_is_violated_somewhere(self) -> None:
        found = {case.keyword for cases in self.consumer.values() for case in cases}
        self.assertLessEqual(
            {"type", "required", "additionalProperties", "const", "enum", "minLength", "maxLength",
             "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "multipleOf",
             "minItems", "maxItems", "uniqueItems", "x-minimum", "x-scale", "oneOf"},
            found,
        )

    def test_a_bound_is_tried_on_both_sides_also_with_wide_characters(self) -> None:
        lengths = {
            (case.name, case.keyword) for case in self.sample["user_limit_created"]
            if case.name.startswith("userId_6")
        }
        self.assertEqual(
            {("userId_64_characters", ""), ("userId_64_wide_characters", ""),
             ("userId_65_characters", "maxLength"), ("userId_65_wide_characters", "maxLength")},
            lengths,
        )

    def test_numbers_are_written_as_they_are_meant(self) -> None:
        texts = [case.text for case in self.sample["user_limit_reset"]]
        self.assertTrue(any(re.search(r'"nextResetTime":1\.0[,}]', text) for text in texts))

    def test_recursive_types_have_cases_that_end(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            for part in ("base", "cases/model_recursion"):
                shutil.copytree(ROOT / "tests/codegen" / part, folder, dirs_exist_ok=True)
            cases = cases_of(front.read(str(folder))[0])
        self.assertTrue(all(any(case.keyword for case in of) for of in cases.values()))

    def test_the_same_schemas_give_the_same_cases(self) -> None:
        again = cases_of(front.read(str(CONSUMER))[0])
        self.assertEqual(self.consumer, again)


if __name__ == "__main__":
    unittest.main()
