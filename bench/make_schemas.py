"""Makes the schemas of a service of any size, to measure the generator by.

    python3 bench/make_schemas.py --events 1000 --out DIR

The events are those of a shop: one entity for about 25 of them, 8 to 30 members each, a third of which
refer to shared types, the rest strings with lengths, patterns and formats, numbers, decimals, instants,
enums, objects and arrays written out where they stand; some optional, some nullable, some with a default.
The envelope is the sample's. The same seed gives the same files.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
META = "https://kinesis-handler.example/2026/schema"
SETTINGS = "https://kinesis-handler.example/2026/runtime-settings"
HOME = "https://shop.example/schema"

NOUNS = """
    order parcel payment refund invoice customer basket product price stock shipment warehouse supplier
    contract subscription voucher campaign review ticket agent visit device document message notice
    wallet transfer deposit withdrawal allowance bonus loan mandate merchant terminal route vehicle
    driver booking claim
""".split()
VERBS = """
    created opened updated renamed approved rejected canceled closed reopened archived restored verified
    suspended resumed expired extended assigned released charged settled reversed priced scheduled
    delayed started completed failed flagged exported imported
""".split()
EVENTS_PER_ENTITY = 25

Json = dict[str, object]
# A member's schema and a value that is valid for it.
Made = tuple[Json, object]


def shared(name: str) -> Json:
    return {"$ref": f"../types/{name}.schema.json"}


# ---- Shared types --------------------------------------------------------------------------------

SHARED: dict[str, Made] = {
    "identifier": ({"type": "string", "minLength": 1, "maxLength": 64}, "id-1"),
    "timestamp": ({"type": "integer", "minimum": 0}, 1795434900125),
    "money": ({"type": "string", "format": "decimal", "x-minimum": "0"}, "200.00"),
    "percentage": (
        {"type": "string", "format": "decimal", "x-minimum": "0", "x-maximum": "100", "x-scale": 4},
        "19.5"),
    "currency_code": ({"type": "string", "pattern": "^[A-Z]{3}$"}, "EUR"),
    "country_code": ({"type": "string", "pattern": "^[A-Z]{2}$"}, "SE"),
    "language_tag": (
        {"type": "string", "pattern": "^[a-z]{2,3}(-[A-Z]{2})?$", "maxLength": 6}, "sv-SE"),
    "phone_number": ({"type": "string", "pattern": r"^\+[1-9][0-9]{6,14}$"}, "+46701234567"),
    "email_address": ({"type": "string", "format": "email", "maxLength": 254}, "a@shop.example"),
    "channel": ({"type": "string", "enum": ["WEB", "APP", "PHONE", "DESK", "PARTNER"]}, "WEB"),
    "severity": ({"type": "string", "enum": ["LOW", "NORMAL", "HIGH", "CRITICAL"]}, "NORMAL"),
    "postal_address": (
        {
            "type": "object",
            "properties": {
                "lines": {"type": "array", "items": {"type": "string", "maxLength": 80},
                          "minItems": 1, "maxItems": 4},
                "postalCode": {"type": "string", "minLength": 2, "maxLength": 12},
                "city": {"type": "string", "minLength": 1, "maxLength": 80},
                "region": {"type": ["string", "null"], "maxLength": 80},
                "countryCode": {"$ref": "country_code.schema.json"},
            },
            "required": ["lines", "city", "countryCode"],
        },
        {"lines": ["Storgatan 1"], "postalCode": "111 22", "city": "Malmö", "region": None,
         "countryCode": "SE"}),
    "person_name": (
        {
            "type": "object",
            "properties": {
                "given": {"type": "string", "minLength": 1, "maxLength": 80},
                "family": {"type": "string", "minLength": 1, "maxLength": 80},
                "title": {"type": "string", "maxLength": 20},
            },
            "required": ["family"],
        },
        {"given": "Ada", "family": "Ek"}),
    "geo_point": (
        {
            "type": "object",
            "properties": {
                "latitude": {"type": "number", "minimum": -90, "maximum": 90},
                "longitude": {"type": "number", "minimum": -180, "maximum": 180},
                "accuracyMeters": {"type": "integer", "minimum": 0, "maximum": 100000},
            },
            "required": ["latitude", "longitude"],
        },
        {"latitude": 55.6, "longitude": 13.0, "accuracyMeters": 12}),
    "payment_method": (
        {
            "oneOf": [
                {
                    "type": "object",
                    "properties": {
                        "kind": {"const": "card"},
                        "lastDigits": {"type": "string", "pattern": "^[0-9]{4}$"},
                        "expiryMonth": {"type": "integer", "minimum": 1, "maximum": 12},
                        "expiryYear": {"type": "integer", "minimum": 2000, "maximum": 2100},
                    },
                    "required": ["kind", "lastDigits"],
                },
                {
                    "type": "object",
                    "properties": {
                        "kind": {"const": "account"},
                        "iban": {"type": "string", "pattern": "^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"},
                        "holder": {"$ref": "person_name.schema.json"},
                    },
                    "required": ["kind", "iban"],
                },
                {
                    "type": "object",
                    "properties": {
                        "kind": {"const": "wallet"},
                        "walletId": {"$ref": "identifier.schema.json"},
                    },
                    "required": ["kind", "walletId"],
                },
            ]
        },
        {"kind": "card", "lastDigits": "4242", "expiryMonth": 11, "expiryYear": 2029}),
}

# Members that refer to a shared type: their names.
REFERRING: dict[str, list[str]] = {
    "identifier": ["customerId", "userId", "tenantId", "operatorId", "parentId", "brandId"],
    "timestamp": ["createdAt", "updatedAt", "validFrom", "validUntil", "requestedAt"],
    "money": ["amount", "fee", "tax", "discount", "balance", "total"],
    "percentage": ["rate", "share"],
    "currency_code": ["currencyCode"],
    "country_code": ["countryCode"],
    "language_tag": ["language"],
    "phone_number": ["phone"],
    "email_address": ["email"],
    "channel": ["channel"],
    "severity": ["severity"],
    "postal_address": ["billingAddress", "deliveryAddress"],
    "person_name": ["contact"],
    "geo_point": ["position"],
    "payment_method": ["paymentMethod"],
}

# ---- Members that are written out ----------------------------------------------------------------


def text(chance: random.Random, _: str) -> Made:
    most = chance.choice([40, 60, 80, 120, 200, 400])
    return {"type": "string", "minLength": chance.randint(0, 1), "maxLength": most}, "some words"


def number_of(chance: random.Random, noun: str) -> Made:
    prefix, digits = noun[:3].upper(), chance.randint(4, 10)
    return ({"type": "string", "pattern": f"^{prefix}-[0-9]{{{digits}}}$"},
            f"{prefix}-{10 ** digits - 1}")


def checksum(chance: random.Random, _: str) -> Made:
    digits = chance.choice([32, 40, 64])
    return {"type": "string", "pattern": f"^[0-9a-f]{{{digits}}}$"}, "0f" * (digits // 2)


def semantic_version(_: random.Random, __: str) -> Made:
    return {"type": "string", "pattern": r"^[0-9]{1,4}\.[0-9]{1,4}(\.[0-9]{1,4})?$"}, "1.20.3"


def formatted(chance: random.Random, _: str) -> Made:
    name, example = chance.choice([
        ("uuid", "7d0a6d5c-5f0a-4c39-9a3e-0b3b0f0c0001"), ("date", "2026-11-23"),
        ("uri", "https://shop.example/a?b"), ("ipv4", "192.0.2.17"), ("time", "10:00:00Z")])
    return {"type": "string", "format": name}, example


def integer(chance: random.Random, _: str) -> Made:
    most = chance.choice([10, 100, 1000, 86400, 10**6, 10**12])
    return {"type": "integer", "minimum": chance.randint(0, 1), "maximum": most}, 7


def number(chance: random.Random, _: str) -> Made:
    if chance.random() < 0.5:
        return {"type": "number", "minimum": 0, "maximum": 1}, 0.25
    return {"type": "number", "exclusiveMinimum": 0}, 12.5


def boolean(_: random.Random, __: str) -> Made:
    return {"type": "boolean"}, True


def decimal(chance: random.Random, _: str) -> Made:
    return ({"type": "string", "format": "decimal", "x-minimum": "0",
             "x-maximum": chance.choice(["1000", "999999.99"]), "x-scale": chance.randint(2, 4)},
            "12.50")


def instant(_: random.Random, __: str) -> Made:
    return {"type": "string", "format": "date-time"}, "2026-11-23T10:00:00Z"


def choice(chance: random.Random, noun: str) -> Made:
    values = [f"{noun}_{verb}".upper() for verb in chance.sample(VERBS, chance.randint(3, 8))]
    return {"type": "string", "enum": values}, values[0]


def tags(chance: random.Random, _: str) -> Made:
    return ({"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 30},
             "maxItems": chance.choice([5, 10, 20]), "uniqueItems": True}, ["new", "large"])


def identifiers(chance: random.Random, _: str) -> Made:
    return ({"type": "array", "items": shared("identifier"), "maxItems": chance.choice([5, 10])},
            ["id-1", "id-2"])


def free_form(_: random.Random, __: str) -> Made:
    return {"type": "object"}, {"note": "as the producer has it"}


Maker = Callable[[random.Random, str], Made]
# The scalars that stand in nested objects as well, and how often each is taken.
SCALARS: dict[str, tuple[Maker, int]] = {
    "comment": (text, 3), "reason": (text, 3), "title": (text, 2), "summary": (text, 2),
    "note": (text, 2), "label": (text, 2), "reference": (number_of, 2), "serialNumber": (number_of, 2),
    "checksum": (checksum, 1), "release": (semantic_version, 1), "requestId": (formatted, 2),
    "traceId": (formatted, 1), "site": (formatted, 1), "quantity": (integer, 3),
    "attempt": (integer, 2), "priority": (integer, 2), "durationSeconds": (integer, 2),
    "count": (integer, 1), "score": (number, 1), "weight": (number, 1), "active": (boolean, 2),
    "manual": (boolean, 2), "test": (boolean, 1), "unitPrice": (decimal, 2), "exchangeRate": (decimal, 1),
    "occurredAt": (instant, 2), "dueAt": (instant, 2), "status": (choice, 2), "cause": (choice, 2),
    "previousStatus": (choice, 1),
}


def scalar(chance: random.Random, noun: str, taken: set[str]) -> tuple[str, Made]:
    names = [name for name in SCALARS if name not in taken]
    name = chance.choices(names, [SCALARS[name][1] for name in names])[0]
    return name, SCALARS[name][0](chance, noun)


def nested(chance: random.Random, noun: str) -> Made:
    taken: set[str] = set()
    properties: Json = {}
    example: Json = {}
    for _ in range(chance.randint(3, 6)):
        name, (schema, value) = scalar(chance, noun, taken)
        taken.add(name)
        properties[name], example[name] = described(name, schema), value
    required = sorted(name for name in properties if chance.random() < 0.6)
    return {"type": "object", "properties": properties, "required": required}, example


def lines(chance: random.Random, noun: str) -> Made:
    schema, example = nested(chance, noun)
    return {"type": "array", "items": schema, "minItems": 1, "maxItems": chance.choice([10, 50])}, [
        example]


COMPOUND: dict[str, tuple[Maker, int]] = {
    "tags": (tags, 3), "relatedIds": (identifiers, 3), "attributes": (free_form, 2),
    "details": (nested, 4), "origin": (nested, 2), "lines": (lines, 4), "steps": (lines, 1),
}

# ---- Objects -------------------------------------------------------------------------------------


def described(name: str, schema: Json) -> Json:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return {"description": f"The {words} as the producer knows it.", **schema}


def in_title_case(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def key_of(noun: str) -> str:
    return f"{noun}Id"


def members(chance: random.Random, noun: str, count: int) -> dict[str, Made]:
    """The key and `count - 1` others, sorted by name."""
    found = {key_of(noun): (shared("identifier"), f"{noun}-1")}
    while len(found) < count:
        kind = chance.random()
        if kind < 0.42:
            type_name = chance.choices(list(REFERRING), [len(of) for of in REFERRING.values()])[0]
            name = chance.choice(REFERRING[type_name])
            made: Made = (shared(type_name), SHARED[type_name][1])
        elif kind < 0.9:
            name, made = scalar(chance, noun, set(found) & set(SCALARS))
        else:
            name = chance.choices(list(COMPOUND), [weight for _, weight in COMPOUND.values()])[0]
            made = COMPOUND[name][0](chance, noun)
        found.setdefault(name, made)
    return dict(sorted(found.items()))


def optional(chance: random.Random, schema: Json, value: object) -> Json:
    """An optional member's schema: as it is, nullable, or with a default."""
    kind = chance.random()
    if kind < 0.12 and isinstance(schema.get("type"), str) and not isinstance(value, (dict, list)):
        nullable = {**schema, "type": [schema["type"], "null"]}
        if "enum" in schema:
            nullable["enum"] = [*schema["enum"], None]  # type: ignore[misc]
        return nullable
    if kind < 0.12 and "$ref" in schema:
        return {"oneOf": [schema, {"type": "null"}]}
    if 0.12 <= kind < 0.24 and not isinstance(value, (dict, list)):
        return {**schema, "default": value}
    return schema


