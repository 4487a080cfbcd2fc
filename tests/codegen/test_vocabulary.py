"""The vocabulary: an editor's JSON Schema validator and the generator agree on the schemas."""

import json
import pathlib
import sys
import tempfile
import unittest
import warnings

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from codegen import forms, keywords, start
from codegen.front import read
from test_cases import CASES, ROOT, lay_out

VOCABULARY = ROOT / "codegen" / "vocabulary"
OWN = {path.name: json.loads(path.read_text()) for path in sorted(VOCABULARY.glob("*.json"))}
DRAFT = "https://json-schema.org/draft/2020-12/schema"
RUNTIME = {
    "BATCH_SIZE": 1000, "DB": "inMemory", "DEAD_LETTER": "", "DYNAMODB_TABLE_PREFIX": "",
    "IDEMPOTENCY": "eventId", "IDEMPOTENCY_TTL_S": 86400, "LOG_FORMAT": "auto",
    "LOG_LEVEL": "info", "MARKS_IN_MEMORY": 1000000, "MAX_DECOMPRESSED_BYTES": 10485760,
    "MAX_RECORD_BYTES": 10485760, "METRICS": "off", "METRICS_NAMESPACE": "kinesis-handler",
    "RECORD_ENCODING": "auto", "RESERVE_MS": 250,
    "SQLITE_PATH": "", "SQLITE_SYNCHRONOUS": "full", "UNKNOWN_EVENTS": "skip",
}
# Refused by the vocabulary alone, not only by the generator.
REFUSED = [
    {"x-event": {}}, {"x-event": {"type": ""}}, {"x-event": {"type": "A", "version": 0}},
    {"x-event": {"type": "A", "key": "id"}}, {"x-event": {"type": "A", "types": 1}},
    {"x-entity": {"table": "Aaa"}}, {"x-entity": {"key": "id"}},
    {"x-entity": {"table": "A a", "key": "id"}}, {"x-entity": {"table": "Aaa", "key": []}},
    {"x-entity": {"table": "Aaa", "key": "id", "indexes": {"byX": {"equal": ["x"]}}}},
    {"x-entity": {"table": "Aaa", "key": "id", "indexes": {"by_x": {"equal": "x"}}}},
    {"x-envelope": {"id": "id", "type": "type"}}, {"x-envelope": {"id": 1}},
    {"x-service": {"name": "Not Good"}}, {"x-service": {}}, {"x-minimum": 1}, {"x-maximum": "1."},
    {"x-exclusiveMinimum": ""}, {"x-exclusiveMaximum": "1e3"}, {"x-scale": 39}, {"x-scale": "2"},
    {"x-c-name": "notLikeThis"}, {"type": "text"}, {"minLength": -1}, {"required": "a"},
    {"properties": {"a": {"x-scale": 39}}}, {"items": {"x-minimum": 1}},
    {"$defs": {"a": {"oneOf": [{"x-c-name": "A"}]}}},
]


def editor() -> jsonschema.Draft202012Validator:
    """Checks a schema as an editor does: by the meta-schema."""
    store = {schema["$id"]: schema for schema in OWN.values()}
    resolver = jsonschema.RefResolver.from_schema(OWN["schema.json"], store=store)
    return jsonschema.Draft202012Validator(OWN["schema.json"], resolver=resolver)


class Vocabulary(unittest.TestCase):
    def setUp(self) -> None:
        warnings.simplefilter("ignore")

    def test_own_files_are_schemas(self) -> None:
        for name in ("schema.json", "vocabulary.json"):
            jsonschema.Draft202012Validator.check_schema(OWN[name])
        self.assertTrue(editor().is_valid(OWN["runtime-settings.json"]))

    def test_accepts_what_the_generator_accepts(self) -> None:
        judge = editor()
        folders = [ROOT / "schema", ROOT / "tests/consumer/schema", ROOT / "codegen/envelopes",
                   *CASES.glob("model_*")]
        checked = 0
        for folder in folders:
            for path in sorted(folder.rglob("*.schema.json")):
                judge.validate(json.loads(path.read_text(encoding="utf-8")))
                checked += 1
        self.assertGreater(checked, 40)

    def test_refuses_wrong_keywords(self) -> None:
        judge = editor()
        for schema in REFUSED:
            with self.subTest(schema):
                self.assertFalse(judge.is_valid(schema))

    def test_describes_every_keyword_of_ours(self) -> None:
        ours = {row.name for row in keywords.TABLE if row.name.startswith("x-")}
        described = OWN["vocabulary.json"]["properties"]
        self.assertEqual(set(described), ours)
        for name, schema in described.items():
            self.assertIn("description", schema, name)

    def test_the_table_has_every_keyword_of_the_draft(self) -> None:
        store = jsonschema.RefResolver("", {}).store
        names: set[str] = set()
        for part in ("core", "applicator", "unevaluated", "validation", "format-annotation",
                     "content", "meta-data"):
            names |= set(store[f"https://json-schema.org/draft/2020-12/meta/{part}"]["properties"])
        self.assertEqual(names - {row.name for row in keywords.TABLE}, set())

    def test_the_table_is_sound(self) -> None:
        names = [row.name for row in keywords.TABLE]
        self.assertEqual(len(names), len(set(names)))
        for row in keywords.TABLE:
            self.assertTrue(row.treatment, row.name)
            if row.supported:
                self.assertIn(row.form, forms._FORMS, row.name)

    def test_runtime_settings(self) -> None:
        model, problems = read(str(ROOT / "schema"))
        self.assertEqual(problems, [])
        settings = {row.name: row for row in model.settings if row.of_runtime}
        self.assertEqual({name: row.default for name, row in settings.items()}, RUNTIME)
        for name, row in settings.items():
            self.assertTrue(row.doc.description, name)
            self.assertNotIn("\n", row.doc.description, name)

    def test_new_schemas_build_and_are_valid(self) -> None:
        with tempfile.TemporaryDirectory() as temporary:
            directory = pathlib.Path(temporary) / "service" / "schema"
            directory.parent.mkdir()
            lay_out(CASES / "model_cloudevents", directory)
            (directory / "entities").mkdir()
            for folder, name, make in (("events", "parcel_sent", start.event),
                                       ("entities", "x", start.entity)):
                text = make(name)
                self.assertTrue(editor().is_valid(json.loads(text)))
                (directory / folder / f"{name}.schema.json").write_text(text)
            model, problems = read(str(directory))
        self.assertEqual(problems, [])
        self.assertIn("PARCEL_SENT", [event.type for event in model.events])
        self.assertEqual([entity.name for entity in model.entities], ["x"])


if __name__ == "__main__":
    unittest.main()
