"""The files of the deployment, from the model."""

from __future__ import annotations

import os

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..model import Location, Model
from ..problems import Problem
from . import cloudformation, terraform
from .parameters import LONGEST_STAGE
from .service import service

_TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "templates")
_MODULE = ("alarms", "main", "outputs", "policy", "tables", "variables", "versions")
# A function's name is this long at most.
_LONGEST_NAME = 64


def problems(model: Model, directory: str) -> list[Problem]:
    """Why there can be no deployment of it."""
    most = _LONGEST_NAME - LONGEST_STAGE - 1
    if len(model.service) <= most:
        return []
    return [Problem(
        Location(directory),
        f"the service's name, {model.service!r}, is too long for what is named after it on AWS: "
        f"give it one of at most {most} characters in x-service of config.schema.json")]


def files(model: Model) -> dict[str, str]:
    """Text by path."""
    of = service(model)
    made = {"template.yaml": _template(of)}
    for name in _MODULE:
        made[f"terraform/{name}.tf"] = _module(name, of)
    return made


def _template(of: object) -> str:
    environment = _environment()
    spelling = cloudformation.Spelling(of)
    environment.filters |= {
        "text": spelling.text, "sub": spelling.sub, "quoted": cloudformation.quoted}
    return _print(environment, "deploy_template.yaml.j2", of)


def _module(name: str, of: object) -> str:
    environment = _environment()
    spelling = terraform.Spelling(of)
    environment.filters |= {
        "text": spelling.text, "inside": spelling.inside, "quoted": terraform.quoted,
        "rules": terraform.rules}
    return terraform.aligned(_print(environment, f"deploy_{name}.tf.j2", of))


def _print(environment: Environment, template: str, of: object) -> str:
    return environment.get_template(template).render(service=of)


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True, autoescape=False)
