"""What values of a template are, as far as its parameters and conditions tell."""

from __future__ import annotations

import re

from .document import Node
from .model import UNKNOWN, Setting, Unknown, setting

_REFERENCE = re.compile(r"\$\{([A-Za-z0-9:.]+)\}")
_NOTHING = "AWS::NoValue"
_DEEPEST = 50


class Scope:
    """A template's parameters, conditions and mappings.

    What was found out is kept, by node: one that is referred to many times is looked at once, and one that
    refers to itself is not known.
    """

    def __init__(self, template: Node, given: dict[str, str]) -> None:
        self._template = template
        self._plain: dict[Node, Node | Unknown | None] = {}
        self._held: dict[Node, bool | None] = {}
        self._parameters: dict[str, str] = {}
        for name, parameter in _members(template, "Parameters").items():
            default = parameter.get("Default")
            if name in given:
                self._parameters[name] = given[name]
            elif default is not None and default.text is not None:
                self._parameters[name] = default.text

    # ---- Values ----------------------------------------------------------------------------------

    def setting(self, node: Node | None) -> Setting | None:
        """A text or a list of texts, with the place where it was asked for; None: there is none."""
        found = self.plain(node)
        if node is None or found is None:
            return None
        if isinstance(found, Unknown):
            return setting(node, UNKNOWN)
        if isinstance(found.value, list):
            texts = [self.plain(element) for element in found.value]
            if any(isinstance(text, Unknown) for text in texts):
                return setting(node, UNKNOWN)
            return setting(node, tuple(
                text.value for text in texts if text is not None and isinstance(text.value, str)))
        return setting(node, found.value if isinstance(found.value, str) else "")

    def plain(self, node: Node | None, depth: int = 0) -> Node | Unknown | None:
        """Free of functions; None for what is not there, null, or AWS::NoValue."""
        if node is None or node.value is None and node.tag is None:
            return None
        if node.intrinsic is None:
            return node
        if depth == _DEEPEST:
            return UNKNOWN
        if node not in self._plain:
            self._plain[node] = UNKNOWN
            self._plain[node] = self._evaluated(node, depth)
        return self._plain[node]

    def _evaluated(self, node: Node, depth: int) -> Node | Unknown | None:
        name, argument = node.intrinsic
        if name == "Ref":
            return self._reference(node, argument)
        if name == "Fn::If":
            return self._choice(argument, depth)
        if name == "Fn::Sub":
            return self._text(node, argument)
        if name == "Fn::FindInMap":
            return self._in_map(argument, depth)
        return UNKNOWN

    def target(self, node: Node | None) -> str | None:
        """The logical name of the resource that a value is made of: !Ref X, !GetAtt X.Arn."""
        found = self._branch(node)
        intrinsic = found.intrinsic if found is not None else None
        if intrinsic is None:
            return None
        name, argument = intrinsic
        text = argument.text
        if text is None and argument.elements():
            text = argument.elements()[0].text
        if text is None or name not in ("Ref", "Fn::GetAtt", "Fn::Sub"):
            return None
        if name == "Fn::Sub":
            whole = _REFERENCE.fullmatch(text)
            text = whole[1] if whole is not None else ""
        return text.split(".")[0]

    def _branch(self, node: Node | None) -> Node | None:
        """What an !If comes to, as it stands there."""
        for _ in range(_DEEPEST):
            intrinsic = node.intrinsic if node is not None else None
            if intrinsic is None or intrinsic[0] != "Fn::If":
                return node
            parts = intrinsic[1].elements()
            holds = self.condition(parts[0].text) if len(parts) == 3 else None
            if holds is None:
                return None
            node = parts[1 if holds else 2]
        return None

    def _reference(self, node: Node, argument: Node) -> Node | Unknown | None:
        name = argument.text
        if name == _NOTHING:
            return None
        if name in self._parameters:
            return Node(self._parameters[name], node.line, node.path)
        return UNKNOWN

    def _choice(self, argument: Node, depth: int) -> Node | Unknown | None:
        parts = argument.elements()
        holds = self.condition(parts[0].text) if len(parts) == 3 else None
        return UNKNOWN if holds is None else self.plain(parts[1 if holds else 2], depth + 1)

    def _text(self, node: Node, argument: Node) -> Node | Unknown:
        """References to resources stay in it."""
        text = argument.text or (argument.elements() or [argument])[0].text
        if text is None:
            return UNKNOWN
        return Node(_REFERENCE.sub(lambda found: self._parameters.get(found[1], found[0]), text),
                    node.line, node.path)

    def _in_map(self, argument: Node, depth: int) -> Node | Unknown | None:
        names = [self.plain(part, depth + 1) for part in argument.elements()]
        texts = [name.text for name in names if isinstance(name, Node) and name.text is not None]
        found = self._template.get("Mappings", *texts) if len(texts) == 3 else None
        return UNKNOWN if found is None else found

    # ---- Conditions ------------------------------------------------------------------------------

    def condition(self, name: str | None, depth: int = 0) -> bool | None:
        """None: it can't be told."""
        node = self._template.get("Conditions", name) if name is not None else None
        return self._holds(node, depth)

    def _holds(self, node: Node | None, depth: int) -> bool | None:
        if node is None or node.intrinsic is None or depth == _DEEPEST:
            return None
        if node not in self._held:
            self._held[node] = None
            self._held[node] = self._decided(node, depth)
        return self._held[node]

    def _decided(self, node: Node, depth: int) -> bool | None:
        name, argument = node.intrinsic
        if name == "Condition":
            return self.condition(argument.text, depth + 1)
        if name == "Fn::Equals":
            return self._are_equal(argument.elements())
        inner = [self._holds(part, depth + 1) for part in argument.elements()]
        if name == "Fn::Not" and len(inner) == 1:
            return None if inner[0] is None else not inner[0]
        if name == "Fn::And":
            return False if False in inner else None if None in inner else True
        if name == "Fn::Or":
            return True if True in inner else None if None in inner else False
        return None

    def _are_equal(self, parts: list[Node]) -> bool | None:
        texts = [self.plain(part) for part in parts]
        if len(texts) != 2 or any(not isinstance(text, Node) or text.text is None for text in texts):
            return None
        return texts[0].text == texts[1].text


def _members(template: Node, name: str) -> dict[str, Node]:
    node = template.get(name)
    return node.members() if node is not None else {}
