"""The file a service author fills in: one handler."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from . import names
from .c_view import handler_path
from .model import Event, Model, NamedType

_WIDTH = 100


def handlers(model: Model, event_names: list[str]) -> Iterator[tuple[str, str]]:
    """File name and text of events' handlers. Until it is written a handler refuses every event, so
    that none is lost."""
    events = {event.name: event for event in model.events}
    types = {named.name: named for named in model.types}
    c_names = names.Names(model)
    for name in event_names:
        yield _handler(model, events[name], types[name], c_names)


def _handler(
    model: Model, event: Event, named: NamedType, c_names: names.Names
) -> tuple[str, str]:
    function = names.handler(event, c_names)
    comment = _comment(named.doc.description or f"What {event.type} does.")
    signature = _signature(
        f"enum kh_status {function}(",
        [
            "struct kh_context *ctx",
            f"const struct {c_names.type(model.envelope.name)} *envelope",
            f"const struct {c_names.type(event.name)} *event",
        ],
    )
    text = f"""#include "{handler_path(function)}"

{comment}
{signature}
{{
    (void)envelope;
    (void)event;
    return kh_refuse(ctx, "{function} is not written yet");
}}
"""
    return f"{function}.c", text


def _comment(said: str) -> str:
    """The schema's own words, wrapped."""
    lines = [
        part
        for line in said.replace("*/", "* /").splitlines()
        for part in textwrap.wrap(line, _WIDTH - 6) or [""]
    ]
    if len(lines) == 1:
        return f"/* {lines[0]} */"
    return "\n".join(["/*", *(f" * {line}".rstrip() for line in lines), " */"])


def _signature(head: str, parameters: list[str]) -> str:
    """As clang-format breaks it: parameters below each other, as many in a line as fit."""
    indent = " " * len(head)
    if max(len(indent + parameter) for parameter in parameters) >= _WIDTH:
        indent = " " * 4
        lines = [head, indent]
    else:
        lines = [head]
    for number, parameter in enumerate(parameters):
        piece = parameter + (")" if number == len(parameters) - 1 else ",")
        line = lines[-1]
        spaced = piece if line in (head, indent) else " " + piece
        if len(line + spaced) > _WIDTH:
            lines.append(indent + piece)
        else:
            lines[-1] = line + spaced
    return "\n".join(lines)
