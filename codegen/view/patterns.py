"""The constants a type's checks need: automata, regexes, lists of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ..model import Array, Inline, Integer, Number, Shape, String
from ..names import item_struct
from ..pattern import Dfa, PcrePattern
from ..patterns import compiled_pattern
from .text import comment, fill, string_literal


def is_automaton(pattern: str) -> bool:
    return isinstance(compiled_pattern(pattern), Dfa)


def constant_name(kind: str, stem: str, shared: bool) -> str:
    """`kind` is pattern, regex or allowed. Those of a named scalar are shared by all who use it; those
    of members and items belong to their file, and end with `stem`."""
    return f"{stem}_{kind}" if shared else f"{kind}_{stem}"


def constants(shape: Shape | Inline, stem: str, shared: bool = False) -> Iterator[list[str]]:
    """The definitions, one after the other, each as its lines."""
    linkage = "" if shared else "static "
    if isinstance(shape, String) and shape.pattern is not None:
        compiled = compiled_pattern(shape.pattern)
        if isinstance(compiled, Dfa):
            yield _automaton(compiled, constant_name("pattern", stem, shared), linkage)
        else:
            yield _regex(compiled, constant_name("regex", stem, shared), linkage)
    elif isinstance(shape, (Integer, Number)) and shape.enum and shape.const is None:
        yield [
            f"{linkage}const char *const {constant_name('allowed', stem, shared)}[] = {{",
            *_rows([string_literal(str(value)) for value in shape.enum]),
            "};",
        ]
    elif isinstance(shape, Array):
        inner = shape.items.type
        yield from constants(inner, item_struct(stem) if isinstance(inner, Array) else stem)


def declarations(shape: Shape, stem: str) -> list[str]:
    """Of shared constants, for a header."""
    if isinstance(shape, String) and shape.pattern is not None:
        if is_automaton(shape.pattern):
            return [f"extern const struct kh_pattern {constant_name('pattern', stem, True)};"]
        return [f"extern struct kh_regex {constant_name('regex', stem, True)};"]
    if isinstance(shape, (Integer, Number)) and shape.enum and shape.const is None:
        return [f"extern const char *const {constant_name('allowed', stem, True)}[];"]
    return []


def _automaton(dfa: Dfa, name: str, linkage: str) -> list[str]:
    classes, following, accepting = _tables(dfa.source)
    lines = comment(f"An automaton for {dfa.source}")
    lines += [f"static const uint8_t {name}_classes[256] = {{", *classes]
    lines += ["};", "", f"static const uint16_t {name}_next[] = {{", *following]
    lines += ["};", "", f"static const uint8_t {name}_accepting[] = {{", *accepting]
    lines += ["};", "", f"{linkage}const struct kh_pattern {name} = {{"]
    lines += [
        f"    .source = {string_literal(dfa.source)},",
        f"    .classes = {name}_classes,",
        f"    .next = {name}_next,",
        f"    .accepting = {name}_accepting,",
        f"    .class_count = {dfa.class_count},",
        f"    .start = {dfa.start},",
        f"    .absorbing_from = {dfa.absorbing_from},",
        "};",
    ]
    return lines


@lru_cache(maxsize=None)
def _tables(pattern: str) -> tuple[list[str], list[str], list[str]]:
    """The initialisers of a pattern's classes, transitions (a state in a row) and accepting states."""
    dfa = compiled_pattern(pattern)
    assert isinstance(dfa, Dfa)
    classes = [row for first in range(0, 256, 16) for row in _rows(dfa.classes[first : first + 16])]
    following = [
        row
        for first in range(0, len(dfa.next), dfa.class_count)
        for row in _rows(dfa.next[first : first + dfa.class_count])
    ]
    return classes, following, _rows([int(state) for state in dfa.accepting])


def _regex(regex: PcrePattern, name: str, linkage: str) -> list[str]:
    return [
        *comment(f"For PCRE2, since {regex.reason}."),
        f"{linkage}struct kh_regex {name} = {{",
        f"    .source = {string_literal(regex.source)},",
        f"    .pcre = {string_literal(regex.pcre)},",
        "};",
    ]


def _rows(values: list[int] | list[str]) -> list[str]:
    """Values as rows of an initialiser."""
    return [f"    {line}" for line in fill(", ".join(map(str, values)) + ",", 96)]
