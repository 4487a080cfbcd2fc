"""Settings: a struct for handlers, rows for the runtime."""

from __future__ import annotations

from dataclasses import dataclass

from .. import names as naming
from ..model import Boolean, Decimal, Enum, Integer, Setting, String
from .named import EnumValueView, enum_values
from .text import COLUMNS, comment, long_literal, signed_literal, string_literal
from .types import INT64_MAXIMUM, INT64_MINIMUM
from .words import doc, rules

_C_TYPES = {String: "struct kh_str", Integer: "int64_t", Boolean: "bool",
            Decimal: "struct kh_decimal"}
_KINDS = {String: "STR", Integer: "INT", Boolean: "BOOL", Decimal: "DECIMAL", Enum: "CHOICE"}


@dataclass(frozen=True)
class SettingView:
    name: str
    comment: list[str]
    declaration: str
    rows: list[str]  # designated initialisers
    enum_comment: list[str]
    choices: list[EnumValueView]
    choice_texts: str


def setting_views(settings: tuple[Setting, ...]) -> list[SettingView]:
    return [_setting(of) for of in settings]


def _setting(of: Setting) -> SettingView:
    name = naming.setting(of)
    choices = enum_values(name, of.type) if isinstance(of.type, Enum) else []
    texts = [value.value for value in of.type.values] if isinstance(of.type, Enum) else []
    c_type = f"enum {name}" if choices else _C_TYPES[type(of.type)]
    return SettingView(
        name=name,
        comment=comment(_words(of), 4),
        declaration=f"{c_type} {name};",
        rows=_rows(of, name),
        enum_comment=comment(f"The choices of {of.name}."),
        choices=choices,
        choice_texts=", ".join(string_literal(text) for text in texts),
    )


def _words(of: Setting) -> str:
    parts = [f"{of.name}: {doc(of.doc)}" if doc(of.doc) else f"{of.name}.", rules(of.type)]
    if of.has_default:
        parts.append(f'Default: "{_text(of.default)}".')
    elif of.required:
        parts.append("Has to be set.")
    return " ".join(part for part in parts if part)


def _text(default: object) -> str:
    """As it would stand in the environment."""
    if isinstance(default, bool):
        return "true" if default else "false"
    return str(default)


def _rows(of: Setting, name: str) -> list[str]:
    rows = [
        f".name = {string_literal(of.name)},",
        f".kind = KH_SETTING_{_KINDS[type(of.type)]},",
        f".offset = offsetof(struct settings, {name}),",
    ]
    if of.has_default:
        rows.append(f".default_text = {string_literal(_text(of.default))},")
    if of.required:
        rows.append(".required = true,")
    if isinstance(of.type, Integer):
        least = INT64_MINIMUM if of.type.minimum is None else of.type.minimum
        most = INT64_MAXIMUM if of.type.maximum is None else of.type.maximum
        rows.append(f".minimum = {signed_literal(least)},")
        rows.append(f".maximum = {_limit(most)},")
    if isinstance(of.type, String) and of.type.max_length is not None:
        rows.append(f".max_length = {of.type.max_length},")
    if isinstance(of.type, Enum):
        rows.append(f".choices = {name}_choices,")
        rows.append(f".choice_count = {len(of.type.values)},")
    return rows + _description(" ".join(doc(of.doc).split()))


def _description(text: str) -> list[str]:
    single = f".description = {string_literal(text)},"
    if len(single) + 8 <= COLUMNS:
        return [single]
    *first, last = long_literal(text, 12)
    return [".description =", *[f"    {line}" for line in first], f"    {last},"]


def _limit(most: int) -> str:
    return "INT64_MAX" if most == INT64_MAXIMUM else signed_literal(most)
