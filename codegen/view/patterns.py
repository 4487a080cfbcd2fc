"""The constants a type's checks need: automata, regexes, lists of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ..model import Array, Inline, Integer, Number, Shape, String
from ..names import item_struct
from ..pattern import Dfa, PcrePattern, compile_pattern
from .text import comment, fill, string_literal


@lru_cache(maxsize=None)
def _compiled(pattern: str) -> Dfa | PcrePattern:
    return compile_pattern(pattern)


def is_automaton(pattern: str) -> bool:
    return isinstance(_compiled(pattern), Dfa)


def constants(shape: Shape | Inline, stem: str) -> Iterator[list[str]]:
    """The declarations, one after the other, each as its lines; `stem` ends their names."""
    if isinstance(shape, String) and shape.pattern is not None:
        compiled = _compiled(shape.pattern)
        yield _automaton(compiled, stem) if isinstance(compiled, Dfa) else _regex(compiled, stem)
    elif isinstance(shape, (Integer, Number)) and shape.enum and shape.const is None:
        numbers = ", ".join(string_literal(str(value)) for value in shape.enum)
        yield [
            f"static const char *const allowed_{stem}[] = {{",
            *_rows(numbers),
            "};",
        ]
    elif isinstance(shape, Array):
        inner = shape.items.type
        yield from constants(inner, item_struct(stem) if isinstance(inner, Array) else stem)


def _automaton(dfa: Dfa, stem: str) -> list[str]:
    rows = [
        dfa.next[state * dfa.class_count : (state + 1) * dfa.class_count]
        for state in range(dfa.state_count)
    ]
    lines = comment(f"An automaton for {dfa.source}")
    lines += [f"static const uint8_t pattern_{stem}_classes[256] = {{"]
    for first in range(0, 256, 16):
        lines += _rows(", ".join(str(number) for number in dfa.classes[first : first + 16]))
    lines += ["};", "", f"static const uint16_t pattern_{stem}_next[] = {{"]
    for row in rows:
        lines += _rows(", ".join(str(state) for state in row))
    accepting = ", ".join(str(int(state)) for state in dfa.accepting)
    lines += ["};", "", f"static const uint8_t pattern_{stem}_accepting[] = {{", *_rows(accepting)]
    lines += ["};", "", f"static const struct kh_pattern pattern_{stem} = {{"]
    lines += [
        f"    .source = {string_literal(dfa.source)},",
        f"    .classes = pattern_{stem}_classes,",
        f"    .next = pattern_{stem}_next,",
        f"    .accepting = pattern_{stem}_accepting,",
        f"    .class_count = {dfa.class_count},",
        f"    .start = {dfa.start},",
        f"    .absorbing_from = {dfa.absorbing_from},",
        "};",
    ]
    return lines


def _regex(regex: PcrePattern, stem: str) -> list[str]:
    return [
        *comment(f"For PCRE2, since {regex.reason}."),
        f"static struct kh_regex regex_{stem} = {{",
        f"    .source = {string_literal(regex.source)},",
        f"    .pcre = {string_literal(regex.pcre)},",
        "};",
    ]


def _rows(values: str) -> list[str]:
    """Values separated by commas, as rows of an initialiser."""
    return [f"    {line}" for line in fill(values + ",", 96)]
