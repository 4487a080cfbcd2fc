"""The front of the generator in one call: load, check, build."""

from __future__ import annotations

from .build import build
from .load import load
from .migrations import with_migrations
from .model import Model
from .problems import Problem, Problems
from .proto import with_proto
from .resolve import index


def read(directory: str) -> tuple[Model | None, list[Problem]]:
    """The model of the schemas in a directory. With problems it is None or has gaps."""
    problems = Problems()
    files = load(directory, problems)
    model = build(directory, files, index(files, problems), problems)
    if model is not None and not problems:
        model = with_proto(directory, model, problems)
    if model is not None and not problems:
        model = with_migrations(directory, model, problems)
    return model, problems.sorted()
