"""Steps of databases: one for each change of an entity that can be made, and why others are refused.

A folder in migrations/cases/ has a patch.json, merged (RFC 7396) by entity into what is there after the
entity `thing` was generated, and either expected.sql, the next step; expected.txt, the refusals; or neither:
there is nothing to do. KH_ACCEPT=1 writes what comes out; look at the difference before committing it.
"""

import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from codegen import front
from codegen.dry_run import difference, layout
from codegen.tables import create_index, create_table, tables

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CASES = HERE / "migrations/cases"
ACCEPT = os.environ.get("KH_ACCEPT") == "1"
FIRST = "0001_create_thing.sql"


def merge(target: object, patch: object) -> object:
    if not isinstance(patch, dict):
        return patch
    made = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        made[name] = merge(made.get(name), value)
        if value is None:
            del made[name]
    return made


class Service(unittest.TestCase):
    """A service with one entity and its first step."""

    maxDiff = None
    first_step: dict[str, str] = {}

    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.home = pathlib.Path(temporary.name) / "service"
        self.schema = self.home / "schema"
        shutil.copytree(HERE / "base", self.schema)
        (self.schema / "entities").mkdir()
        shutil.copy(HERE / "migrations/thing.schema.json", self.schema / "entities")
        self.folder = self.schema / "migrations"
        if not Service.first_step:
            self.generate()
            Service.first_step = self.files()
        self.folder.mkdir(exist_ok=True)
        for name, text in Service.first_step.items():
            (self.folder / name).write_text(text)

    def run_it(self, verb: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "codegen", verb], cwd=self.home, capture_output=True,
            encoding="utf-8", check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1",
                 "XDG_CACHE_HOME": str(self.home.parent / "cache")},
        )

    def generate(self) -> str:
        done = self.run_it("generate")
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return done.stdout

    def refused(self) -> str:
        """The problems; nothing is written."""
        before = self.files()
        done = self.run_it("generate")
        self.assertEqual(1, done.returncode, done.stdout + done.stderr)
        self.assertEqual(before, self.files())
        return "".join(done.stderr.splitlines(keepends=True)[:-1])

    def files(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in sorted(self.folder.iterdir())}

    def patch(self, patch: dict[str, object]) -> None:
        for name, change in patch.items():
            path = self.schema / f"entities/{name}.schema.json"
            made = merge(json.loads(path.read_text()) if path.exists() else {}, change)
            path.unlink(missing_ok=True)
            if made is not None:
                path.write_text(json.dumps(made, indent=2))

    def steps(self) -> list[str]:
        return [text for name, text in self.files().items() if name.endswith(".sql")]

    def assert_tables_are_those_of_the_entities(self) -> None:
        model, problems = front.read(str(self.schema))
        self.assertEqual([], problems)
        assert model is not None
        fresh = [text for of in tables(model)
                 for text in (create_table(of), *(create_index(of, name) for name in of.indexes))]
        self.assertIsNone(difference(layout(self.steps()), layout(fresh)))


class Cases(Service):
    def run_case(self, case: pathlib.Path) -> None:
        before = self.files()
        self.patch(json.loads((case / "patch.json").read_text()))
        done = self.run_it("check")
        self.assertEqual(before, self.files())
        if "problem" in done.stderr:
            self.compare(case, "expected.txt", self.refused())
            return
        self.generate()
        new = self.files().keys() - before.keys()
        self.assertLessEqual(len(new), 1)
        text = "".join(f"-- {name}\n{self.files()[name]}" for name in new)
        self.compare(case, "expected.sql", text)
        for name in before.keys() - {"state.json"}:
            self.assertEqual(before[name], self.files()[name])
        self.assert_tables_are_those_of_the_entities()
        # And then there is nothing left to do.
        self.assertEqual(0, self.run_it("check").returncode)

    def compare(self, case: pathlib.Path, name: str, text: str) -> None:
        golden = case / name
        if ACCEPT:
            for other in ("expected.sql", "expected.txt"):
                (case / other).unlink(missing_ok=True)
            if text:
                golden.write_text(text)
        self.assertEqual(golden.read_text() if golden.exists() else "", text)
        self.assertFalse((case / "expected.txt").exists() and name == "expected.sql", text)


def _test_of(case: pathlib.Path):
    def test(self: Cases) -> None:
        self.run_case(case)

    test.__doc__ = case.name
    return test


for _case in sorted(CASES.iterdir()):
    setattr(Cases, f"test_{_case.name}", _test_of(_case))


class Rows(Service):
    """What is in a table stays, and gets what it lacks."""

    def test_rows_go_through_a_table_made_anew(self) -> None:
        for case in ("new_members_with_defaults", "optional_gets_a_default"):
            self.patch(json.loads((CASES / case / "patch.json").read_text()))
        self.generate()
        first, second = self.steps()
        database = sqlite3.connect(":memory:")
        database.create_function("kh_decimal_order", 1, lambda text: f"order of {text}")
        database.executescript(first)
        database.execute(
            'INSERT INTO "Thing" (id, name, price, made, maybe__null, kh__version) '
            "VALUES ('1', 'a', '5', 'now', 1, 7), ('2', 'b', NULL, 'now', 0, 8)")
        database.executescript(second)
        names = ("id, count, price, maybe, maybe__null, kh__version, text, flag, huge, ratio, cost, "
                 "cost__order, shade, free")
        filled = ("it's é\x01", 1, "18446744073709551615", 0.1, "1.50", "order of 1.50", "LIGHT",
                  '"any"')
        self.assertEqual(
            [("1", -3, "5", None, 1, 7, *filled), ("2", -3, "0.00", None, 0, 8, *filled)],
            database.execute(f'SELECT {names} FROM "Thing" ORDER BY id').fetchall())


