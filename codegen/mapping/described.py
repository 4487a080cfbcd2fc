"""Mappings that are there already, as the AWS CLI tells of them: `aws lambda get-event-source-mapping` and
`aws lambda list-event-source-mappings`."""

from __future__ import annotations

from collections.abc import Iterator

from .document import Node
from .model import Mapping, setting
from .plan import settings_of
from .template import kind_of_arn

_NAMES = (
    "BatchSize", "BisectBatchOnFunctionError", "FunctionResponseTypes",
    "MaximumBatchingWindowInSeconds", "MaximumRecordAgeInSeconds", "MaximumRetryAttempts",
    "ParallelizationFactor", "StartingPosition", "StartingPositionTimestamp",
    "TumblingWindowInSeconds",
)


def is_described(root: Node) -> bool:
    return root.get("EventSourceArn") is not None or root.get("EventSourceMappings") is not None


def mappings(file: str, root: Node) -> Iterator[Mapping]:
    listed = root.get("EventSourceMappings")
    for node in [root] if listed is None else listed.elements():
        yield _mapping(file, node)


def _mapping(file: str, node: Node) -> Mapping:
    settings = settings_of(node, {name: name for name in _NAMES})
    destination = node.get("DestinationConfig", "OnFailure", "Destination")
    if destination is not None and destination.text:
        settings["Destination"] = setting(destination, destination.text)
    filters = node.get("FilterCriteria", "Filters")
    if filters is not None and filters.elements():
        settings["FilterCriteria"] = setting(filters, "")
    state = node.get("State")
    if state is not None and state.text in ("Disabled", "Disabling"):
        settings["Enabled"] = setting(state, "false")
    arn = node.get("EventSourceArn")
    uuid = node.get("UUID")
    return Mapping(
        file=file, line=node.line,
        path=uuid.text if uuid is not None and uuid.text else node.path or "mapping",
        source=kind_of_arn(arn.text) if arn is not None and arn.text else "kinesis",
        settings=settings, is_new=False)
