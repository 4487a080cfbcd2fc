"""YAML and JSON as trees that know where everything stands.

Read from the parser's events, without recursion: a file that is nested without end is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

DEEPEST_NESTING = 100
_NULLS = ("", "~", "null", "Null", "NULL")
_INTRINSIC_OF_TAG = {"!Ref": "Ref", "!Condition": "Condition"}


class Unreadable(Exception):
    """The file makes no sense; one line that says why."""


@dataclass(frozen=True, eq=False)
class Node:
    """A value: text of scalars (None for null), members, or elements."""

    value: str | None | dict[str, Node] | list[Node]
    line: int  # where its name stands, if it has one
    path: str  # as Resources.Mapping.Properties
    tag: str | None = None  # of CloudFormation, as !Sub

    def get(self, *names: str) -> Node | None:
        """What is inside, by members' names; None if it isn't there."""
        node: Node | None = self
        for name in names:
            if node is None or node.tag is not None or not isinstance(node.value, dict):
                return None
            node = node.value.get(name)
        return node

    def members(self) -> dict[str, Node]:
        return self.value if isinstance(self.value, dict) and self.tag is None else {}

    def elements(self) -> list[Node]:
        return self.value if isinstance(self.value, list) and self.tag is None else []

    @property
    def text(self) -> str | None:
        return self.value if isinstance(self.value, str) and self.tag is None else None

    @property
    def intrinsic(self) -> tuple[str, Node] | None:
        """Name and argument of one of CloudFormation's functions, in its short or long form."""
        if self.tag is not None:
            name = _INTRINSIC_OF_TAG.get(self.tag, f"Fn::{self.tag[1:]}")
            return name, Node(self.value, self.line, self.path)
        if isinstance(self.value, dict) and len(self.value) == 1:
            (name, argument), = self.value.items()
            if name.startswith("Fn::") or name in ("Ref", "Condition"):
                return name, argument
        return None


@dataclass
class _Open:
    """A mapping or sequence whose end has not come yet."""

    node: Node
    key: str | None = None  # of the mapping's member whose value comes next
    line: int = 0  # of that key

    def path_of_next(self) -> str:
        inner = self.key if isinstance(self.node.value, dict) else str(len(self.node.value))
        return f"{self.node.path}.{inner}" if self.node.path else str(inner)


def read(path: str) -> Node:
    """The document of a file."""
    try:
        import yaml
    except ModuleNotFoundError:
        raise Unreadable("a Python with PyYAML is needed: install python3-yaml") from None
    try:
        with open(path, encoding="utf-8") as stream:
            # What JSON allows and YAML does not.
            text = stream.read().replace("\t", " ")
        return _build(yaml, text)
    except UnicodeDecodeError:
        raise Unreadable(f"{path}: is not UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        reason = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
        raise Unreadable(f"{path}{line}: is neither YAML nor JSON: {reason}") from None
    except _Wrong as error:
        raise Unreadable(f"{path}:{error.line}: {error}") from None


class _Wrong(Exception):
    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


def _build(yaml: object, text: str) -> Node:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    anchors: dict[str, Node] = {}
    open_: list[_Open] = []
    root: Node | None = None
    for event in yaml.parse(text, Loader=loader):
        line = event.start_mark.line + 1
        if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            open_.pop()
            continue
        if not isinstance(event, yaml.NodeEvent):
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                raise _Wrong(line, "is more than one document")
            continue
        inside = open_[-1] if open_ else None
        if inside is not None and isinstance(inside.node.value, dict) and inside.key is None:
            if not isinstance(event, yaml.ScalarEvent):
                raise _Wrong(line, "has a name that is no text")
            if event.value in inside.node.value:
                raise _Wrong(line, f"has {event.value!r} twice")
            inside.key, inside.line = event.value, line
            continue
        if inside is not None and inside.key is not None:
            line = inside.line
        path = inside.path_of_next() if inside is not None else ""
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in anchors:
                raise _Wrong(line, f"refers to {event.anchor!r}, which is not there")
            node = anchors[event.anchor]
        else:
            node = _node(yaml, event, line, path)
        if inside is None:
            root = node
        elif isinstance(inside.node.value, dict):
            inside.node.value[inside.key] = node
            inside.key = None
        else:
            inside.node.value.append(node)
        if isinstance(event, yaml.CollectionStartEvent):
            if len(open_) == DEEPEST_NESTING:
                raise _Wrong(line, f"is nested deeper than {DEEPEST_NESTING} levels")
            open_.append(_Open(node))
        if not isinstance(event, yaml.AliasEvent) and event.anchor is not None:
            anchors[event.anchor] = node
    if root is None:
        raise _Wrong(1, "is empty")
    return root


def _node(yaml: object, event: object, line: int, path: str) -> Node:
    tag = event.tag if event.tag is not None and not event.tag.startswith("tag:") else None
    if tag == "!":
        tag = None
    if isinstance(event, yaml.MappingStartEvent):
        return Node({}, line, path, tag)
    if isinstance(event, yaml.SequenceStartEvent):
        return Node([], line, path, tag)
    is_null = event.implicit[0] and event.value in _NULLS and tag is None
    return Node(None if is_null else event.value, line, path, tag)
