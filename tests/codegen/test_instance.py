"""Our validator over the model against an independent one over the schemas: Python's jsonschema.

Every schema of the sample, of the consumer in tests/ and of the model cases; instances are the
schemas' own examples, made-up ones, and both with random damage. Seeded, so always the same.
"""

import copy
import json
import pathlib
import random
import re
import sys
import tempfile
import unittest
import warnings
from fractions import Fraction

import jsonschema
from jsonschema import validators

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from codegen.forms import is_decimal
from codegen.front import read
from codegen.instance import Validator
from codegen.load import _LIBRARY
from codegen.text_formats import FORMATS
from test_cases import CASES, ROOT, lay_out

DAMAGES = 40
SOME_VALUES = [
    None, True, False, 0, 1, -1, 3, 7, 255, 256, 2.5, 1.0, 0.07, 0.071, 1e30, "", "a", "ab", "abc",
    "abcd", "A", "RED", "card", "1", "1.50", "-1", "01", "0.001", "1000.00", "only", "x", [], {},
    [1], ["a", "a"], ["a", "b"], [[1]], {"x": "y"}, {"kind": "card"}, {"t": "point"},
    {"t": "circle", "r": 1}, {"kind": "card", "number": "1", "version": "1"}, {"op": "value"},
    {"op": "not", "of": {"op": "value", "value": True}}, {"children": [{"children": []}]},
    "2026-02-28", "2026-02-29", "2026-04-05T17:31:00Z", "2026-04-05t17:31:00.123+02:00",
    "17:31:00Z", "127.0.0.1", "::1", "http://a/b", "../x", "me@example.com",
    "0d9a4f6e-0001-4000-8000-000000000000",
]


def our_keywords():
    """jsonschema with our decimals; it knows the rest."""

    def bound(holds):
        def check(validator, limit, instance, schema):
            if isinstance(instance, str) and is_decimal(instance):
                if not holds(Fraction(instance), Fraction(limit)):
                    yield jsonschema.ValidationError("bound")
        return check

    def scale(validator, limit, instance, schema):
        if isinstance(instance, str) and is_decimal(instance):
            if len(instance.partition(".")[2]) > limit:
                yield jsonschema.ValidationError("scale")

    def multiple_of(validator, divisor, instance, schema):
        # jsonschema's own goes through binary floating point.
        if isinstance(instance, (int, float)) and not isinstance(instance, bool):
            if Fraction(repr(instance)) % Fraction(repr(divisor)) != 0:
                yield jsonschema.ValidationError("multipleOf")

    def pattern(validator, text, instance, schema):
        # In Python $ also matches before a last line feed.
        if isinstance(instance, str) and not re.search(text.replace("$", r"\Z"), instance):
            yield jsonschema.ValidationError("pattern")

    return validators.extend(jsonschema.Draft202012Validator, {
        "pattern": pattern,
        "x-minimum": bound(lambda value, limit: value >= limit),
        "x-exclusiveMinimum": bound(lambda value, limit: value > limit),
        "x-maximum": bound(lambda value, limit: value <= limit),
        "x-exclusiveMaximum": bound(lambda value, limit: value < limit),
        "x-scale": scale,
        "multipleOf": multiple_of,
    })


