"""What Dockerfile and docker-compose.yml say, as data."""

from __future__ import annotations

import json
import pathlib
import re
from dataclasses import dataclass, field

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclass
class Stage:
    name: str
    base: str
    steps: list[tuple[str, str]] = field(default_factory=list)     # instruction, and what follows it

    def all(self, instruction: str) -> list[str]:
        return [text for name, text in self.steps if name == instruction]

    def one(self, instruction: str) -> str:
        [text] = self.all(instruction)
        return text

    def command(self, instruction: str) -> list[str]:
        return json.loads(self.one(instruction))

    def copies(self) -> list[tuple[str, str, str]]:
        """Of COPY --from: the stage, and the paths there and here."""
        return [tuple(re.fullmatch(r"--from=(\S+) (\S+) (\S+)", text).groups())
                for text in self.all("COPY") if text.startswith("--from")]


def stages() -> list[Stage]:
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.M)
    found: list[Stage] = []
    for line in re.sub(r"\s*\\\n\s*", " ", text).splitlines():
        instruction, _, rest = line.partition(" ")
        if instruction == "FROM":
            base, _, name = rest.partition(" AS ")
            found.append(Stage(name, base))
        elif instruction:
            found[-1].steps.append((instruction, rest))
    return found


def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())
