"""The service as a Terraform module."""

from __future__ import annotations

import json
import re

from .parameters import Parameter
from .service import Service

# What a text may refer to.
_REFERENCES = {
    "Account": "data.aws_caller_identity.current.account_id",
    "DeadLetters.Arn": "aws_sqs_queue.dead_letters.arn",
    "DeadLetters.Name": "aws_sqs_queue.dead_letters.name",
    "DeadLetters.Url": "aws_sqs_queue.dead_letters.url",
    "FailedBatches.Arn": "aws_sqs_queue.failed_batches.arn",
    "FailedBatches.Name": "aws_sqs_queue.failed_batches.name",
    "Function": "aws_lambda_function.function.function_name",
    "Partition": "data.aws_partition.current.partition",
    "Region": "data.aws_region.current.id",
    "StreamArn": "local.stream_arn",
    "StreamName": "local.stream_name",
}
_REFERENCE = re.compile(r"\$\{([^}]+)\}")
_LOG_STREAMS = "${aws_cloudwatch_log_group.log.arn}:*"
_ASSIGNMENT = re.compile(r'( *)("[^"]*"|[A-Za-z0-9_]+) = (.*[^\[{(])')


class Spelling:
    """What the module asks of the service's texts."""

    def __init__(self, of: Service) -> None:
        self._names = {parameter.name: f"var.{parameter.snake}" for parameter in of.parameters}
        self._names |= _REFERENCES
        for table in of.tables:
            self._names[f"Table:{table.id}"] = f"aws_dynamodb_table.{table.snake}.arn"

    def text(self, text: str) -> str:
        """As an expression."""
        alone = _REFERENCE.fullmatch(text)
        if alone is not None and alone[1] in self._names:
            return self._names[alone[1]]
        return f'"{self._interpolated(quoted(text)[1:-1])}"'

    def inside(self, text: str) -> str:
        """As the inside of a heredoc."""
        return self._interpolated(_escaped(text))

    def _interpolated(self, text: str) -> str:
        """`$${` is how an escaped reference looks."""
        text = text.replace("$${Log.Streams}", _LOG_STREAMS)
        return re.sub(r"\$\$\{([^}]+)\}", lambda found: f"${{{self._names[found[1]]}}}", text)


def rules(parameter: Parameter) -> list[tuple[str, str]]:
    """Conditions of a variable, and what to say of each."""
    name, shown = f"var.{parameter.snake}", parameter.snake
    made: list[tuple[str, str]] = []
    if parameter.allowed:
        words = ", ".join(map(str, parameter.allowed))
        made.append((f"contains({quoted(parameter.allowed)}, {name})", f"{shown} is one of {words}."))
    for bound, sign, word in ((parameter.minimum, ">=", "at least"), (parameter.maximum, "<=", "at most")):
        if bound is not None:
            made.append((f"{name} {sign} {bound}", f"{shown} is {word} {bound}."))
    if parameter.pattern is not None:
        whole = quoted(f"^(?:{parameter.pattern})$")
        made.append((f"can(regex({whole}, {name}))", f"{shown} is of the form {parameter.pattern}."))
    if parameter.min_length > 0:
        made.append((f"length({name}) >= {parameter.min_length}",
                     f"{shown} is at least {parameter.min_length} long."))
    if parameter.max_length is not None:
        made.append((f"length({name}) <= {parameter.max_length}",
                     f"{shown} is at most {parameter.max_length} long."))
    return made


def _escaped(text: str) -> str:
    return text.replace("${", "$${").replace("%{", "%%{")


def quoted(value: object) -> str:
    """As a literal."""
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(quoted, value)) + "]"
    return _escaped(json.dumps(value, ensure_ascii=False))


def aligned(text: str) -> str:
    """As `terraform fmt` has it: the equals signs of neighbouring lines stand below each other."""
    lines = text.split("\n")
    group: list[int] = []
    indent = None
    for number, line in enumerate([*lines, ""]):
        found = _ASSIGNMENT.fullmatch(line)
        if group and (found is None or found[1] != indent):
            _align(lines, group)
            group = []
        if found is not None:
            indent = found[1]
            group.append(number)
    return "\n".join(lines)


def _align(lines: list[str], group: list[int]) -> None:
    found = [_ASSIGNMENT.fullmatch(lines[number]) for number in group]
    width = max(len(match[2]) for match in found)
    for number, match in zip(group, found):
        lines[number] = f"{match[1]}{match[2]:{width}} = {match[3]}"
