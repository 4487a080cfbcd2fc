"""The issue's goals: so many times as fast as a peer, wherever it is measured; or a limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable


def judged(goal: str, wanted: float, reached: float | None, met: bool | None) -> dict:
    """As the results have it; None: it was not measured."""
    return {"goal": goal, "wanted": wanted, "reached": reached, "met": met}


@dataclass(frozen=True)
class Goal:
    text: str
    where: list[str]    # the cases it holds for
    peer: str
    times: float

    def judge(self, ratio: Callable[[str], float | None]) -> dict:
        """`ratio` says how many times as fast as the peer we are in a case; None: it was not measured.
        The goal is met where it is worst."""
        measured = [value for value in map(ratio, self.where) if value is not None]
        reached = min(measured, default=None)
        return judged(self.text, self.times, reached,
                      None if reached is None else reached >= self.times)


def at_most(text: str, most: float, reached: float) -> dict:
    return judged(text, most, reached, reached <= most)
