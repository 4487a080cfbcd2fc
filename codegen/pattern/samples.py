"""Short texts that a pattern accepts or refuses, for documents and generated tests."""

from __future__ import annotations

from functools import lru_cache

from .dfa import Dfa
from .syntax import Node, Set, children
from .unicode import SURROGATES, CodeSet, subtract

# In the order of preference: readable first.
_PREFERRED = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    "-_.:/@+, !#$%&'()*;<=>?[\\]^`{|}~\"éЖ中🐲"
)
_MOST_FROM_SET = 2
_MOST_EXTRA = 60


def sample_characters(pattern: Node) -> tuple[str, ...]:
    """The characters that samples are made of: the usual ones, and some out of the pattern's sets
    that have none of these."""
    extra: list[str] = []
    pending = [pattern]
    while pending:
        node = pending.pop()
        pending.extend(reversed(children(node)))
        if isinstance(node, Set):
            extra.extend(_unusual(node.codes))
    return tuple(dict.fromkeys((*_PREFERRED, *extra[:_MOST_EXTRA])))


@lru_cache(maxsize=512)
def _unusual(codes: CodeSet) -> list[str]:
    """Some characters of a set that has none of the preferred ones."""
    if any(low <= ord(character) <= high for character in _PREFERRED for low, high in codes):
        return []
    found = [
        chr(code)
        for low, high in subtract(codes, SURROGATES)[:50]
        for code in range(low, min(high, low + 99) + 1)
    ]
    printable = [character for character in found if character.isprintable()]
    return (printable or found)[:_MOST_FROM_SET]


def samples(dfa: Dfa, accepted: bool, count: int) -> list[str]:
    """The shortest texts that between them take the transitions of the automaton."""
    edges = _edges(dfa)
    prefixes = _prefixes(dfa, edges)
    suffixes = _suffixes(dfa, edges, accepted)
    found: dict[str, None] = {}
    for state, prefix in prefixes.items():
        if state in suffixes:
            found[prefix + suffixes[state]] = None
        for target, ends in edges[state].items():
            if target in suffixes:
                for character in ends:
                    found[prefix + character + suffixes[target]] = None
    order = {character: index for index, character in enumerate(dfa.alphabet)}
    ranked = sorted(found, key=lambda text: (len(text), [order[c] for c in text]))
    return ranked[:count]


Ends = tuple[str, str]
"""The first and the last of some characters in the order of the alphabet."""


def _edges(dfa: Dfa) -> list[dict[int, Ends]]:
    """For each state, the states that one character leads to and the ends of these characters."""
    order = {character: index for index, character in enumerate(dfa.alphabet)}
    alike = _alike(dfa)
    edges: list[dict[int, Ends]] = []
    for state in range(dfa.state_count):
        targets: dict[int, Ends] = {}
        for first, last in alike:
            target = dfa.step(state, first)
            if target in targets:
                known_first, known_last = targets[target]
                targets[target] = (known_first, max(known_last, last, key=order.__getitem__))
            else:
                targets[target] = (first, last)
        edges.append(targets)
    return edges


def _alike(dfa: Dfa) -> list[Ends]:
    """The ends of each group of characters that no state tells apart, by the first."""
    groups: dict[tuple[int, ...], Ends] = {}
    for character in dfa.alphabet:
        key = tuple(dfa.classes[byte] for byte in character.encode("utf-8"))
        groups[key] = (groups.get(key, (character,))[0], character)
    return list(groups.values())


def _prefixes(dfa: Dfa, edges: list[dict[int, Ends]]) -> dict[int, str]:
    """The shortest text that leads to each state."""
    prefixes = {dfa.start: ""}
    queue = [dfa.start]
    for state in queue:
        for target, (character, _) in edges[state].items():
            if target not in prefixes:
                prefixes[target] = prefixes[state] + character
                queue.append(target)
    return prefixes


def _suffixes(
    dfa: Dfa, edges: list[dict[int, Ends]], accepted: bool
) -> dict[int, str]:
    """The shortest text that leads from each state to one that accepts, or does not."""
    sources: list[list[tuple[int, str]]] = [[] for _ in range(dfa.state_count)]
    for state, targets in enumerate(edges):
        for target, (character, _) in targets.items():
            sources[target].append((state, character))
    queue = [state for state in range(dfa.state_count) if dfa.accepting[state] == accepted]
    suffixes = {state: "" for state in queue}
    for target in queue:
        for state, character in sources[target]:
            if state not in suffixes:
                suffixes[state] = character + suffixes[target]
                queue.append(state)
    return suffixes
