"""The tests that come with a service: for each object and union type a file of cases, and a small C
program that runs them against the generated reader and writer."""

from __future__ import annotations

import re
from collections.abc import Callable

from codegen.model import Model
from codegen.testgen.cases import Case, cases_of
from codegen.view.files import Homes, schema_path
from codegen.view.types import Types

Render = Callable[..., str]


def plan(model: Model, render: Render) -> dict[str, str]:
    """Path → text. `render(template, **values)` is the emitter's."""
    types = Types(model)
    homes = Homes(model, types)
    files: dict[str, str] = {}
    for name, cases in cases_of(model).items():
        stem = types.names.type(name)
        home = homes.of[name]
        values = {
            "name": stem,
            "header": f"{home}.h",
            "schema": schema_path(types.named[name], home),
        }
        files[f"tests/test_generated_{stem}.c"] = render("test_generated.c.j2", **values)
        files[f"tests/{stem}.cases"] = cases_text(values["schema"], cases)
    return files


def cases_text(schema: str, cases: list[Case]) -> str:
    """The format is described in tests/support/decode_cases.h."""
    lines = [f"# Generated from {schema}. To change this file, edit the schema and build."]
    for case in cases:
        lines += [_head(case), case.text]
    return "\n".join(lines) + "\n"


def _head(case: Case) -> str:
    # Members may be called anything; a case's name is only to be found again.
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", case.name)
    if not case.keyword:
        return f"valid: {name}"
    # As in a URI's fragment, so that a line stays a line.
    pointer = re.sub(r"[%\x00-\x1f]", lambda found: f"%{ord(found[0]):02X}", case.pointer)
    return f"{'beyond' if case.beyond else 'invalid'}: {name}: {case.keyword} at #{pointer}"
