"""All naming: how the schemas' names are spelled in C, and what is wrong with them there.

`userLimitId` becomes `user_limit_id`. Whatever a JSON name holds, the result is an identifier that
is neither a word of C nor a macro. Names that would then be the same are not told apart by
guessing: `check` reports them, and the schema says `x-c-name`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from .model import (
    Array, Entity, Enum, Event, Inline, Integer, Location, Member, Model, NamedType, Number, Object,
    Ref, Setting, Shape, String, Union, Use,
)
from .problems import Problem, in_order
from .reserved import CONSTANT_PREFIXES, CONSTANTS, FUNCTIONS, KEYWORDS, MACROS, PREFIXES

_ACRONYM_PLURAL = re.compile(r"[A-Z]{2,}s(?![a-z])")
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OWN_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 63  # what C11 promises to tell apart


@lru_cache(maxsize=None)
def snake(text: str) -> str:
    """userLimitID → user_limit_id, HTTPServer → http_server, $ref → ref, 2fa → x_2fa, ? → u003f"""
    spaced = _WORD_START.sub("_", _ACRONYM_PLURAL.sub(lambda found: found[0].capitalize(), text))
    if not any(character.isalnum() for character in spaced):
        spaced = "_".join(f"u{ord(character):04x}" for character in spaced) or "empty"
    plain = "".join(_plain(character) for character in spaced)
    name = "_".join(re.findall(r"[a-z0-9]+", plain.lower()))
    return name if name[0].isalpha() else "x_" + name


def _plain(character: str) -> str:
    if character.isascii():
        return character
    return f"_u{ord(character):04x}_" if character.isalnum() else "_"


def upper(text: str) -> str:
    return snake(text).upper()


def variable(text: str) -> str:
    """As a member or parameter."""
    name = snake(text)
    return name + "_" if name in KEYWORDS or name in MACROS else name


def parameter(name: str, taken: tuple[str, ...]) -> str:
    """A member's name as a parameter beside others."""
    return name + "_" if name in taken else name


def member(of: Member) -> str:
    return of.c_name or variable(of.name)


def enum_constants(prefix: str, values: list[str]) -> list[str]:
    """PREFIX_VALUE for each; one that comes out as an earlier one did gets a number."""
    made: list[str] = []
    for value in values:
        words = re.sub(r"^x_(?=[0-9])", "", snake(value)).upper()
        name = f"{prefix.upper()}_{words}"
        if name in CONSTANTS or name.startswith(CONSTANT_PREFIXES):
            name += "_"
        number = 2
        unique = name
        while unique in made:
            unique = f"{name}_{number}"
            number += 1
        made.append(unique)
    return made


def arm_members(union: Union) -> list[str]:
    """The members of a tagged union; `kind` is the tag."""
    return [parameter(variable(arm.value), ("kind",)) for arm in union.arms]


class Names:
    """The names of a model's types in C."""

    def __init__(self, model: Model) -> None:
        self._types = {named.name: self._type_name(named, model) for named in model.types}

    def type(self, name: str) -> str:
        return self._types[name]

    @staticmethod
    def _type_name(named: NamedType, model: Model) -> str:
        if named.name == model.envelope.name:
            return "envelope"
        if named.c_name is not None:
            return named.c_name
        name = snake(named.name)
        return name + "_type" if name in KEYWORDS or name in MACROS else name


def handler(event: Event, names: Names) -> str:
    return "on_" + names.type(event.name)


def setting(of: Setting) -> str:
    return variable(of.name)


# ---- Checks --------------------------------------------------------------------------------------


def check(model: Model) -> list[Problem]:
    """Everything that is wrong with the names in C, in order."""
    names = Names(model)
    problems = list(_own_names(model))
    problems += _duplicates(_tags(model, names), "type")
    problems += _duplicates(_symbols(model, names), "symbol")
    for places in _helpers(model, names).values():
        problems += _duplicates(places, "helper")
    problems += _reserved(model, names)
    types = {named.name: named for named in model.types}
    for named in model.types:
        if isinstance(named.shape, Object):
            problems += _duplicates(_object_members(named.shape, types), "member")
        if isinstance(named.shape, Union):
            arms = zip(arm_members(named.shape), named.shape.arms)
            problems += _duplicates([(name, arm.location) for name, arm in arms], "member")
    problems += _duplicates([(setting(row), row.location) for row in model.settings], "member")
    return in_order(problems)


Place = tuple[str, Location]


def _duplicates(places: list[Place], what: str) -> Iterator[Problem]:
    first: dict[str, Location] = {}
    for name, location in places:
        other = first.setdefault(name, location)
        if other != location:
            yield Problem(
                location,
                f"its C {what} {name} is that of {other.file}:{other.line} too; "
                "give one of them another name with x-c-name",
            )


def _own_names(model: Model) -> Iterator[Problem]:
    """Names that the schemas give in C's spelling."""
    members = [m for t in model.types if isinstance(t.shape, Object) for m in t.shape.members]
    for of in [*model.types, *members]:
        name = of.c_name
        if name is None:
            continue
        if not _OWN_NAME.fullmatch(name):
            yield Problem(
                of.location,
                f"x-c-name {name!r} is no name in C; use small letters, digits and single _ "
                "between them",
            )
        elif name in KEYWORDS or name in MACROS:
            yield Problem(of.location, f"x-c-name {name!r} is a word of C; choose another")


