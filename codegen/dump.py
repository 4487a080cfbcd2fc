"""The model as JSON text: for people, for goldens, for tools."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass

from .model import Location, Model


def dump(model: Model) -> str:
    """Sorted by name, each type's class under "is"; ends with a newline. Without the migrations, which are
    files that can be read themselves."""
    made = _plain(model)
    assert isinstance(made, dict)
    del made["migrations"]
    return json.dumps(made, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, Location):
        where = {"file": value.file, "line": value.line, "pointer": value.pointer}
        return {"is": "Location", **where}
    if is_dataclass(value) and not isinstance(value, type):
        made = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"is": type(value).__name__, **made}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value
