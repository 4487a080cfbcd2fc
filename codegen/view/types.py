"""What the model's types are in C."""

from __future__ import annotations

from dataclasses import dataclass

from .. import names as naming
from .. import proto_names
from ..model import (
    Array, Boolean, Decimal, Enum, FreeForm, Inline, Instant, Integer, Model, NamedType, Number,
    Object, Ref, Shape, String, Union, Use,
)

INT32_MINIMUM, INT32_MAXIMUM = -(2**31), 2**31 - 1
INT64_MINIMUM, INT64_MAXIMUM = -(2**63), 2**63 - 1
UINT64_MAXIMUM = 2**64 - 1


@dataclass(frozen=True)
class IntegerType:
    """One of int32, int64 and uint64."""

    name: str
    minimum: int
    maximum: int

    @property
    def check(self) -> str:
        """What the check functions for it are called."""
        return "uint64" if self.name == "uint64" else "int64"


INT32 = IntegerType("int32", INT32_MINIMUM, INT32_MAXIMUM)
INT64 = IntegerType("int64", INT64_MINIMUM, INT64_MAXIMUM)
UINT64 = IntegerType("uint64", 0, UINT64_MAXIMUM)


def integer_type(shape: Integer) -> IntegerType:
    """The narrowest that holds what the bounds allow; int64 where there is no upper bound."""
    values = shape.enum if shape.const is None else (shape.const,)
    minimum = min(values) if values else shape.minimum
    maximum = max(values) if values else shape.maximum
    if minimum is not None and minimum >= 0 and max(minimum, maximum or 0) > INT64_MAXIMUM:
        return UINT64
    if minimum is None or maximum is None:
        return INT64
    return INT32 if INT32_MINIMUM <= minimum and maximum <= INT32_MAXIMUM else INT64


@dataclass(frozen=True)
class Scalar:
    """How a scalar is declared, and which functions of the runtime read and write it."""

    c_type: str
    read: str
    write: str


def scalar(shape: Shape | Inline) -> Scalar:
    if isinstance(shape, String):
        return Scalar("struct kh_str", "kh_json_read_str", "kh_json_write_str")
    if isinstance(shape, Decimal):
        return Scalar("struct kh_decimal", "kh_json_read_decimal", "kh_json_write_decimal")
    if isinstance(shape, Instant):
        return Scalar("struct kh_instant", "kh_json_read_instant", "kh_json_write_instant")
    if isinstance(shape, Integer):
        kind = integer_type(shape)
        return Scalar(f"{kind.name}_t", f"kh_json_read_{kind.name}", f"kh_json_write_{kind.check}")
    if isinstance(shape, Number):
        return Scalar("double", "kh_json_read_double", "kh_json_write_double")
    if isinstance(shape, Boolean):
        return Scalar("bool", "kh_json_read_bool", "kh_json_write_bool")
    assert isinstance(shape, FreeForm)
    read = {"any": "raw", "object": "raw_object", "array": "raw_array"}[shape.kind]
    return Scalar("struct kh_raw", f"kh_json_read_{read}", "kh_json_write_raw")


def is_scalar(shape: Shape | Inline) -> bool:
    return not isinstance(shape, (Enum, Object, Union, Array, Ref))


class Types:
    """Looks up named types and their names."""

    def __init__(self, model: Model) -> None:
        self.names = naming.Names(model)
        self.envelope = model.envelope
        self.package = proto_names.package(model)
        self.proto = model.proto.by_name
        self.named = {named.name: named for named in model.types}
        # Views of members that are the same wherever they stand, by what they depend on.
        self.member_views: dict[object, object] = {}

    def name(self, ref: Ref) -> str:
        return self.names.type(ref.name)

    def target(self, ref: Ref) -> NamedType:
        return self.named[ref.name]

    def shape(self, inline: Inline) -> Shape:
        """What it is in the end."""
        return self.target(inline).shape if isinstance(inline, Ref) else inline

    def is_nullable(self, use: Use) -> bool:
        return naming.is_nullable(use, self.named)

    def is_boxed(self, inline: Inline) -> bool:
        """Is a value of this type kept by pointer, since it can contain one like itself?"""
        return isinstance(inline, Ref) and self.target(inline).recursive

    def c_type(self, inline: Inline) -> str:
        """The type of one value; inline arrays have none, they are two members."""
        return self.named_c_type(self.target(inline)) if isinstance(inline, Ref) else (
            scalar(inline).c_type)

    def named_c_type(self, named: NamedType) -> str:
        if isinstance(named.shape, Enum):
            return f"enum {self.names.type(named.name)}"
        if isinstance(named.shape, (Object, Union, Array)):
            return f"struct {self.names.type(named.name)}"
        return scalar(named.shape).c_type
