"""A schema where it stands, and the walk over all schemas of a file.

Only places that 2020-12 knows as schemas are visited: what stands in examples, default, const or an
unknown keyword is data, whatever it looks like.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import uri
from .check import Checked, check
from .load import File
from .locate import Node, NumberText, escape
from .model import Doc, Location
from .problems import Problems
from .uri import Uri


@dataclass(frozen=True, eq=False)
class Schema:
    """Compared by identity: there is one for each place."""

    file: File
    pointer: str
    where: str  # root, definition, member, item, arm
    key: str  # the name or number under which the parent has it
    parent: Schema | None
    node: Node
    base: Uri  # what references in it resolve against
    keywords: dict[str, Node]  # those that can be used
    # True: what it says of the type can't be used, and that is reported; nothing follows from it.
    broken: bool

    @property
    def location(self) -> Location:
        return self.file.locate(self.pointer)

    def at(self, *steps: str) -> Location:
        """The location of one of its keywords, or of something in it."""
        return self.file.locate(self.pointer + "".join("/" + escape(step) for step in steps))

    def has(self, keyword: str) -> bool:
        return keyword in self.keywords

    def value(self, keyword: str) -> object:
        """The keyword's value as Python's own; None if it is not there."""
        return self.keywords[keyword].plain() if keyword in self.keywords else None

    def text(self, keyword: str) -> str | None:
        """The value of a keyword whose form is a string."""
        node = self.keywords.get(keyword)
        return node.value if node is not None and isinstance(node.value, str) else None

    def field_number(self) -> int | None:
        """Its number in a message of Protocol Buffers."""
        node = self.keywords.get("x-proto-field")
        return int(node.value.exact()) if node is not None and isinstance(node.value, NumberText) else None

    def pointer_of(self, *steps: str) -> str:
        return self.pointer + "".join("/" + escape(step) for step in steps)

    def doc(self) -> Doc:
        examples = self.value("examples")
        return Doc(
            title=self.text("title") or "",
            description=self.text("description") or "",
            examples=tuple(examples) if isinstance(examples, list) else (),
            deprecated=self.value("deprecated") is True,
        )


def file_base(file: File) -> Uri:
    """Where a file stands, as a URI: what `$ref` and `$id` resolve against without another `$id`."""
    return Uri("schema", None, "/" + file.place, None, None)


def walk(file: File, problems: Problems) -> list[Schema]:
    """All schemas of a file, each before those in it; reports what is wrong with their keywords."""
    found: list[Schema] = []
    _walk(file, "", "root", "", None, file.root, file_base(file), problems, found)
    return found


def _walk(
    file: File, pointer: str, where: str, key: str, parent: Schema | None, node: Node, base: Uri,
    problems: Problems, found: list[Schema],
) -> None:
    checked: Checked = check(file, pointer, where, node, problems)
    identifier = checked.keywords.get("$id")
    if identifier is not None and isinstance(identifier.value, str):
        parsed = uri.parse(identifier.value)
        if parsed is not None:
            base = uri.resolve(base, parsed).without_fragment()
    schema = Schema(
        file, pointer, where, key, parent, node, base, checked.keywords, checked.broken
    )
    found.append(schema)
    for place, child_where, child_key, child in _children(schema):
        _walk(file, place, child_where, child_key, schema, child, base, problems, found)


def _children(schema: Schema) -> Iterator[tuple[str, str, str, Node]]:
    """Pointer, where, key and node of each."""
    for keyword, where in (("$defs", "definition"), ("properties", "member")):
        group = schema.keywords.get(keyword)
        for name, node in (group.members() if group is not None else {}).items():
            yield f"{schema.pointer}/{keyword}/{escape(name)}", where, name, node
    if "items" in schema.keywords:
        yield f"{schema.pointer}/items", "item", "", schema.keywords["items"]
    arms = schema.keywords.get("oneOf")
    for number, node in enumerate(arms.elements() if arms is not None else []):
        yield f"{schema.pointer}/oneOf/{number}", "arm", str(number), node
