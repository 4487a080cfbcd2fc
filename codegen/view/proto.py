"""Types as messages of Protocol Buffers: the tables that kh/proto.h goes by, and readers for the everyday case."""

from __future__ import annotations

from dataclasses import dataclass

from .. import names as naming
from .. import proto_names
from ..model import Array, Enum, Member, NamedType, Object, Ref, String, Union
from ..proto_fields import absent, is_payload
from . import arrays
from .proto_values import CURSOR, condition, field_kind, is_packed, read, read_scalar, repeated, wire
from .text import kh_str, string_literal
from .types import Types
from .values import Place, fill_in, member_place, try_


@dataclass(frozen=True)
class AppendView:
    """The function that reads one item of a repeated field."""

    name: str
    item_type: str
    enters: bool
    read: list[str]


@dataclass(frozen=True)
class CaseView:
    """What is done about a field, or about the packed spelling of one."""

    tag: str
    lines: list[str]
    repeats: bool = False


@dataclass(frozen=True)
class ProtoObjectView:
    title: str  # literal
    rows: list[list[str]]  # of the table
    appends: list[AppendView]
    members: list[str]  # enumerators
    required: list[str]  # words of the mask
    capacities: list[str]
    enters: bool
    before: list[str]
    cases: list[CaseView]
    known: str  # condition on a tag: it is that of a field
    after: list[str]


@dataclass(frozen=True)
class ProtoUnionView:
    title: str
    rows: list[list[str]]
    discriminator: str  # KH_STR_INIT
    cases: list[CaseView]
    known: str


@dataclass(frozen=True)
class ProtoEnumView:
    numbers: list[int]  # empty: 1, 2, 3 and so on


@dataclass(frozen=True)
class ProtoArrayView:
    append: AppendView


@dataclass(frozen=True)
class ProtoScalarView:
    read: list[str]


ProtoView = ProtoObjectView | ProtoUnionView | ProtoEnumView | ProtoArrayView | ProtoScalarView


def proto_view(named: NamedType, types: Types) -> ProtoView | None:
    """None for a type that is in no message."""
    if named.name not in types.proto:
        return None
    shape, name = named.shape, types.names.type(named.name)
    if isinstance(shape, Object):
        return _Message(named, shape, types).view()
    if isinstance(shape, Union):
        return _union(named, shape, types)
    if isinstance(shape, Enum):
        numbers = list(types.proto[named.name].numbers)
        return ProtoEnumView([] if numbers == list(range(1, len(numbers) + 1)) else numbers)
    if isinstance(shape, Array):
        return ProtoArrayView(_append(shape, name, types))
    place = Place("*out", "out", name, shared=True, cursor=CURSOR)
    return ProtoScalarView(read_scalar(shape, place, field_kind(Ref(named.name), types)))


def title(named: NamedType, types: Types) -> str:
    message = proto_names.type_name(types.names.type(named.name))
    return string_literal(f"{types.package}.{message}")


def _append(array: Array, path: str, types: Types) -> AppendView:
    lines = read(array.items.type, Place("*item", "item", path, cursor=CURSOR), types)
    return AppendView(
        name=path,
        item_type=arrays.item_type(array, path, types),
        enters=any("&outer" in line for line in lines),
        read=lines,
    )


def _row(number: int, what: str, name: str, more: list[str]) -> list[str]:
    first = [f".number = {number},"] if number else []
    return [*first, f".kind = KH_PROTO_{what},", f".name = KH_STR_INIT({string_literal(name)}),", *more]


