"""Lets an independent validator judge every generated case.

    python3 -m codegen.testgen.cross_check --schema schema

Python's `jsonschema` reads the schema files themselves; formats, decimals and our x- keywords are
judged by the standard library. A case on which the two disagree is an error in the model, in the
generator's validator or in the case, and is printed. Exit code 1 then, 3 without `jsonschema`.
"""

from __future__ import annotations

import argparse
import datetime
import ipaddress
import json
import pathlib
import re
import sys
import urllib.parse
import uuid
from collections.abc import Iterator
from decimal import Decimal as Exact
from fractions import Fraction

try:
    import jsonschema
    import jsonschema.validators
except ImportError:
    print("cross_check: Python's jsonschema is missing: install python3-jsonschema", file=sys.stderr)
    sys.exit(3)

from codegen import front
from codegen import model as m
from codegen.testgen.cases import Case, cases_of

CODEGEN = pathlib.Path(__file__).resolve().parents[1]

# ---- Judges of formats, from the standard library -------------------------------------------------

formats = jsonschema.FormatChecker(formats=())
DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def judge(name: str):
    """Registers a predicate over strings; raising ValueError means no."""

    def register(holds):
        formats.checks(name, raises=ValueError)(lambda v: not isinstance(v, str) or holds(v))
        return holds

    return register


@judge("decimal")
def is_decimal(text: str) -> bool:
    digits = text.lstrip("-").replace(".", "").lstrip("0")
    return DECIMAL.fullmatch(text) is not None and len(digits) <= 38


@judge("date")
def is_date(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text)) and bool(datetime.date.fromisoformat(text))


@judge("date-time")
def is_date_time(text: str) -> bool:
    found = DATE_TIME.fullmatch(text)
    if found is None:
        return False
    datetime.datetime.fromisoformat(f"{found[1]}T{found[2]}")
    return True


@judge("time")
def is_time(text: str) -> bool:
    return is_date_time(f"2026-11-23T{text}")


@judge("uuid")
def is_uuid(text: str) -> bool:
    return str(uuid.UUID(text)) == text.lower()


@judge("email")
def is_email(text: str) -> bool:
    return re.fullmatch(r"[^@\s]+@[^@\s]+", text) is not None


@judge("uri")
def is_uri(text: str) -> bool:
    return bool(urllib.parse.urlsplit(text).scheme) and is_uri_reference(text)


@judge("uri-reference")
def is_uri_reference(text: str) -> bool:
    return re.fullmatch(r"[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]*", text) is not None


@judge("ipv4")
def is_ipv4(text: str) -> bool:
    return bool(ipaddress.IPv4Address(text))


@judge("ipv6")
def is_ipv6(text: str) -> bool:
    return bool(ipaddress.IPv6Address(text))


# ---- Our keywords -----------------------------------------------------------------------------------


def bound(name: str, holds):
    def check(_validator, limit, value, _schema) -> Iterator[jsonschema.ValidationError]:
        if isinstance(value, str) and DECIMAL.fullmatch(value):
            if not holds(Exact(value), Exact(limit)):
                yield jsonschema.ValidationError(f"{name} does not hold")

    return check


def scale(_validator, limit, value, _schema) -> Iterator[jsonschema.ValidationError]:
    if isinstance(value, str) and DECIMAL.fullmatch(value):
        if len(value.partition(".")[2]) > limit:
            yield jsonschema.ValidationError("x-scale does not hold")


def multiple_of(_validator, divisor, value, _schema) -> Iterator[jsonschema.ValidationError]:
    """Exactly, as JSON Schema means it; jsonschema divides floats."""
    if isinstance(value, int | Exact) and not isinstance(value, bool):
        if Fraction(value) % Fraction(str(divisor)) != 0:
            yield jsonschema.ValidationError("multipleOf does not hold")


