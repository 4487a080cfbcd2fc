"""What the test of a type has to know of its message."""

from __future__ import annotations

from dataclasses import dataclass

from codegen import names as naming
from codegen.contain import contained, reachable
from codegen.model import Array, FreeForm, Inline, Instant, Object, Shape
from codegen.view.objects import presence
from codegen.view.types import Types


@dataclass(frozen=True)
class MessageView:
    is_respelled: bool
    may_decline: bool
    forget: list[str]  # of an envelope: statements that make its payload {}


def message(name: str, types: Types) -> MessageView | None:
    """None for a type that is no message."""
    if name not in types.proto:
        return None
    shapes = [types.named[other].shape for other in (name, *reachable([name], lambda of: list(
        contained(types.named[of].shape))))]
    parts = [part for shape in shapes for part in _parts(shape)]
    return MessageView(
        is_respelled=any(isinstance(part, (Instant, FreeForm)) for part in parts),
        may_decline=any(isinstance(part, Array) and part.unique_items for part in parts)
        or types.named[name].recursive,
        forget=_forget(types) if name == types.envelope.name else [],
    )


def _parts(shape: Shape | Inline) -> list[Shape | Inline]:
    """The shape and those in it that have no name."""
    if isinstance(shape, Object):
        return [part for of in shape.members for part in _parts(of.use.type)]
    return [shape, *_parts(shape.items.type)] if isinstance(shape, Array) else [shape]


def _forget(types: Types) -> list[str]:
    shape = types.named[types.envelope.name].shape
    assert isinstance(shape, Object)
    of = shape.by_name[types.envelope.payload]
    name, how = naming.member(of), presence(of, types)
    assign = f'value->{name}.text = KH_STR("{{}}");'
    if not how.flag and not how.nullable:
        return [assign]
    there = f"value->{name}_presence == KH_PRESENT" if how.nullable else f"value->has_{name}"
    return [f"if ({there}) {{", f"    {assign}", "}"]
