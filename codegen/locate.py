"""A JSON reader that keeps where each value stands and how each number is written.

The standard library's reader keeps neither, takes the last of two equal members and accepts NaN.
This one is as strict as RFC 8259 allows, since a schema that two tools read differently is worse
than one that is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

DEEPEST_NESTING = 100
LONGEST_NUMBER = 400

_BLANKS = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]+')
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_ESCAPES = {
    '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
}
_WORDS = {"true": True, "false": False, "null": None}


class JsonError(ValueError):
    """The text is not JSON (or not the JSON we accept)."""

    def __init__(self, line: int, column: int, pointer: str, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
        self.pointer = pointer
        self.message = message


@dataclass(frozen=True)
class NumberText:
    """A number as the document spells it."""

    text: str

    def exact(self) -> Fraction:
        return Fraction(self.text)

    def is_integral(self) -> bool:
        return self.exact().denominator == 1


@dataclass(frozen=True, eq=False)
class Node:
    """A JSON value and where it begins. Line and column count from 1; columns are characters."""

    value: dict[str, Node] | list[Node] | str | NumberText | bool | None
    line: int
    column: int
    # Lines of the members' names: what a problem with a member points at.
    name_lines: dict[str, int] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The value's JSON type, as `type` would call it."""
        if isinstance(self.value, dict):
            return "object"
        if isinstance(self.value, list):
            return "array"
        if isinstance(self.value, str):
            return "string"
        if isinstance(self.value, NumberText):
            return "number"
        if isinstance(self.value, bool):
            return "boolean"
        return "null"

    def members(self) -> dict[str, Node]:
        return self.value if isinstance(self.value, dict) else {}

    def elements(self) -> list[Node]:
        return self.value if isinstance(self.value, list) else []

    def plain(self) -> object:
        """The value as Python's own types: integers exactly (1.0 is one), others as floats."""
        if isinstance(self.value, dict):
            return {name: member.plain() for name, member in self.value.items()}
        if isinstance(self.value, list):
            return [element.plain() for element in self.value]
        if isinstance(self.value, NumberText):
            exact = self.value.exact()
            spelled_out = not set(self.value.text) & set(".eE")
            if exact.denominator == 1 and (spelled_out or abs(exact) < 2**64):
                return int(exact)
            return float(self.value.text)
        return self.value


def escape(name: str) -> str:
    """One step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def unescape(step: str) -> str | None:
    """The name that a step of a JSON pointer means; None if it is no such step."""
    if re.search(r"~(?![01])", step):
        return None
    return step.replace("~1", "/").replace("~0", "~")


def step_into(node: Node, step: str) -> Node | None:
    """The member or element that one (unescaped) step of a pointer leads to."""
    if isinstance(node.value, dict):
        return node.value.get(step)
    if isinstance(node.value, list) and re.fullmatch(r"0|[1-9][0-9]{0,8}", step):
        return node.value[int(step)] if int(step) < len(node.value) else None
    return None


def line_of(root: Node, pointer: str) -> int:
    """The line of the member's name or the element that the pointer leads to, as far as it does."""
    node, line = root, root.line
    for part in pointer.split("/")[1:]:
        step = unescape(part)
        following = None if step is None else step_into(node, step)
        if step is None or following is None:
            break
        line = node.name_lines.get(step, following.line)
        node = following
    return line


