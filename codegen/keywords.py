"""Every keyword we know: the form of its value, where it may stand, what becomes of it.

The one table of the front end: `check` goes by it, and the reference page of the docs is printed
from it. A keyword yields a check or stops the build; what is not in the table is unknown and stops
the build as well.
"""

from __future__ import annotations

from dataclasses import dataclass

# What a keyword may stand on, in the words of messages and docs.
STRING = "string"
DECIMAL = "string of format decimal"
INTEGER = "integer"
NUMBER = "number"
BOOLEAN = "boolean"
OBJECT = "object"
ARRAY = "array"


@dataclass(frozen=True)
class Keyword:
    name: str
    group: str  # a heading of the docs page
    form: str  # a function of `forms`; "" for keywords that are refused
    # The types it says something about; empty: all of them.
    types: tuple[str, ...]
    # The roles of files at whose root alone it may stand; empty: in every schema.
    roots: tuple[str, ...]
    # How it is treated; of a refused one, what to do instead.
    treatment: str
    supported: bool = True


def _structure(name: str, form: str, treatment: str) -> Keyword:
    return Keyword(name, "Identity and reference", form, (), (), treatment)


def _rule(name: str, form: str, types: tuple[str, ...], treatment: str) -> Keyword:
    return Keyword(name, "Rules", form, types, (), treatment)


def _annotation(name: str, form: str, treatment: str) -> Keyword:
    return Keyword(name, "Annotations", form, (), (), treatment)


def _ours(
    name: str, form: str, treatment: str, *, types: tuple[str, ...] = (), roots: tuple[str, ...] = ()
) -> Keyword:
    return Keyword(name, "Ours", form, types, roots, treatment)


def _refused(name: str, advice: str, group: str = "Not supported yet") -> Keyword:
    return Keyword(name, group, "", (), (), advice, supported=False)


_NUMERIC = (INTEGER, NUMBER)
_FORMER = "Of other drafts and dialects"

