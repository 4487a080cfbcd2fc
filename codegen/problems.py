"""What is wrong with the schemas, collected so that one run tells all of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .model import Location


@dataclass(frozen=True)
class Problem:
    """One line for people: what is wrong and what to do about it."""

    location: Location
    text: str

    def __str__(self) -> str:
        return f"{self.location.file}:{self.location.line}: #{self.location.pointer}: {self.text}"


class Problems:
    """A list to put problems on; building goes on behind each as far as that makes sense."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, location: Location, text: str) -> None:
        self._found.append(Problem(location, text))

    def extend(self, problems: Iterable[Problem]) -> None:
        self._found.extend(problems)

    def sorted(self) -> list[Problem]:
        """By file, line and pointer; each once."""
        return in_order(self._found)

    def __bool__(self) -> bool:
        return bool(self._found)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(
        set(problems),
        key=lambda problem: (
            problem.location.file, problem.location.line, problem.location.pointer, problem.text,
        ),
    )
