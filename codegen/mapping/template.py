"""The mappings of a CloudFormation or SAM template."""

from __future__ import annotations

from collections.abc import Iterator

from .document import Node
from .intrinsics import Scope
from .model import UNKNOWN, Mapping, Part, Setting, Settings

_OF_MAPPING = (
    "BatchSize", "BisectBatchOnFunctionError", "Enabled", "FunctionResponseTypes",
    "MaximumBatchingWindowInSeconds", "MaximumRecordAgeInSeconds", "MaximumRetryAttempts",
    "ParallelizationFactor", "StartingPosition", "StartingPositionTimestamp",
    "TumblingWindowInSeconds",
)
_OF_FUNCTION = ("ReservedConcurrentExecutions", "Timeout")
_OF_STREAM = ("RetentionPeriodHours",)
_OF_QUEUE = ("FifoQueue", "MessageRetentionPeriod", "VisibilityTimeout")
_FUNCTIONS = ("AWS::Lambda::Function", "AWS::Serverless::Function")
_SAM_SOURCES = {"Kinesis": ("kinesis", "Stream"), "DynamoDB": ("dynamodb", "Stream"),
                "SQS": ("sqs", "Queue")}
_SOURCES = {"AWS::Kinesis::Stream": "kinesis", "AWS::DynamoDB::Table": "dynamodb",
            "AWS::SQS::Queue": "sqs"}


def is_template(root: Node) -> bool:
    return root.get("Resources") is not None


def mappings(file: str, root: Node, given: dict[str, str]) -> Iterator[Mapping]:
    """`given`: values of parameters in place of their defaults."""
    return _Template(file, root, given).mappings()


class _Template:
    def __init__(self, file: str, root: Node, given: dict[str, str]) -> None:
        self._file = file
        self._root = root
        self._scope = Scope(root, given)
        resources = root.get("Resources")
        self._resources = resources.members() if resources is not None else {}

    def mappings(self) -> Iterator[Mapping]:
        for resource in self._resources.values():
            if _type(resource) == "AWS::Lambda::EventSourceMapping":
                yield self._mapping(resource)
            elif _type(resource) == "AWS::Serverless::Function":
                events = resource.get("Properties", "Events")
                for event in events.members().values() if events is not None else ():
                    if _type(event) in _SAM_SOURCES:
                        yield self._sam_event(event, resource)

    def _mapping(self, resource: Node) -> Mapping:
        properties = resource.get("Properties")
        function = self._resource(properties, "FunctionName")
        source = properties.get("EventSourceArn") if properties is not None else None
        stream = self._target(source)
        text = self._scope.setting(source)
        kind = _SOURCES.get(_type(stream)) or _kind_of_arn(text)
        return self._made(resource, properties, kind, stream, function, resource)

    def _sam_event(self, event: Node, function: Node) -> Mapping:
        kind, member = _SAM_SOURCES[_type(event) or ""]
        properties = event.get("Properties")
        source = properties.get(member) if properties is not None else None
        return self._made(event, properties, kind, self._target(source), function, function)

    def _made(
        self, at: Node, properties: Node | None, kind: str, source: Node | None,
        function: Node | None, with_metadata: Node,
    ) -> Mapping:
        settings = self._settings(properties, _OF_MAPPING)
        destination = _inner(properties, "DestinationConfig", "OnFailure", "Destination")
        found = self._scope.setting(destination)
        if found is not None:
            settings["Destination"] = found
        filters = self._scope.setting(_inner(properties, "FilterCriteria"))
        if filters is not None:
            settings["FilterCriteria"] = filters
        key = self._scope.setting(with_metadata.get("Metadata", "KinesisHandler", "PartitionKey"))
        return Mapping(
            file=self._file, line=at.line, path=at.path, source=kind, settings=settings,
            function=self._function(function),
            stream=self._part(source, _OF_STREAM) if kind == "kinesis" else None,
            queue=self._part(source, _OF_QUEUE) if kind == "sqs" else None,
            destination=self._part(self._target(destination), _OF_QUEUE),
            partition_key=key.value if key is not None and isinstance(key.value, str) else None,
        )

    def _function(self, resource: Node | None) -> Part | None:
        if resource is None or _type(resource) not in _FUNCTIONS:
            return None
        common = self._root.get("Globals", "Function")
        is_sam = _type(resource) == "AWS::Serverless::Function" and common is not None
        own = resource.get("Properties")
        settings = self._settings(common, _OF_FUNCTION) if is_sam else {}
        settings |= self._settings(own, _OF_FUNCTION)
        environment = self._environment(common) if is_sam else {}
        return Part(resource.line, resource.path, settings, environment | self._environment(own))

    def _environment(self, properties: Node | None) -> Settings:
        variables = _inner(properties, "Environment", "Variables")
        return self._settings(variables, tuple(variables.members())) if variables is not None else {}

    def _part(self, resource: Node | None, names: tuple[str, ...]) -> Part | None:
        if resource is None:
            return None
        return Part(resource.line, resource.path,
                    self._settings(resource.get("Properties"), names))

    def _settings(self, properties: Node | None, names: tuple[str, ...]) -> Settings:
        found = {name: self._scope.setting(_inner(properties, name)) for name in names}
        return {name: value for name, value in found.items() if value is not None}

    def _resource(self, properties: Node | None, member: str) -> Node | None:
        return self._target(_inner(properties, member))

    def _target(self, node: Node | None) -> Node | None:
        name = self._scope.target(node)
        return self._resources.get(name) if name is not None else None


def _type(node: Node | None) -> str | None:
    found = node.get("Type") if node is not None else None
    return found.text if found is not None else None


def _inner(node: Node | None, *names: str) -> Node | None:
    return node.get(*names) if node is not None else None


def _kind_of_arn(found: Setting | None) -> str:
    """Streams of Kinesis are what the service is for: what can't be told is looked at as one."""
    if found is None or found.value is UNKNOWN or not isinstance(found.value, str):
        return "kinesis"
    return kind_of_arn(found.value)


def kind_of_arn(arn: str) -> str:
    parts = arn.split(":")
    return parts[2] if len(parts) > 2 else "kinesis"
