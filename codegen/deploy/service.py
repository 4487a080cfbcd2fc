"""What a service is made of on AWS, said once for the template and the module.

Texts hold references in braces with a dollar sign, `${Stage}`: names of `REFERENCES` in `cloudformation`
and `terraform`, and of parameters.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..dynamodb_keys import Keys, keys
from ..model import Entity, Model
from ..view.types import Types
from .alarms import OWN, Alarm, alarms
from .dashboard import dashboard
from .parameters import Group, Parameter, groups, pascal

# The names in src/store/dynamodb_store.h and dynamodb_item.h.
CHECKPOINTS = "kh-checkpoints"
MARKS = "kh-marks"
OWN_KEY = "id"  # of these two
EXPIRES = "kh#expires"

# What src/store/dynamodb*.c asks for when it handles events; a transaction needs what is in it.
ROW_ACTIONS = ("BatchGetItem", "ConditionCheckItem", "DeleteItem", "PutItem", "UpdateItem")
MARK_ACTIONS = ("BatchGetItem", "PutItem")
INDEX_ACTIONS = ("Query",)
# The text of a role's policies has a limit, 10,240 characters; so many tables, and so many indexes, fit.
_MOST_RESOURCES = 40


@dataclass(frozen=True)
class Attribute:
    name: str
    type: str


@dataclass(frozen=True)
class TableIndex:
    name: str
    hash: str
    range: str


@dataclass(frozen=True)
class Table:
    id: str  # LikeThis
    snake: str
    name: str
    attributes: tuple[Attribute, ...]
    hash: str
    range: str | None
    indexes: tuple[TableIndex, ...] = ()
    # What else an index holds; none: it holds keys only.
    projected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """Of the function's policy."""

    id: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]


@dataclass(frozen=True)
class Service:
    name: str
    title: str  # of everything: the service and the stage
    partition_key: str | None  # what producers have to choose as such
    groups: tuple[Group, ...]
    tables: tuple[Table, ...]
    environment: tuple[tuple[str, str], ...]
    optional: tuple[Parameter, ...]  # environment variables that may be absent
    statements: tuple[Statement, ...]
    alarms: tuple[Alarm, ...]
    dashboard: str

    @property
    def parameters(self) -> list[Parameter]:
        return [parameter for group in self.groups for parameter in group.parameters]


def service(model: Model) -> Service:
    title = f"{model.service}-${{Stage}}"
    chosen = groups(model)
    tables = _tables(model, title)
    return Service(
        name=model.service,
        title=title,
        partition_key=model.envelope.key,
        groups=chosen,
        tables=tables,
        environment=_environment(title, chosen),
        optional=tuple(p for group in chosen for p in group.parameters if p.may_be_absent),
        statements=_statements(title, tables),
        alarms=alarms(model.service),
        dashboard=dashboard(model.service, [table.name for table in tables]),
    )


# ---- Tables --------------------------------------------------------------------------------------


def _tables(model: Model, title: str) -> tuple[Table, ...]:
    """As `kinesis-handler tables create` makes them, src/store/dynamodb_tables.c."""
    types = Types(model)
    made: list[Table] = []
    taken: set[str] = set()
    for entity in model.entities:
        made.append(_table(entity, keys(entity, types), title, taken))
    made.append(_own_table("KhCheckpointsTable", CHECKPOINTS, title, taken))
    made.append(_own_table("KhMarksTable", MARKS, title, taken))
    return tuple(made)


def _own_table(id_: str, name: str, title: str, taken: set[str]) -> Table:
    return Table(
        id=_unique(id_, taken), snake=name.replace("-", "_"), name=f"{title}-{name}",
        attributes=(Attribute(OWN_KEY, "S"),), hash=OWN_KEY, range=None)


def _table(entity: Entity, of: Keys, title: str, taken: set[str]) -> Table:
    attributes = {key.attribute: Attribute(key.attribute, key.type) for key in of.all}
    own = [of.hash] if of.range is None else [of.hash, of.range]
    return Table(
        id=_unique(f"{pascal(entity.name)}Table", taken),
        snake=entity.name,
        name=f"{title}-{entity.table}",
        attributes=tuple(attributes.values()),
        hash=of.hash.attribute,
        range=None if of.range is None else of.range.attribute,
        indexes=tuple(
            TableIndex(index.name, index.hash.attribute, index.range.attribute)
            for index in of.indexes),
        projected=tuple(
            name for key in own if not key.is_member for name in key.members),
    )


def _unique(name: str, taken: set[str]) -> str:
    """Names like a_1 and a1 are one without their underscores."""
    made, number = name, 1
    while made in taken:
        number += 1
        made = f"{name}{number}"
    taken.add(made)
    return made


# ---- The function --------------------------------------------------------------------------------


def _environment(title: str, chosen: tuple[Group, ...]) -> tuple[tuple[str, str], ...]:
    values = {
        "DB": "dynamodb",
        "DEAD_LETTER": "sqs:${DeadLetters.Url}",
        "DYNAMODB_TABLE_PREFIX": f"{title}-",
        "METRICS": "emf",
        "METRICS_NAMESPACE": OWN,
    }
    for group in chosen:
        for parameter in group.parameters:
            if parameter.setting is not None and not parameter.may_be_absent:
                values[parameter.setting] = f"${{{parameter.name}}}"
    return tuple(sorted(values.items()))


def _statements(title: str, tables: tuple[Table, ...]) -> tuple[Statement, ...]:
    # The function keeps no checkpoints: that is the mapping's work, or a worker's.
    *rows, _, marks = tables
    made = [
        Statement("ReadStream", (
            "kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords",
            "kinesis:GetShardIterator", "kinesis:ListShards"), ("${StreamArn}",)),
        Statement("SetAside", ("sqs:SendMessage",), ("${DeadLetters.Arn}", "${FailedBatches.Arn}")),
        Statement("WriteLog", ("logs:CreateLogStream", "logs:PutLogEvents"), ("${Log.Streams}",)),
    ]
    if rows:
        made.append(Statement("ChangeRows", _actions(ROW_ACTIONS), _resources(
            [f"${{Table:{table.id}}}" for table in rows], title)))
    indexes = [
        f"${{Table:{table.id}}}/index/{index.name}" for table in rows for index in table.indexes]
    if indexes:
        made.append(Statement(
            "QueryIndexes", _actions(INDEX_ACTIONS), _resources(indexes, title, "/index/*")))
    made.append(Statement("RememberEvents", _actions(MARK_ACTIONS), (f"${{Table:{marks.id}}}",)))
    return tuple(made)


def _actions(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"dynamodb:{name}" for name in names)


def _resources(exactly: list[str], title: str, behind: str = "") -> tuple[str, ...]:
    """All of the stage's instead of each by its name, where there are too many for a policy."""
    if len(exactly) <= _MOST_RESOURCES:
        return tuple(exactly)
    return (f"arn:${{Partition}}:dynamodb:${{Region}}:${{Account}}:table/{title}-*{behind}",)
