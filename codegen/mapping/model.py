"""An event source mapping and what belongs to it, wherever it was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from .document import Node


class Unknown(Enum):
    """A value that only shows when the file is used."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN


@dataclass(frozen=True)
class Setting:
    """A value that is there, and where: a text, a list of texts, or not known."""

    value: str | tuple[str, ...] | Unknown
    line: int
    path: str

    @property
    def number(self) -> int | None:
        """None: it is none, or not known."""
        try:
            return int(self.value) if isinstance(self.value, str) else None
        except ValueError:
            return None

    @property
    def is_true(self) -> bool:
        return isinstance(self.value, str) and self.value.lower() == "true"


Settings = dict[str, Setting]
"""By CloudFormation's name; null and absent members are not in it."""


@dataclass(frozen=True)
class Part:
    """Something beside the mapping, such as its function, as far as the file has it."""

    line: int
    path: str
    settings: Settings
    environment: Settings | None = None  # None: not known


@dataclass(frozen=True)
class Mapping:
    file: str
    line: int
    path: str
    source: str  # kinesis, dynamodb, sqs; "" when it can't be told
    settings: Settings
    is_new: bool = True  # or it is there already, and this is what it is like
    function: Part | None = None
    stream: Part | None = None
    queue: Part | None = None  # that it reads from
    destination: Part | None = None
    partition_key: str | None = None  # what producers are said to choose as such


def setting(node: Node, value: str | tuple[str, ...] | Unknown) -> Setting:
    return Setting(value, node.line, node.path)


@dataclass(frozen=True)
class Finding:
    rule: str
    is_error: bool  # or a warning
    file: str
    line: int
    path: str
    message: str  # what is wrong, and what comes of it
    advice: str = field(default="")

    def __str__(self) -> str:
        level = "error" if self.is_error else "warning"
        return (f"{self.file}:{self.line}: {self.path}: {level}: {self.message}; {self.advice} "
                f"[{self.rule}]")
