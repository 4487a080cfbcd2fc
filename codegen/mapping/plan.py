"""The mappings of a Terraform plan: `terraform show -json PLAN`."""

from __future__ import annotations

from collections.abc import Iterator

from .document import Node
from .model import UNKNOWN, Mapping, Part, Settings, setting
from .template import kind_of_arn

_MAPPING = {
    "batch_size": "BatchSize",
    "bisect_batch_on_function_error": "BisectBatchOnFunctionError",
    "enabled": "Enabled",
    "function_response_types": "FunctionResponseTypes",
    "maximum_batching_window_in_seconds": "MaximumBatchingWindowInSeconds",
    "maximum_record_age_in_seconds": "MaximumRecordAgeInSeconds",
    "maximum_retry_attempts": "MaximumRetryAttempts",
    "parallelization_factor": "ParallelizationFactor",
    "starting_position": "StartingPosition",
    "starting_position_timestamp": "StartingPositionTimestamp",
    "tumbling_window_in_seconds": "TumblingWindowInSeconds",
}
_FUNCTION = {"timeout": "Timeout"}


def is_plan(root: Node) -> bool:
    return root.get("planned_values") is not None


def mappings(file: str, root: Node) -> Iterator[Mapping]:
    resources = list(_resources(root.get("planned_values", "root_module")))
    functions = {_text(r, "function_name"): r for r in resources if _is(r, "aws_lambda_function")}
    for resource in resources:
        if _is(resource, "aws_lambda_event_source_mapping"):
            yield _mapping(file, resource, functions)


def _resources(module: Node | None) -> Iterator[Node]:
    modules = [module] if module is not None else []
    while modules:
        module = modules.pop()
        for name in ("resources", "child_modules"):
            inner = module.get(name)
            elements = inner.elements() if inner is not None else []
            if name == "resources":
                yield from elements
            else:
                modules.extend(elements)


def _mapping(file: str, resource: Node, functions: dict[str | None, Node]) -> Mapping:
    values = resource.get("values")
    settings = settings_of(values, _MAPPING)
    for name, path in (("Destination", ("destination_config", "on_failure")),
                       ("FilterCriteria", ("filter_criteria",))):
        block = _block(values, *path)
        if block is not None:
            # What is in it may not be known before it is made.
            settings[name] = setting(block, UNKNOWN)
    arn = _text(resource, "event_source_arn")
    function = functions.get(_text(resource, "function_name"))
    return Mapping(
        file=file, line=resource.line, path=_address(resource),
        source=kind_of_arn(arn) if arn else "kinesis", settings=settings,
        function=None if function is None else _function(function))


def _function(resource: Node) -> Part:
    values = resource.get("values")
    variables = _block(values, "environment")
    variables = variables.get("variables") if variables is not None else None
    names = {name: name for name in variables.members()} if variables is not None else {}
    settings = settings_of(values, _FUNCTION)
    reserved = settings_of(
        values, {"reserved_concurrent_executions": "ReservedConcurrentExecutions"})
    # -1 is how the provider says that none is reserved.
    settings |= {name: found for name, found in reserved.items() if found.value != "-1"}
    environment = settings_of(variables, names) if variables is not None else None
    return Part(resource.line, _address(resource), settings, environment)


def settings_of(values: Node | None, names: dict[str, str]) -> Settings:
    """Members by their names there, and ours."""
    found: Settings = {}
    for name, ours in names.items():
        node = values.get(name) if values is not None else None
        if node is None or node.value is None:
            continue
        if isinstance(node.value, list):
            found[ours] = setting(node, tuple(e.text for e in node.value if e.text is not None))
        else:
            found[ours] = setting(node, node.text or "")
    return found


def _block(node: Node | None, *names: str) -> Node | None:
    """Blocks are lists of one object."""
    for name in names:
        inner = node.get(name) if node is not None else None
        elements = inner.elements() if inner is not None else []
        node = elements[0] if elements else None
    return node


def _is(resource: Node, type_: str) -> bool:
    found = resource.get("type")
    return found is not None and found.text == type_


def _text(resource: Node, name: str) -> str | None:
    found = resource.get("values", name)
    return found.text if found is not None else None


def _address(resource: Node) -> str:
    found = resource.get("address")
    return found.text if found is not None and found.text is not None else resource.path