def an_object(
    chance: random.Random, noun: str, kind: str, name: str, title: str, keyword: Json
) -> Json:
    made = members(chance, noun, round(chance.triangular(8, 30, 12)))
    required = sorted(name for name in made if name == key_of(noun) or chance.random() < 0.65)
    return {
        "$schema": META,
        "$id": f"{HOME}/{kind}/{name}.schema.json",
        "title": title,
        "description": f"What is known of the {noun} at that time.",
        "type": "object",
        **keyword,
        "properties": {
            name: described(name, schema if name in required else optional(chance, schema, value))
            for name, (schema, value) in made.items()
        },
        "required": required,
        "examples": [{name: value for name, (_, value) in made.items()}],
    }


def event(chance: random.Random, number: int, nouns: list[str]) -> tuple[str, Json]:
    noun = nouns[number % len(nouns)]
    round_, verb = divmod(number // len(nouns), len(VERBS))
    name = f"{noun}_{VERBS[verb]}" + (f"_v{round_ + 1}" if round_ else "")
    keyword = {"type": name.upper(), "version": round_ + 1, "entity": noun, "key": key_of(noun)}
    return name, an_object(chance, noun, "events", name, name.upper(), {"x-event": keyword})


def entity(chance: random.Random, noun: str) -> Json:
    keyword = {"table": in_title_case(noun), "key": key_of(noun)}
    return an_object(chance, noun, "entities", noun, in_title_case(noun), {"x-entity": keyword})


def shared_type(name: str) -> Json:
    schema, example = SHARED[name]
    return {"$schema": META, "$id": f"{HOME}/types/{name}.schema.json", "title": in_title_case(name),
            "description": f"A {name.replace('_', ' ')}.", **schema, "examples": [example]}


# ---- The service ---------------------------------------------------------------------------------


def make(events: int, seed: int = 1) -> dict[str, Json]:
    """The schemas by path below the schema folder."""
    chance = random.Random(seed)
    nouns = NOUNS[: max(1, min(len(NOUNS), events // EVENTS_PER_ENTITY))]
    envelope = json.loads((ROOT / "schema/envelope.schema.json").read_text(encoding="utf-8"))
    made = {
        "envelope": {**envelope, "$id": f"{HOME}/envelope.schema.json"},
        "config": {"$schema": META, "$id": f"{HOME}/config.schema.json", "$ref": SETTINGS,
                   "x-service": {"name": "shop"}},
    }
    made |= {f"types/{name}": shared_type(name) for name in SHARED}
    made |= {f"entities/{noun}": entity(chance, noun) for noun in nouns}
    for number in range(events):
        name, schema = event(chance, number, nouns)
        made[f"events/{name}"] = schema
    return {f"{path}.schema.json": schema for path, schema in made.items()}


def write(directory: Path, schemas: dict[str, Json]) -> None:
    for path, schema in schemas.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=1000, metavar="N", help="default: %(default)s")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR",
                        help="the schema folder to make; must not be there or be empty")
    parser.add_argument("--seed", type=int, default=1, metavar="N",
                        help="the same seed gives the same schemas (default: %(default)s)")
    options = parser.parse_args()
    if options.events < 1:
        parser.error("--events must be at least 1")
    if options.out.exists() and any(options.out.iterdir()):
        print(f"{options.out} is not empty; choose another folder", file=sys.stderr)
        return 2
    schemas = make(options.events, options.seed)
    write(options.out, schemas)
    print(f"{options.out}: {len(schemas)} schemas, {options.events} of them events")
    return 0


if __name__ == "__main__":
    sys.exit(main())
