"""A JSON reader that is as strict as RFC 8259 allows, and knows where everything stands.

A schema that two tools read differently is worse than one that is refused.
"""

from __future__ import annotations

import re

DEEPEST_NESTING = 100
LONGEST_NUMBER = 400

_BLANKS = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_EXPONENT = re.compile(r"[eE](.+)$")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]+')
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_ESCAPES = {
    '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
}
_WORDS = ("true", "false", "null")


class JsonError(ValueError):
    """The text is not JSON (or not the JSON we accept)."""

    def __init__(self, line: int, column: int, pointer: str, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
        self.pointer = pointer
        self.message = message


def places(text: str) -> dict[str, int]:
    """The line of every member's name and of every element, by its JSON pointer; of the document
    itself by "". JsonError tells what is wrong with the text."""
    return _Reader(text).document()


def position(text: str, at: int) -> tuple[int, int]:
    """Line and column of a character, from 1; columns are characters."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def check_number(text: str) -> None:
    """ValueError for a number that no double can hold."""
    if len(text) > LONGEST_NUMBER or float(text) in (float("inf"), float("-inf")):
        raise ValueError("the number is beyond what a double can hold")
    exponent = _EXPONENT.search(text)
    if exponent is not None and abs(int(exponent.group(1))) > LONGEST_NUMBER:
        raise ValueError("the number's exponent is beyond what a double can hold")


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._path: list[str] = []
        self._line = 1
        self._counted = 0
        self._lines: dict[str, int] = {}

    def document(self) -> dict[str, int]:
        if self._text.startswith("\ufeff"):
            raise self._error("begins with a byte order mark; save the file without one")
        self._next()
        self._lines[""] = self._here()
        self._value()
        self._skip_blanks()
        if self._at < len(self._text):
            raise self._error("something follows the document's value; remove it")
        return self._lines

    def _error(self, message: str, at: int | None = None) -> JsonError:
        line, column = position(self._text, self._at if at is None else at)
        return JsonError(line, column, "".join(self._path), message)

    def _here(self) -> int:
        """The line of the next character; counts on from the last call."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _skip_blanks(self) -> None:
        blanks = _BLANKS.match(self._text, self._at)
        if blanks is not None:
            self._at = blanks.end()

    def _next(self) -> str:
        """The next character that is not blank; "" at the end."""
        self._skip_blanks()
        return self._text[self._at : self._at + 1]

    def _value(self) -> None:
        character = self._next()
        if character in ("{", "["):
            if len(self._path) >= DEEPEST_NESTING:
                raise self._error(f"nested deeper than {DEEPEST_NESTING} levels; use $ref")
            return self._object() if character == "{" else self._array()
        if character == '"':
            self._string()
            return None
        number = _NUMBER.match(self._text, self._at)
        if number is not None:
            return self._number(number.group())
        for word in _WORDS:
            if self._text.startswith(word, self._at):
                self._at += len(word)
                return None
        if character == "":
            raise self._error("the document ends too early")
        raise self._error(f"{character!r} does not begin a JSON value")

    def _object(self) -> None:
        names: dict[str, int] = {}
        self._at += 1
        if self._next() == "}":
            self._at += 1
            return
        while True:
            if self._next() != '"':
                raise self._error("a member's name in double quotes is expected here")
            line = self._here()
            name_at = self._at
            name = self._string()
            if name in names:
                raise self._error(
                    f"member {name!r} is there already (line {names[name]}); remove one", name_at
                )
            if self._next() != ":":
                raise self._error("a colon is expected here")
            self._at += 1
            names[name] = line
            self._step(name.replace("~", "~0").replace("/", "~1"), line)
            if not self._more("}"):
                return

    def _array(self) -> None:
        count = 0
        self._at += 1
        if self._next() == "]":
            self._at += 1
            return
        while True:
            self._next()
            self._step(str(count), self._here())
            count += 1
            if not self._more("]"):
                return

    def _step(self, step: str, line: int) -> None:
        """Reads the value of a member or an element that begins on the line."""
        self._path.append("/" + step)
        self._lines["".join(self._path)] = line
        self._value()
        self._path.pop()

    def _more(self, closing: str) -> bool:
        """Goes past a comma (true) or the closing bracket (false)."""
        character = self._next()
        if character not in (",", closing):
            raise self._error(f"a comma or {closing!r} is expected here")
        self._at += 1
        return character == ","

    def _number(self, text: str) -> None:
        after = self._text[self._at + len(text) : self._at + len(text) + 1]
        if after.isalnum() or after in (".", "+", "-", "_") and after:
            raise self._error("not a JSON number")
        try:
            check_number(text)
        except ValueError as error:
            raise self._error(str(error)) from None
        self._at += len(text)

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