def _known(numbers: list[int]) -> str:
    """A condition on a tag, joined by ||: as few comparisons as there are gaps."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = ranges[-1][0], number
        else:
            ranges.append((number, number))
    return " || ".join(_within(first, last, len(ranges) > 1) for first, last in ranges)


def _within(first: int, last: int, bracket: bool) -> str:
    number = "tag >> 3"
    if first == last:
        return f"{number} == {first}"
    if first == 1:
        # There is no field 0.
        return f"{number} <= {last}"
    both = f"{number} >= {first} && {number} <= {last}"
    return f"({both})" if bracket else both


def _tag(number: int | None, of_wire: str) -> str:
    return f"KH_PROTO_TAG({number}, {of_wire})"


# ---- Unions --------------------------------------------------------------------------------------


def _union(named: NamedType, shape: Union, types: Types) -> ProtoUnionView:
    kinds = naming.enum_constants(f"{types.names.type(named.name)}_kind", [of.value for of in shape.arms])
    rows, cases = [], []
    for kind, member, arm in zip(kinds, naming.arm_members(shape), shape.arms):
        ref = Ref(arm.type_name)
        assert arm.proto_field is not None
        rows.append(_row(arm.proto_field, "MESSAGE", arm.value, [f".message = &{types.name(ref)}_proto,"]))
        place = Place(f"out->{member}", f"&out->{member}", "", cursor=CURSOR)
        lines = [*condition("out->kind != 0"), f"out->kind = {kind};", *read(ref, place, types)]
        cases.append(CaseView(_tag(arm.proto_field, "KH_WIRE_BYTES"), lines))
    return ProtoUnionView(
        title=title(named, types),
        rows=rows,
        discriminator=f"KH_STR_INIT({string_literal(shape.discriminator)})",
        cases=cases,
        known=_known([arm.proto_field for arm in shape.arms if arm.proto_field is not None]),
    )


# ---- Objects -------------------------------------------------------------------------------------


class _Message:
    def __init__(self, named: NamedType, shape: Object, types: Types) -> None:
        self._named = named
        self._members = shape.members
        self._types = types
        self._name = types.names.type(named.name)
        self._constants = types.proto[named.name].constants

    def view(self) -> ProtoObjectView:
        fields = [of for of in self._members if of.name not in self._constants]
        # As producers write them.
        in_order = sorted(fields, key=lambda of: of.proto_field or 0)
        cases = [case for of in in_order for case in self._cases(of)]
        return ProtoObjectView(
            title=title(self._named, self._types),
            rows=[self._table_row(of) for of in self._members],
            appends=[_append(of.use.type, self._stem(of), self._types)
                     for of in fields if isinstance(of.use.type, Array)],
            members=[_enumerator(of) for of in self._members],
            required=self._required(fields),
            capacities=[_capacity(of) for of in fields if self._is_repeated(of)],
            enters=any("&outer" in line for case in cases for line in case.lines),
            before=[f"out->{naming.member(of)} = {kh_str(self._constant(of))};"
                    for of in self._members if of.name in self._constants],
            cases=cases,
            known=_known([of.proto_field for of in fields if of.proto_field is not None]),
            after=[line for of in fields for line in self._after(of)],
        )

    def _stem(self, of: Member) -> str:
        return naming.array_path(self._name, naming.member(of))

    def _place(self, of: Member) -> Place:
        return member_place("out", naming.member(of), self._stem(of), CURSOR)

    def _is_repeated(self, of: Member) -> bool:
        return repeated(of.use.type, self._types)

    def _is_payload(self, of: Member) -> bool:
        return is_payload(self._named.name, of, self._types.envelope)

    def _constant(self, of: Member) -> str:
        shape = self._types.shape(of.use.type)
        assert isinstance(shape, String) and shape.const is not None
        return shape.const

    def _required(self, fields: list[Member]) -> list[str]:
        """A word for each 64 members; what is repeated or may be null can do without a field."""
        words: dict[int, list[str]] = {}
        for number, of in enumerate(self._members):
            if of in fields and of.required and not self._is_repeated(of) and (
                not self._types.is_nullable(of.use)
            ):
                words.setdefault(number // 64, []).append(f"KH_SEEN({_enumerator(of)})")
        indent = "\n" + " " * 14
        return [f"[{word}] = {f'{indent}| '.join(bits)}," for word, bits in words.items()]

    # ---- The table -------------------------------------------------------------------------------

    def _table_row(self, of: Member) -> list[str]:
        if of.name in self._constants:
            text = f".constant = KH_STR_INIT({string_literal(self._constant(of))}),"
            return _row(0, "CONSTANT", of.name, [text])
        assert of.proto_field is not None
        what = "PAYLOAD" if self._is_payload(of) else field_kind(of.use.type, self._types)
        is_list = self._is_repeated(of)
        without = absent(of, self._types.is_nullable(of.use), is_list)
        more = [f".absent = KH_PROTO_{without},"] if without != "LEFT_OUT" else []
        more += [".is_repeated = true,"] if is_list else []
        if what in ("MESSAGE", "ENUM"):
            shape = self._types.shape(of.use.type)
            ref = shape.items.type if isinstance(shape, Array) else of.use.type
            assert isinstance(ref, Ref)
            pointer = "message" if what == "MESSAGE" else "values"
            more.append(f".{pointer} = &{self._types.name(ref)}_proto,")
        return _row(of.proto_field, what, of.name, more)

    # ---- The reader ------------------------------------------------------------------------------

    def _cases(self, of: Member) -> list[CaseView]:
        what = "PAYLOAD" if self._is_payload(of) else field_kind(of.use.type, self._types)
        tag = _tag(of.proto_field, wire(what))
        if self._is_repeated(of):
            made = [CaseView(tag, self._append_lines(of), repeats=True)]
            if is_packed(what):
                # First, as producers write it.
                made.insert(0, CaseView(_tag(of.proto_field, "KH_WIRE_BYTES"), _each_packed(made[0].lines)))
            return made
        place = self._place(of)
        if self._is_payload(of):
            lines = [try_(f"kh_proto_read_bytes(in, {place.address}.text)")]
        else:
            lines = read(of.use.type, place, self._types)
        once = try_(f"kh_proto_once(seen, {_enumerator(of)})")
        return [CaseView(tag, [once, *lines, *self._present(of)])]

    def _append_lines(self, of: Member) -> list[str]:
        place, inline = self._place(of), of.use.type
        if isinstance(inline, Array):
            return [try_(
                f"append_{place.stem}(in, {place.address}, &{place.count}, &{_capacity(of)})")]
        assert isinstance(inline, Ref)
        boxed = self._types.is_boxed(inline)
        target = place.value if boxed else place.address
        append = try_(f"{self._types.name(inline)}_append_proto(in, {target}, &{_capacity(of)})")
        return [*(self._make(naming.member(of)) if boxed else []), append]

    def _make(self, name: str) -> list[str]:
        """An array that is kept by pointer, if it is not there yet."""
        return [
            f"if (out->{name} == NULL) {{",
            f"    out->{name} = kh_arena_alloc(in->check.arena, sizeof *out->{name});",
            f"    if (out->{name} == NULL) {{",
            "        return KH_NO_MEMORY;",
            "    }",
            f"    kh_clear(out->{name}, sizeof *out->{name});",
            "}",
        ]

    def _present(self, of: Member) -> list[str]:
        name = naming.member(of)
        if self._types.is_nullable(of.use):
            return [f"out->{name}_presence = KH_PRESENT;"]
        boxed = self._types.is_boxed(of.use.type)
        flagged = not of.required and not of.has_default and not boxed
        return [f"out->has_{name} = true;"] if flagged else []

    def _after(self, of: Member) -> list[str]:
        if self._is_repeated(of):
            return self._after_items(of)
        name = naming.member(of)
        unseen = f"if (!kh_json_seen(seen, {_enumerator(of)})) {{"
        if of.required and self._types.is_nullable(of.use):
            return [unseen, f"    out->{name}_presence = KH_NULL;", "}"]
        if not of.required and of.has_default:
            lines = fill_in(of.use.type, of.default, self._place(of), self._types)
            return [unseen, *arrays.indented(lines), "}"]
        return []

    def _after_items(self, of: Member) -> list[str]:
        """Whether there are items at all is what the field tells; how many of them are allowed."""
        name, inline = naming.member(of), of.use.type
        array = self._types.shape(inline)
        assert isinstance(array, Array)
        boxed = self._types.is_boxed(inline)
        count = f"out->{name}_count" if isinstance(inline, Array) else (
            f"out->{name}{'->' if boxed else '.'}count")
        nullable = self._types.is_nullable(of.use)
        always = of.required and not nullable
        there = f"out->{name} != NULL" if boxed else f"{count} > 0"
        lines = self._make(name) if always and boxed else []
        if nullable:
            lines = [f"out->{name}_presence = {there} ? KH_PRESENT : KH_NULL;"]
        elif not of.required and not boxed:
            lines = [f"out->has_{name} = {there};"]
        least = f"{count} < {array.min_items}"
        if array.min_items > (0 if always or boxed else 1):
            lines += condition(least if always else f"{there} && {least}")
        for limit in _most(array, count):
            lines += condition(f"{there} && {limit}" if boxed and not always else limit)
        return lines


def _most(array: Array, count: str) -> list[str]:
    limits = [f"{count} > {array.max_items}"] if array.max_items is not None else []
    # Which are equal, their texts tell.
    return [*limits, f"{count} > 1"] if array.unique_items else limits


def _each_packed(lines: list[str]) -> list[str]:
    return [
        try_("kh_proto_enter(in, &outer)"),
        "while (in->at < in->end) {",
        *arrays.indented(lines),
        "}",
        "kh_proto_leave(in, outer);",
    ]


def _enumerator(of: Member) -> str:
    return f"MEMBER_{naming.member(of).upper()}"


def _capacity(of: Member) -> str:
    return f"{naming.member(of)}_capacity"
