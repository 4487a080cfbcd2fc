"""From the model to the text of every file of the output; writing them is the command line's."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .c_view import event_view, handler_includes, handler_path, view
from .model import Event, Model
from .testgen import Tests
from .view.entities import entity_view
from .view.envelope import envelope_view
from .view.files import Homes, file_view, guard
from .view.proto_file import ProtoFiles
from .view.text import break_lines
from .view.types import Types

_TEMPLATES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "templates")

# What there is once in every service.
_SINGLE = {
    "handlers.h": "handlers.h.j2",
    "handlers/common.h": "handlers_common.h.j2",
    "main.c": "main.c.j2",
    "service.c": "service.c.j2",
    "service.h": "service.h.j2",
    "settings.c": "settings.c.j2",
    "settings.h": "settings.h.j2",
}

# And where there is an entity.
_MIGRATIONS = {"migrations.c": "migrations.c.j2", "migrations.h": "migrations.h.j2"}

Make = Callable[[], dict[str, str]]
"""Makes some of the files: text by path below the output directory."""


def plan(model: Model) -> dict[str, str]:
    """All files, sorted by path."""
    made: dict[str, str] = {}
    for make in pieces(model):
        made |= make()
    return {path: made[path] for path in sorted(made)}


def pieces(model: Model) -> list[Make]:
    """Everything there is to make, in parts that do not need each other."""
    emitter = _Emitter(model)
    files = [partial(emitter.files_of, path) for path in emitter.homes.types_in]
    protos = [partial(emitter.proto_file, path) for path in emitter.protos.paths]
    tests = [partial(emitter.tests.files, name) for name in emitter.tests.names]
    return [emitter.single_files, *files, *protos, *tests]


class _Emitter:
    def __init__(self, model: Model) -> None:
        self._model = model
        self._types = Types(model)
        self._environment = _environment()
        self.homes = Homes(model, self._types)
        self.protos = ProtoFiles(model, self._types)
        self.tests = Tests(model, self.homes, self._types, self._render)
        self._entities = {self.homes.of[entity.name]: entity for entity in model.entities}
        self._events = {self.homes.of[event.name]: event for event in model.events}

    def single_files(self) -> dict[str, str]:
        """What there is once in every service, from the whole view."""
        service = view(self._model, self.homes, self._types)
        templates = _SINGLE | (_MIGRATIONS if service.migrations else {})
        made = {path: self._render(template, view=service) for path, template in templates.items()}
        made["sources.cmake"] = self._render(
            "sources.cmake.j2",
            sources=sorted([f"{path}.c" for path in self.homes.types_in]
                           + [path for path in templates if path.endswith(".c") and path != "main.c"]),
            tests=sorted(map(self.tests.source, self.tests.names)),
        )
        return made

    def files_of(self, path: str) -> dict[str, str]:
        """The header and the source file around the types declared in them, and of an event's file
        the header of its handler."""
        types, entity, event = self._types, self._entities.get(path), self._events.get(path)
        values = {
            "file": file_view(path, self._model, self.homes, types),
            "entity": None if entity is None else entity_view(entity, path, types),
            "envelope": envelope_view(self._model.envelope, types) if path == "envelope" else None,
        }
        made = {f"{path}.{kind}": self._render(f"file.{kind}.j2", **values) for kind in ("h", "c")}
        return made if event is None else made | self._handler_of(event, values["file"].banner)

    def proto_file(self, path: str) -> dict[str, str]:
        return {path: self._render("file.proto.j2", file=self.protos.view(path))}

    def _handler_of(self, event: Event, banner: list[str]) -> dict[str, str]:
        view = event_view(event, self._types)
        path = handler_path(view.handler)
        values = {
            "banner": banner,
            "guard": guard(path.removesuffix(".h")),
            "includes": handler_includes(event, self.homes, self._types),
            "event": view,
        }
        return {path: self._render("handler.h.j2", **values)}

    def _render(self, template: str, **values: object) -> str:
        return _tidy(self._environment.get_template(template).render(values), template)


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Templates do not change while they are used; to look again and again takes time.
        auto_reload=False,
    )


def _tidy(text: str, template: str) -> str:
    if template.endswith((".c.j2", ".h.j2")):
        text = break_lines(text)
    # Parts that came out empty leave no gaps.
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    text = text.replace("{\n\n", "{\n")
    return text.strip("\n") + "\n"