def read(data: bytes) -> Node:
    """The document's value; JsonError tells what is wrong and where."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = _position(before, len(before))
        raise JsonError(line, column, "", "not UTF-8; save the file as UTF-8") from None
    if text.startswith("\ufeff"):
        raise JsonError(1, 1, "", "begins with a byte order mark; save the file without one")
    return _Reader(text).document()


def _position(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._path: list[str] = []
        self._line = 1
        self._line_begin = 0
        self._counted = 0

    def document(self) -> Node:
        node = self._value()
        self._skip_blanks()
        if self._at < len(self._text):
            raise self._error("something follows the document's value; remove it")
        return node

    def _error(self, message: str, at: int | None = None) -> JsonError:
        line, column = _position(self._text, self._at if at is None else at)
        return JsonError(line, column, "".join("/" + escape(step) for step in self._path), message)

    def _here(self) -> tuple[int, int]:
        """Line and column of the next character; counts on from the last call."""
        newlines = self._text.count("\n", self._counted, self._at)
        if newlines:
            self._line += newlines
            self._line_begin = self._text.rfind("\n", self._counted, self._at) + 1
        self._counted = self._at
        return self._line, self._at - self._line_begin + 1

    def _skip_blanks(self) -> None:
        blanks = _BLANKS.match(self._text, self._at)
        if blanks is not None:
            self._at = blanks.end()

    def _next(self) -> str:
        """The next character that is not blank; "" at the end."""
        self._skip_blanks()
        return self._text[self._at : self._at + 1]

    def _value(self) -> Node:
        character = self._next()
        line, column = self._here()
        if character in ("{", "["):
            if len(self._path) >= DEEPEST_NESTING:
                raise self._error(f"nested deeper than {DEEPEST_NESTING} levels; use $ref")
            return self._object(line, column) if character == "{" else self._array(line, column)
        if character == '"':
            return Node(self._string(), line, column)
        number = _NUMBER.match(self._text, self._at)
        if number is not None:
            return Node(self._number(number.group()), line, column)
        for word, value in _WORDS.items():
            if self._text.startswith(word, self._at):
                self._at += len(word)
                return Node(value, line, column)
        if character == "":
            raise self._error("the document ends too early")
        raise self._error(f"{character!r} does not begin a JSON value")

    def _object(self, line: int, column: int) -> Node:
        members: dict[str, Node] = {}
        name_lines: dict[str, int] = {}
        self._at += 1
        if self._next() == "}":
            self._at += 1
            return Node(members, line, column, name_lines)
        while True:
            if self._next() != '"':
                raise self._error("a member's name in double quotes is expected here")
            name_line, _ = self._here()
            name_at = self._at
            name = self._string()
            if name in members:
                raise self._error(
                    f"member {name!r} is there already (line {name_lines[name]}); remove one",
                    name_at,
                )
            if self._next() != ":":
                raise self._error("a colon is expected here")
            self._at += 1
            self._path.append(name)
            members[name] = self._value()
            self._path.pop()
            name_lines[name] = name_line
            if not self._more("}"):
                return Node(members, line, column, name_lines)

    def _array(self, line: int, column: int) -> Node:
        elements: list[Node] = []
        self._at += 1
        if self._next() == "]":
            self._at += 1
            return Node(elements, line, column)
        while True:
            self._path.append(str(len(elements)))
            elements.append(self._value())
            self._path.pop()
            if not self._more("]"):
                return Node(elements, line, column)

    def _more(self, closing: str) -> bool:
        """Goes past a comma (true) or the closing bracket (false)."""
        character = self._next()
        if character not in (",", closing):
            raise self._error(f"a comma or {closing!r} is expected here")
        self._at += 1
        return character == ","

    def _number(self, text: str) -> NumberText:
        after = self._text[self._at + len(text) : self._at + len(text) + 1]
        if after.isalnum() or after in (".", "+", "-", "_") and after:
            raise self._error("not a JSON number")
        if len(text) > LONGEST_NUMBER or float(text) in (float("inf"), float("-inf")):
            raise self._error("the number is beyond what a double can hold")
        exponent = re.search(r"[eE](.+)$", text)
        if exponent is not None and abs(int(exponent.group(1))) > LONGEST_NUMBER:
            raise self._error("the number's exponent is beyond what a double can hold")
        self._at += len(text)
        return NumberText(text)

    def _string(self) -> str:
        begin = self._at
        pieces: list[str] = []
        self._at += 1
        while True:
            plain = _PLAIN.match(self._text, self._at)
            if plain is not None:
                pieces.append(plain.group())
                self._at = plain.end()
            character = self._text[self._at : self._at + 1]
            if character == '"':
                self._at += 1
                return "".join(pieces)
            if character == "":
                raise self._error("the string does not end", begin)
            if character != "\\":
                raise self._error("control characters in strings must be escaped")
            pieces.append(self._escape())

    def _escape(self) -> str:
        letter = self._text[self._at + 1 : self._at + 2]
        if letter in _ESCAPES and letter:
            self._at += 2
            return _ESCAPES[letter]
        first = self._unit()
        if 0xDC00 <= first <= 0xDFFF:
            raise self._error("half of a surrogate pair; write both halves or the character")
        if not 0xD800 <= first <= 0xDBFF:
            self._at += 6
            return chr(first)
        self._at += 6
        second = self._unit() if self._text.startswith("\\u", self._at) else 0
        if not 0xDC00 <= second <= 0xDFFF:
            raise self._error("half of a surrogate pair; write both halves or the character")
        self._at += 6
        return chr(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))

    def _unit(self) -> int:
        """The number in the \\uXXXX that stands here."""
        digits = _HEX.match(self._text, self._at + 2)
        if not self._text.startswith("\\u", self._at) or digits is None:
            raise self._error("not an escape of JSON")
        return int(digits.group(), 16)
