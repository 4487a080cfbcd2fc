"""The neutral model: what the schemas say, free of JSON Schema's spelling and of C's.

`build` makes it, `names` and `c_view` turn it into C, `dump` prints it as JSON. Everything here is
plain frozen data with a location, so that later steps can still name file, line and pointer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Location:
    """Where something stands: a file as given on the command line, and a JSON pointer."""

    file: str
    pointer: str = ""
    line_of: Callable[[str], int] | None = field(default=None, compare=False, repr=False)

    @property
    def line(self) -> int:
        """From 1; looked for when somebody asks."""
        return 1 if self.line_of is None else self.line_of(self.pointer)


@dataclass(frozen=True)
class Doc:
    """The schema's own words."""

    title: str = ""
    description: str = ""
    examples: tuple[object, ...] = ()
    deprecated: bool = False


# ---- Types ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class String:
    min_length: int = 0
    max_length: int | None = None
    pattern: str | None = None
    # date, time, uuid, email, uri, uri-reference, ipv4, ipv6; the others have types of their own
    format: str | None = None
    const: str | None = None


@dataclass(frozen=True)
class Decimal:
    """A string of format decimal. Bounds are the schema's texts, compared exactly."""

    minimum: str | None = None
    exclusive_minimum: str | None = None
    maximum: str | None = None
    exclusive_maximum: str | None = None
    scale: int | None = None


@dataclass(frozen=True)
class Instant:
    """A string of format date-time."""


@dataclass(frozen=True)
class Integer:
    """Bounds are inclusive (exclusive ones are folded in); None: the schema gives none."""

    minimum: int | None = None
    maximum: int | None = None
    multiple_of: int | None = None
    const: int | None = None
    enum: tuple[int, ...] = ()


@dataclass(frozen=True)
class Number:
    """All values are number texts as written in the schema."""

    minimum: str | None = None
    exclusive_minimum: str | None = None
    maximum: str | None = None
    exclusive_maximum: str | None = None
    multiple_of: str | None = None
    const: str | None = None
    enum: tuple[str, ...] = ()


@dataclass(frozen=True)
class Boolean:
    const: bool | None = None


@dataclass(frozen=True)
class FreeForm:
    """Any JSON kept as text; kind is "any", "object" or "array"."""

    kind: str


@dataclass(frozen=True)
class EnumValue:
    value: str
    description: str = ""


@dataclass(frozen=True)
class Enum:
    """Strings of a fixed set."""

    values: tuple[EnumValue, ...]


@dataclass(frozen=True)
class Array:
    items: Use
    min_items: int = 0
    max_items: int | None = None
    unique_items: bool = False


@dataclass(frozen=True)
class Member:
    name: str
    use: Use
    required: bool
    doc: Doc
    location: Location
    # The value to fill in when the member is absent, as Python made it from JSON; see has_default.
    default: object = None
    has_default: bool = False
    # The name it shall have in C, where the schema says so (x-c-name).
    c_name: str | None = None
    # Its number in a message of Protocol Buffers (x-proto-field).
    proto_field: int | None = None


@dataclass(frozen=True)
class Object:
    """Members in the schema's order. additional: are members beyond these allowed (and skipped)?"""

    members: tuple[Member, ...]
    additional: bool = True

    @cached_property
    def by_name(self) -> dict[str, Member]:
        return {member.name: member for member in self.members}


@dataclass(frozen=True)
class Arm:
    """One branch of a union: the discriminator's value and a named object type."""

    value: str
    type_name: str
    doc: Doc
    location: Location
    proto_field: int | None = None


@dataclass(frozen=True)
class Union:
    """oneOf over objects told apart by a member that is const in each."""

    discriminator: str
    arms: tuple[Arm, ...]


@dataclass(frozen=True)
class Ref:
    """A use of a named type."""

    name: str


Shape = String | Decimal | Instant | Integer | Number | Boolean | FreeForm | Enum | Array | Object | Union
"""What a named type can be."""

