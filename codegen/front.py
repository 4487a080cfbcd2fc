"""The front of the generator in one call: load, check, build."""

from __future__ import annotations

from .build import build
from .load import load
from .model import Model
from .problems import Problem, Problems
from .resolve import index


def read(directory: str) -> tuple[Model | None, list[Problem]]:
    """The model of the schemas in a directory. With problems it is None or has gaps."""
    problems = Problems()
    files = load(directory, problems)
    model = build(directory, files, index(files, problems), problems)
    return model, problems.sorted()
