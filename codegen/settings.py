"""Settings: the service's own and, always, those of the runtime; and the service's name."""

from __future__ import annotations

import os
import re

from . import kinds
from .build_types import BROKEN, Claim, Types
from .load import RUNTIME_SETTINGS
from .members import Fields
from .model import Boolean, Decimal, Enum, Integer, Location, Setting, String
from .problems import Problems
from .resolve import Index
from .scalars import INT64_MAXIMUM
from .schemas import Schema
from .unions import final

_NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_SERVICE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
# The loader of settings has checks for these alone.
_NOT_FOR_SETTINGS = ("pattern", "format", "multipleOf", "x-minimum", "x-exclusiveMinimum",
                     "x-maximum", "x-exclusiveMaximum", "x-scale")
_OF_CONFIG = frozenset({"$schema", "$id", "$comment", "$ref", "$defs", "title", "description",
                        "type", "properties", "required", "x-service"})


def settings(index: Index, types: Types, problems: Problems) -> tuple[Setting, ...]:
    """By name."""
    of_runtime = [
        setting
        for root in index.of_role("settings")
        for setting in _of_file(root, index, types, problems)
    ]
    made = list(of_runtime)
    for root in index.of_role("config"):
        if root.broken or not _is_config(root, problems):
            continue
        for setting in _of_file(root, index, types, problems):
            if any(setting.name == other.name for other in of_runtime):
                problems.add(
                    setting.location, "is a setting of the runtime's own; choose another name"
                )
            else:
                made.append(setting)
    return tuple(sorted(made, key=lambda setting: setting.name))


def service_name(directory: str, index: Index, problems: Problems) -> str:
    """By x-service, else by the folder that the schemas' folder is in."""
    for root in index.of_role("config"):
        if root.has("x-service"):
            fields = Fields(root, ("x-service",), root.keywords["x-service"], ("name",), problems)
            name = fields.text("name", required=True)
            if name is not None and not _SERVICE.fullmatch(name):
                fields.add("must be like-this: lower-case letters, digits and dashes", "name")
            return name or ""
    name = os.path.basename(os.path.dirname(os.path.abspath(directory)))
    if not _SERVICE.fullmatch(name):
        problems.add(
            Location(directory),
            f"the folder's name, {name!r}, cannot be the service's; say \"x-service\": "
            '{"name": "like-this"} in config.schema.json',
        )
    return name


def _is_config(root: Schema, problems: Problems) -> bool:
    for keyword in root.keywords:
        if keyword not in _OF_CONFIG:
            problems.add(root.at(keyword), f"{keyword} has no effect on settings; remove it")
    if root.text("$ref") != RUNTIME_SETTINGS:
        if not root.has("$ref"):
            problems.add(
                root.location, f'needs "$ref": "{RUNTIME_SETTINGS}", the runtime\'s own settings'
            )
        return False
    if root.has("type") and kinds.kind(root) != "object":
        problems.add(root.at("type"), 'settings are members: make it "object"')
        return False
    return True


def _of_file(
    root: Schema, index: Index, types: Types, problems: Problems
) -> list[Setting]:
    required = root.value("required")
    names = required if isinstance(required, list) else []
    properties = root.keywords["properties"].members() if root.has("properties") else {}
    made: list[Setting] = []
    for name in properties:
        schema = index.child(root, "properties", name)
        setting = None if schema is None else _setting(
            schema, name in names, index, types, problems)
        if setting is not None:
            made.append(setting)
    for place, name in enumerate(names):
        if name not in properties:
            problems.add(
                root.at("required", str(place)),
                f"{name!r} is not in properties; describe it there, or remove it here",
            )
    return made


def _setting(
    schema: Schema, required: bool, index: Index, types: Types, problems: Problems
) -> Setting | None:
    if not _NAME.fullmatch(schema.key):
        problems.add(schema.location, "a setting is named LIKE_THIS; rename it")
    target = final(index, schema)
    if schema.has("x-c-name"):
        problems.add(
            schema.at("x-c-name"), "a setting is named in C as in the environment; remove it")
    if schema.has("x-proto-field"):
        problems.add(schema.at("x-proto-field"), "a setting is in no message; remove it")
    if schema.broken or target is None or target.broken:
        return None
    shape = types.shape(target)
    if shape == BROKEN:
        return None
    if not isinstance(shape, (String, Integer, Boolean, Decimal, Enum)) or isinstance(
        shape, (Integer, Boolean)
    ) and (shape.const is not None or isinstance(shape, Integer) and shape.enum):
        problems.add(
            schema.location,
            "a setting must be a string, an enum of strings, an integer, a boolean or a string of "
            "format decimal",
        )
        return None
    _refuse_unchecked(schema, target, shape, problems)
    has_default = schema.has("default")
    default = schema.value("default")
    if has_default and required:
        problems.add(
            schema.at("default"), "the setting is required, so its default has no effect; take one "
            "of them away",
        )
    elif has_default:
        types.claims.append(Claim(shape, default, schema.at("default"), "default"))
    doc = schema.doc()
    if not doc.description:
        problems.add(schema.location, "a setting needs a description, for its users; add it")
    return Setting(
        name=schema.key,
        type=shape,
        default=default if has_default else None,
        has_default=has_default,
        required=required,
        doc=doc,
        location=schema.location,
        of_runtime=schema.file.role == "settings",
    )


def _refuse_unchecked(
    schema: Schema, target: Schema, shape: String | Integer | Boolean | Decimal | Enum,
    problems: Problems,
) -> None:
    if _allows_null(schema, target):
        problems.add(schema.location, "a setting cannot be null; remove it from the type")
    for keyword in _NOT_FOR_SETTINGS:
        if target.has(keyword) and (keyword, target.value(keyword)) != ("format", "decimal"):
            problems.add(
                target.at(keyword), f"{keyword} is not supported for settings; remove it"
            )
    if isinstance(shape, String) and shape.const is not None:
        problems.add(target.at("const"), "a setting with one value is none; remove it")
    if isinstance(shape, Integer) and shape.maximum is not None and shape.maximum > INT64_MAXIMUM:
        problems.add(schema.location, "must fit a signed 64-bit integer; narrow its bounds")


def _allows_null(schema: Schema, target: Schema) -> bool:
    """Null on the way from the setting to its type."""
    return kinds.allows_null(target) or kinds.is_choice(schema) and schema is not target
