"""From schemas to the model, in the order in which things depend on each other."""

from __future__ import annotations

from .build_types import Types
from .contain import check_ends, mark_recursive
from .envelope import envelope
from .examples import check_values
from .load import File
from .model import Model
from .patterns import pattern_warnings
from .problems import Problems
from .reach import unreachable
from .resolve import Index
from .service import entities, events
from .settings import service_name, settings


def build(directory: str, files: list[File], index: Index, problems: Problems) -> Model | None:
    """None if there is no envelope to speak of; other problems leave gaps in the model."""
    types = Types(index, problems)
    for file in files:
        if file.role in ("event", "entity", "type"):
            types.define_all(file)
    service_envelope = envelope(directory, index, types, problems)
    service_settings = settings(index, types, problems)
    named = mark_recursive(types.named())
    check_ends(named, problems)
    by_name = {one.name: one for one in named}
    service_entities = entities(index, by_name, problems)
    service_events = events(directory, index, by_name, service_entities, problems)
    if service_envelope is None:
        return None
    model = Model(
        service=service_name(directory, index, problems),
        envelope=service_envelope,
        types=named,
        events=service_events,
        entities=service_entities,
        settings=service_settings,
        warnings=tuple(sorted([*unreachable(index), *pattern_warnings(index)])),
    )
    check_values(model, types.claims, problems)
    return model
