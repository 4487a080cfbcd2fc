"""Checks the keywords of one schema: known, supported, allowed here, of the right form, of effect.

What fails is reported and left out, so that everything else can still be looked at.
"""

from __future__ import annotations

import difflib
from typing import NamedTuple

from . import forms, keywords
from .keywords import ANNOTATIONS, BY_NAME, DECIMAL, STRING
from .load import RUNTIME_SETTINGS, File
from .locate import Node, NumberText, escape
from .problems import Problems

# Without these nothing is known of the type any more.
_SHAPING = frozenset({"type", "properties", "items", "oneOf", "$ref", "enum", "const", "format"})
# What format decimal and date-time leave of the rules for strings.
_OWN_TYPE_FORMATS = ("decimal", "date-time")


class Checked(NamedTuple):
    keywords: dict[str, Node]
    broken: bool


def check(file: File, pointer: str, where: str, node: Node, problems: Problems) -> Checked:
    return _Check(file, pointer, where, node, problems).run()


class _Check:
    def __init__(
        self, file: File, pointer: str, where: str, node: Node, problems: Problems
    ) -> None:
        self._file = file
        self._pointer = pointer
        self._where = where
        self._node = node
        self._problems = problems
        self._usable: dict[str, Node] = {}
        self._broken = False

    def run(self) -> Checked:
        if self._node.value is True:
            return Checked({}, False)
        if self._node.value is False:
            self._add("", "false allows nothing at all; leave it out")
            return Checked({}, True)
        if self._node.kind != "object":
            self._add("", "must be a schema: an object, or true for anything at all")
            return Checked({}, True)
        for name, value in self._node.members().items():
            if self._may_stand(name, value):
                self._usable[name] = value
            elif name in _SHAPING:
                self._broken = True
        if not self._broken:
            self._check_reference()
        if not self._broken and "$ref" not in self._usable:
            self._check_choice()
            self._check_type()
        return Checked(self._usable, self._broken)

    def _add(self, keyword: str, text: str) -> None:
        pointer = self._pointer + ("/" + escape(keyword) if keyword else "")
        self._problems.add(self._file.locate(pointer), text)

    def _drop(self, keyword: str, text: str) -> None:
        self._add(keyword, text)
        self._usable.pop(keyword, None)

    # ---- One keyword at a time -------------------------------------------------------------------

    def _may_stand(self, name: str, value: Node) -> bool:
        keyword = BY_NAME.get(name)
        if keyword is None:
            self._add(name, _unknown(name))
            return False
        if not keyword.supported:
            self._add(name, f"keyword {name!r} is not supported; {keyword.treatment}")
            # Its schemas might have given the type.
            self._broken = True
            return False
        if name == "$schema" and self._pointer:
            self._add(name, "stands at the root of a file only; remove it")
            return False
        if keyword.roots and (self._pointer or self._file.role not in keyword.roots):
            homes = " or ".join(_HOMES[role] for role in keyword.roots if role in _HOMES)
            self._add(name, f"{name} stands only at the root of {homes}; remove it")
            return False
        complaint = forms.complaint(keyword.form, value)
        if complaint is not None:
            self._add(name, f"{name} {complaint}")
            return False
        return True

    # ---- Keywords together -----------------------------------------------------------------------

    def _check_reference(self) -> None:
        if "$ref" not in self._usable or self._is_config_root():
            return
        for name in list(self._usable):
            if name != "$ref" and name not in ANNOTATIONS:
                self._drop(
                    name,
                    f"{name} stands beside $ref, which is not supported; put it into the schema "
                    "referred to, or write that schema out here",
                )

    def _is_config_root(self) -> bool:
        """The one place where $ref adds to a schema: the runtime's settings come in by it."""
        return (
            self._file.role == "config"
            and not self._pointer
            and self._usable["$ref"].value == RUNTIME_SETTINGS
        )

    def _check_choice(self) -> None:
        """oneOf carries the whole type; `type: object` may say so once more."""
        if "oneOf" not in self._usable:
            return
        for name, value in list(self._usable.items()):
            if name == "oneOf" or name in ANNOTATIONS:
                continue
            if name == "type" and value.value == "object" and not self._has_null_arm():
                continue
            self._drop(
                name,
                f"{name} stands beside oneOf, which is not supported; put it into every arm",
            )

    def _has_null_arm(self) -> bool:
        return any(is_null(arm) for arm in self._usable["oneOf"].elements())

    def _check_type(self) -> None:
        if "oneOf" in self._usable:
            return
        if type_names(self._usable) == ["null"]:
            if self._where != "arm" or not is_null(self._node):
                self._fail("type", "only null is not a type of its own; leave the member out, or "
                           'allow null beside a type: ["string", "null"]')
            return
        self._check_null()
        kind = "" if self._broken else self._kind()
        if self._broken:
            return
        if "enum" in self._usable and "const" in self._usable:
            self._drop("const", "const stands beside enum; keep one of them")
        for name in list(self._usable):
            if not self._broken:
                self._check_effect(name, kind)

    def _check_null(self) -> None:
        """null in the list of types and null in enum belong together."""
        listed = type_names(self._usable)
        enum = self._usable.get("enum")
        if not listed:
            return
        if enum is not None and any(value.kind == "null" for value in enum.elements()):
            if "null" not in listed:
                self._fail("enum", 'holds null, which type does not allow; add "null" to type or '
                           "remove it here")
        elif "null" in listed and enum is not None:
            self._fail("enum", "does not hold null, which type allows; add null or remove it from "
                       "type")
        elif "null" in listed and "const" in self._usable:
            self._fail("const", "allows one value, so null beside it in type has no effect; remove "
                       "it from type")

    def _fail(self, keyword: str, text: str) -> None:
        self._add(keyword, text)
        self._broken = True

    def _kind(self) -> str:
        """The one type this schema is of; "" for anything at all."""
        listed = [name for name in type_names(self._usable) if name != "null"]
        constants = constants_of(self._usable)
        if not constants:
            if listed:
                return listed[0]
            for name in self._usable:
                if BY_NAME[name].types:
                    likely = BY_NAME[name].types[0].split(" ")[0]
                    self._fail(name, f'{name} without type; say "type": "{likely}" beside it')
                    break
            return ""
        keyword = "const" if "const" in self._usable else "enum"
        kinds = {constant_kind(constant) for constant in constants}
        if kinds == {"integer", "number"}:
            kinds = {"number"}
        if len(kinds) > 1 or not kinds <= {"string", "integer", "number", "boolean"}:
            self._fail(keyword, "holds values of several types, or others than strings and "
                       "numbers, which is not supported; use values of one type")
            return ""
        kind = kinds.pop()
        if kind == "boolean" and keyword == "enum":
            self._fail(keyword, "of booleans is not supported; use type boolean, or const")
        elif listed and listed[0] != kind and (listed[0], kind) != ("number", "integer"):
            self._fail(keyword, f"holds values that type ({listed[0]}) does not allow; make them "
                       "agree")
        return listed[0] if listed else kind

    def _check_effect(self, name: str, kind: str) -> None:
        types = BY_NAME[name].types
        if not types:
            return
        text_format = self._usable["format"].value if "format" in self._usable else None
        if types == (DECIMAL,):
            if text_format != "decimal":
                self._drop(name, f'{name} has no effect here; it is for "type": "string", '
                           '"format": "decimal"')
        elif kind not in types:
            self._no_effect(name, kind, types)
        elif name not in ("enum", "const") and constants_of(self._usable):
            self._drop(name, f"{name} has no effect beside the values listed; remove it")
        elif types == (STRING,) and name != "format" and text_format in _OWN_TYPE_FORMATS:
            advice = "use x-minimum, x-maximum and x-scale" if text_format == "decimal" else (
                "remove it")
            self._drop(name, f"{name} is not supported with format {text_format}; {advice}")
        elif kind == "object" and name != "properties" and "properties" not in self._usable:
            self._drop(name, f"{name} needs properties beside it; list the members there")
        elif kind == "array" and name != "items" and "items" not in self._usable:
            self._drop(name, f"{name} needs items beside it; say what the items are")

    def _no_effect(self, name: str, kind: str, types: tuple[str, ...]) -> None:
        advice = ""
        if kind == "string" and set(types) == {"integer", "number"}:
            advice = f" (for a decimal in a string there is x-{name})" if (
                "x-" + name in keywords.BY_NAME) else ""
        self._drop(
            name,
            f"{name} has no effect on type {kind}, it is for {' and '.join(types)}; remove it"
            + advice,
        )


