"""The cases of one type: JSON texts and what its generated reader must say of each.

A candidate is put in a valid value of the whole. Only those that violate exactly the one keyword at
exactly the one place are kept, so every case proves one check. `codegen.instance` judges that: each
value at its own place, once for all wholes that it is put in, and every whole without it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal as Exact
from json.encoder import encode_basestring
from typing import NamedTuple

from codegen import instance
from codegen import model as m
from codegen.locate import escape
from codegen.testgen.values import Value, of_scalar, wrong_types


class Case(NamedTuple):
    """`keyword` and `pointer` of the violation; keyword "" for a valid text.

    `beyond`: the schema allows the value, but it does not fit the C type.
    """

    name: str
    text: str
    keyword: str = ""
    pointer: str = ""
    beyond: bool = False

    def value(self) -> object:
        """What the text says; numbers with a point or an exponent exactly."""
        return json.loads(self.text, parse_float=Exact)


class Variant(NamedTuple):
    """A value for a place and where, below that place, it is wrong.

    `holds`: it violates what it is meant to, and nothing else.
    """

    name: str
    value: object
    text: str
    holds: bool
    keyword: str = ""
    pointer: str = ""
    beyond: bool = False


class NoValue(Exception):
    """A recursive type reached itself where a member is required; another way must be taken."""


def to_json(value: object, reverse: bool = False) -> str:
    """Compact JSON; numbers exactly as given. `reverse`: the members of objects in reverse order."""
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, dict):
        items = reversed(list(value.items())) if reverse else value.items()
        members = [f"{encode_basestring(name)}:{to_json(item, reverse)}" for name, item in items]
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join([to_json(item, reverse) for item in value]) + "]"
    if isinstance(value, Exact):
        return str(value)
    return json.dumps(value)


class Whole:
    """A valid object with everything in it, as the text around any one of its members."""

    def __init__(self, value: dict[str, object]) -> None:
        self._members = _member_texts(value)

    def around(self, name: str) -> tuple[str, str]:
        """What stands before and behind the member's value; a member that is not there comes last."""
        names = list(self._members)
        at = names.index(name) if name in self._members else len(names)
        texts = list(self._members.values())
        before = "".join(text + "," for text in texts[:at])
        behind = "".join("," + text for text in texts[at + 1 :])
        return f"{{{before}{encode_basestring(name)}:", behind + "}"

    def without(self, name: str) -> str:
        return "{" + ",".join([text for of, text in self._members.items() if of != name]) + "}"

    def text(self, more: dict[str, object]) -> str:
        return "{" + ",".join((self._members | _member_texts(more)).values()) + "}"


def _member_texts(value: dict[str, object]) -> dict[str, str]:
    return {name: f"{encode_basestring(name)}:{to_json(item)}" for name, item in value.items()}


