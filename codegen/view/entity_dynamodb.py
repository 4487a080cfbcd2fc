"""Entities as tables of DynamoDB: kh/entity_dynamodb.h says what the rows mean."""

from __future__ import annotations

from dataclasses import dataclass

from .. import names as naming
from ..model import Entity, Enum, Index, Integer, Member, Object, String
from .text import string_literal
from .types import Types


@dataclass(frozen=True)
class KeyView:
    array: str  # of positions
    fields: str
    row: str  # designated initialisers


@dataclass(frozen=True)
class DynamodbIndexView:
    hash: KeyView
    range: KeyView


@dataclass(frozen=True)
class DynamodbView:
    positions: list[KeyView]  # those with an array of their own
    hash: KeyView
    range: KeyView | None
    indexes: list[DynamodbIndexView]


class _Keys:
    """Makes the keys of one entity."""

    def __init__(self, entity: Entity, constants: dict[str, str], types: Types) -> None:
        shape = types.named[entity.name].shape
        assert isinstance(shape, Object)
        self._members = shape.by_name
        self._constants = constants
        self._types = types
        self.made: list[KeyView] = []

    def key(self, names: tuple[str, ...], title: str, array: str, in_index: bool) -> KeyView:
        """`title` names the attribute if it cannot be the one member itself."""
        type_ = self._member_type(self._members[names[0]], in_index) if len(names) == 1 else None
        attribute = title if type_ is None else names[0]
        made = KeyView(
            array=array,
            fields=", ".join(self._constants[name] for name in names),
            row=f"KH_STR_INIT({string_literal(attribute)}), "
            f"KH_STR_INIT({string_literal(type_ or 'S')}), {array}, {len(names)}, "
            f"{'false' if type_ is None else 'true'}",
        )
        self.made.append(made)
        return made

    def _member_type(self, member: Member, in_index: bool) -> str | None:
        """The type of the attribute when the member itself can be the key; None when it cannot."""
        shape = self._types.shape(member.use.type)
        if in_index and self._types.is_nullable(member.use):
            return None
        if isinstance(shape, Integer):
            return "N"
        if isinstance(shape, Enum):
            return "S"
        if isinstance(shape, String) and (not in_index or shape.min_length > 0):
            return "S"
        return None


def dynamodb_view(entity: Entity, constants: dict[str, str], types: Types) -> DynamodbView:
    """`constants`: the positions of the members."""
    keys = _Keys(entity, constants, types)
    first, *second = entity.key
    hash_ = keys.key((first,), f"{first}#order", "dynamodb_hash", False)
    range_ = None
    if second:
        range_ = keys.key((second[0],), f"{second[0]}#order", "dynamodb_range", False)
    indexes = [_index(index, entity, keys) for index in entity.indexes]
    return DynamodbView(keys.made, hash_, range_, indexes)


def _index(index: Index, entity: Entity, keys: _Keys) -> DynamodbIndexView:
    stem = naming.snake(index.name)
    return DynamodbIndexView(
        keys.key(index.equal, f"{index.name}#equal", f"dynamodb_{stem}_hash", True),
        keys.key(index.order + entity.key, f"{index.name}#order", f"dynamodb_{stem}_range",
                 True),
    )
