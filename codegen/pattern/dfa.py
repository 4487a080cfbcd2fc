"""A deterministic automaton over UTF-8 bytes: the tables that generated code carries."""

from __future__ import annotations

from dataclasses import dataclass

from .minimise import minimise
from .nfa import MATCH, Nfa, TooLarge

MOST_STATES = 4_000
MOST_ENTRIES = 400_000
MOST_WORK = 1_000_000
MOST_MINIMAL_STATES = 1_000
# 128 KiB of generated table.
MOST_MINIMAL_ENTRIES = 65_536

# What stands before a position: nothing, a byte of a word character, or another one.
_BEGIN, _WORD, _OTHER = range(3)
# What follows it may also be the end, or a continuation byte: then it is not between characters,
# and no assertion holds.
_END, _INSIDE = 3, 4

_WORD_BYTES = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
_WORD_MASK = sum(1 << byte for byte in _WORD_BYTES)
_ALL_MASK = (1 << 256) - 1
_CONTINUATION_MASK = sum(1 << byte for byte in range(0x80, 0xC0))


@dataclass(frozen=True)
class Dfa:
    """State `s` goes to `next[s * class_count + classes[byte]]`. States from `absorbing_from` on
    never change again, so matching may stop there: `accept_forever` and `reject_forever`, each
    None where the pattern has no such state."""

    source: str
    warning: str | None
    classes: list[int]
    class_count: int
    state_count: int
    start: int
    next: list[int]
    accepting: list[bool]
    accept_forever: int | None
    reject_forever: int | None
    absorbing_from: int
    alphabet: tuple[str, ...]

    def step(self, state: int, text: str) -> int:
        """The state after the text, which must have a UTF-8 encoding."""
        for byte in text.encode("utf-8"):
            state = self.next[state * self.class_count + self.classes[byte]]
        return state

    def matches(self, text: str) -> bool:
        return self.accepting[self.step(self.start, text)]

    def examples(self, count: int) -> list[str]:
        """Up to `count` short texts that match, always the same ones."""
        from .samples import samples

        return samples(self, True, count)

    def counter_examples(self, count: int) -> list[str]:
        """Up to `count` short texts that do not match; none when every text does."""
        from .samples import samples

        return samples(self, False, count)


def build_dfa(nfa: Nfa, source: str, warning: str | None, alphabet: tuple[str, ...]) -> Dfa:
    """The minimal automaton; TooLarge when it passes a cap."""
    classes, class_count = _byte_classes(nfa)
    rows, accepting = _Subsets(nfa, classes, class_count).determinise()
    table, final, start = minimise(rows, accepting)
    dfa = _numbered(table, final, start, classes, source, warning, alphabet)
    if dfa.state_count > MOST_MINIMAL_STATES or len(dfa.next) > MOST_MINIMAL_ENTRIES:
        raise TooLarge
    return dfa


def _byte_classes(nfa: Nfa) -> tuple[list[int], int]:
    """Bytes that no move tells apart form a class; classes are numbered by their first byte."""
    masks = {mask for moves in nfa.moves for mask, _ in moves}
    if any(nfa.guards):
        masks |= {_WORD_MASK, _CONTINUATION_MASK}
    parts = [_ALL_MASK]
    for mask in masks:
        parts = [half for part in parts for half in (part & mask, part & ~mask) if half]
    # By the lowest byte, which is the lowest bit.
    parts.sort(key=lambda part: part & -part)
    classes = [0] * 256
    for number, part in enumerate(parts):
        for byte in range(256):
            if part >> byte & 1:
                classes[byte] = number
    return classes, len(parts)


