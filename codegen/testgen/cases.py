"""The cases of one type: JSON texts and what its generated reader must say of each.

A candidate is put in a valid value of the whole, then judged by `codegen.instance`. Only those that
violate exactly the one keyword at exactly the one place are kept, so every case proves one check.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal as Exact

from codegen import instance
from codegen import model as m
from codegen.locate import escape
from codegen.testgen.values import Value, of_scalar, wrong_types


@dataclass(frozen=True)
class Case:
    """`keyword` and `pointer` of the violation; keyword "" for a valid text.

    `beyond`: the schema allows the value, but it does not fit the C type.
    """

    name: str
    value: object
    keyword: str = ""
    pointer: str = ""
    beyond: bool = False
    reverse: bool = False  # the members of every object in reverse order


@dataclass(frozen=True)
class Variant:
    """A value for a place and where, below that place, it is wrong."""

    name: str
    value: object
    keyword: str = ""
    pointer: str = ""
    beyond: bool = False


class NoValue(Exception):
    """A recursive type reached itself where a member is required; another way must be taken."""


def to_json(value: object, reverse: bool = False) -> str:
    """Compact JSON; numbers exactly as given."""
    if isinstance(value, dict):
        items = list(value.items())
        inner = ((to_json(name), to_json(item, reverse)) for name, item in
                 (reversed(items) if reverse else items))
        return "{" + ",".join(f"{name}:{item}" for name, item in inner) + "}"
    if isinstance(value, list):
        return "[" + ",".join(to_json(item, reverse) for item in value) + "]"
    if isinstance(value, Exact):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


class Maker:
    def __init__(self, model: m.Model) -> None:
        self._model = model
        self._types = {named.name: named for named in model.types}

    def _shape(self, type_: object) -> object:
        return self._types[type_.name].shape if isinstance(type_, m.Ref) else type_

    # ---- Valid values ----------------------------------------------------------------------------

    def usual(self, use: m.Use, full: bool, within: tuple[str, ...] = ()) -> object:
        """A valid value: with everything optional in it, or without. NoValue if it would not end."""
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
        found = [value for value in of_scalar(self._shape(use.type))
                 if not value.keyword and not instance.problems(self._model, use, value.value)]
        if not found:
            raise NoValue("no valid value was found")
        return found

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

    def variants(self, use: m.Use, within: tuple[str, ...] = ()) -> Iterator[Variant]:
        """Valid and invalid values for a place; `within`: the named arrays it is an item of."""
        shape = self._shape(use.type)
        name = use.type.name if isinstance(use.type, m.Ref) else ""
        yield Variant("null", None, "" if use.nullable else "type")
        if isinstance(shape, m.Object | m.Union):
            yield from self._nested(use)
        elif isinstance(shape, m.Array):
            yield from self._arrays(shape, (*within, name), deep=not name or name not in within)
        else:
            for value in of_scalar(shape):
                yield Variant(value.name, value.value, value.keyword, "", value.beyond)
        wrong = "oneOf" if isinstance(shape, m.Union) else "type"
        for value in wrong_types(shape):
            if value.value is not None:
                yield Variant(value.name, value.value, wrong)

    def _nested(self, use: m.Use) -> Iterator[Variant]:
        """Its own cases are elsewhere; here one fault shows that the way down is right."""
        yield Variant("minimal", self.usual(use, full=False))
        yield Variant("full", self.usual(use, full=True))
        for case in self.cases(use.type.name, deep=False):
            if case.keyword and case.pointer and not case.beyond:
                yield Variant(case.name, case.value, case.keyword, case.pointer)
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
                yield Variant(name, self._items(shape, count, False, ()), keyword)
            except NoValue:
                continue
        count = max(shape.min_items, 2)
        if shape.unique_items and (shape.max_items is None or shape.max_items >= 2):
            items = self._different(shape.items, count - 1)
            yield Variant("an_item_twice", items + items[-1:], "uniqueItems")
        if shape.max_items == 0 or not deep:
            return
        rest = self._items(shape, max(shape.min_items, 1), False, ())[1:]
        for variant in self.variants(shape.items, within):
            yield Variant(f"item_{variant.name}", [variant.value, *rest], variant.keyword,
                          f"/0{variant.pointer}", variant.beyond)

    # ---- The cases of a named type --------------------------------------------------------------------

    def cases(self, name: str, deep: bool = True) -> list[Case]:
        """All cases of an object or union type; without `deep`, only faults close to its root."""
        shape = self._types[name].shape
        found = (self._object_cases(name, shape, deep) if isinstance(shape, m.Object)
                 else self._union_cases(shape, deep))
        kept: dict[str, Case] = {}
        for case in found:
            if self._holds(name, case):
                kept.setdefault(case.name, case)
        return list(kept.values())

    def _holds(self, name: str, case: Case) -> bool:
        """Does the value violate what the case says, and nothing else?"""
        expected = [] if not case.keyword or case.beyond else [(case.pointer, case.keyword)]
        return instance.problems(self._model, name, case.value) == expected

    def _object_cases(self, name: str, shape: m.Object, deep: bool) -> Iterator[Case]:
        use = m.Use(m.Ref(name))
        minimal, full = self.usual(use, full=False), self.usual(use, full=True)
        yield Case("minimal", minimal)
        yield Case("full", full)
        yield Case("full_in_reverse_order", full, reverse=True)
        unknown = {"": {"deep": [1, {"\u00e9": None}], "deep\n": "x"}, "not known": 1}
        if shape.additional:
            yield Case("full_with_unknown_members", full | unknown)
        else:
            yield Case("an_unknown_member", full | {"not known": 1}, "additionalProperties",
                       "/not known")
        for value in wrong_types(shape):
            yield Case(value.name, value.value, "type")
        for member in shape.members:
            yield from self._member_cases(member, full, deep)

    def _member_cases(self, member: m.Member, full: dict, deep: bool) -> Iterator[Case]:
        place = f"/{escape(member.name)}"
        without = {name: value for name, value in full.items() if name != member.name}
        if member.required:
            yield Case(f"{member.name}_missing", without, "required")
        else:
            yield Case(f"{member.name}_absent", without)
        for variant in self.variants(member.use) if deep else self._shallow(member.use):
            yield Case(f"{member.name}_{variant.name}", full | {member.name: variant.value},
                       variant.keyword, place + variant.pointer if variant.keyword else "",
                       variant.beyond)

    def _shallow(self, use: m.Use) -> Iterator[Variant]:
        shape = self._shape(use.type)
        if not isinstance(shape, m.Object | m.Union | m.Array):
            for value in [*of_scalar(shape), *wrong_types(shape)]:
                yield Variant(value.name, value.value, value.keyword, "", value.beyond)

    def _union_cases(self, shape: m.Union, deep: bool) -> Iterator[Case]:
        for arm in shape.arms:
            use = m.Use(m.Ref(arm.type_name))
            full = self.usual(use, full=True)
            yield Case(f"{arm.value}_minimal", self.usual(use, full=False))
            yield Case(f"{arm.value}_full", full)
            yield Case(f"{arm.value}_in_reverse_order", full, reverse=True)
            without = {name: value for name, value in full.items() if name != shape.discriminator}
            yield Case(f"{arm.value}_without_{shape.discriminator}", without, "oneOf")
            yield Case(f"{arm.value}_with_another_{shape.discriminator}",
                       full | {shape.discriminator: "no such arm"}, "oneOf")
            yield Case(f"{arm.value}_with_a_number_as_{shape.discriminator}",
                       full | {shape.discriminator: 1}, "oneOf")
            if deep:
                yield from self._arm_faults(arm)
        for value in wrong_types(shape):
            yield Case(value.name, value.value, "oneOf")

    def _arm_faults(self, arm: m.Arm) -> Iterator[Case]:
        for case in self.cases(arm.type_name, deep=False):
            if case.keyword and not case.beyond and isinstance(case.value, dict):
                yield Case(f"{arm.value}_{case.name}", case.value, case.keyword, case.pointer)


def cases_of(model: m.Model) -> dict[str, list[Case]]:
    """The cases of every object and union type, by the type's name."""
    maker = Maker(model)
    return {
        named.name: maker.cases(named.name)
        for named in model.types
        if isinstance(named.shape, m.Object | m.Union)
    }
