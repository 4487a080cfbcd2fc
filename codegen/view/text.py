"""C source text: literals, comments, and lines that are not too long."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

COLUMNS = 100

_PARAGRAPH_END = re.compile(r"\n\s*\n")
_ESCAPED = re.compile(r'[\\"]|\?\?')
_SIMPLE_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# A break in the middle of these would need care that no generated line asks for.
_UNBREAKABLE = ("#", "/*", "* ", "*/")
# What decides where a line can be broken; the blank behind an operator goes to the line below.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[][(){}]|,(?= )| (?:&&|\|\||=)(?= )')
# Deeper than any bracket: a break that is only taken when there is no other.
_LAST = 1000


@lru_cache(maxsize=None)
def string_literal(text: str) -> str:
    """A C string literal; control characters in octal, since a hex escape has no fixed length."""
    if text.isprintable() and not _ESCAPED.search(text):
        return f'"{text}"'
    made: list[str] = []
    for character in text:
        if character in _SIMPLE_ESCAPES:
            made.append(_SIMPLE_ESCAPES[character])
        elif character == "?" and made and made[-1] in ("?", "\\?"):
            made.append("\\?")  # no trigraphs
        elif character.isprintable():
            made.append(character)
        else:
            made.extend(f"\\{byte:03o}" for byte in character.encode("utf-8"))
    return '"' + "".join(made) + '"'


def long_literal(text: str, indent: int) -> list[str]:
    """The literal in as many lines as it takes; each but the first is to be indented so far."""
    words = fill(text, COLUMNS - indent - 6)
    return [string_literal(line + " ") for line in words[:-1]] + [string_literal(words[-1])]


def kh_str(text: str) -> str:
    return f"KH_STR({string_literal(text)})"


def signed_literal(value: int) -> str:
    if value == -(2**63):
        return "INT64_MIN"
    return str(value) if abs(value) < 2**31 else f"INT64_C({value})"


def unsigned_literal(value: int) -> str:
    return str(value) if value < 2**31 else f"UINT64_C({value})"


def double_literal(value: float) -> str:
    text = repr(value)
    return text if set(text) & set(".en") else text + ".0"


def comment(text: str, indent: int = 0) -> list[str]:
    """The text as a comment, wrapped; no lines for no text. Paragraphs are kept apart."""
    paragraphs = [" ".join(_clean(part).split()) for part in _PARAGRAPH_END.split(text)]
    paragraphs = [part for part in paragraphs if part]
    if not paragraphs:
        return []
    blank = " " * indent
    single = f"{blank}/* {paragraphs[0]} */"
    if len(paragraphs) == 1 and len(single) <= COLUMNS:
        return [single]
    lines = [f"{blank}/*"]
    for number, paragraph in enumerate(paragraphs):
        if number > 0:
            lines.append(f"{blank} *")
        lines += [f"{blank} * {line}" for line in fill(paragraph, COLUMNS - indent - 3)]
    return [*lines, f"{blank} */"]


def fill(text: str, width: int) -> list[str]:
    """Words in lines of at most `width` characters, as far as the words allow."""
    lines: list[str] = []
    words: list[str] = []
    used = 0
    for word in text.split():
        if words and used + len(word) > width:
            lines.append(" ".join(words))
            words, used = [], 0
        words.append(word)
        used += len(word) + 1
    return [*lines, " ".join(words)]


def _clean(text: str) -> str:
    """Text that cannot end its comment, begin another, or mislead who reads it."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return text.replace("*/", "* /").replace("/*", "/ *").replace("??", "? ?")


# ---- Lines ---------------------------------------------------------------------------------------


def break_lines(source: str) -> str:
    """Every line of code that is too long broken behind a comma or before an operator, and the rest
    put under the innermost bracket that is open there. String literals stay whole."""
    lines = source.split("\n")
    for number in [number for number, line in enumerate(lines) if len(line) > COLUMNS]:
        lines[number] = "\n".join(_broken(lines[number]))
    return "\n".join(lines)


def _broken(line: str) -> list[str]:
    if line.lstrip().startswith(_UNBREAKABLE):
        return [line]
    broken = _break(line)
    return broken if len(max(broken, key=len)) <= COLUMNS else _break_behind_bracket(line)


def _break(line: str) -> list[str]:
    broken: list[str] = []
    open_at: list[int] = []
    while len(line) > COLUMNS:
        places = _places(line, open_at)
        if not places:
            break
        # The outermost bracket that helps, and in it as far right as possible.
        depth = min(place.depth for place in places)
        best = max((p for p in places if p.depth == depth), key=lambda place: place.column)
        broken.append(line[: best.column].rstrip())
        line = " " * best.indent + line[best.column :].lstrip()
        open_at = best.open_at
    return [*broken, line]


def _break_behind_bracket(line: str) -> list[str]:
    """All parameters of a long name on the lines below it; literals are not taken apart."""
    at = line.find("(") + 1
    if at == 0 or '"' in line:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return [line[:at], *(indent + part for part in fill(line[at:], COLUMNS - len(indent)))]


class _Place(NamedTuple):
    """Where a line may be broken: the column, and how deep in brackets that is; what goes on below
    is indented, and inside brackets that open at these columns."""

    column: int
    depth: int
    indent: int
    open_at: list[int]


def _places(line: str, outer: list[int]) -> list[_Place]:
    """The places up to the last column of a line that begins inside the brackets `outer`."""
    found: list[_Place] = []
    open_at = list(outer)
    start = len(line) - len(line.lstrip())
    for token in _TOKEN.finditer(line, start, COLUMNS + 1):
        text, end = token[0], token.end()
        if text in ("(", "{", "["):
            open_at.append(end + 1 if line[end : end + 1] == " " else end)
        elif text in (")", "}", "]"):
            del open_at[-1:]
        elif text == " =":
            if not open_at:
                found.append(_Place(end, _LAST, start + 4, []))
        elif text[0] != '"' and open_at:
            found.append(_Place(end, len(open_at), open_at[-1], list(open_at)))
    return found
