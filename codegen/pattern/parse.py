"""Parser of ECMA-262 regular expressions.

A pattern is read in Unicode (`u`) mode, as JSON Schema asks. One that is invalid there is read once
more with the lenient syntax of Annex B, as older validators do, as far as its meaning is plain:
needless escapes of punctuation, a lone brace or bracket, a class escape beside a dash and a
quantified look-ahead. Even then a character is a code point, never half a surrogate pair.
"""

from __future__ import annotations

import re

from .syntax import (
    NOTHING, Assertion, BackReference, Choice, Group, Look, Node, PatternError, Repeat, Sequence,
    Set,
)
from .unicode import (
    DIGIT, DOT, LAST, SPACE, WORD, CodeSet, code_set, complement, union, unicode_property,
)

DEEPEST_NESTING = 80
LONGEST_PATTERN = 20_000

_SYNTAX_CHARACTERS = "^$\\.*+?()[]{}|/"
_CONTROL_ESCAPES = {"t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D}
_CLASS_ESCAPES: dict[str, CodeSet] = {
    "d": DIGIT, "D": complement(DIGIT), "s": SPACE, "S": complement(SPACE),
    "w": WORD, "W": complement(WORD),
}
_ANCHORS_OF_OTHERS = {"A": "^", "Z": "$", "z": "$"}
_QUANTIFIER = re.compile(r"\{([0-9]+)(,([0-9]*))?\}")
_LOOK_BEHIND = ("(?<=", "(?<!")
_LOOK_AROUND = ("(?=", "(?!", *_LOOK_BEHIND)
_HEX = "0123456789abcdefABCDEF"
_DIGITS = "0123456789"


def parse(text: str) -> tuple[Node, str | None]:
    """The pattern's meaning, and a warning when it is valid only by Annex B."""
    if len(text) > LONGEST_PATTERN:
        raise PatternError(
            f"the pattern is longer than {LONGEST_PATTERN} characters; split it", LONGEST_PATTERN
        )
    try:
        return _Parser(text, strict=True).pattern(), None
    except PatternError as strict_error:
        try:
            node = _Parser(text, strict=False).pattern()
        except PatternError:
            raise strict_error from None
        return node, (
            f"valid only without the 'u' flag: at {strict_error.position}: {strict_error.message}"
        )


class _Parser:
    def __init__(self, text: str, strict: bool) -> None:
        self.text = text
        self.strict = strict
        self.at = 0
        self.depth = 0
        self.behind = 0
        self.opened = 0
        self.closed: set[int] = set()
        self.group_count, self.names = _groups(text)

    def fail(self, message: str, position: int | None = None) -> PatternError:
        return PatternError(message, self.at if position is None else position)

    def peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self, expected: str) -> bool:
        if self.text.startswith(expected, self.at):
            self.at += len(expected)
            return True
        return False

    def pattern(self) -> Node:
        node = self.choice()
        if self.at < len(self.text):
            raise self.fail("unmatched ')'; write '\\)' for the character itself")
        return node

    def choice(self) -> Node:
        options = [self.sequence()]
        while self.take("|"):
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self) -> Node:
        items: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            items.append(self.term())
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def term(self) -> Node:
        start = self.at
        character = self.peek()
        if character in "^$":
            self.at += 1
            return self.unquantified(Assertion(character))
        if self.take("\\b"):
            return self.unquantified(Assertion("\\b"))
        if self.take("\\B"):
            return self.unquantified(Assertion("\\B"))
        if character == "(":
            node = self.group()
            fixed = _LOOK_AROUND if self.strict else _LOOK_BEHIND
            if self.text.startswith(fixed, start):
                return self.unquantified(node)
            return self.quantified(node)
        if character in "*+?" or _QUANTIFIER.match(self.text, start):
            raise self.fail(f"nothing to repeat; write '\\{character}' for the character itself")
        if character in "{}]" and self.strict:
            raise self.fail(f"lone '{character}'; write '\\{character}' for the character itself")
        return self.quantified(self.atom())

    def unquantified(self, node: Node) -> Node:
        if self.peek() in ("*", "+", "?") or _QUANTIFIER.match(self.text, self.at):
            raise self.fail("this assertion cannot be repeated; remove the quantifier")
        return node

    def quantified(self, node: Node) -> Node:
        start = self.at
        counts = _QUANTIFIER.match(self.text, start)
        least: int
        most: int | None
        if self.take("*"):
            least, most = 0, None
        elif self.take("+"):
            least, most = 1, None
        elif self.take("?"):
            least, most = 0, 1
        elif counts:
            self.at = counts.end()
            if max(len(counts[1]), len(counts[3] or "")) > 9:
                raise self.fail("the repetition count is too large; use fewer digits", start)
            least = int(counts[1])
            most = least if counts[2] is None else int(counts[3]) if counts[3] else None
            if most is not None and most < least:
                raise self.fail("the repetition counts are out of order; swap them", start)
        else:
            return node
        greedy = not self.take("?")
        return Repeat(node, least, most, greedy)

    def group(self) -> Node:
        start = self.at
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            raise self.fail(f"groups nest deeper than {DEEPEST_NESTING}; simplify the pattern")
        self.at += 1
        number = 0
        kind = ""
        if self.peek() == "?":
            kind = next((k for k in ("?:", "?=", "?!", "?<=", "?<!", "?<") if self.take(k)), "")
            if kind == "":
                raise self.fail("this kind of group is not in ECMA-262; use (?:...)", start)
            if kind == "?<":
                self.group_name()
        if kind in ("", "?<"):
            self.opened += 1
            number = self.opened
        self.behind += kind in ("?<=", "?<!")
        node = self.choice()
        self.behind -= kind in ("?<=", "?<!")
        if not self.take(")"):
            raise self.fail("this group is not closed; add ')'", start)
        self.depth -= 1
        if number:
            self.closed.add(number)
            return Group(node, number)
        if kind == "?:":
            return node
        return Look(node, behind=kind in ("?<=", "?<!"), negative=kind in ("?!", "?<!"))

    def group_name(self) -> str:
        end = self.text.find(">", self.at)
        name = self.text[self.at : end] if end >= 0 else ""
        if not name.replace("$", "_").isidentifier():
            raise self.fail("a group's name must be an identifier followed by '>'")
        self.at = end + 1
        return name

    def atom(self) -> Node:
        character = self.peek()
        if character == "\\":
            reference = self.back_reference()
            if reference is not None:
                return reference
            return Set(self.escape(in_class=False))
        if character == "[":
            return Set(self.character_class())
        self.at += 1
        return Set(DOT if character == "." else _one(ord(character)))

    def back_reference(self) -> Node | None:
        start = self.at
        if self.take("\\k"):
            if not self.take("<"):
                raise self.fail("\\k needs a group's name: \\k<name>", start)
            name = self.group_name()
            if name not in self.names:
                raise self.fail(f"there is no group named '{name}'", start)
            number = self.names[name]
        else:
            found = re.compile(r"\\([1-9][0-9]*)").match(self.text, start)
            if not found:
                return None
            self.at = found.end()
            if len(found[1]) > 5 or int(found[1]) > self.group_count:
                raise self.fail(f"there is no group {found[1][:9]} to refer to", start)
            number = int(found[1])
        if self.behind:
            raise self.fail("a back-reference inside a look-behind is not supported", start)
        return BackReference(number) if number in self.closed else NOTHING

    def escape(self, in_class: bool) -> CodeSet:
        """The set that the escape sequence at hand stands for."""
        start = self.at
        self.at += 1
        character = self.peek()
        if character == "":
            raise self.fail("the pattern ends in a backslash; write '\\\\' for one", start)
        self.at += 1
        if character in _CLASS_ESCAPES:
            return _CLASS_ESCAPES[character]
        if character in _CONTROL_ESCAPES:
            return _one(_CONTROL_ESCAPES[character])
        if character in "pP":
            return self.property(start, negative=character == "P")
        if character == "u":
            return _one(self.unicode_escape(start))
        if character == "x":
            return _one(self.hex_digits(2, start))
        if character == "c":
            return _one(self.control_letter(start))
        if in_class and character == "b":
            return _one(0x08)
        if character == "0" and self.peek() not in tuple(_DIGITS):
            return _one(0)
        if character in _SYNTAX_CHARACTERS or (in_class and character == "-"):
            return _one(ord(character))
        if character in _ANCHORS_OF_OTHERS:
            raise self.fail(
                f"'\\{character}' is not in ECMA-262; use {_ANCHORS_OF_OTHERS[character]}", start
            )
        if self.strict or character.isalnum():
            raise self.fail(
                f"'\\{character}' is not an escape in ECMA-262; remove the backslash", start
            )
        return _one(ord(character))

    def property(self, start: int, negative: bool) -> CodeSet:
        end = self.text.find("}", self.at)
        if self.peek() != "{" or end < 0:
            raise self.fail("\\p needs a property in braces, such as \\p{Letter}", start)
        if not self.strict:
            raise self.fail("\\p{...} has no meaning without the 'u' flag", start)
        try:
            codes = unicode_property(self.text[self.at + 1 : end])
        except ValueError as error:
            raise self.fail(str(error), start) from None
        self.at = end + 1
        return complement(codes) if negative else codes

    def unicode_escape(self, start: int) -> int:
        if self.peek() == "{":
            end = self.text.find("}", self.at)
            digits = self.text[self.at + 1 : end] if end >= 0 else ""
            if not self.strict or digits == "" or digits.strip(_HEX):
                raise self.fail("\\u{...} needs hexadecimal digits", start)
            significant = digits.lstrip("0") or "0"
            if len(significant) > 6 or int(significant, 16) > LAST:
                raise self.fail("the code point is beyond U+10FFFF", start)
            self.at = end + 1
            return int(significant, 16)
        code = self.hex_digits(4, start)
        if 0xD800 <= code <= 0xDBFF and self.take("\\u"):
            after_first = self.at - 2
            tail = self.text[self.at : self.at + 4]
            if len(tail) == 4 and not tail.strip(_HEX) and 0xDC00 <= int(tail, 16) <= 0xDFFF:
                self.at += 4
                return 0x10000 + ((code - 0xD800) << 10) + (int(tail, 16) - 0xDC00)
            self.at = after_first
        return code

    def hex_digits(self, count: int, start: int) -> int:
        digits = self.text[self.at : self.at + count]
        if len(digits) < count or digits.strip(_HEX):
            raise self.fail(f"this escape needs {count} hexadecimal digits", start)
        self.at += count
        return int(digits, 16)

    def control_letter(self, start: int) -> int:
        letter = self.peek()
        if not (letter.isascii() and letter.isalpha()):
            raise self.fail("\\c needs a letter", start)
        self.at += 1
        return ord(letter) % 32

    def character_class(self) -> CodeSet:
        start = self.at
        self.at += 1
        negative = self.take("^")
        parts: list[CodeSet] = []
        while not self.take("]"):
            low_at = self.at
            low = self.class_atom(start)
            if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                high = self.class_atom(start)
                parts.append(self.range(low, high, low_at))
            else:
                parts.append(low)
        codes = union(*parts)
        return complement(codes) if negative else codes

    def class_atom(self, start: int) -> CodeSet:
        character = self.peek()
        if character == "":
            raise self.fail("this class is not closed; add ']'", start)
        if character == "\\":
            return self.escape(in_class=True)
        self.at += 1
        return _one(ord(character))

    def range(self, low: CodeSet, high: CodeSet, position: int) -> CodeSet:
        if not (_is_one(low) and _is_one(high)):
            if self.strict:
                raise self.fail("a class escape cannot bound a range; write '\\-'", position)
            return union(low, high, _one(ord("-")))
        if low[0][0] > high[0][0]:
            raise self.fail("the range is out of order; swap its ends", position)
        return code_set([(low[0][0], high[0][0])])


def _one(code: int) -> CodeSet:
    return ((code, code),)


def _is_one(codes: CodeSet) -> bool:
    return len(codes) == 1 and codes[0][0] == codes[0][1]


def _groups(text: str) -> tuple[int, dict[str, int]]:
    """How many capturing groups the pattern has, and the numbers of the named ones."""
    count = 0
    names: dict[str, int] = {}
    token = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]?|\((?!\?)|\(\?<(?![=!])([^>]*)>?", re.DOTALL)
    for found in token.finditer(text):
        if found[0].startswith("("):
            count += 1
        if found[1] is not None:
            if found[1] in names:
                raise PatternError(f"two groups are named '{found[1]}'", found.start())
            names[found[1]] = count
    return count, names