def exact_number(name: str, holds):
    def check(_validator, limit, value, _schema) -> Iterator[jsonschema.ValidationError]:
        if isinstance(value, int | Exact) and not isinstance(value, bool):
            if not holds(Exact(value), Exact(str(limit))):
                yield jsonschema.ValidationError(f"{name} does not hold")

    return check


COMPARISONS = {
    "minimum": lambda value, limit: value >= limit,
    "exclusiveMinimum": lambda value, limit: value > limit,
    "maximum": lambda value, limit: value <= limit,
    "exclusiveMaximum": lambda value, limit: value < limit,
}


def is_integer(_checker, value: object) -> bool:
    if isinstance(value, Exact):
        return value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(_checker, value: object) -> bool:
    return isinstance(value, int | Exact) and not isinstance(value, bool)


Base = jsonschema.Draft202012Validator
Judge = jsonschema.validators.extend(
    Base,
    {f"x-{name}": bound(f"x-{name}", holds) for name, holds in COMPARISONS.items()}
    | {name: exact_number(name, holds) for name, holds in COMPARISONS.items()}
    | {"x-scale": scale, "multipleOf": multiple_of},
    type_checker=Base.TYPE_CHECKER.redefine("integer", is_integer).redefine("number", is_number),
)

# ---- The comparison -----------------------------------------------------------------------------------


def read(path: pathlib.Path) -> object:
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Exact)


def documents(directory: pathlib.Path) -> dict[str, object]:
    """Every schema by its $id, and by its file's name where it has none."""
    paths = [*directory.rglob("*.json"), *CODEGEN.glob("vocabulary/*.json"),
             *CODEGEN.glob("envelopes/*.json")]
    found = [(path, read(path)) for path in sorted(paths)]
    return {schema.get("$id", path.resolve().as_uri()): schema for path, schema in found}


def judges(model: m.Model, directory: pathlib.Path) -> dict[str, jsonschema.Validator]:
    """A validator for each type, at the place its schema stands."""
    store = documents(directory)
    by_file = {path.name: read(path) for path in directory.rglob("*.json")} | {
        path.name: read(path) for path in CODEGEN.glob("envelopes/*.json")}
    found = {}
    for named in model.types:
        root = by_file[pathlib.Path(named.location.file).name]
        base = root.get("$id", "")
        pointer = named.location.pointer.lstrip("#")
        schema = {"$schema": Base.META_SCHEMA["$id"], "$ref": f"{base}#{pointer}"}
        resolver = jsonschema.RefResolver(base, root, store=store)
        found[named.name] = Judge(schema, resolver=resolver, format_checker=formats)
    return found


def disagreement(judge_: jsonschema.Validator, case: Case) -> str:
    """What is wrong with the case, "" if nothing is."""
    errors = list(judge_.iter_errors(case.value()))
    expected = bool(case.keyword) and not case.beyond
    if bool(errors) == expected:
        return ""
    return "; ".join(error.message[:100] for error in errors) or "jsonschema finds it valid"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--schema", default="schema", help="the folder (default: schema)")
    directory = pathlib.Path(parser.parse_args().schema)
    model, problems = front.read(str(directory))
    if model is None or problems:
        print("cross_check: the schemas have problems: python3 -m codegen check", file=sys.stderr)
        return 1
    judge_of = judges(model, directory)
    counts, wrong = {"valid": 0, "invalid": 0, "beyond": 0}, 0
    for name, cases in cases_of(model).items():
        for case in cases:
            kind = "beyond" if case.beyond else "invalid" if case.keyword else "valid"
            counts[kind] += 1
            reason = disagreement(judge_of[name], case)
            if reason:
                wrong += 1
                print(f"{name}: {kind} {case.name} ({case.keyword} at #{case.pointer}): {reason}")
    print(f"{sum(counts.values())} cases: {counts}, {wrong} disagreements")
    return 1 if wrong or not counts["invalid"] else 0


if __name__ == "__main__":
    sys.exit(main())
