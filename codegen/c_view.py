"""The C view of what there is once in a service: what `emit` gives to the templates of single files."""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import names as naming
from .model import Event, Migration, Model, Object
from .view.entities import EntityView, entity_view
from .view.envelope import EnvelopeView, envelope_view
from .view.files import Homes, banner, references
from .view.settings import SettingView, setting_views
from .view.text import comment, string_literal
from .view.types import Types
from .view.words import heading

# Goes up with KH_GENERATED_ABI of kh/service.h.
ABI = 5


@dataclass(frozen=True)
class KeyPartView:
    """A member of the payload, and the member of the entity's key that it is."""

    member: str
    to: str


@dataclass(frozen=True)
class EventView:
    name: str
    type: str  # KH_STR_INIT
    handler: str
    comment: list[str]


@dataclass(frozen=True)
class MigrationView:
    number: int
    name: str  # literals
    digest: str
    parts: list[str]  # KH_STR_INIT of one line or a piece of it


@dataclass(frozen=True)
class RouteView:
    event: EventView
    entity: str  # that the event concerns; "" if there is none
    key: list[KeyPartView]
    is_message: bool
    encodings: str  # expression; "" where JSON is the only one


@dataclass(frozen=True)
class View:
    abi: int
    service_name: str
    banner: list[str]
    settings_banner: list[str]
    migrations_banner: list[str]
    envelope: EnvelopeView
    routes: list[RouteView]  # sorted by the length of the type, then bytewise
    entities: list[EntityView]  # sorted by name
    settings: list[SettingView]
    includes: list[str]  # of handlers.h: everything that handlers can see
    migrations: list[MigrationView]  # in order


def view(model: Model, homes: Homes, types: Types) -> View:
    entities = [entity_view(entity, homes.of[entity.name], types) for entity in model.entities]
    keys = {entity.name: entity.key for entity in model.entities}
    events = {event.type: event_view(event, types) for event in model.events}
    return View(
        abi=ABI,
        service_name=string_literal(model.service),
        banner=banner("schema/"),
        settings_banner=banner("schema/config.schema.json"),
        migrations_banner=banner("schema/migrations"),
        envelope=envelope_view(model.envelope, types),
        routes=[
            _route(event, events[event.type], keys, types)
            for event in sorted(model.events, key=_route_order)
        ],
        entities=entities,
        settings=setting_views(model.settings),
        includes=sorted([
            "settings.h",
            *(f"{path}.h" for path in homes.types_in if not path.startswith("events/")),
            *(handler_path(event.handler) for event in events.values()),
        ]),
        migrations=[_migration_view(number, of)
                    for number, of in enumerate(model.migrations.files, 1)],
    )


def _migration_view(number: int, of: Migration) -> MigrationView:
    return MigrationView(
        number=number,
        name=string_literal(of.name),
        digest=string_literal(of.digest),
        parts=[f"KH_STR_INIT({string_literal(part)}),"
               for line in of.text.splitlines(keepends=True) for part in _parts(line)],
    )


def _parts(line: str) -> list[str]:
    """Short ones, cut behind blanks where there are any."""
    return re.findall(r".{1,60}(?: |\n|$)|.{1,60}\n?|\n", line, re.DOTALL)


def _route_order(event: Event) -> tuple[int, bytes]:
    name = event.type.encode()
    return len(name), name


def event_view(event: Event, types: Types) -> EventView:
    name = types.names.type(event.name)
    words = heading(types.named[event.name].doc)
    return EventView(
        name=name,
        type=f"KH_STR_INIT({string_literal(event.type)})",
        handler=naming.handler(event, types.names),
        comment=comment(words if event.type in words else f"{event.type}. {words}"),
    )


def _route(
    event: Event, view_: EventView, keys: dict[str, tuple[str, ...]], types: Types
) -> RouteView:
    """`keys`: those of the entities."""
    is_message = event.name in types.proto
    known = event.encodings or (("json", "protobuf") if is_message else ("json",))
    bits = " | ".join(f"1u << KH_ENCODING_{encoding.upper()}" for encoding in known)
    encodings = "" if known == ("json",) else bits
    if event.entity is None:
        return RouteView(view_, "", [], is_message, encodings)
    parts = [
        KeyPartView(_member(event.name, name, types), _member(event.entity, of_entity, types))
        for name, of_entity in zip(event.key, keys[event.entity])
    ]
    return RouteView(view_, types.names.type(event.entity), parts, is_message, encodings)


def _member(of: str, name: str, types: Types) -> str:
    shape = types.named[of].shape
    assert isinstance(shape, Object)
    return naming.member(shape.by_name[name])


def handler_path(handler: str) -> str:
    """The header of a handler."""
    return f"handlers/{handler}.h"


def handler_includes(event: Event, homes: Homes, types: Types) -> list[str]:
    """What a handler needs of its service: its event, the entity that the event concerns, and what
    these hold by pointer, which their headers only name. Other entities it includes itself, so that
    it has nothing to do with most of them."""
    used = [event.name] if event.entity is None else [event.name, event.entity]
    needed, seen = set(used), set(used)
    while used:
        for ref in references(types.named[used.pop()]):
            if types.is_boxed(ref):
                needed.add(ref.name)
            if ref.name not in seen:
                seen.add(ref.name)
                used.append(ref.name)
    return sorted({"handlers/common.h", *(f"{homes.of[name]}.h" for name in needed)})
