"""Types: schemas become named types and uses of them.

A type has a name when it stands at a file's root or in $defs, when something refers to it, or when
it is an object, an enum or a union. Everything else is written out where it is used.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import kinds
from .load import File
from .model import (
    Array, Boolean, Enum, EnumValue, FreeForm, Location, Member, NamedType, Object, Ref, Shape,
    Union, Use,
)
from .problems import Problems
from .resolve import Index
from .scalars import integer, number, text
from .schemas import Schema
from .unions import discriminator, final, make_union

# Stands where a schema is broken, which has been reported; nothing is concluded from it.
BROKEN = FreeForm("broken")


@dataclass(frozen=True)
class Claim:
    """A value of the schemas (an example, a default) that has to be valid for a type."""

    wanted: Use | Shape
    value: object
    location: Location
    what: str


class Types:
    """Builds types as they are asked for; each once."""

    def __init__(self, index: Index, problems: Problems) -> None:
        self._index = index
        self._problems = problems
        self._referenced = index.referenced()
        self._made: dict[Schema, NamedType] = {}
        self._by_name: dict[str, Schema] = {}
        self._in_work: set[Schema] = set()
        self._uses: dict[Schema, Use] = {}
        self.claims: list[Claim] = []

    def named(self) -> tuple[NamedType, ...]:
        return tuple(sorted(self._made.values(), key=lambda made: made.name))

    def define_all(self, file: File) -> None:
        """Everything in a file that has a name, used or not, so that all of it is checked."""
        self.use(self._index.roots[file])
        for schema in self._index.definitions[file]:
            self.use(schema)

    def shape(self, schema: Schema) -> Shape:
        """The shape itself, without a name: for settings, which are no types of the service."""
        self._claim_examples(schema, made := self._shape(schema))
        return made

    # ---- Uses ------------------------------------------------------------------------------------

    def use(self, schema: Schema) -> Use:
        """The type a schema stands for, where it stands."""
        if schema not in self._uses:
            made = self._use(schema)
            self._uses[schema] = made
            self._claim_examples(schema, made)
            self._check_placement(schema)
        return self._uses[schema]

    def _use(self, schema: Schema) -> Use:
        if schema.broken or schema in self._index.lost:
            return Use(BROKEN)
        onward = self._index.onward(schema)
        if onward is not None:
            if kinds.is_reference(schema):
                return self._early(onward)
            return self._or_null(schema, onward)
        nullable = self._allows_null(schema)
        if self._has_name(schema):
            self._define(schema)
            return Use(Ref(self.name(schema)), nullable)
        shape = self._shape(schema)
        # Objects, enums and unions always have a name.
        assert not isinstance(shape, (Object, Enum, Union))
        return Use(shape, nullable)

    def _early(self, schema: Schema) -> Use:
        """A use that may be asked for while the type is still being made (recursion)."""
        if schema in self._in_work:
            return Use(Ref(self.name(schema)), self._allows_null(schema))
        return self.use(schema)

    def _or_null(self, schema: Schema, other: Schema) -> Use:
        """oneOf of a type and null."""
        made = self._early(other)
        if made.nullable or made.type == FreeForm("any"):
            self._problems.add(
                schema.at("oneOf"),
                "null is valid for both arms, so it is never valid; take the null arm away",
            )
        return Use(made.type, True)

    def _allows_null(self, schema: Schema) -> bool:
        if kinds.is_choice(schema):
            return any(kinds.is_null_arm(arm) for arm in self._index.arms(schema))
        return kinds.allows_null(schema)

    def _has_name(self, schema: Schema) -> bool:
        return (
            schema.where in ("root", "definition")
            or schema in self._referenced
            or self._stands_for_named(schema)
            or kinds.is_object(schema)
            or kinds.is_enum(schema)
            or kinds.is_choice(schema)
        )

    def _stands_for_named(self, schema: Schema) -> bool:
        """X in `oneOf` X or null, where that oneOf has a name: X takes it."""
        parent = schema.parent
        return (
            schema.where == "arm"
            and parent is not None
            and self._index.onward(parent) is schema
            and (parent.where in ("root", "definition") or parent in self._referenced)
        )

    # ---- Names -----------------------------------------------------------------------------------

    def name(self, schema: Schema) -> str:
        """The type's name in the schemas' spelling: its path from the file's stem."""
        parent = schema.parent
        if parent is None:
            # A ready envelope is the service's envelope.
            return "envelope" if schema.file.role == "ready-envelope" else schema.file.stem
        if schema.where == "item":
            return self.name(parent) + ".item"
        if schema.where != "arm":
            return f"{self.name(parent)}.{schema.key}"
        if self._index.onward(parent) is schema:
            return self.name(parent)
        chosen = discriminator(self._index, parent)
        value = chosen.values.get(schema) if chosen is not None else None
        return f"{self.name(parent)}.{schema.key if value is None else value}"

    def _define(self, schema: Schema) -> None:
        if schema in self._made or schema in self._in_work:
            return
        name = self.name(schema)
        other = self._by_name.setdefault(name, schema)
        if other is not schema:
            # Of files with the same name that has been said already.
            if other.file is schema.file:
                self._problems.add(
                    schema.location,
                    f"its type would be named {name!r}, as that of #{other.pointer}; rename one of them",
                )
            return
        self._in_work.add(schema)
        shape = self._shape(schema)
        self._in_work.discard(schema)
        # Who gives the name has the words for it, too.
        naming = schema.parent if self._stands_for_named(schema) and schema.parent else schema
        self._made[schema] = NamedType(
            name=name,
            shape=shape,
            doc=naming.doc(),
            location=schema.location,
            owner="envelope" if schema.file.role == "ready-envelope" else schema.file.stem,
            nullable=self._allows_null(schema) or self._stands_for_named(schema),
            c_name=naming.text("x-c-name") if naming.where != "member" else None,
        )

    # ---- Shapes ----------------------------------------------------------------------------------

    def _shape(self, schema: Schema) -> Shape:
        if kinds.is_choice(schema):
            return self._choice(schema)
        kind = kinds.kind(schema)
        if kind == "string":
            return self._enum(schema) if schema.has("enum") else text(schema, self._problems)
        if kind == "integer":
            return integer(schema, self._problems)
        if kind == "number":
            return number(schema, self._problems)
        if kind == "boolean":
            constant = schema.value("const")
            return Boolean(constant if isinstance(constant, bool) else None)
        if kind == "object":
            return self._object(schema) if schema.has("properties") else FreeForm("object")
        if kind == "array":
            return self._array(schema) if schema.has("items") else FreeForm("array")
        return FreeForm("any")

    def _enum(self, schema: Schema) -> Enum:
        values: list[EnumValue] = []
        for number_of, node in enumerate(schema.keywords["enum"].elements()):
            if not isinstance(node.value, str):
                continue
            if any(node.value == value.value for value in values):
                self._problems.add(
                    schema.at("enum", str(number_of)), "is in the list already; remove one"
                )
                continue
            values.append(EnumValue(node.value))
        return Enum(tuple(values))

    def _choice(self, schema: Schema) -> Shape:
        arms = [arm for arm in self._index.arms(schema) if not kinds.is_null_arm(arm)]
        if len(arms) + 1 < len(self._index.arms(schema)):
            self._problems.add(
                schema.at("oneOf"), "has several null arms, so null is never valid; keep one"
            )
        if any(arm.broken for arm in arms):
            return BROKEN
        if arms and all(kinds.is_described_value(arm) for arm in arms):
            return self._described_enum(arms)
        return make_union(self._index, self._problems, schema, arms, self._early)

    def _described_enum(self, arms: list[Schema]) -> Enum:
        values: list[EnumValue] = []
        for arm in arms:
            value = arm.text("const") or ""
            if any(value == other.value for other in values):
                self._problems.add(arm.at("const"), "is the value of another arm; remove one")
                continue
            doc = arm.doc()
            values.append(EnumValue(value, doc.description or doc.title))
        return Enum(tuple(values))

    def _array(self, schema: Schema) -> Array:
        item = self._index.child(schema, "items")
        assert item is not None
        items = self.use(item) if item not in self._in_work else self._early(item)
        least = schema.value("minItems")
        most = schema.value("maxItems")
        made = Array(
            items=items,
            min_items=int(least) if isinstance(least, (int, float)) else 0,
            max_items=int(most) if isinstance(most, (int, float)) else None,
            unique_items=schema.value("uniqueItems") is True,
        )
        if made.max_items is not None and made.min_items > made.max_items:
            self._problems.add(
                schema.at("minItems"), "is more than maxItems, so no array is valid; correct one"
            )
        if made.unique_items and not self._is_comparable(item):
            self._problems.add(
                schema.at("uniqueItems"),
                "is supported for items that are strings, numbers, booleans or enums (not decimals "
                "and date-times, of which one value has many spellings); check it in the handler",
            )
        return made

    def _is_comparable(self, schema: Schema) -> bool:
        """Can items be told apart by their text? Broken ones count, they are reported already."""
        target = final(self._index, schema)
        if target is None or target.broken:
            return True
        if kinds.is_choice(target):
            return all(kinds.is_described_value(arm) or kinds.is_null_arm(arm)
                       for arm in self._index.arms(target))
        return kinds.kind(target) in ("string", "integer", "number", "boolean") and (
            target.text("format") not in ("decimal", "date-time"))

    def _object(self, schema: Schema) -> Object:
        required = schema.value("required")
        names = [name for name in required if isinstance(name, str)] if (
            isinstance(required, list)) else []
        members: list[Member] = []
        for name in schema.keywords["properties"].members():
            child = self._index.child(schema, "properties", name)
            assert child is not None
            members.append(self._member(child, name in names))
        known = {member.name for member in members}
        for number_of, name in enumerate(names):
            if name not in known:
                self._problems.add(
                    schema.at("required", str(number_of)),
                    f"{name!r} is not in properties; describe it there, or remove it here",
                )
        return Object(tuple(members), schema.value("additionalProperties") is not False)

    def _member(self, schema: Schema, required: bool) -> Member:
        use = self.use(schema)
        default = schema.value("default")
        has_default = schema.has("default")
        if has_default and required:
            self._problems.add(
                schema.at("default"),
                "the member is required, so its default has no effect; take it from required, or "
                "the default away",
            )
        elif has_default and (default is None or isinstance(default, (dict, list))):
            self._problems.add(
                schema.at("default"),
                "only a string, number or boolean can be filled in; take the default away",
            )
        elif has_default:
            self.claims.append(Claim(use, default, schema.at("default"), "default"))
        return Member(
            name=schema.key,
            use=use,
            required=required,
            doc=schema.doc(),
            location=schema.location,
            default=default if has_default else None,
            has_default=has_default,
            c_name=schema.text("x-c-name"),
            proto_field=schema.field_number(),
        )

    # ---- What stands beside ----------------------------------------------------------------------

    def _claim_examples(self, schema: Schema, wanted: Use | Shape) -> None:
        examples = schema.value("examples")
        for number_of, example in enumerate(examples if isinstance(examples, list) else []):
            location = schema.at("examples", str(number_of))
            self.claims.append(Claim(wanted, example, location, "example"))

    def _check_placement(self, schema: Schema) -> None:
        """Annotations that would silently have no effect."""
        if schema.has("default") and schema.where != "member":
            self._problems.add(
                schema.at("default"),
                "a default belongs to the member that uses the type; move it there",
            )
        onward = self._index.onward(schema)
        gives_name = onward is not None and self._stands_for_named(onward)
        nameless = schema.where != "member" and schema not in self._made and not gives_name
        if schema.has("x-c-name") and nameless and schema not in self._in_work:
            self._problems.add(
                schema.at("x-c-name"),
                "nothing here has a name in C of its own; move it to the type referred to, or "
                "remove it",
            )
        if schema.has("x-proto-field") and schema.where != "member" and not self._is_arm(schema):
            self._problems.add(
                schema.at("x-proto-field"),
                "a field number belongs to a member of an object, or to an arm of a oneOf over objects; "
                "move it there",
            )

    def _is_arm(self, schema: Schema) -> bool:
        """Of a union, that is: not of null and something, and no value of an enum."""
        return (
            schema.where == "arm"
            and schema.parent is not None
            and self._index.onward(schema.parent) is None
            and not kinds.is_null_arm(schema)
            and not kinds.is_described_value(schema)
        )
