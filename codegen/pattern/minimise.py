"""Hopcroft's algorithm: the fewest states that accept the same texts."""

from __future__ import annotations


def minimise(
    rows: list[list[int]], accepting: list[bool]
) -> tuple[list[list[int]], list[bool], int]:
    """Rows, accepting flags and start of the minimal automaton; state 0 of `rows` is the start and
    every state is reachable. The same automaton always gives the same result."""
    blocks = _partition(rows, accepting)
    block_of = {state: index for index, block in enumerate(blocks) for state in block}
    representatives = [min(block) for block in blocks]
    table = [[block_of[target] for target in rows[state]] for state in representatives]
    return table, [accepting[state] for state in representatives], block_of[0]


def _partition(rows: list[list[int]], accepting: list[bool]) -> list[set[int]]:
    class_count = len(rows[0])
    sources: list[dict[int, list[int]]] = [{} for _ in range(class_count)]
    for state, row in enumerate(rows):
        for number, target in enumerate(row):
            sources[number].setdefault(target, []).append(state)

    blocks = [
        block
        for block in (
            {state for state, final in enumerate(accepting) if final},
            {state for state, final in enumerate(accepting) if not final},
        )
        if block
    ]
    block_of = [0] * len(rows)
    for index, block in enumerate(blocks):
        for state in block:
            block_of[state] = index
    pending = [min(range(len(blocks)), key=lambda index: len(blocks[index]))]
    waiting = set(pending)
    while pending:
        index = pending.pop()
        waiting.discard(index)
        splitter = sorted(blocks[index])
        for number in range(class_count):
            touched: dict[int, set[int]] = {}
            for target in splitter:
                for state in sources[number].get(target, ()):
                    touched.setdefault(block_of[state], set()).add(state)
            for old, part in touched.items():
                if len(part) == len(blocks[old]):
                    continue
                new = len(blocks)
                blocks[old] -= part
                blocks.append(part)
                for state in part:
                    block_of[state] = new
                smaller = new if old in waiting or len(part) <= len(blocks[old]) else old
                pending.append(smaller)
                waiting.add(smaller)
    return blocks
