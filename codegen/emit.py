"""From the model to the text of every file of the output; writing them is the command line's."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from . import testgen
from .c_view import View, view
from .model import Model
from .view.text import break_lines

_TEMPLATES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "templates")


@dataclass(frozen=True)
class Output:
    path: str
    template: str
    values: dict[str, object]


# What there is once in every service, from the whole view.
_SINGLE = ("handlers.h", "main.c", "service.c", "service.h", "settings.c", "settings.h")


def plan(model: Model) -> dict[str, str]:
    """Text by path below the output directory, sorted by path."""
    environment = _environment()

    def render(template: str, **values: object) -> str:
        return _tidy(environment.get_template(template).render(values), template)

    tests = testgen.plan(model, render)
    outputs = _outputs(view(model))
    sources = sorted(o.path for o in outputs if o.path.endswith(".c") and o.path != "main.c")
    test_sources = sorted(path for path in tests if path.endswith(".c"))
    outputs.append(
        Output("sources.cmake", "sources.cmake.j2", {"sources": sources, "tests": test_sources})
    )
    made = {output.path: render(output.template, **output.values) for output in outputs} | tests
    return {path: made[path] for path in sorted(made)}


def _outputs(of: View) -> list[Output]:
    made = [Output(path, f"{path}.j2", {"view": of}) for path in _SINGLE]
    entities = {entity.path: entity for entity in of.entities}
    for file in of.files:
        values = {
            "file": file,
            "entity": entities.get(file.path),
            "envelope": of.envelope if file.path == "envelope" else None,
        }
        made.append(Output(f"{file.path}.h", "file.h.j2", values))
        made.append(Output(f"{file.path}.c", "file.c.j2", values))
    return made


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # Templates do not change while they are used; to look again and again takes time.
        auto_reload=False,
    )


def _tidy(text: str, template: str) -> str:
    if template.endswith((".c.j2", ".h.j2")):
        text = break_lines(text)
    # Parts that came out empty leave no gaps.
    text = re.sub(r"\n{3,}", "\n\n", text).replace("{\n\n", "{\n")
    return text.strip("\n") + "\n"
