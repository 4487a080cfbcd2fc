"""Entities as tables of DynamoDB: which attributes are the keys of tables and indexes.

kh/entity_dynamodb.h says what the rows mean. From here come the tables that the executable makes, by the
generated C, and those of the deployment templates.
"""

from __future__ import annotations

from dataclasses import dataclass

from .model import Entity, Enum, Index, Integer, Member, Object, String
from .view.types import Types


@dataclass(frozen=True)
class Key:
    attribute: str
    type: str  # of the attribute: S or N
    members: tuple[str, ...]  # what it is made of
    is_member: bool  # the attribute is the one member itself


@dataclass(frozen=True)
class IndexKeys:
    name: str
    hash: Key
    range: Key


@dataclass(frozen=True)
class Keys:
    hash: Key
    range: Key | None
    indexes: tuple[IndexKeys, ...]

    @property
    def all(self) -> list[Key]:
        """Those of the table, then those of its indexes."""
        own = [self.hash] if self.range is None else [self.hash, self.range]
        return own + [key for index in self.indexes for key in (index.hash, index.range)]


def keys(entity: Entity, types: Types) -> Keys:
    shape = types.named[entity.name].shape
    assert isinstance(shape, Object)
    first, *second = entity.key
    return Keys(
        _key((first,), f"{first}#order", False, shape, types),
        _key((second[0],), f"{second[0]}#order", False, shape, types) if second else None,
        tuple(_index(index, entity, shape, types) for index in entity.indexes),
    )


def _index(index: Index, entity: Entity, shape: Object, types: Types) -> IndexKeys:
    return IndexKeys(
        index.name,
        _key(index.equal, f"{index.name}#equal", True, shape, types),
        _key(index.order + entity.key, f"{index.name}#order", True, shape, types),
    )


def _key(names: tuple[str, ...], title: str, in_index: bool, shape: Object, types: Types) -> Key:
    """`title` names the attribute if it cannot be the one member itself."""
    type_ = _member_type(shape.by_name[names[0]], in_index, types) if len(names) == 1 else None
    return Key(title if type_ is None else names[0], type_ or "S", names, type_ is not None)


def _member_type(member: Member, in_index: bool, types: Types) -> str | None:
    """The type of the attribute when the member itself can be the key; None when it cannot."""
    shape = types.shape(member.use.type)
    if in_index and types.is_nullable(member.use):
        return None
    if isinstance(shape, Integer):
        return "N"
    if isinstance(shape, Enum):
        return "S"
    if isinstance(shape, String) and (not in_index or shape.min_length > 0):
        return "S"
    return None