def _reserved(model: Model, names: Names) -> Iterator[Problem]:
    for named in model.types:
        name = names.type(named.name)
        if name.startswith(PREFIXES):
            yield Problem(
                named.location,
                f"its C name {name} begins as those of the runtime or a library do; give it "
                "another with x-c-name",
            )
        if len(name) > LONGEST:
            yield Problem(
                named.location,
                f"its C name {name} is too long; give it a shorter one with x-c-name",
            )
    for symbol, location in _symbols(model, names):
        if symbol in FUNCTIONS:
            yield Problem(
                location,
                f"its C function {symbol} is one of the C library; give the type another name with "
                "x-c-name",
            )


def _object_members(shape: Object, types: dict[str, NamedType]) -> list[Place]:
    """Every member of the struct, the flags and counts that go with the schema's members too."""
    places: list[Place] = []
    for of in shape.members:
        name = member(of)
        nullable = is_nullable(of.use, types)
        boxed = isinstance(of.use.type, Ref) and types[of.use.type.name].recursive
        places.append((name, of.location))
        if isinstance(of.use.type, Array):
            places.append((f"{name}_count", of.location))
        if nullable:
            places.append((f"{name}_presence", of.location))
        elif not of.required and not of.has_default and not boxed:
            places.append((f"has_{name}", of.location))
    return places


def is_nullable(use: Use, types: dict[str, NamedType]) -> bool:
    """May it be null, by itself or by the type it refers to?"""
    return use.nullable or (isinstance(use.type, Ref) and types[use.type.name].nullable)


def item_struct(array: str) -> str:
    """The struct of items that are more than a value: those that may be null, arrays in arrays."""
    return f"{array}_item"


def array_path(owner: str, place: str) -> str:
    """What the functions of an array that stands in a type are named after."""
    return f"{owner}_{place}"


def _tags(model: Model, names: Names) -> list[Place]:
    types = {named.name: named for named in model.types}
    places: list[Place] = []
    for named in model.types:
        name = names.type(named.name)
        places.append((name, named.location))
        shape = named.shape
        if isinstance(shape, Union):
            places.append((f"{name}_kind", named.location))
        if isinstance(shape, Array):
            places += _item_tags(shape, name, named.location, types)
        if isinstance(shape, Object):
            for of in shape.members:
                if isinstance(of.use.type, Array):
                    path = array_path(name, member(of))
                    places += _item_tags(of.use.type, path, of.location, types)
    for entity in model.entities:
        places.append((f"{names.type(entity.name)}_page", entity.location))
    if model.settings:
        places.append(("settings", model.settings[0].location))
    for row in model.settings:
        if isinstance(row.type, Enum):
            places.append((setting(row), row.location))
    return places


def _helpers(model: Model, names: Names) -> dict[str, list[Place]]:
    """What static functions and constants in one file are named after, by owner."""
    found: dict[str, list[Place]] = {}
    for named in model.types:
        name = names.type(named.name)
        places = found.setdefault(named.owner, [])
        if isinstance(named.shape, Object):
            places += [(array_path(name, member(of)), of.location) for of in named.shape.members
                       if has_helper(of.use.type)]
        elif has_helper(named.shape):
            places.append((name, named.location))
    return found


def has_helper(shape: Shape | Inline) -> bool:
    """Has it functions or constants that are named after where it stands?"""
    if isinstance(shape, String):
        return shape.pattern is not None
    return isinstance(shape, Array) or isinstance(shape, (Integer, Number)) and bool(shape.enum)


def _item_tags(
    array: Array, path: str, location: Location, types: dict[str, NamedType]
) -> list[Place]:
    inner = array.items.type
    if not isinstance(inner, Array):
        return [(item_struct(path), location)] if is_nullable(array.items, types) else []
    return [(item_struct(path), location), *_item_tags(inner, item_struct(path), location, types)]


def _symbols(model: Model, names: Names) -> list[Place]:
    """Functions, objects and enum constants: they share one name space."""
    places: list[Place] = []
    for named in model.types:
        name = names.type(named.name)
        symbols = [f"{name}_read", f"{name}_write"]
        if named.recursive:
            symbols.append(f"{name}_read_new")
        if named.name in model.proto.by_name:
            symbols += [f"{name}_{verb}" for verb in ("proto", "read_proto", "read_proto_new", "append_proto")]
        if isinstance(named.shape, Enum):
            values = [value.value for value in named.shape.values]
            symbols += [f"{name}_name", f"{name}_of", f"{name}_enum", *enum_constants(name, values)]
        if isinstance(named.shape, String) and named.shape.pattern is not None:
            symbols += [f"{name}_pattern", f"{name}_regex"]
        if isinstance(named.shape, (Integer, Number)) and named.shape.enum:
            symbols.append(f"{name}_allowed")
        if isinstance(named.shape, Union):
            values = [arm.value for arm in named.shape.arms]
            symbols += enum_constants(f"{name}_kind", values)
        places += [(symbol, named.location) for symbol in symbols]
    for entity in model.entities:
        places += [(symbol, entity.location) for symbol in entity_symbols(entity, names)]
    for row in model.settings:
        if isinstance(row.type, Enum):
            values = [value.value for value in row.type.values]
            places += [(symbol, row.location) for symbol in enum_constants(setting(row), values)]
    places += [(handler(event, names), event.location) for event in model.events]
    everything = Location("the generated code")
    own = ("main", "migrations", "service", "settings", "settings_rows", "envelope_fill",
           "envelope_fill_proto")
    return [(name, everything) for name in own] + places


def entity_symbols(entity: Entity, names: Names) -> list[str]:
    name = names.type(entity.name)
    verbs = ["entity", "get", "find", "create", "put", "remove"]
    verbs += [f"query_{snake(index.name)}" for index in entity.indexes]
    return [f"{name}_{verb}" for verb in verbs]