class _Subsets:
    """The subset construction. A set of states is an integer with one bit for each.

    A set is closed over free moves and `^`. Other assertions wait in it until the next byte, or the
    end, is known. A set with a match is the match alone: nothing later can undo it.
    """

    def __init__(self, nfa: Nfa, classes: list[int], class_count: int) -> None:
        self.nfa = nfa
        self.work = 0
        self.class_count = class_count
        representative = [classes.index(number) for number in range(class_count)]
        self.contexts = [_context(byte) for byte in representative]
        self.moves = [
            [([c for c, byte in enumerate(representative) if mask >> byte & 1], target)
             for mask, target in moves]
            for moves in nfa.moves
        ]
        kinds = {kind for guards in nfa.guards for kind, _ in guards}
        self.words_matter = bool(kinds & {"\\b", "\\B"})
        self.guarded = sum(
            1 << state for state, guards in enumerate(nfa.guards) if guards and guards[0][0] != "^"
        )
        self.lasting = self.guarded | sum(
            1 << state for state, moves in enumerate(nfa.moves) if moves or state == MATCH
        )
        self.closures: dict[tuple[int, bool], int] = {}

    def determinise(self) -> tuple[list[list[int]], list[bool]]:
        """Rows of targets by class, and whether the text may end there; state 0 is the start."""
        start = (self.closure(self.nfa.start, True), _BEGIN)
        numbers = {start: 0}
        queue = [start]
        rows: list[list[int]] = []
        accepting: list[bool] = []
        for subset, before in queue:
            row: list[int] = []
            for key in self.successors(subset, before):
                if key not in numbers:
                    numbers[key] = len(queue)
                    queue.append(key)
                row.append(numbers[key])
            rows.append(row)
            accepting.append(bool(self.resolved(subset, before, _END) & 1 << MATCH))
            if len(queue) > MOST_STATES or len(queue) * self.class_count > MOST_ENTRIES:
                raise TooLarge
        return rows, accepting

    def successors(self, subset: int, before: int) -> list[tuple[int, int]]:
        """The set that each class leads to."""
        match = 1 << MATCH
        if subset == match:
            return [(match, _OTHER)] * self.class_count
        full = {after: self.resolved(subset, before, after) for after in (_WORD, _OTHER, _INSIDE)}
        targets = {states: self.targets(states) for states in set(full.values())}
        keys: list[tuple[int, int]] = []
        for number, after in enumerate(self.contexts):
            states = full[after]
            reached = targets[states][number]
            if (states | reached) & match:
                reached = match
            word_matters = self.words_matter and reached & self.guarded
            keys.append((reached, _WORD if word_matters and after == _WORD else _OTHER))
        return keys

    def targets(self, states: int) -> list[int]:
        """By class, the closed set that the states move to."""
        reached = [0] * self.class_count
        for state in self.members(states):
            for numbers, target in self.moves[state]:
                closed = self.closure(target, False)
                self.spend(1 + len(numbers))
                for number in numbers:
                    reached[number] |= closed
        return reached

    def resolved(self, subset: int, before: int, after: int) -> int:
        """The set with what stands behind those of its assertions that hold here."""
        if not subset & self.guarded:
            return subset
        pending = self.members(subset & self.guarded)
        seen = subset
        while pending:
            state = pending.pop()
            for kind, target in self.nfa.guards[state]:
                self.spend(1)
                if _holds(kind, before, after):
                    fresh = self.closure(target, before == _BEGIN) & ~seen
                    seen |= fresh
                    pending.extend(self.members(fresh & self.guarded))
        return seen

    def closure(self, state: int, at_begin: bool) -> int:
        """The lasting states that the state reaches for free."""
        known = self.closures.get((state, at_begin))
        if known is not None:
            return known
        seen = 1 << state
        pending = [state]
        while pending:
            current = pending.pop()
            targets = list(self.nfa.free[current])
            if at_begin:
                targets += [t for kind, t in self.nfa.guards[current] if kind == "^"]
            self.spend(1 + len(targets))
            for target in targets:
                if not seen >> target & 1:
                    seen |= 1 << target
                    pending.append(target)
        self.closures[state, at_begin] = seen & self.lasting
        return seen & self.lasting

    def members(self, states: int) -> list[int]:
        found: list[int] = []
        while states:
            lowest = states & -states
            found.append(lowest.bit_length() - 1)
            states ^= lowest
        self.spend(len(found))
        return found

    def spend(self, work: int) -> None:
        self.work += work
        if self.work > MOST_WORK:
            raise TooLarge


def _context(byte: int) -> int:
    if _CONTINUATION_MASK >> byte & 1:
        return _INSIDE
    return _WORD if _WORD_MASK >> byte & 1 else _OTHER


def _holds(kind: str, before: int, after: int) -> bool:
    if after == _INSIDE:
        return False
    if kind == "$":
        return after == _END
    at_boundary = (before == _WORD) != (after == _WORD)
    return at_boundary == (kind == "\\b")


def _numbered(
    table: list[list[int]], final: list[bool], start: int, classes: list[int], source: str,
    warning: str | None, alphabet: tuple[str, ...],
) -> Dfa:
    """States in the order in which they are met from the start, the absorbing ones last; classes
    with equal columns become one."""
    met = [start]
    known = {start}
    for state in met:
        for target in table[state]:
            if target not in known:
                known.add(target)
                met.append(target)
    changing = [state for state in met if any(target != state for target in table[state])]
    absorbing = [state for state in met if all(target == state for target in table[state])]
    order = changing + sorted(absorbing, key=lambda state: final[state])
    number = {state: index for index, state in enumerate(order)}

    columns: dict[tuple[int, ...], int] = {}
    renamed = [columns.setdefault(column, len(columns)) for column in zip(*table)]
    classes = [renamed[found] for found in classes]
    kept = [renamed.index(index) for index in range(len(columns))]
    forever = {final[state]: number[state] for state in absorbing}
    return Dfa(
        source=source, warning=warning, classes=classes, class_count=len(columns),
        state_count=len(order), start=number[start],
        next=[number[table[state][column]] for state in order for column in kept],
        accepting=[final[state] for state in order],
        accept_forever=forever.get(True), reject_forever=forever.get(False),
        absorbing_from=len(changing), alphabet=alphabet,
    )