TABLE: tuple[Keyword, ...] = (
    _structure("$schema", "dialect", "names the meta-schema: ours, or that of 2020-12"),
    _structure("$id", "identifier", "the schema's own URI; references resolve against it"),
    _structure("$ref", "reference", "the type is the one referred to, here or in another file; "
               "only annotations may stand beside it"),
    _structure("$anchor", "anchor", "a name to refer to"),
    _structure("$defs", "schemas", "types of the file's own, named FILE.KEY"),
    _structure("$comment", "text", "for readers of the schema; goes nowhere"),
    _rule("type", "type_names", (), "the type, alone or with \"null\" in a list"),
    _rule("enum", "enumeration", (STRING, INTEGER, NUMBER),
          "strings become a C enum, numbers are compared by value; null in it allows null"),
    _rule("const", "scalar", (STRING, INTEGER, NUMBER, BOOLEAN), "the one value allowed"),
    _rule("properties", "schemas", (OBJECT,), "the members, in this order, of a struct"),
    _rule("required", "names", (OBJECT,), "members that must be there; all must be in properties"),
    _rule("additionalProperties", "switch", (OBJECT,),
          "false: members not in properties are violations; true or not given: they are skipped"),
    _rule("minimum", "number", _NUMERIC, "compared exactly, as the schema's text"),
    _rule("exclusiveMinimum", "number", _NUMERIC, "compared exactly, as the schema's text"),
    _rule("maximum", "number", _NUMERIC, "compared exactly, as the schema's text"),
    _rule("exclusiveMaximum", "number", _NUMERIC, "compared exactly, as the schema's text"),
    _rule("multipleOf", "positive", _NUMERIC, "exact, in decimal"),
    _rule("minLength", "count", (STRING,), "counts code points"),
    _rule("maxLength", "count", (STRING,), "counts code points"),
    _rule("pattern", "text", (STRING,), "compiled to an automaton; searched, not anchored"),
    _rule("format", "format_name", (STRING,),
          "asserted: date-time, date, time, uuid, email, uri, uri-reference, ipv4, ipv6, decimal"),
    _rule("items", "schema", (ARRAY,), "the type of every item"),
    _rule("minItems", "count", (ARRAY,), "the fewest items"),
    _rule("maxItems", "count", (ARRAY,), "the most items"),
    _rule("uniqueItems", "switch", (ARRAY,),
          "scalar items, compared as JSON values (not decimals and date-times, which have many "
          "spellings)"),
    _rule("oneOf", "schema_list", (),
          "objects told apart by a member that is a const string and required in each: a tagged "
          "union; X and {\"type\": \"null\"}: X that may be null; const strings: an enum whose "
          "values have descriptions"),
    _annotation("title", "text", "goes into the C comment"),
    _annotation("description", "text", "goes into the C comment"),
    _annotation("default", "anything",
                "filled in when the member is absent; must be valid itself; scalars of optional "
                "members only"),
    _annotation("examples", "sequence", "go into docs, sample events and tests; must be valid"),
    _annotation("deprecated", "switch", "said in the C comment"),
    _annotation("readOnly", "switch", "no effect"),
    _annotation("writeOnly", "switch", "no effect"),
    _ours("x-event", "mapping", "makes the object the payload of an event", roots=("event",)),
    _ours("x-entity", "mapping", "makes the object a row of a table", roots=("entity",)),
    _ours("x-envelope", "mapping", "says which members of the envelope play which part",
          roots=("envelope", "ready-envelope")),
    _ours("x-service", "mapping", "says the service's name", roots=("config",)),
    _ours("x-minimum", "decimal", "compared exactly", types=(DECIMAL,)),
    _ours("x-exclusiveMinimum", "decimal", "compared exactly", types=(DECIMAL,)),
    _ours("x-maximum", "decimal", "compared exactly", types=(DECIMAL,)),
    _ours("x-exclusiveMaximum", "decimal", "compared exactly", types=(DECIMAL,)),
    _ours("x-scale", "scale", "the most digits behind the point", types=(DECIMAL,)),
    _ours("x-c-name", "c_name", "the name in C where the mechanical one will not do"),
    _ours("x-proto-field", "field_number", "the number of the member, or of the arm of a union, in the "
          "message that the type is in Protocol Buffers; all members of a type have one, or none has"),
    _refused("allOf", "write the members into one object"),
    _refused("anyOf", "use oneOf with a member that is const in each arm"),
    _refused("not", "say what is allowed instead"),
    _refused("if", "use oneOf with a member that is const in each arm"),
    _refused("then", "use oneOf with a member that is const in each arm"),
    _refused("else", "use oneOf with a member that is const in each arm"),
    _refused("dependentRequired", "check it in the handler"),
    _refused("dependentSchemas", "use oneOf with a member that is const in each arm"),
    _refused("prefixItems", "use an object with named members"),
    _refused("contains", "check it in the handler"),
    _refused("minContains", "check it in the handler"),
    _refused("maxContains", "check it in the handler"),
    _refused("patternProperties", "use an array of objects with a name member, or a free-form "
             "object"),
    _refused("propertyNames", "use an array of objects with a name member, or a free-form object"),
    _refused("minProperties", "list the members in required"),
    _refused("maxProperties", "use additionalProperties: false"),
    _refused("unevaluatedProperties", "use additionalProperties"),
    _refused("unevaluatedItems", "use items"),
    _refused("contentEncoding", "say it in the description"),
    _refused("contentMediaType", "say it in the description"),
    _refused("contentSchema", "say it in the description"),
    _refused("$dynamicRef", "use $ref"),
    _refused("$dynamicAnchor", "use $anchor"),
    _refused("$vocabulary", "remove it; only meta-schemas have it"),
    _refused("definitions", "it is called $defs in 2020-12", _FORMER),
    _refused("dependencies", "it is not in 2020-12; check it in the handler", _FORMER),
    _refused("id", "it is called $id in 2020-12", _FORMER),
    _refused("additionalItems", "it is not in 2020-12; use items", _FORMER),
    _refused("$recursiveRef", "it is not in 2020-12; use $ref", _FORMER),
    _refused("$recursiveAnchor", "it is not in 2020-12; use $anchor", _FORMER),
    _refused("nullable", "it is OpenAPI's; put \"null\" into type", _FORMER),
    _refused("discriminator", "it is OpenAPI's; make the member const and required in each arm of "
             "oneOf", _FORMER),
    _refused("example", "it is OpenAPI's; use examples, a list", _FORMER),
)

BY_NAME: dict[str, Keyword] = {keyword.name: keyword for keyword in TABLE}

# Keywords that say nothing about a value: they may stand beside $ref and oneOf.
ANNOTATIONS = frozenset(
    keyword.name for keyword in TABLE if keyword.group in ("Annotations", "Identity and reference")
) - {"$ref"} | {"x-c-name", "x-proto-field", "x-event", "x-entity", "x-envelope", "x-service"}
