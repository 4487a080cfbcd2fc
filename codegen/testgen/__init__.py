"""The tests that come with a service: for each object and union type a file of cases, and a small C
program that runs them against the generated reader and writer."""

from __future__ import annotations

import re
from collections.abc import Callable

from codegen.model import Model
from codegen.testgen.cases import Case, Maker, tested
from codegen.testgen.messages import message
from codegen.view.files import Homes, schema_path
from codegen.view.types import Types

Render = Callable[..., str]

_UNUSUAL = re.compile(r"[^A-Za-z0-9_.-]")
_LINE_ENDING = re.compile(r"[%\x00-\x1f]")


class Tests:
    """`render(template, **values)` is the emitter's."""

    def __init__(self, model: Model, homes: Homes, types: Types, render: Render) -> None:
        self._maker = Maker(model)
        self._homes = homes
        self._types = types
        self._render = render
        self.names = tested(model)

    def source(self, name: str) -> str:
        """The path of a type's C program."""
        return f"tests/test_generated_{self._types.names.type(name)}.c"

    def files(self, name: str) -> dict[str, str]:
        """Path → text of a type's program and cases."""
        stem = self._types.names.type(name)
        home = self._homes.of[name]
        values = {
            "name": stem,
            "header": f"{home}.h",
            "schema": schema_path(self._types.named[name], home),
            "message": message(name, self._types),
        }
        return {
            self.source(name): self._render("test_generated.c.j2", **values),
            f"tests/{stem}.cases": cases_text(values["schema"], self._maker.cases(name)),
        }


def cases_text(schema: str, cases: list[Case]) -> str:
    """The format is described in tests/support/decode_cases.h."""
    lines = [f"# Generated from {schema}. To change this file, edit the schema and build."]
    lines += [part for case in cases for part in (_head(case), case.text)]
    return "\n".join(lines) + "\n"


def _head(case: Case) -> str:
    name, _, keyword, pointer, beyond = case
    # Members may be called anything; a case's name is only to be found again.
    if not (name.isascii() and name.isidentifier()):
        name = _UNUSUAL.sub("_", name)
    if not keyword:
        return f"valid: {name}"
    # As in a URI's fragment, so that a line stays a line.
    if "%" in pointer or not pointer.isprintable():
        pointer = _LINE_ENDING.sub(lambda found: f"%{ord(found[0]):02X}", pointer)
    return f"{'beyond' if beyond else 'invalid'}: {name}: {keyword} at #{pointer}"