def schemas_of(directory: pathlib.Path) -> dict[str, tuple[str, dict]]:
    """By stem: base URI and schema."""
    found = {}
    for path in sorted(directory.rglob("*.schema.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        place = f"https://place.example/{path.relative_to(directory)}"
        found[path.name.split(".")[0]] = (schema.get("$id", place), schema)
    return found


class Validators(unittest.TestCase):
    def setUp(self) -> None:
        self.verdicts = {True: 0, False: 0}

    def check(self, directory: pathlib.Path) -> None:
        model, found = read(str(directory))
        self.assertEqual(found, [])
        schemas = schemas_of(directory)
        store = {base: schema for base, schema in schemas.values()}
        for path in _LIBRARY:
            schema = json.loads((ROOT / path).read_text())
            store[schema["$id"]] = schema
        checker = jsonschema.FormatChecker(formats=())
        for name, holds in FORMATS.items():
            checker.checkers[name] = (lambda value, holds=holds: not isinstance(value, str)
                                      or holds(value), ())
        names = {named.name for named in model.types}
        for stem, (base, schema) in schemas.items():
            if stem not in names:
                continue
            resolver = jsonschema.RefResolver(base, schema, store=store)
            judge = our_keywords()(schema, resolver=resolver, format_checker=checker)
            for value in instances(schema, model, stem):
                ours = Validator(model).problems(stem, value)
                theirs = judge.is_valid(value)
                self.assertEqual(not ours, theirs, f"{directory} {stem} {value!r}: {ours}")
                self.verdicts[theirs] += 1

    def test_same_verdict_as_jsonschema(self) -> None:
        warnings.simplefilter("ignore")
        self.check(ROOT / "schema")
        self.check(ROOT / "tests/consumer/schema")
        for case in sorted(CASES.glob("model_*")):
            # jsonschema 4.10 does not follow a nested $id.
            if case.name == "model_references":
                continue
            with tempfile.TemporaryDirectory() as temporary:
                directory = pathlib.Path(temporary) / "service" / "schema"
                directory.parent.mkdir()
                lay_out(case, directory)
                self.check(directory)
        # Both answers have to come often, or nothing is shown.
        self.assertGreater(self.verdicts[True], 800)
        self.assertGreater(self.verdicts[False], 2_000)

    def test_names_place_and_keyword(self) -> None:
        model, _ = read(str(ROOT / "schema"))
        self.assertEqual(
            Validator(model).problems("user_limit_reset", {
                "brandId": "", "currencyCode": "eur", "nextResetTime": -1, "period": "NEVER",
                "resetAmount": "-1", "resetPercentage": "x", "type": 1, "unusedAmount": 0,
                "userId": "a" * 65,
            }),
            [("/brandId", "minLength"), ("/currencyCode", "pattern"), ("/nextResetTime", "minimum"),
             ("/period", "enum"), ("/resetAmount", "x-minimum"), ("/resetPercentage", "format"),
             ("/type", "type"), ("/unusedAmount", "type"), ("/userId", "maxLength"),
             ("", "required")],
        )


def instances(schema: dict, model, stem: str) -> list[object]:
    """Examples, made-up values, and damaged ones."""
    chance = random.Random(stem)
    whole = list(schema.get("examples", [])) + made_up(schema, chance)
    made = SOME_VALUES + whole
    for value in whole:
        for _ in range(DAMAGES):
            made.append(damaged(copy.deepcopy(value), chance))
    return made


def made_up(schema: dict, chance: random.Random) -> list[object]:
    """Objects with values for the members, mostly of the right sort."""
    members = list(schema.get("properties", {}))
    return [
        {name: chance.choice(SOME_VALUES) for name in members if chance.random() < 0.7}
        for _ in range(8)
    ] + [
        # One member at a time: valid ones come out often enough.
        {name: value} for name in members for value in chance.sample(SOME_VALUES, 6)
    ]


def damaged(value: object, chance: random.Random) -> object:
    if isinstance(value, dict) and value and chance.random() < 0.9:
        name = chance.choice(sorted(value))
        deed = chance.random()
        if deed < 0.2:
            del value[name]
        elif deed < 0.3:
            value["other"] = 1
        else:
            value[name] = damaged(value[name], chance)
        return value
    if isinstance(value, list) and value and chance.random() < 0.8:
        place = chance.randrange(len(value))
        if chance.random() < 0.3:
            value.append(copy.deepcopy(value[place]))
        else:
            value[place] = damaged(value[place], chance)
        return value
    if isinstance(value, str) and chance.random() < 0.5:
        return value + chance.choice(["x", "\n", "0", "é"]) if chance.random() < 0.5 else value[1:]
    return copy.deepcopy(chance.choice(SOME_VALUES))


if __name__ == "__main__":
    unittest.main()
