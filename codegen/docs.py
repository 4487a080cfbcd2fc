"""The reference pages: what a person would otherwise have to read the schemas for."""

from __future__ import annotations

import json
import pathlib
import re

import jinja2

from . import keywords
from . import names as naming
from .model import Array, Doc, Enum, Inline, Member, Model, Object, Ref, Setting
from .stamp import STATUSES
from .view.types import Types
from .view.words import doc, member as member_words, rules

_TEMPLATES = pathlib.Path(__file__).parent / "templates"
_STATUSES = pathlib.Path(STATUSES)
_STATUS_ROW = re.compile(r'^\s*XX\((\w+), (\w+),[\s\\]*"([^"]*)"\)', re.MULTILINE)


def pages(model: Model) -> dict[str, str]:
    """File name → text. Those about the framework itself only where its sources are at hand."""
    types = Types(model)
    events = [_event(event, types) for event in model.events]
    entities = [_entity(entity, types) for entity in model.entities]
    files = {
        "events.md": _render("docs_events.md.j2", events=events),
        "entities.md": _render("docs_entities.md.j2", entities=entities),
        "settings.md": _render("docs_settings.md.j2", groups=_settings(model)),
    }
    if _STATUSES.exists():
        files["keywords.md"] = _render("docs_keywords.md.j2", groups=_keywords())
        files["statuses.md"] = _render("docs_statuses.md.j2", rows=statuses(_STATUSES.read_text()))
    return files


def _render(template: str, **values: object) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=False,
    )
    return environment.get_template(template).render(**values)


def cell(text: str) -> str:
    """Text that stays in its cell of a table."""
    return " ".join(text.replace("|", "\\|").split())


def code(text: str) -> str:
    """Code in a cell; a fence longer than any run of backticks inside."""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    blank = " " if len(fence) > 1 else ""
    return cell(f"{fence}{blank}{text}{blank}{fence}")


# ---- Events and entities ------------------------------------------------------------------------


def _event(event: object, types: Types) -> dict[str, object]:
    named = types.named[event.name]
    return {
        "type": event.type, "version": event.version, "doc": doc(named.doc),
        "entity": event.entity or "", "key": ", ".join(code(name) for name in event.key),
        "handler": naming.handler(event, types.names),
        "members": [_member(of, types) for of in _members(named.shape)],
        "example": _example(named.doc),
    }


def _entity(entity: object, types: Types) -> dict[str, object]:
    named = types.named[entity.name]
    stem = types.names.type(entity.name)
    return {
        "name": named.doc.title or entity.name, "doc": doc(named.doc), "table": entity.table,
        "key": ", ".join(code(name) for name in entity.key),
        "indexes": [
            {
                "name": index.name,
                "equal": ", ".join(code(name) for name in index.equal),
                "order": ", ".join(code(name) for name in index.order),
                "function": f"{stem}_query_{index.name}",
            }
            for index in entity.indexes
        ],
        "functions": [f"{stem}_{verb}" for verb in ("get", "find", "create", "put", "remove")],
        "members": [_member(of, types) for of in _members(named.shape)],
        "example": _example(named.doc),
    }


def _members(shape: object) -> tuple[Member, ...]:
    return shape.members if isinstance(shape, Object) else ()


def _member(of: Member, types: Types) -> dict[str, str]:
    return {
        "name": code(of.name),
        "type": cell(_type(of.use.type, types)),
        "required": "yes" if of.required else "",
        "meaning": cell(member_words(of, types)),
    }


def _type(inline: Inline, types: Types) -> str:
    """A type in a word or two; enums with their values."""
    shape = types.shape(inline)
    if isinstance(shape, Enum):
        return "one of " + ", ".join(value.value for value in shape.values)
    if isinstance(inline, Array):
        return f"array of {_type(inline.items.type, types)}"
    if isinstance(inline, Ref) and types.target(inline).doc.title:
        return types.target(inline).doc.title
    return re.sub(r"(?<!^)([A-Z])", r" \1", type(shape).__name__).lower()


def _example(of: Doc) -> str:
    return json.dumps(_plain(of.examples[0]), indent=2, ensure_ascii=False) if of.examples else ""


def _plain(value: object) -> object:
    """Numbers that json cannot print, as it can."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, (str, bool, int, type(None))) else float(value)


# ---- Settings ------------------------------------------------------------------------------------


def _settings(model: Model) -> list[dict[str, object]]:
    return [
        {"title": title, "rows": rows}
        for title, of_runtime in (("Of the runtime", True), ("Of this service", False))
        if (rows := [_setting(s) for s in model.settings if s.of_runtime == of_runtime])
    ]


def _setting(of: Setting) -> dict[str, str]:
    shape = of.type
    if isinstance(shape, Enum):
        allowed = ", ".join(code(value.value) for value in shape.values)
    else:
        allowed = f"{type(shape).__name__.lower()}. {rules(shape)}".rstrip(". ")
    default = "(required)" if of.required and not of.has_default else ""
    if of.has_default:
        text = of.default if isinstance(of.default, str) else json.dumps(of.default)
        default = code(text) if text else "(empty)"
    return {"name": code(of.name), "allowed": cell(allowed), "default": default,
            "meaning": cell(doc(of.doc))}


# ---- The framework -------------------------------------------------------------------------------


def _keywords() -> list[dict[str, object]]:
    groups: dict[str, list[dict[str, str]]] = {}
    for keyword in keywords.TABLE:
        groups.setdefault(keyword.group, []).append({
            "name": code(keyword.name),
            "on": ", ".join(keyword.types) or (", ".join(keyword.roots) + " schema"
                                                if keyword.roots else "any schema"),
            "treatment": cell(keyword.treatment),
        })
    return [{"title": title, "rows": rows} for title, rows in groups.items()]


def statuses(header: str) -> list[dict[str, str]]:
    """The rows of KH_STATUS_MAP."""
    return [
        {"name": code(f"KH_{name}"), "verdict": verdict.lower().replace("_", " "), "text": cell(text)}
        for name, verdict, text in _STATUS_ROW.findall(header)
    ]
