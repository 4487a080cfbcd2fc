"""What the tests of deployments share: the services, their files, and how to read those."""

import functools
import json
import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tests/support"))
sys.path.insert(0, str(ROOT / "stack"))

from codegen import deploy, front  # noqa: E402

HERE = ROOT / "tests/deploy"
SCHEMAS = {
    "user-limits": ROOT / "schema",
    "parcels": ROOT / "tests/consumer/schema",
    "odd": HERE / "odd/schema",
}
REFERENCE = re.compile(r"\$\{([^}]+)\}")


@functools.cache
def model(service: str):
    made, problems = front.read(str(SCHEMAS[service]))
    if made is None or problems:
        raise AssertionError("\n".join(map(str, problems)))
    return made


@functools.cache
def files(service: str) -> dict[str, str]:
    return deploy.files(model(service))


# ---- Templates of CloudFormation --------------------------------------------------------------


class _Loader(yaml.SafeLoader):
    """References become ${Name}; other functions a list that begins with their name."""


def _construct(loader: _Loader, suffix: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return value if suffix == "Sub" else f"${{{value}}}"
    return [suffix, *loader.construct_sequence(node, deep=True)]


_Loader.add_multi_constructor("!", _construct)


def load(text: str) -> dict:
    return yaml.load(text, Loader=_Loader)


def template(service: str) -> dict:
    return load(files(service)["template.yaml"])


def properties(of: dict, name: str) -> dict:
    return of["Resources"][name]["Properties"]


def resources(of: dict, kind: str) -> dict[str, dict]:
    return {name: resource["Properties"] for name, resource in of["Resources"].items()
            if resource["Type"] == kind}


def dashboard(of: dict) -> list[dict]:
    _, body, _ = properties(of, "Dashboard")["DashboardBody"]
    return json.loads(body)["widgets"]
