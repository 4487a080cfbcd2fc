"""The service as a CloudFormation template with SAM's transform."""

from __future__ import annotations

import json
import re

from .service import Service

# What a text may refer to, as in a !Sub, and standing alone.
_REFERENCES = {
    "Account": "AWS::AccountId",
    "DeadLetters.Arn": "DeadLetters.Arn",
    "DeadLetters.Name": "DeadLetters.QueueName",
    "DeadLetters.Url": "DeadLetters",
    "FailedBatches.Arn": "FailedBatches.Arn",
    "FailedBatches.Name": "FailedBatches.QueueName",
    "Function": "Function",
    "Log.Streams": "Log.Arn",
    "Partition": "AWS::Partition",
    "Region": "AWS::Region",
}
_STREAM_ARN = "!If [MakesStream, !GetAtt Stream.Arn, !Ref ExistingStreamArn]"
_REFERENCE = re.compile(r"\$\{([^}]+)\}")


class Spelling:
    """What the template asks of the service's texts."""

    def __init__(self, of: Service) -> None:
        self._names = {parameter.name: parameter.name for parameter in of.parameters}
        self._names |= _REFERENCES | {f"Table:{table.id}": f"{table.id}.Arn" for table in of.tables}

    def text(self, text: str) -> str:
        """As a value of YAML, on one line."""
        alone = _REFERENCE.fullmatch(text)
        if alone is None:
            return f"!Sub {quoted(self.sub(text))}" if _REFERENCE.search(text) else quoted(text)
        if alone[1] == "StreamArn":
            return _STREAM_ARN
        name = self._names[alone[1]]
        return f"!GetAtt {name}" if "." in name else f"!Ref {name}"

    def sub(self, text: str) -> str:
        """As !Sub takes it; names that are not known stay as they are."""
        return _REFERENCE.sub(lambda found: f"${{{self._names.get(found[1], found[1])}}}", text)


def quoted(value: object) -> str:
    """JSON's strings are YAML's as well; where quotes would say nothing, there are none."""
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_/.-]*", value):
        if value.lower() not in ("true", "false", "yes", "no", "on", "off", "null", "y", "n"):
            return value
    return json.dumps(value, ensure_ascii=False)
