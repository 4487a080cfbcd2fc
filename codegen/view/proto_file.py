"""The .proto files: for each schema file that has messages or enums, what they are to other programs."""

from __future__ import annotations

import json
import os
import posixpath
from dataclasses import dataclass

from .. import names as naming
from .. import proto_names
from ..contain import contained, reachable
from ..load import ROLES
from ..model import Arm, Enum, Inline, Member, Model, NamedType, Object, Reserved, Union
from ..proto_fields import SPELLINGS, is_payload, is_repeated, kind, single
from .files import schema_path
from .text import COLUMNS, fill, string_literal
from .types import Types
from .words import doc, heading, sentence, type_words

_FOLDER = "proto/"
_PAYLOAD_WORDS = "The message of the event's type."
_STRUCT = "google/protobuf/struct.proto"


@dataclass(frozen=True)
class LineView:
    comment: list[str]
    text: str


@dataclass(frozen=True)
class ProtoTypeView:
    kind: str  # message, enum
    comment: list[str]
    name: str
    reserved: list[str]
    oneof: str  # around all fields; "" in what is no union
    lines: list[LineView]


@dataclass(frozen=True)
class ProtoFileView:
    banner: list[str]
    package: str
    imports: list[str]
    types: list[ProtoTypeView]


class ProtoFiles:
    """Which file each message and enum is in. Files that would import each other in a circle are one."""

    def __init__(self, model: Model, types: Types) -> None:
        self._model = model
        self._types = types
        # That of the package, as protoc's other languages like it: their modules are called by it.
        self._folder = f"{_FOLDER}{proto_names.package(model)}/"
        self._home = {
            of.name: self._folder + _path(types.named[of.name]) for of in model.proto.types
            if isinstance(types.named[of.name].shape, (Object, Union, Enum))}
        self._join_circles()
        self._in: dict[str, list[NamedType]] = {}
        for name, path in self._home.items():
            self._in.setdefault(path, []).append(types.named[name])
        self.paths = sorted(self._in)

    def _join_circles(self) -> None:
        steps: dict[str, list[str]] = {path: [] for path in self._home.values()}
        for name, path in self._home.items():
            steps[path] += [self._home[used] for used in self._used(self._types.named[name])]
        beyond = {path: reachable([path], steps.__getitem__) for path in steps}
        first = {path: min([path, *(other for other in found if path in beyond[other])])
                 for path, found in beyond.items()}
        self._home = {name: first[path] for name, path in self._home.items()}

    def _used(self, named: NamedType) -> set[str]:
        """The messages and enums that a type has fields of; named arrays are no types of their own."""
        found: set[str] = set()
        for name in contained(named.shape):
            target = self._types.named[name]
            if name in self._home:
                found.add(name)
            elif name in self._types.proto:
                found |= {inner for inner in contained(target.shape) if inner in self._home}
        return found

    def view(self, path: str) -> ProtoFileView:
        members = sorted(self._in[path], key=lambda named: (named.name != named.owner, named.name))
        types = [self._type(named) for named in members]
        imports = {self._home[used].removeprefix(_FOLDER) for named in members
                   for used in self._used(named)} - {path.removeprefix(_FOLDER)}
        if any("google.protobuf." in line.text for of in types for line in of.lines):
            imports.add(_STRUCT)
        sources = dict.fromkeys(
            schema_path(named, path.removeprefix(self._folder)) for named in members)
        return ProtoFileView(
            banner=_comment(f"Generated from {' and '.join(sources)}. To change this file, edit the schema "
                            "and build.", 0),
            package=proto_names.package(self._model),
            imports=sorted(imports),
            types=types,
        )

    # ---- Messages and enums ----------------------------------------------------------------------

    def _type(self, named: NamedType) -> ProtoTypeView:
        shape = named.shape
        if isinstance(shape, Enum):
            return self._enum(named, shape)
        assert isinstance(shape, (Object, Union))
        if isinstance(shape, Object):
            lines = [self._member(named, of) for of in shape.members if of.proto_field is not None]
            oneof, names = "", {proto_names.field(of) for of in shape.members}
        else:
            lines = [self._arm(of) for of in shape.arms]
            oneof, names = proto_names.oneof(shape), {proto_names.arm(of.value) for of in shape.arms}
        reserved = self._types.proto[named.name].reserved
        gone = [naming.snake(of.name) for of in reserved]
        return ProtoTypeView(
            kind="message",
            comment=_comment(heading(named.doc), 0),
            name=self._name(named.name),
            reserved=_reserved(reserved, [name for name in gone if name not in names]),
            oneof=oneof,
            lines=lines,
        )

    def _member(self, owner: NamedType, of: Member) -> LineView:
        inline = of.use.type
        payload = is_payload(owner.name, of, self._model.envelope)
        kind_words = _PAYLOAD_WORDS if payload else type_words(inline, self._types)
        words = " ".join(filter(None, [doc(of.doc), self._presence(of), kind_words]))
        json_name = proto_names.json_name(of)
        option = "" if json_name is None else f" [json_name = {string_literal(json_name)}]"
        label = "repeated" if is_repeated(inline, self._types.named) else "optional"
        spelling = SPELLINGS["PAYLOAD"] if payload else (
            self._spelling(single(inline, self._types.named)))
        return LineView(
            _comment(words, 2),
            f"{label} {spelling} {proto_names.field(of)} = {of.proto_field}{option};",
        )

    def _presence(self, of: Member) -> str:
        if of.has_default:
            return f"{json.dumps(of.default, ensure_ascii=False)} when absent."
        if self._types.is_nullable(of.use):
            return "Absent: null."
        return "Required." if of.required else ""

    def _arm(self, of: Arm) -> LineView:
        words = sentence(of.doc.description or of.doc.title)
        return LineView(
            _comment(words, 4),
            f"{self._name(of.type_name)} {proto_names.arm(of.value)} = {of.proto_field};")

    def _spelling(self, inline: Inline) -> str:
        what = kind(inline, self._types.named)
        return SPELLINGS.get(what) or self._name(getattr(inline, "name"))

    def _enum(self, named: NamedType, shape: Enum) -> ProtoTypeView:
        c_name = self._types.names.type(named.name)
        known = self._types.proto[named.name]
        names = proto_names.values(c_name, shape)
        lines = [LineView([], f"{proto_names.zero(c_name)} = 0;")]
        lines += [LineView(_comment(sentence(value.description), 2), f"{name} = {number};")
                  for value, name, number in zip(shape.values, names, known.numbers)]
        gone = naming.enum_constants(c_name, [of.name for of in known.reserved])
        return ProtoTypeView(
            kind="enum",
            comment=_comment(heading(named.doc), 0),
            name=self._name(named.name),
            reserved=_reserved(known.reserved, [name for name in gone if name not in names]),
            oneof="",
            lines=lines,
        )

    def _name(self, name: str) -> str:
        return proto_names.type_name(self._types.names.type(name))


def _path(named: NamedType) -> str:
    folder = posixpath.basename(posixpath.dirname(named.location.file.replace(os.sep, "/")))
    return f"{folder}/{named.owner}.proto" if folder in ROLES else f"{named.owner}.proto"


def _reserved(of: tuple[Reserved, ...], names: list[str]) -> list[str]:
    lines = [f"reserved {', '.join(str(one.number) for one in of)};"] if of else []
    quoted = ", ".join(string_literal(name) for name in names)
    return [*lines, f"reserved {quoted};"] if names else lines


def _comment(text: str, indent: int) -> list[str]:
    """The text behind //, wrapped; no lines for no text."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    blank = " " * indent
    return [f"{blank}// {line}" for line in fill(plain, COLUMNS - indent - 3)] if plain.strip() else []