class Files(Service):
    """What is in the folder, and who may change it."""

    def setUp(self) -> None:
        super().setUp()
        # So that there is a stamp, too, which says that all is well.
        self.generate()

    def test_check_fails_while_a_step_is_missing(self) -> None:
        self.assertEqual(0, self.run_it("check").returncode)
        self.patch({"thing": {"properties": {"note": {"type": "string"}}}})
        done = self.run_it("check")
        self.assertEqual(1, done.returncode)
        self.assertIn("schema/migrations/0002_change_thing.sql", done.stdout)

    def test_an_edited_step_is_refused(self) -> None:
        path = self.folder / FIRST
        path.write_text(path.read_text().replace("TEXT", "BLOB", 1))
        self.assertIn(f"schema/migrations/{FIRST}:1: #: was edited", self.refused())

    def test_a_step_that_is_gone_is_refused(self) -> None:
        (self.folder / FIRST).unlink()
        self.assertIn(f"{FIRST}:1: #: is gone", self.refused())

    def test_a_generated_step_that_the_state_does_not_know_is_refused(self) -> None:
        shutil.copy(self.folder / FIRST, self.folder / "0002_again.sql")
        self.assertIn("0002_again.sql:1: #: is not in state.json", self.refused())

    def test_a_generator_that_was_stopped_before_the_state_goes_on(self) -> None:
        before = self.files()
        self.patch({"thing": {"properties": {"note": {"type": "string"}}}})
        self.generate()
        after = self.files()
        (self.folder / "state.json").write_text(before["state.json"])
        self.generate()
        self.assertEqual(after, self.files())

    def test_a_damaged_state_is_refused(self) -> None:
        for text in ("", "{", "[]", "{}", '{"files": {}, "tables": {"A": {}}}'):
            with self.subTest(text):
                (self.folder / "state.json").write_text(text)
                self.assertIn("state.json:1: #: makes no sense", self.refused())

    def test_names_are_numbered(self) -> None:
        (self.folder / "notes.txt").write_text("")
        self.assertIn("notes.txt:1: #: steps are named", self.refused())
        (self.folder / "notes.txt").unlink()
        (self.folder / "0003_later.sql").write_text("SELECT 1;\n")
        self.assertIn("0003_later.sql:1: #: is step 2; name it 0002_later.sql", self.refused())

    def test_a_service_without_entities_has_no_steps(self) -> None:
        shutil.rmtree(self.folder)
        shutil.rmtree(self.schema / "entities")
        self.assertNotIn("schema/migrations", self.generate())
        self.assertFalse(self.folder.exists())
        self.assertFalse((self.home / "generated/migrations.c").exists())


class ByHand(Service):
    def test_rows_can_be_changed_by_hand(self) -> None:
        (self.folder / "0002_names.sql").write_text('UPDATE "Thing" SET "name" = \'?\';\n')
        self.patch({"thing": {"properties": {"note": {"type": "string"}}}})
        self.generate()
        self.assertEqual(["0001_create_thing.sql", "0002_names.sql", "0003_change_thing.sql",
                          "state.json"], list(self.files()))
        self.assertIn("0002_names.sql", self.files()["state.json"])
        self.assert_tables_are_those_of_the_entities()

    def test_what_is_refused_can_be_done_by_hand(self) -> None:
        self.patch({"thing": {"properties": {"price": None}}})
        self.assertIn("0002_NAME.sql", self.refused())
        (self.folder / "0002_drop.sql").write_text('ALTER TABLE "Thing" DROP COLUMN "price";\n')
        self.generate()
        self.assertEqual(2, len(self.steps()))
        self.assertNotIn("price", self.files()["state.json"])

    def test_a_step_by_hand_that_does_something_else_is_refused(self) -> None:
        self.patch({"thing": {"properties": {"price": None}}})
        (self.folder / "0002_drop.sql").write_text('ALTER TABLE "Thing" DROP COLUMN "maybe";\n')
        self.assertIn("leaves tables that are not those of the entities: table 'Thing' lacks a "
                      "column maybe TEXT", self.refused())

    def test_a_step_by_hand_that_fails_is_refused(self) -> None:
        (self.folder / "0002_wrong.sql").write_text("UPDATE absent SET a = 1;\n")
        self.assertIn("fails: no such table: absent", self.refused())

    def test_a_step_by_hand_is_not_edited_once_it_is_known(self) -> None:
        path = self.folder / "0002_names.sql"
        path.write_text('UPDATE "Thing" SET "name" = \'?\';\n')
        self.generate()
        path.write_text('UPDATE "Thing" SET "name" = \'!\';\n')
        self.assertIn("was edited", self.refused())


if __name__ == "__main__":
    unittest.main()
