"""Which file each named type is declared in, and what that file has to include."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from ..model import (
    Array, Enum, FreeForm, Inline, Instant, Model, NamedType, Object, Ref, Shape, String, Union,
)
from .named import TypeView, type_view
from .types import Types


@dataclass(frozen=True)
class FileView:
    """A header and a source file around the types declared in it."""

    path: str  # without .h and .c
    banner: list[str]
    guard: str
    header_includes: list[str]
    source_includes: list[str]
    forward: list[str]  # structs of other files that are used by pointer
    types: list[TypeView]


class Homes:
    """The stem of each named type's file, such as "types/money".

    A type is declared in its owner's file as long as nobody else uses it. One that others use, too,
    has a file of its own, so that includes follow the use of types and never run in circles.
    """

    def __init__(self, model: Model, types: Types) -> None:
        self._types = types
        self._folders = {model.envelope.name: ""}
        self._folders |= {event.name: "events/" for event in model.events}
        self._folders |= {entity.name: "entities/" for entity in model.entities}
        users: dict[str, set[str]] = {named.name: set() for named in model.types}
        for named in model.types:
            for ref in references(named):
                users[ref.name].add(named.name)
        self.of = {named.name: self._owners(named) for named in model.types}
        while self._move(model, users):
            pass
        self.types_in: dict[str, list[str]] = {}  # by path
        for name, path in self.of.items():
            self.types_in.setdefault(path, []).append(name)

    def _owners(self, named: NamedType) -> str:
        known = named.owner in self._types.named
        return self._own(named.owner if known else named.name)

    def _own(self, name: str) -> str:
        return self._folders.get(name, "types/") + self._types.names.type(name)

    def _move(self, model: Model, users: dict[str, set[str]]) -> bool:
        """Those that others use to files of their own; true if there were any."""
        moved = False
        for named in model.types:
            home, own = self.of[named.name], self._own(named.name)
            if home != own and any(self.of[user] != home for user in users[named.name]):
                self.of[named.name] = own
                moved = True
        return moved


def references(named: NamedType) -> list[Ref]:
    """The named types it is made of, in order."""
    shape = named.shape
    if isinstance(shape, Object):
        uses = [of.use.type for of in shape.members]
    elif isinstance(shape, Union):
        uses = [Ref(arm.type_name) for arm in shape.arms]
    else:
        uses = [shape.items.type] if isinstance(shape, Array) else []
    return [ref for use in uses for ref in _referred(use)]


def _referred(inline: Inline) -> list[Ref]:
    if isinstance(inline, Array):
        return _referred(inline.items.type)
    return [inline] if isinstance(inline, Ref) else []


def file_view(path: str, model: Model, homes: Homes, types: Types) -> FileView:
    ordered = _in_order([types.named[name] for name in homes.types_in[path]], types)
    headers, forward = set(), set()
    for named in ordered:
        for ref in references(named):
            other = homes.of[ref.name]
            if other == path:
                continue
            if types.is_boxed(ref):
                forward.add((f"{types.c_type(ref)};", other))
            else:
                headers.add(other)
    uses = _runtime_headers(path, ordered, model)
    sources = {f"{other}.h" for _, other in forward} | set(uses.source)
    root = next((n for n in ordered if homes.of[n.name] == path and n.owner == n.name), ordered[-1])
    return FileView(
        path=path,
        banner=banner(schema_path(root, path)),
        guard=guard(path),
        header_includes=_groups(
            ["<stdbool.h>", "<stdint.h>"],
            ["kh/json.h", "kh/json_writer.h", *uses.header],
            [f"{other}.h" for other in headers],
        ),
        source_includes=_groups([f'"{path}.h"'], uses.system, sorted(sources)),
        forward=sorted({declaration for declaration, _ in forward} | set(uses.forward)),
        types=[type_view(named, types) for named in ordered],
    )


def _in_order(members: list[NamedType], types: Types) -> list[NamedType]:
    """Each behind those it is made of; the file's main type last."""
    here = {named.name: named for named in members}
    ordered: list[NamedType] = []
    begun: set[str] = set()

    def visit(named: NamedType) -> None:
        if named.name in begun:
            return
        begun.add(named.name)
        for ref in references(named):
            # What is kept by pointer needs no declaration before it, and would lead in circles.
            if ref.name in here and not types.is_boxed(ref):
                visit(here[ref.name])
        ordered.append(named)

    for named in sorted(members, key=lambda n: (n.name == n.owner, n.name)):
        visit(named)
    return ordered


@dataclass(frozen=True)
class _Uses:
    """What a file needs of the runtime."""

    header: list[str]
    forward: list[str]
    system: list[str]
    source: list[str]


def _runtime_headers(path: str, members: list[NamedType], model: Model) -> _Uses:
    proto = model.proto.by_name
    source = {
        header for named in members if not _is_inline(named) for header in _checked(named)}
    header = {header for named in members if _is_inline(named) for header in _checked(named)}
    source -= header
    forward: list[str] = []
    system: list[str] = []
    if any(isinstance(named.shape, Enum) for named in members) or path.startswith("entities/"):
        header.add("kh/entity.h")
    if path.startswith("entities/"):
        forward.append("struct kh_context;")
        system.append("<stddef.h>")
        source |= {"kh/entity_dynamodb.h", "kh/entity_sql.h", "kh/unit.h"}
    of_messages = [named for named in members if named.name in proto]
    if any(_is_inline(named) for named in of_messages):
        header.add("kh/proto_reader.h")
    elif of_messages:
        forward.append("struct kh_proto_reader;")
        source.add("kh/proto_reader.h")
    if any(isinstance(named.shape, Object | Union) for named in of_messages):
        forward.append("struct kh_proto_message;")
    if path == "envelope":
        header.add("kh/event.h")
        if len(model.envelope.id) > 1:
            system += ["<stdio.h>", "<string.h>"]
        if model.envelope.payload_base64 is not None:
            system.append("<string.h>")
            source.add("kh/base64.h")
    return _Uses(sorted(header), forward, sorted(set(system)), sorted(source))


def _is_inline(named: NamedType) -> bool:
    """Is its reader in the header?"""
    return not isinstance(named.shape, Object | Union | Array)


def _checked(named: NamedType) -> list[str]:
    shape = named.shape
    if isinstance(shape, Object):
        return [header for of in shape.members for header in _needs(of.use.type)]
    return _needs(shape)


def _needs(shape: Shape | Inline) -> list[str]:
    if isinstance(shape, Array):
        return ["kh/check.h", *_needs(shape.items.type)]
    if isinstance(shape, Ref | FreeForm | Instant):
        return []
    formatted = isinstance(shape, String) and shape.format is not None
    return ["kh/check.h", "kh/format.h"] if formatted else ["kh/check.h"]


def _groups(*groups: list[str]) -> list[str]:
    """Include lines, sorted within each group, a blank line between groups."""
    lines: list[str] = []
    for group in groups:
        if group:
            quoted = sorted(name if name[0] in '<"' else f'"{name}"' for name in group)
            lines += [*([""] if lines else []), *quoted]
    return lines


def schema_path(named: NamedType, home: str) -> str:
    """The schema file as the project's own, wherever it was read from."""
    if named.location.file.startswith("codegen/"):
        return named.location.file
    file = posixpath.basename(named.location.file)
    return posixpath.join("schema", posixpath.dirname(home), file)


def guard(path: str) -> str:
    """Of the header at a path without .h."""
    return path.replace("/", "_").upper() + "_H"


def banner(source: str) -> list[str]:
    return [
        "/*",
        f" * Generated from {source}.",
        " * To change this file, edit the schema and build.",
        " */",
    ]
