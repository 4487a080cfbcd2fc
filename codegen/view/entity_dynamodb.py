"""The keys of an entity's table in DynamoDB, as C."""

from __future__ import annotations

from dataclasses import dataclass

from .. import dynamodb_keys
from .. import names as naming
from ..dynamodb_keys import Key
from ..model import Entity
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


def dynamodb_view(entity: Entity, constants: dict[str, str], types: Types) -> DynamodbView:
    """`constants`: the positions of the members."""
    keys = dynamodb_keys.keys(entity, types)
    hash_ = _key(keys.hash, "dynamodb_hash", constants)
    range_ = None if keys.range is None else _key(keys.range, "dynamodb_range", constants)
    indexes = [
        DynamodbIndexView(
            _key(index.hash, f"dynamodb_{naming.snake(index.name)}_hash", constants),
            _key(index.range, f"dynamodb_{naming.snake(index.name)}_range", constants),
        )
        for index in keys.indexes
    ]
    positions = [hash_] if range_ is None else [hash_, range_]
    for index in indexes:
        positions += [index.hash, index.range]
    return DynamodbView(positions, hash_, range_, indexes)


def _key(key: Key, array: str, constants: dict[str, str]) -> KeyView:
    return KeyView(
        array=array,
        fields=", ".join(constants[name] for name in key.members),
        row=f"KH_STR_INIT({string_literal(key.attribute)}), "
        f"KH_STR_INIT({string_literal(key.type)}), {array}, {len(key.members)}, "
        f"{'true' if key.is_member else 'false'}",
    )
