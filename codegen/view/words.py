"""Comments: the schemas' own words, and the rules of a type in words of ours."""

from __future__ import annotations

import json

from ..model import (
    Array, Boolean, Decimal, Doc, FreeForm, Instant, Integer, Member, Number, Shape, String, Inline,
)
from .types import Types, is_scalar

_FORMATS = {
    "date": "A date as in RFC 3339.",
    "time": "A time of day as in RFC 3339.",
    "uuid": "A UUID.",
    "email": "An e-mail address.",
    "uri": "A URI.",
    "uri-reference": "A URI or a reference relative to one.",
    "ipv4": "An IPv4 address.",
    "ipv6": "An IPv6 address.",
}
_FREE_FORMS = {"any": "Any JSON value.", "object": "Any JSON object.", "array": "Any JSON array."}


def doc(of: Doc) -> str:
    words = of.description or of.title
    return f"{sentence(words)} {'Deprecated.' if of.deprecated else ''}".strip()


def heading(of: Doc) -> str:
    """Title and description, of a type."""
    title = "" if of.title in ("", of.description) else sentence(of.title)
    return f"{title} {doc(of)}".strip() if of.description else doc(of)


def sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in ".!?:;)" else text + "."


def member(of: Member, types: Types) -> str:
    """What the comment above a member of a struct says."""
    parts = [doc(of.doc)]
    inline = of.use.type
    if types.is_boxed(inline) and not of.required and not types.is_nullable(of.use):
        parts.append("NULL when absent.")
    elif not of.required and not of.has_default:
        parts.append("Optional.")
    if types.is_nullable(of.use):
        parts.append("May be null.")
    parts.append(type_words(inline, types))
    if of.has_default and not of.required:
        parts.append(f"{json.dumps(of.default, ensure_ascii=False)} when absent.")
    return " ".join(part for part in parts if part)


def type_words(inline: Inline, types: Types) -> str:
    """A scalar type's own words and rules; of an array its rules and those of its items."""
    shape = types.shape(inline)
    words = rules(shape)
    if inline is not shape and is_scalar(shape):
        words = f"{doc(types.target(inline).doc)} {words}"
    elif isinstance(inline, Array):
        each = type_words(inline.items.type, types)
        null = "May be null. " if types.is_nullable(inline.items) else ""
        words = f"{words} Each: {null}{each}" if null or each else words
    return words.strip()


def rules(shape: Shape | Inline) -> str:
    return " ".join(_rules(shape))


def _rules(shape: Shape | Inline) -> list[str]:
    if isinstance(shape, String):
        return _string(shape)
    if isinstance(shape, Decimal):
        scale = [] if shape.scale is None else [
            f"At most {_counted(shape.scale, 'digit')} after the point."]
        return [", ".join(filter(None, ["Exact decimal", _range(shape)])) + ".", *scale]
    if isinstance(shape, Instant):
        return ["An RFC 3339 date-time."]
    if isinstance(shape, (Integer, Number)):
        return _number(shape)
    if isinstance(shape, Boolean):
        return [] if shape.const is None else [f"Always {'true' if shape.const else 'false'}."]
    if isinstance(shape, FreeForm):
        return [_FREE_FORMS[shape.kind]]
    if isinstance(shape, Array):
        counts = _between(shape.min_items, shape.max_items, "item")
        return counts + (["No two are equal."] if shape.unique_items else [])
    return []


def _string(shape: String) -> list[str]:
    if shape.const is not None:
        return [f"Always {json.dumps(shape.const, ensure_ascii=False)}."]
    parts = [_FORMATS[shape.format]] if shape.format is not None else []
    parts += _between(shape.min_length, shape.max_length, "character")
    if shape.pattern is not None:
        parts.append(f"Matches {shape.pattern}")
    return parts


def _number(shape: Integer | Number) -> list[str]:
    if shape.const is not None:
        return [f"Always {shape.const}."]
    if shape.enum:
        return ["One of " + ", ".join(str(value) for value in shape.enum) + "."]
    bounds = _range(shape)
    parts = [bounds[0].upper() + bounds[1:] + "."] if bounds else []
    if shape.multiple_of is not None:
        parts.append(f"A multiple of {shape.multiple_of}.")
    return parts


def _range(shape: Integer | Number | Decimal) -> str:
    parts = []
    if shape.minimum is not None:
        parts.append(f"at least {shape.minimum}")
    if not isinstance(shape, Integer) and shape.exclusive_minimum is not None:
        parts.append(f"more than {shape.exclusive_minimum}")
    if shape.maximum is not None:
        parts.append(f"at most {shape.maximum}")
    if not isinstance(shape, Integer) and shape.exclusive_maximum is not None:
        parts.append(f"less than {shape.exclusive_maximum}")
    return ", ".join(parts)


def _between(least: int, most: int | None, what: str) -> list[str]:
    if most is None:
        return [] if least == 0 else [f"At least {_counted(least, what)}."]
    if least == most:
        return [f"Exactly {_counted(least, what)}."]
    return [f"At most {_counted(most, what)}."] if least == 0 else [
        f"{least} to {_counted(most, what)}."]


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