class Maker:
    """Makes cases. What can stand at a place depends on the use of a type alone: made once for each."""

    def __init__(self, model: m.Model) -> None:
        self._types = {named.name: named for named in model.types}
        self._validator = instance.Validator(model)
        self._usual_of: dict[tuple[m.Use, bool], object] = {}
        self._scalars_of: dict[m.Use, list[Value]] = {}
        self._variants_of: dict[m.Use, list[Variant]] = {}
        self._shallow_of: dict[m.Use, list[Variant]] = {}

    def _shape(self, type_: object) -> object:
        return self._types[type_.name].shape if isinstance(type_, m.Ref) else type_

    # ---- Valid values ----------------------------------------------------------------------------

    def usual(self, use: m.Use, full: bool, within: tuple[str, ...] = ()) -> object:
        """A valid value: with everything optional in it, or without. NoValue if it would not end."""
        if within:
            return self._usual(use, full, within)
        if (use, full) not in self._usual_of:
            self._usual_of[use, full] = self._usual(use, full, within)
        return self._usual_of[use, full]

    def _usual(self, use: m.Use, full: bool, within: tuple[str, ...]) -> object:
        name = use.type.name if isinstance(use.type, m.Ref) else ""
        if name and within.count(name) > 1:
            if use.nullable:
                return None
            raise NoValue(name)
        within += (name,)
        shape = self._shape(use.type)
        if isinstance(shape, m.Object):
            return self._object(shape, full, within)
        if isinstance(shape, m.Union):
            return self._union(shape, full, within)
        if isinstance(shape, m.Array):
            count = max(shape.min_items, 1 if full and shape.max_items != 0 else 0)
            return self._items(shape, count, full, within)
        return self._valid_scalars(use)[0].value

    def _valid_scalars(self, use: m.Use) -> list[Value]:
        if use not in self._scalars_of:
            self._scalars_of[use] = [
                value for value in of_scalar(self._shape(use.type))
                if not value.keyword and not self._validator.problems(use, value.value)
            ]
        if not self._scalars_of[use]:
            raise NoValue("no valid value was found")
        return self._scalars_of[use]

    def _object(self, shape: m.Object, full: bool, within: tuple[str, ...]) -> dict:
        value = {}
        for member in shape.members:
            if not full and not member.required:
                continue
            try:
                value[member.name] = self.usual(member.use, full, within)
            except NoValue:
                if member.required:
                    raise
        return value

    def _union(self, shape: m.Union, full: bool, within: tuple[str, ...]) -> object:
        for arm in shape.arms:
            try:
                return self.usual(m.Use(m.Ref(arm.type_name)), full, within)
            except NoValue:
                continue
        raise NoValue("no arm ends")

    def _items(self, shape: m.Array, count: int, full: bool, within: tuple[str, ...]) -> list:
        if shape.unique_items and count > 1:
            return self._different(shape.items, count)
        try:
            return [self.usual(shape.items, full, within) for _ in range(count)]
        except NoValue:
            if shape.min_items > 0:
                raise
            return []

    def _different(self, use: m.Use, count: int) -> list:
        """Scalars that are unlike each other."""
        shape = self._shape(use.type)
        if isinstance(shape, m.String) and not (shape.pattern or shape.format or shape.const):
            length = max(shape.min_length, 1, len(str(count)))
            return [f"{n:0{length}d}" for n in range(count)]
        if isinstance(shape, m.Integer) and not shape.enum:
            step = shape.multiple_of or 1
            first = -(-(shape.minimum or 0) // step) * step
            return [first + n * step for n in range(count)]
        found = [value.value for value in self._valid_scalars(use)]
        if len(found) < count:
            raise NoValue("not enough different items")
        return found[:count]

    # ---- Values with something about them -----------------------------------------------------------

    def variants(self, use: m.Use) -> list[Variant]:
        """Valid and invalid values for a place."""
        if use not in self._variants_of:
            self._variants_of[use] = list(self._variants(use, ()))
        return self._variants_of[use]

    def _variants(self, use: m.Use, within: tuple[str, ...]) -> Iterator[Variant]:
        """`within`: the named arrays it is an item of."""
        shape = self._shape(use.type)
        name = use.type.name if isinstance(use.type, m.Ref) else ""
        yield self._variant(use, Value("null", None, "" if use.nullable else "type"))
        if isinstance(shape, m.Object | m.Union):
            yield from self._nested(use)
        elif isinstance(shape, m.Array):
            yield from self._arrays(shape, (*within, name), deep=not name or name not in within)
        else:
            for value in of_scalar(shape):
                yield self._variant(use, value)
        wrong = "oneOf" if isinstance(shape, m.Union) else "type"
        for value in wrong_types(shape):
            if value.value is not None:
                yield self._variant(use, value._replace(keyword=wrong))

    def _variant(self, use: m.Use, value: Value, pointer: str = "") -> Variant:
        found = self._validator.problems(use, value.value)
        holds = found == ([(pointer, value.keyword)] if value.keyword and not value.beyond else [])
        return Variant(value.name, value.value, to_json(value.value), holds, value.keyword, pointer,
                       value.beyond)

    def _nested(self, use: m.Use) -> Iterator[Variant]:
        """Its own cases are elsewhere; here one fault shows that the way down is right."""
        yield self._variant(use, Value("minimal", self.usual(use, full=False)))
        yield self._variant(use, Value("full", self.usual(use, full=True)))
        for case in _distinct(self._candidates(use.type.name, deep=False)):
            if case.keyword and case.pointer and not case.beyond:
                yield self._variant(use, Value(case.name, case.value(), case.keyword), case.pointer)
                return

    def _arrays(
        self, shape: m.Array, within: tuple[str, ...], deep: bool
    ) -> Iterator[Variant]:
        for count, name, keyword in (
            (shape.min_items, f"{shape.min_items}_items", ""),
            (shape.min_items - 1, f"{shape.min_items - 1}_items", "minItems"),
            (shape.max_items, f"{shape.max_items}_items", ""),
            ((shape.max_items or 0) + 1, f"{(shape.max_items or 0) + 1}_items", "maxItems"),
        ):
            if count is None or count < 0 or (keyword == "maxItems" and shape.max_items is None):
                continue
            try:
                items = self._items(shape, count, False, ())
            except NoValue:
                continue
            yield self._array(shape, name, items, keyword)
        count = max(shape.min_items, 2)
        if shape.unique_items and (shape.max_items is None or shape.max_items >= 2):
            items = self._different(shape.items, count - 1)
            yield self._array(shape, "an_item_twice", items + items[-1:], "uniqueItems")
        if shape.max_items == 0 or not deep:
            return
        rest = self._items(shape, max(shape.min_items, 1), False, ())[1:]
        rest_is_valid = self._are_valid(shape.items, rest)
        behind = "".join("," + text for text in _texts(rest)) + "]"
        for variant in self._variants(shape.items, within):
            items = [variant.value, *rest]
            holds = variant.holds and rest_is_valid and not [*instance.array_rules(shape, items)]
            yield Variant(f"item_{variant.name}", items, f"[{variant.text}{behind}", holds,
                          variant.keyword, f"/0{variant.pointer}", variant.beyond)

    def _array(self, shape: m.Array, name: str, items: list, keyword: str) -> Variant:
        """A value that is meant to be right or wrong as a whole."""
        rules = list(instance.array_rules(shape, items))
        holds = rules == ([keyword] if keyword else []) and self._are_valid(shape.items, items)
        return Variant(name, items, "[" + ",".join(_texts(items)) + "]", holds, keyword)

    def _are_valid(self, use: m.Use, items: list) -> bool:
        different = {id(item): item for item in items}.values()
        return not any(self._validator.problems(use, item) for item in different)

    # ---- The cases of a named type --------------------------------------------------------------------

    def cases(self, name: str) -> list[Case]:
        """All cases of an object or union type, each with a name of its own."""
        found = list(self._candidates(name, deep=True))
        # Nearly always they have.
        unlike = len({case.name for case in found}) == len(found)
        return found if unlike else list(_distinct(found))

    def _candidates(self, name: str, deep: bool) -> Iterator[Case]:
        """Without `deep`, only faults close to the type's root."""
        shape = self._types[name].shape
        if isinstance(shape, m.Object):
            return self._object_cases(name, shape, deep)
        return self._union_cases(name, shape, deep)

    def _whole(
        self, name: str, title: str, value: object, keyword: str = "", pointer: str = "",
        reverse: bool = False,
    ) -> Iterator[Case]:
        """The case of a value that is judged as it is; none if it is not what it is said to be."""
        expected = [(pointer, keyword)] if keyword else []
        if self._validator.problems(name, value) == expected:
            yield Case(title, to_json(value, reverse), keyword, pointer)

    def _faulty(self, shape: m.Object, value: dict) -> set[str]:
        """The members whose values are not valid."""
        return {name for name, item in value.items()
                if not self._is_valid(shape.by_name[name].use, item)}

    def _is_valid(self, use: m.Use, item: object) -> bool:
        chosen = self._scalars_of.get(use)
        # What was chosen as usual was judged then.
        return bool(chosen) and item is chosen[0].value or not self._validator.problems(use, item)

    def _object_cases(self, name: str, shape: m.Object, deep: bool) -> Iterator[Case]:
        use = m.Use(m.Ref(name))
        minimal, full = self.usual(use, full=False), self.usual(use, full=True)
        whole, faulty = Whole(full), self._faulty(shape, full)
        # All required members are in both.
        if not self._faulty(shape, minimal):
            yield Case("minimal", to_json(minimal))
        if not faulty:
            yield Case("full", whole.text({}))
            yield Case("full_in_reverse_order", to_json(full, reverse=True))
        unknown = {"": {"deep": [1, {"\u00e9": None}], "deep\n": "x"}, "not known": 1}
        if shape.additional:
            strangers = {of: value for of, value in unknown.items() if of not in shape.by_name}
            if not faulty:
                yield Case("full_with_unknown_members", whole.text(strangers))
        else:
            yield from self._whole(name, "an_unknown_member", full | {"not known": 1},
                                   "additionalProperties", "/not known")
        for value in wrong_types(shape):
            yield from self._whole(name, value.name, value.value, "type")
        for member in shape.members:
            # A fault elsewhere would be there as well.
            if faulty <= {member.name}:
                yield from self._member_cases(member, whole, deep)

    def _member_cases(self, member: m.Member, whole: Whole, deep: bool) -> list[Case]:
        name, without = member.name, whole.without(member.name)
        lacking = (Case(f"{name}_missing", without, "required") if member.required
                   else Case(f"{name}_absent", without))
        place = f"/{escape(name)}"
        before, behind = whole.around(name)
        return [lacking, *(
            Case(f"{name}_{title}", f"{before}{text}{behind}", keyword,
                 place + pointer if keyword else "", beyond)
            for title, _, text, holds, keyword, pointer, beyond in (
                self.variants(member.use) if deep else self._shallow(member.use))
            if holds
        )]

    def _shallow(self, use: m.Use) -> list[Variant]:
        """Those of scalars only."""
        if use not in self._shallow_of:
            shape = self._shape(use.type)
            values: Iterable[Value] = () if isinstance(shape, m.Object | m.Union | m.Array) else (
                *of_scalar(shape), *wrong_types(shape))
            self._shallow_of[use] = [self._variant(use, value) for value in values]
        return self._shallow_of[use]

    def _union_cases(self, name: str, shape: m.Union, deep: bool) -> Iterator[Case]:
        for arm in shape.arms:
            use = m.Use(m.Ref(arm.type_name))
            full = self.usual(use, full=True)
            yield from self._whole(name, f"{arm.value}_minimal", self.usual(use, full=False))
            yield from self._whole(name, f"{arm.value}_full", full)
            yield from self._whole(name, f"{arm.value}_in_reverse_order", full, reverse=True)
            without = {name: value for name, value in full.items() if name != shape.discriminator}
            yield from self._whole(
                name, f"{arm.value}_without_{shape.discriminator}", without, "oneOf")
            for words, value in (("another", "no such arm"), ("a_number_as", 1)):
                yield from self._whole(name, f"{arm.value}_with_{words}_{shape.discriminator}",
                                       full | {shape.discriminator: value}, "oneOf")
            if deep:
                yield from self._arm_faults(name, arm)
        for value in wrong_types(shape):
            yield from self._whole(name, value.name, value.value, "oneOf")

    def _arm_faults(self, name: str, arm: m.Arm) -> Iterator[Case]:
        for case in _distinct(self._candidates(arm.type_name, deep=False)):
            value = case.value()
            if case.keyword and not case.beyond and isinstance(value, dict):
                yield from self._whole(
                    name, f"{arm.value}_{case.name}", value, case.keyword, case.pointer)


def _distinct(cases: Iterable[Case]) -> Iterator[Case]:
    """The first of each name."""
    names: set[str] = set()
    for case in cases:
        if case.name not in names:
            names.add(case.name)
            yield case


def _texts(items: list) -> list[str]:
    """Their texts; the same item has the same."""
    texts = {id(item): to_json(item) for item in {id(item): item for item in items}.values()}
    return [texts[id(item)] for item in items]


def tested(model: m.Model) -> list[str]:
    """The names of the types that have cases: the objects and unions."""
    return [named.name for named in model.types if isinstance(named.shape, m.Object | m.Union)]


def cases_of(model: m.Model) -> dict[str, list[Case]]:
    """The cases of every type that has any, by the type's name."""
    maker = Maker(model)
    return {name: maker.cases(name) for name in tested(model)}
