"""Translation of a pattern to PCRE2 10.42, for what no automaton of reasonable size can do.

The text is to be compiled with PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF |
PCRE2_NEVER_BACKSLASH_C and without UCP, as src/text/regex.c does. All sets are written as ranges of
code points, so that they mean the same as in an automaton. What PCRE2 would read otherwise than
ECMA-262 is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from .syntax import (
    Assertion, BackReference, Choice, Group, Look, Node, PatternError, Repeat, Sequence, Set,
    children, nullable,
)
from .unicode import LAST, SURROGATES, subtract

# PCRE2 compiles at most 64 KiB and repeats at most 65,535 times; our estimate is a generous one.
LARGEST_PROGRAM = 48_000
MOST_REPEATS = 65_535


@dataclass(frozen=True)
class PcrePattern:
    """`reason` says why this pattern is not an automaton."""

    source: str
    warning: str | None
    pcre: str
    reason: str


def translate(pattern: Node) -> str:
    """The PCRE2 text of the pattern; PatternError when PCRE2 cannot give it the same meaning."""
    _check_references(pattern)
    if _program_size(pattern) > LARGEST_PROGRAM:
        raise PatternError("the pattern is too large; use smaller repetition counts", 0)
    return _text(pattern)


def _text(node: Node) -> str:
    if isinstance(node, Set):
        return _set_text(node)
    if isinstance(node, Sequence):
        return "".join(_item_text(item) for item in node.items)
    if isinstance(node, Choice):
        return "|".join(_text(option) for option in node.options)
    if isinstance(node, Repeat):
        return _atom_text(node.item) + _counts_text(node)
    if isinstance(node, Assertion):
        return "\\z" if node.kind == "$" else node.kind
    if isinstance(node, Group):
        return f"({_text(node.item)})"
    if isinstance(node, BackReference):
        return f"\\g{{{node.number}}}"
    if node.behind:
        _check_look_behind(node)
    sign = ("<" if node.behind else "") + ("!" if node.negative else "=")
    return f"(?{sign}{_text(node.item)})"


def _item_text(node: Node) -> str:
    return f"(?:{_text(node)})" if isinstance(node, Choice) else _text(node)


def _atom_text(node: Node) -> str:
    if isinstance(node, (Set, Group, BackReference)):
        return _text(node)
    return f"(?:{_text(node)})"


def _counts_text(node: Repeat) -> str:
    if max(node.least, node.most or 0) > MOST_REPEATS:
        raise PatternError(
            f"PCRE2 repeats at most {MOST_REPEATS} times; use minLength or maxLength instead", 0
        )
    most = "" if node.most is None else str(node.most)
    return f"{{{node.least},{most}}}" + ("" if node.greedy else "?")


def _set_text(node: Set) -> str:
    ranges = subtract(node.codes, SURROGATES)
    if not ranges:
        return "(?!)"
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _code_text(ranges[0][0])
    return "[" + "".join(
        _code_text(low) + ("" if low == high else "-" + _code_text(high)) for low, high in ranges
    ) + "]"


def _code_text(code: int) -> str:
    character = chr(code)
    if code < 0x80 and character.isalnum():
        return character
    if 0x21 <= code <= 0x7E:
        return "\\" + character
    return f"\\x{{{code:x}}}"


def _program_size(node: Node) -> int:
    """A generous estimate of the bytes that PCRE2 compiles the node to."""
    if isinstance(node, Set):
        return 12 if len(node.codes) == 1 else 48 + 10 * len(node.codes)
    size = 8 + sum(_program_size(child) for child in children(node))
    if isinstance(node, Repeat) and not isinstance(node.item, Set):
        size = size * max(1, node.least, node.most or 0)
    return size + 6 * len(children(node))


def _check_look_behind(node: Look) -> None:
    options = node.item.options if isinstance(node.item, Choice) else (node.item,)
    if any(_width(option) is None for option in options):
        raise PatternError(
            "this look-behind may match texts of different lengths, which PCRE2 cannot do;"
            " write one alternative of fixed length for each", 0
        )


def _width(node: Node) -> int | None:
    """How many characters the node consumes, when that is always the same."""
    if isinstance(node, Set):
        return 1
    if isinstance(node, (Assertion, Look)):
        return 0
    if isinstance(node, Group):
        return _width(node.item)
    if isinstance(node, Repeat):
        width = _width(node.item)
        return width * node.least if width is not None and node.least == node.most else None
    widths = [_width(child) for child in children(node)]
    if isinstance(node, Choice):
        return widths[0] if len(set(widths)) == 1 else None
    return None if None in widths else sum(width for width in widths if width is not None)


def _check_references(pattern: Node) -> None:
    """ECMA-262 forgets a group at the beginning of each repetition around it, PCRE2 does not. They
    agree when every repetition sets the group anew."""
    referred = _referred_groups(pattern)
    if referred & _unsteady_groups(pattern, inside=False, taken=True):
        raise PatternError(
            "a back-reference to a group that some repetition around it may leave unset means"
            " something else in PCRE2; move the group out of the repetition", 0
        )


def _referred_groups(node: Node) -> set[int]:
    found = {node.number} if isinstance(node, BackReference) else set()
    return found.union(*(_referred_groups(child) for child in children(node)))


def _unsteady_groups(node: Node, inside: bool, taken: bool) -> set[int]:
    """Groups that a repetition around them need not set each time. `inside` is whether a repetition
    surrounds the node, `taken` whether it then always comes to the node, and never empty-handed."""
    if isinstance(node, Repeat) and node.most != 1:
        skipped = inside and node.least == 0
        taken = (taken or not inside) and not skipped and not nullable(node.item)
        inside = True
    elif isinstance(node, Choice) or (isinstance(node, Repeat) and node.least == 0):
        taken = False
    found = {node.number} if isinstance(node, Group) and inside and not taken else set()
    return found.union(*(_unsteady_groups(child, inside, taken) for child in children(node)))
