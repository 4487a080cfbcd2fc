"""A pattern without look-around and back-references as a non-deterministic automaton over bytes."""

from __future__ import annotations

from .syntax import Assertion, Choice, Group, Node, Repeat, Sequence, Set, children
from .utf8 import ANY_REST, CONTINUATION, Tree, utf8_tree

MOST_STATES = 10_000

_ALL_BYTES = (1 << 256) - 1
_CONTINUATION_MASK = sum(1 << byte for byte in CONTINUATION)


class TooLarge(Exception):
    """The automaton would pass a cap; the pattern is left to PCRE2."""


class Nfa:
    """States are numbers. `moves` are (mask of bytes, target), `free` targets cost no byte, and
    `guards` are the targets behind an assertion, by its kind. State 0 is the only match."""

    def __init__(self) -> None:
        self.moves: list[list[tuple[int, int]]] = []
        self.free: list[list[int]] = []
        self.guards: list[list[tuple[str, int]]] = []
        self.start = 0
        self.shared: dict[tuple[Tree, int], int] = {}
        self.add()

    def add(self) -> int:
        if len(self.moves) >= MOST_STATES:
            raise TooLarge
        self.moves.append([])
        self.free.append([])
        self.guards.append([])
        return len(self.moves) - 1


MATCH = 0


def build_nfa(pattern: Node) -> Nfa:
    """The automaton that searches for the pattern anywhere in a text."""
    if _size(pattern) > MOST_STATES:
        raise TooLarge
    nfa = Nfa()
    nfa.start = nfa.add()
    nfa.moves[nfa.start].append((_ALL_BYTES, nfa.start))
    nfa.free[nfa.start].append(_build(nfa, pattern, MATCH))
    return nfa


def _size(node: Node) -> int:
    """At least how many states the node takes, found without building them."""
    if isinstance(node, Repeat):
        return max(1, _size(node.item)) * max(1, node.least, node.most or 0)
    return sum(_size(child) for child in children(node)) if children(node) else 1


def _build(nfa: Nfa, node: Node, target: int) -> int:
    """The state that reaches the target by matching the node."""
    if isinstance(node, Set):
        return _build_set(nfa, node, target)
    if isinstance(node, Sequence):
        for item in reversed(node.items):
            target = _build(nfa, item, target)
        return target
    if isinstance(node, Choice):
        state = nfa.add()
        nfa.free[state].extend(_build(nfa, option, target) for option in node.options)
        return state
    if isinstance(node, Repeat):
        return _build_repeat(nfa, node, target)
    if isinstance(node, Assertion):
        state = nfa.add()
        nfa.guards[state].append((node.kind, target))
        return state
    if isinstance(node, Group):
        return _build(nfa, node.item, target)
    raise AssertionError(f"{type(node).__name__} is not regular")


def _build_repeat(nfa: Nfa, node: Repeat, target: int) -> int:
    if node.most is None:
        state = nfa.add()
        nfa.free[state].extend((_build(nfa, node.item, state), target))
    else:
        state = target
        for _ in range(node.most - node.least):
            inner = state
            state = nfa.add()
            nfa.free[state].extend((_build(nfa, node.item, inner), target))
    for _ in range(node.least):
        state = _build(nfa, node.item, state)
    return state


def _build_set(nfa: Nfa, node: Set, target: int) -> int:
    if node.codes and node.codes[-1][1] >= 0x80:
        rest = nfa.add()
        nfa.moves[rest].append((_CONTINUATION_MASK, rest))
        nfa.free[rest].append(target)
        target = rest
    return _build_tree(nfa, utf8_tree(node.codes), target)


def _build_tree(nfa: Nfa, tree: Tree, target: int) -> int:
    """States for a tree; equal subtrees that lead to the same target share theirs."""
    known = nfa.shared.get((tree, target))
    if known is not None:
        return known
    state = nfa.add()
    nfa.shared[tree, target] = state
    for mask, child in tree:
        if child == ANY_REST:
            nfa.moves[state].append((mask, target))
        else:
            nfa.moves[state].append((mask, _build_tree(nfa, child, target)))
    return state
