"""oneOf over objects: which member tells the arms apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import kinds
from .model import Arm, FreeForm, Ref, Union, Use
from .problems import Problems
from .resolve import Index
from .schemas import Schema


@dataclass(frozen=True)
class Discriminator:
    member: str
    values: dict[Schema, str]  # by arm


def discriminator(index: Index, schema: Schema) -> Discriminator | None:
    """The first member, in the first arm's order, that is a different const in every arm."""
    arms = [arm for arm in index.arms(schema) if not kinds.is_null_arm(arm)]
    constants = [(arm, _constants(index, arm)) for arm in arms]
    for member in constants[0][1] if constants else ():
        values = {arm: found[member] for arm, found in constants if member in found}
        if len(values) == len(arms) and len(set(values.values())) == len(arms):
            return Discriminator(member, values)
    return None


def make_union(
    index: Index, problems: Problems, schema: Schema, arms: list[Schema],
    use: Callable[[Schema], Use],
) -> Union | FreeForm:
    """The union; reports why it is none and answers with the stand-in for what is broken."""
    made: list[Arm] = []
    sound = True
    chosen = discriminator(index, schema)
    for arm in arms:
        target = final(index, arm)
        used = use(arm)
        if target is None or target.broken or used.type == FreeForm("broken"):
            sound = False
        elif not kinds.is_object(target) or not isinstance(used.type, Ref):
            problems.add(
                arm.location,
                "an arm of oneOf must be an object with properties, or {\"type\": \"null\"}; "
                "give it a member that is const in each arm",
            )
            sound = False
        elif used.nullable:
            problems.add(
                arm.location,
                "an arm of oneOf may not be null itself; put {\"type\": \"null\"} beside it",
            )
            sound = False
        elif chosen is not None:
            value = chosen.values[arm]
            made.append(
                Arm(value, used.type.name, arm.doc(), arm.location, arm.field_number()))
    if sound and chosen is None:
        problems.add(
            schema.at("oneOf"),
            "no member tells the arms apart; give each a required member of the same name with a "
            'const of its own: "kind": {"const": "card"}',
        )
        sound = False
    if not sound or chosen is None:
        return FreeForm("broken")
    return Union(chosen.member, tuple(made))


def final(index: Index, schema: Schema) -> Schema | None:
    """The schema at the end of all references; None if one of them leads nowhere."""
    following: Schema | None = schema
    while following is not None and following not in index.lost:
        onward = index.onward(following)
        if onward is None and not kinds.is_reference(following):
            return following
        following = onward
    return None


def _constants(index: Index, arm: Schema) -> dict[str, str]:
    """The arm's required members that are const strings."""
    target = final(index, arm)
    if target is None or not kinds.is_object(target):
        return {}
    required = target.value("required")
    found: dict[str, str] = {}
    for name in target.keywords["properties"].members():
        member = index.child(target, "properties", name)
        at_end = final(index, member) if member is not None else None
        constant = at_end.text("const") if at_end is not None else None
        if constant is not None and isinstance(required, list) and name in required:
            found[name] = constant
    return found
