"""Patterns of the schemas: compiled once, their warnings, and a search for those that are no
automaton."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from .pattern import Dfa, PatternError, PcrePattern, compile_pattern
from .pattern.parse import parse
from .pattern.syntax import (
    Assertion, BackReference, Choice, Group, Look, Node, Repeat, Sequence, Set,
)
from .resolve import Index

Groups = dict[int, tuple[int, int]]
Match = Iterator[tuple[int, Groups]]


@lru_cache(maxsize=None)
def compiled_pattern(text: str) -> Dfa | PcrePattern:
    return compile_pattern(text)


def pattern_warnings(index: Index) -> list[str]:
    """What the compiler of patterns found odd but clear enough."""
    warnings: list[str] = []
    for schema in index.schemas:
        text = schema.text("pattern")
        if text is None:
            continue
        try:
            warning = compiled_pattern(text).warning
        except PatternError:
            # Reported as a problem where the type is built.
            continue
        if warning is not None:
            location = schema.at("pattern")
            warnings.append(f"{location.file}:{location.line}: #{location.pointer}: {warning}")
    return warnings


def search(pattern: str, text: str) -> bool:
    """Does the pattern match somewhere? By backtracking: for examples and tests, which are short."""
    node, _ = parse(pattern)
    matcher = _Matcher(text)
    return any(
        True for begin in range(len(text) + 1) for _ in matcher.match(node, begin, {})
    )


class _Matcher:
    """Yields every place where a node's match may end, the preferred one first."""

    def __init__(self, text: str) -> None:
        self._text = text

    def match(self, node: Node, at: int, groups: Groups) -> Match:
        if isinstance(node, Set):
            if at < len(self._text) and _holds(node, self._text[at]):
                yield at + 1, groups
        elif isinstance(node, Sequence):
            yield from self._sequence(node.items, at, groups)
        elif isinstance(node, Choice):
            for option in node.options:
                yield from self.match(option, at, groups)
        elif isinstance(node, Repeat):
            yield from self._repeat(node, 0, at, groups)
        elif isinstance(node, Group):
            for end, inner in self.match(node.item, at, groups):
                yield end, {**inner, node.number: (at, end)}
        elif isinstance(node, BackReference):
            begin, end = groups.get(node.number, (0, 0))
            if self._text.startswith(self._text[begin:end], at):
                yield at + end - begin, groups
        elif isinstance(node, Look):
            yield from self._look(node, at, groups)
        elif self._asserted(node, at):
            yield at, groups

    def _sequence(self, items: tuple[Node, ...], at: int, groups: Groups) -> Match:
        if not items:
            yield at, groups
            return
        for end, inner in self.match(items[0], at, groups):
            yield from self._sequence(items[1:], end, inner)

    def _repeat(self, node: Repeat, done: int, at: int, groups: Groups) -> Match:
        enough = done >= node.least
        if enough and not node.greedy:
            yield at, groups
        if node.most is None or done < node.most:
            for end, inner in self.match(node.item, at, groups):
                # An optional round that consumes nothing would go on for ever.
                if end > at or not enough:
                    yield from self._repeat(node, done + 1, end, inner)
        if enough and node.greedy:
            yield at, groups

    def _look(self, node: Look, at: int, groups: Groups) -> Match:
        begins = range(at, -1, -1) if node.behind else (at,)
        found = next(
            (
                inner
                for begin in begins
                for end, inner in self.match(node.item, begin, groups)
                if not node.behind or end == at
            ),
            None,
        )
        if (found is None) == node.negative:
            yield at, groups if found is None else found

    def _asserted(self, node: Assertion, at: int) -> bool:
        if node.kind == "^":
            return at == 0
        if node.kind == "$":
            return at == len(self._text)
        before = at > 0 and _is_word(self._text[at - 1])
        after = at < len(self._text) and _is_word(self._text[at])
        return (before != after) == (node.kind == "\\b")


def _holds(node: Set, character: str) -> bool:
    return any(low <= ord(character) <= high for low, high in node.codes)


def _is_word(character: str) -> bool:
    return character == "_" or character.isascii() and character.isalnum()
