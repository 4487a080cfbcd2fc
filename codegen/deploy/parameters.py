"""What whoever deploys may choose: a parameter of the template, a variable of the module."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .. import names as naming
from ..model import Boolean, Enum, Integer, Model, Setting, String
from ..view.words import doc

LONGEST_STAGE = 16
# What CloudWatch Logs takes.
_LOG_RETENTION = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192,
                  2557, 2922, 3288, 3653)
# As the runtime has it: such values are not shown.
_SECRET = ("SECRET", "TOKEN", "KEY", "PASSWORD")
# Settings of the runtime that are the deployer's to choose. The others follow from the rest of the
# template, or have no effect in a function.
_OF_RUNTIME = ("IDEMPOTENCY_TTL_S", "LOG_LEVEL", "RESERVE_MS", "UNKNOWN_EVENTS")


@dataclass(frozen=True)
class Parameter:
    name: str  # LikeThis in the template, like_this in the module
    description: str
    is_number: bool = False
    default: str | int | None = None  # None: it has to be given
    minimum: int | None = None
    maximum: int | None = None
    allowed: tuple[str | int, ...] = ()
    pattern: str | None = None
    min_length: int = 0
    max_length: int | None = None
    setting: str | None = None  # the environment variable that it is the value of
    may_be_absent: bool = False  # the variable is set only where there is a value
    secret: bool = False

    @property
    def snake(self) -> str:
        return naming.snake(self.name)


@dataclass(frozen=True)
class Group:
    title: str
    parameters: tuple[Parameter, ...]


def groups(model: Model) -> tuple[Group, ...]:
    own = (
        Group("Deployment", _deployment()),
        Group("Stream", _stream()),
        Group("Event source mapping", _mapping(model)),
        Group("Function", _function()),
        Group("Watching", _watching()),
    )
    taken = {parameter.name for group in own for parameter in group.parameters}
    return (*own, Group("Settings of the service", _settings(model, taken)))


def _deployment() -> tuple[Parameter, ...]:
    return (
        Parameter(
            "Stage", "What this deployment is for, such as dev or prod; part of all names.",
            default="dev", pattern="[a-z][a-z0-9-]*", min_length=1, max_length=LONGEST_STAGE),
        Parameter(
            "ProtectData", "true: tables can't be deleted, and can be put back to any second of the "
            "last 35 days, which is billed by their size.",
            default="true", allowed=("true", "false")),
    )


def _stream() -> tuple[Parameter, ...]:
    return (
        Parameter(
            "ExistingStreamArn", "The ARN of the Kinesis stream to read; empty: a stream is made.",
            default="",
            pattern="(arn:[a-z-]+:kinesis:[a-z0-9-]+:[0-9]{12}:stream/[A-Za-z0-9_.-]+)?"),
        Parameter(
            "ExistingStreamKeyArn", "The ARN of the KMS key of your own that the existing stream is "
            "encrypted with; empty: none, or the AWS managed one.",
            default="", pattern="(arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?"),
        Parameter(
            "StreamShards", "How many shards the stream that is made has; 0: as many as it takes, on "
            "demand.", True, 0, 0, 10000),
        Parameter(
            "StreamRetentionHours", "How long the stream that is made keeps records. More than "
            "MaximumRecordAgeSeconds: what was given up can then still be fetched from it.",
            True, 72, 24, 8760),
    )


def _mapping(model: Model) -> tuple[Parameter, ...]:
    key = model.envelope.key
    factor = Parameter(
        "ParallelizationFactor", "How many batches of one shard are handled at once. Above 1 order "
        f"holds for each partition key only, so producers have to put {key!r} of the envelope there."
        if key is not None else "How many batches of one shard are handled at once: 1, since the "
        "envelope has no ordering key.",
        True, 1, 1, 10 if key is not None else 1)
    return (
        Parameter(
            "StartingPosition", "Where a new mapping begins to read: TRIM_HORIZON, with the oldest "
            "record there is; LATEST skips all that is in the stream.",
            default="TRIM_HORIZON", allowed=("TRIM_HORIZON", "LATEST")),
        Parameter("BatchSize", "The most records of a batch.", True, 100, 1, 10000),
        Parameter(
            "BatchWindowSeconds", "For how long records are gathered for a batch that isn't full.",
            True, 1, 0, 300),
        factor,
        Parameter(
            "MaximumRetryAttempts", "How often a batch that fails is tried again before it goes to "
            "the queue of failed batches.", True, 100, 0, 10000),
        Parameter(
            "MaximumRecordAgeSeconds", "How old a record that fails may grow before it goes to the "
            "queue of failed batches.", True, 86400, 60, 604800),
    )


def _function() -> tuple[Parameter, ...]:
    return (
        Parameter(
            "Architecture", "The processor that the zip file was built for.",
            default="x86_64", allowed=("x86_64", "arm64")),
        Parameter(
            "MemorySize", "Memory of the function in MB; its share of a processor grows with it.",
            True, 512, 128, 10240),
        Parameter("Timeout", "The most seconds of one invocation.", True, 60, 15, 900),
    )


def _watching() -> tuple[Parameter, ...]:
    return (
        Parameter(
            "LogRetentionDays", "How long log lines are kept.", True, 30, allowed=_LOG_RETENTION),
        Parameter(
            "AlarmTopicArn", "The ARN of the SNS topic that alarms are sent to; empty: to nobody.",
            default="", pattern="(arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+)?"),
        Parameter(
            "IteratorAgeAlarmMilliseconds", "How far behind the stream's end the function may be "
            "without an alarm.", True, 300000, 1000, 604800000),
    )


# ---- Settings ------------------------------------------------------------------------------------


def _settings(model: Model, taken: set[str]) -> tuple[Parameter, ...]:
    chosen = [s for s in model.settings if not s.of_runtime or s.name in _OF_RUNTIME]
    made: list[Parameter] = []
    for setting in chosen:
        name = pascal(setting.name)
        if name in taken:
            name += "Setting"
        taken.add(name)
        made.append(_setting(setting, name))
    return tuple(made)


def _setting(setting: Setting, name: str) -> Parameter:
    shape, text = setting.type, doc(setting.doc)
    secret = any(word in setting.name for word in _SECRET)
    if not setting.required and not setting.has_default:
        return Parameter(name, f"{text} Empty: it is not set.", default="", secret=secret,
                         setting=setting.name, may_be_absent=True)
    made = Parameter(name, text, default=_default(setting), secret=secret, setting=setting.name)
    if isinstance(shape, Integer):
        return replace(made, is_number=True, minimum=shape.minimum, maximum=shape.maximum)
    if isinstance(shape, String):
        least = max(shape.min_length, 1 if setting.required else 0)
        return replace(made, min_length=least, max_length=shape.max_length)
    if isinstance(shape, Enum):
        return replace(made, allowed=tuple(value.value for value in shape.values))
    if isinstance(shape, Boolean):
        return replace(made, allowed=("true", "false"))
    return replace(made, pattern="-?[0-9]+([.][0-9]+)?")


def _default(setting: Setting) -> str | int | None:
    value = setting.default
    if not setting.has_default:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, (int, str)) else str(value)


def pascal(name: str) -> str:
    """SOME_NAME or some_name → SomeName"""
    return "".join(word.capitalize() for word in re.split("[_-]", name))