Inline = String | Decimal | Instant | Integer | Number | Boolean | FreeForm | Array | Ref
"""What may stand at a use: enums, objects and unions always have a name and are referred to."""


@dataclass(frozen=True)
class Use:
    """A type at a place, which may allow null beside it."""

    type: Inline
    nullable: bool = False

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Kept, since what can stand at a place is looked up by its use all the time."""
        return hash((self.type, self.nullable))


@dataclass(frozen=True)
class NamedType:
    """A type with a name of its own.

    Names are paths in the schemas' own spelling, made C by `names`: the file's stem for a file
    ("limit_status"), stem and key for $defs, owner and member for an object or enum that stands
    inline in another. `owner` is the stem of the file whose output holds it.
    """

    name: str
    shape: Shape
    doc: Doc
    location: Location
    owner: str
    nullable: bool = False
    c_name: str | None = None
    # True if a value of this type can contain another of it: such members are kept by pointer.
    recursive: bool = False


# ---- What the types are for ----------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    name: str  # the file's stem; also the name of its object type
    type: str  # the string in the envelope that chooses it
    version: int
    entity: str | None  # the entity it concerns
    key: tuple[str, ...]  # the payload members that are the entity's key
    location: Location
    # "json", "protobuf": how it may come; empty: the schema does not say.
    encodings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Index:
    name: str
    equal: tuple[str, ...]  # members given in a query
    order: tuple[str, ...]  # members that sort the result


@dataclass(frozen=True)
class Entity:
    name: str
    table: str
    key: tuple[str, ...]
    indexes: tuple[Index, ...]
    location: Location


@dataclass(frozen=True)
class Envelope:
    """Which members of the envelope's object type play which part."""

    name: str
    id: tuple[str, ...]  # one member, or several that are unique together
    type: str
    payload: str
    payload_base64: str | None
    key: str | None
    time: str | None
    sequence: str | None
    location: Location


@dataclass(frozen=True)
class Setting:
    name: str  # of the environment variable
    type: String | Integer | Boolean | Decimal | Enum
    default: object
    has_default: bool
    required: bool
    doc: Doc
    location: Location
    # Settings of the runtime itself come from the framework's own schema.
    of_runtime: bool


@dataclass(frozen=True)
class Migration:
    """A step that a SQLite database goes through once."""

    name: str  # of the file
    text: str
    digest: str  # SHA-256 of the text, in hexadecimal
    generated: bool  # or written by hand


@dataclass(frozen=True)
class Migrations:
    files: tuple[Migration, ...] = ()  # in order
    state: str = ""  # the text of the file that says what the tables look like behind the last


@dataclass(frozen=True)
class Reserved:
    """What a message or an enum had once: a number that nothing else may get."""

    number: int
    name: str


@dataclass(frozen=True)
class ProtoType:
    """A named type that messages of Protocol Buffers are, or are made of."""

    name: str
    numbers: tuple[int, ...] = ()  # of an enum's values, in order
    reserved: tuple[Reserved, ...] = ()  # by number
    constants: tuple[str, ...] = ()  # members that the arm of a union says, so that they have no number


@dataclass(frozen=True)
class Proto:
    types: tuple[ProtoType, ...] = ()  # sorted by name
    lock: str = ""  # the text of the file that says which numbers were ever given

    @cached_property
    def by_name(self) -> dict[str, ProtoType]:
        return {of.name: of for of in self.types}


@dataclass(frozen=True)
class Model:
    service: str
    envelope: Envelope
    types: tuple[NamedType, ...]  # sorted by name
    events: tuple[Event, ...]  # sorted by type
    entities: tuple[Entity, ...]  # sorted by name
    settings: tuple[Setting, ...]  # sorted by name
    warnings: tuple[str, ...] = field(default=())
    migrations: Migrations = field(default=Migrations())
    proto: Proto = field(default=Proto())