_HOMES = {
    "event": "a file in events/",
    "entity": "a file in entities/",
    "envelope": "envelope.schema.json",
    "config": "config.schema.json",
}


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, [key for key, row in BY_NAME.items() if row.supported], 1)
    hint = f"did you mean {near[0]!r}?" if near else "remove it"
    return f"keyword {name!r} is unknown; {hint}"


def type_names(usable: dict[str, Node]) -> list[str]:
    """The names that `type` lists."""
    node = usable.get("type")
    if node is None:
        return []
    values = node.elements() if node.kind == "array" else [node]
    return [value.value for value in values if isinstance(value.value, str)]


def constants_of(usable: dict[str, Node]) -> list[Node]:
    """The values that const or enum lists, without null."""
    if "const" in usable:
        return [usable["const"]]
    enum = usable.get("enum")
    return [value for value in (enum.elements() if enum is not None else [])
            if value.kind != "null"] or ([] if enum is None else enum.elements())


def constant_kind(node: Node) -> str:
    """As `type` calls it; 1.0 is an integer."""
    if isinstance(node.value, NumberText):
        return "integer" if node.value.is_integral() else "number"
    return node.kind


def is_null(node: Node) -> bool:
    """Is it {"type": "null"}, with annotations at most?"""
    value = node.members().get("type")
    names = value.elements() if value is not None and value.kind == "array" else [value]
    return (
        len(names) == 1
        and names[0] is not None
        and names[0].value == "null"
        and all(name == "type" or name in ANNOTATIONS for name in node.members())
    )
