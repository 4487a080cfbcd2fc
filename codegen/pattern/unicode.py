"""Sets of code points, and those that ECMA-262 gives a name: \\d \\w \\s . and \\p{...}.

A set is a sorted tuple of inclusive ranges that neither overlap nor touch. What \\p{...} contains
follows the Unicode version of the Python that runs the generator.
"""

from __future__ import annotations

import sys
import unicodedata
from functools import lru_cache
from typing import Callable, Iterable

from .scripts import SCRIPTS, SHORT_NAMES

CodeSet = tuple[tuple[int, int], ...]

LAST = sys.maxunicode
EMPTY: CodeSet = ()
ANY: CodeSet = ((0, LAST),)
SURROGATES: CodeSet = ((0xD800, 0xDFFF),)


def code_set(ranges: Iterable[tuple[int, int]]) -> CodeSet:
    """The set of the ranges, given in any order."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)


def union(*sets: CodeSet) -> CodeSet:
    return code_set(pair for one in sets for pair in one)


def complement(one: CodeSet) -> CodeSet:
    gaps: list[tuple[int, int]] = []
    low = 0
    for first, last in one:
        if first > low:
            gaps.append((low, first - 1))
        low = last + 1
    if low <= LAST:
        gaps.append((low, LAST))
    return tuple(gaps)


def subtract(one: CodeSet, other: CodeSet) -> CodeSet:
    return complement(union(complement(one), other))


def of_characters(characters: str) -> CodeSet:
    return code_set((ord(character), ord(character)) for character in characters)


DIGIT: CodeSet = ((0x30, 0x39),)
WORD: CodeSet = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
LINE_END: CodeSet = of_characters("\n\r\u2028\u2029")
DOT: CodeSet = complement(LINE_END)
SPACE: CodeSet = union(
    of_characters("\t\v\f \u00a0\u1680\u202f\u205f\u3000\ufeff"), ((0x2000, 0x200A),), LINE_END
)

# General_Category: every name that ECMA-262 takes, and the two-letter categories it stands for.
_CATEGORY_NAMES: dict[str, str] = {
    "L": "Letter", "LC": "Cased_Letter", "Lu": "Uppercase_Letter", "Ll": "Lowercase_Letter",
    "Lt": "Titlecase_Letter", "Lm": "Modifier_Letter", "Lo": "Other_Letter",
    "M": "Mark Combining_Mark", "Mn": "Nonspacing_Mark", "Mc": "Spacing_Mark",
    "Me": "Enclosing_Mark", "N": "Number", "Nd": "Decimal_Number digit", "Nl": "Letter_Number",
    "No": "Other_Number", "P": "Punctuation punct", "Pc": "Connector_Punctuation",
    "Pd": "Dash_Punctuation", "Ps": "Open_Punctuation", "Pe": "Close_Punctuation",
    "Pi": "Initial_Punctuation", "Pf": "Final_Punctuation", "Po": "Other_Punctuation",
    "S": "Symbol", "Sm": "Math_Symbol", "Sc": "Currency_Symbol", "Sk": "Modifier_Symbol",
    "So": "Other_Symbol", "Z": "Separator", "Zs": "Space_Separator", "Zl": "Line_Separator",
    "Zp": "Paragraph_Separator", "C": "Other", "Cc": "Control cntrl", "Cf": "Format",
    "Cs": "Surrogate", "Co": "Private_Use", "Cn": "Unassigned",
}
_CATEGORY_OF_NAME: dict[str, str] = {
    name: short for short, names in _CATEGORY_NAMES.items() for name in (short, *names.split())
}


@lru_cache(maxsize=1)
def _categories() -> dict[str, CodeSet]:
    """The set of every two-letter category."""
    ranges: dict[str, list[tuple[int, int]]] = {}
    first = 0
    current = unicodedata.category(chr(0))
    for code in range(1, LAST + 2):
        category = unicodedata.category(chr(code)) if code <= LAST else ""
        if category != current:
            ranges.setdefault(current, []).append((first, code - 1))
            first, current = code, category
    return {category: tuple(found) for category, found in ranges.items()}


@lru_cache(maxsize=None)
def _category(short: str) -> CodeSet:
    if short == "LC":
        return union(_category("Lu"), _category("Ll"), _category("Lt"))
    return union(*(found for name, found in _categories().items() if name.startswith(short)))


def _where(test: Callable[[str], bool]) -> CodeSet:
    return code_set((code, code) for code in range(LAST + 1) if test(chr(code)))


# Binary properties: those that can be computed exactly from what Python knows.
_BINARY: dict[str, Callable[[], CodeSet]] = {
    "Any": lambda: ANY,
    "ASCII": lambda: ((0, 0x7F),),
    "Assigned": lambda: complement(_category("Cn")),
    "ASCII_Hex_Digit": lambda: of_characters("0123456789ABCDEFabcdef"),
    "Hex_Digit": lambda: code_set(
        (first + offset, last + offset)
        for first, last in ((0x30, 0x39), (0x41, 0x46), (0x61, 0x66))
        for offset in (0, 0xFEE0)
    ),
    "Lowercase": lambda: _where(str.islower),
    "Uppercase": lambda: _where(str.isupper),
    "White_Space": lambda: union(subtract(SPACE, ((0xFEFF, 0xFEFF),)), ((0x85, 0x85),)),
    "XID_Start": lambda: subtract(_where(str.isidentifier), ((0x5F, 0x5F),)),
    "XID_Continue": lambda: _where(lambda character: ("a" + character).isidentifier()),
}
_BINARY_ALIASES = {
    "AHex": "ASCII_Hex_Digit", "Hex": "Hex_Digit", "Lower": "Lowercase", "Upper": "Uppercase",
    "space": "White_Space", "XIDS": "XID_Start", "XIDC": "XID_Continue",
}


def _script(name: str) -> CodeSet:
    long_name = SHORT_NAMES.get(name, name)
    if long_name not in SCRIPTS:
        raise ValueError(
            f"the script '{name}' is not one this generator knows ({', '.join(sorted(SCRIPTS))});"
            " write its ranges as \\u{...}-\\u{...} in a class"
        )
    return SCRIPTS[long_name]


@lru_cache(maxsize=None)
def unicode_property(text: str) -> CodeSet:
    """The set of what stands between the braces of \\p{...}; ValueError says why there is none."""
    name, equals, value = text.partition("=")
    if equals and name in ("General_Category", "gc"):
        if value in _CATEGORY_OF_NAME:
            return _category(_CATEGORY_OF_NAME[value])
        raise ValueError(f"'{value}' is not a general category; names are case-sensitive")
    if equals and name in ("Script", "sc"):
        return _script(value)
    if equals and name in ("Script_Extensions", "scx"):
        raise ValueError("Script_Extensions is not supported; use Script, or ranges in a class")
    if not equals and name in _CATEGORY_OF_NAME:
        return _category(_CATEGORY_OF_NAME[name])
    if not equals and _BINARY_ALIASES.get(name, name) in _BINARY:
        return _BINARY[_BINARY_ALIASES.get(name, name)]()
    raise ValueError(
        f"\\p{{{text}}} is not a property this generator supports; use a general category such as"
        " \\p{Letter} or \\p{Nd}, \\p{Script=Greek}, or ranges in a class"
    )
