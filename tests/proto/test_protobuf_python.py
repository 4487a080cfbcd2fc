"""Google's Protocol Buffers for Python makes messages that we read as the same values, and reads ours.

The program under test is $KH_PROTO_TOOL, around kh_proto_to_json and kh_proto_from_json. What JSON
a message is, is said here once more, in Python, by what Google's library made of its bytes.
"""

import datetime
import importlib
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import typing
import unittest

from google.protobuf.message import DecodeError, Message

HERE = os.path.dirname(os.path.abspath(__file__))
TOOL = os.environ["KH_PROTO_TOOL"]
COUNT = 1_000

SCALARS = ("text", "moment", "small", "large", "huge", "number", "flag", "colour", "size")
ORDER = ("shape", *SCALARS, "point", "object", "any", "list", "child", "children", "texts",
         "moments", "smalls", "larges", "huges", "numbers", "flags", "colours", "points", "shapes",
         "objects", "anys", "lists", "note", "always")
COLOURS = {1: "red", 2: "green", 7: "blue"}
SIZES = {1: "small", 2: "large"}
FIRST_MS, LAST_MS = -62167219200000, 253402300799999
PLURALS = {"texts": "text", "moments": "moment", "smalls": "small", "larges": "large",
           "huges": "huge", "numbers": "number", "flags": "flag", "colours": "colour",
           "points": "point", "shapes": "shape", "objects": "object", "anys": "any",
           "lists": "list", "children": "child", "always": "small", "note": "text"}


def load_sample() -> typing.Any:
    """The module that protoc makes of sample.proto."""
    folder = tempfile.mkdtemp()
    subprocess.run(["protoc", f"--proto_path={HERE}", f"--python_out={folder}", "sample.proto"],
                   check=True)
    sys.path.insert(0, folder)
    try:
        return importlib.import_module("sample_pb2")
    finally:
        sys.path.remove(folder)
        for root, folders, files in os.walk(folder, topdown=False):
            for name in files:
                os.remove(os.path.join(root, name))
            for name in folders:
                os.rmdir(os.path.join(root, name))
        os.rmdir(folder)


sample = load_sample()


# ---- What JSON a message is -----------------------------------------------------------------------


def instant(milliseconds: int) -> typing.Any:
    if not FIRST_MS <= milliseconds <= LAST_MS:
        return milliseconds
    # Python's years begin with 1: 400 of them are a cycle of the calendar.
    cycle = 146097 * 86400 * 1000
    shift = 400 if milliseconds < 0 else 0
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(
        milliseconds=milliseconds + (cycle if shift else 0))
    return f"{moment.year - shift:04}-{moment:%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def number(value: float) -> typing.Any:
    return value if math.isfinite(value) else None


def any_value(value: Message) -> typing.Any:
    kind = value.WhichOneof("kind")
    if kind in (None, "null_value"):
        return None
    if kind == "struct_value":
        return struct(value.struct_value)
    if kind == "list_value":
        return [any_value(item) for item in value.list_value.values]
    if kind == "number_value":
        return number(value.number_value)
    return getattr(value, kind)


def struct(value: Message) -> dict:
    return {name: any_value(member) for name, member in value.fields.items()}


def point(value: Message) -> dict:
    return {name: number(getattr(value, name)) for name in ("x", "y") if value.HasField(name)}


def shape(value: Message) -> dict:
    kind = value.WhichOneof("kind")
    if kind == "circle":
        result: dict = {"kind": "circle shape"}
        if value.circle.HasField("radius"):
            result["radius"] = number(value.circle.radius)
        if value.circle.HasField("centre"):
            result["centre"] = point(value.circle.centre)
        return result
    if kind == "polygon":
        result = {"corners": [point(corner) for corner in value.polygon.corners],
                  "kind": "polygon"}
        if value.polygon.HasField("inside"):
            result["inside"] = shape(value.polygon.inside)
        return result
    return {}


CONVERT: dict = {
    "moment": instant, "number": number, "point": point, "shape": shape, "object": struct,
    "any": any_value, "list": lambda value: [any_value(item) for item in value.values],
    "colour": lambda value: COLOURS.get(value, value), "size": lambda value: SIZES.get(value, value),
    "child": lambda value: everything(value),
}


def everything(message: Message) -> dict:
    result: dict = {}
    for name in ORDER:
        convert = CONVERT.get(PLURALS.get(name, name), lambda value: value)
        if name in PLURALS and name != "note":
            items = [convert(item) for item in getattr(message, name)]
            if items or name == "always":
                result[name] = items
        elif message.HasField(name):
            result[name] = convert(getattr(message, name))
        elif name == "note":
            result[name] = None
    return result


# ---- Random messages ------------------------------------------------------------------------------


class Maker:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.odd = False  # what no JSON can say is made as well

    def text(self) -> str:
        characters = "abc\"\\/\n\x00\x1f\x7fäß€\u2028\U0001F600 ZYX0123456789"
        return "".join(self.chance.choices(characters, k=self.chance.choice((0, 1, 3, 8, 40, 200))))

    def integer(self, low: int, high: int) -> int:
        near = self.chance.choice((low, 0, high, 127, 128, 16383, 16384, -1, 2**31, 2**28, 2**56))
        if self.chance.random() < 0.5:
            near = self.chance.randint(low, high) >> self.chance.randrange(64)
        return max(low, min(high, near + self.chance.randint(-2, 2)))

    def double(self) -> float:
        return self.chance.choice((
            0.0, -0.0, 1.5, 0.1, 1e15, 999999999999999.0, 1e22, 5e-324, 1.7976931348623157e308,
            2.0**53, 2.0**53 + 2, -123456.0, self.chance.random(),
            self.chance.uniform(-1e9, 1e9), float(self.chance.randint(-2**60, 2**60))))

    def fill_any(self, value: Message, levels: int) -> None:
        kind = self.chance.randrange(7 if levels > 0 else 5)
        if kind == 0:
            value.null_value = 0
        elif kind == 1:
            value.number_value = self.double()
        elif kind == 2:
            value.string_value = self.text()
        elif kind == 3:
            value.bool_value = self.chance.random() < 0.5
        elif kind == 5:
            value.struct_value.SetInParent()
            self.fill_struct(value.struct_value, levels - 1)
        elif kind == 6:
            value.list_value.SetInParent()
            self.fill_list(value.list_value, levels - 1)

    def fill_struct(self, value: Message, levels: int) -> None:
        for _ in range(self.chance.choice((0, 1, 2, 5, 30))):
            self.fill_any(value.fields[self.text()], levels if self.chance.random() < 0.3 else 0)

    def fill_list(self, value: Message, levels: int) -> None:
        for _ in range(self.chance.choice((0, 1, 2, 5))):
            self.fill_any(value.values.add(), levels)

    def fill_point(self, value: Message, _levels: int) -> None:
        for name in ("x", "y"):
            if self.chance.random() < 0.7:
                setattr(value, name, self.double())

    def fill_shape(self, value: Message, levels: int) -> None:
        kind = self.chance.randrange(3 if self.odd else 2)
        if kind == 0:
            value.circle.SetInParent()
            if self.chance.random() < 0.7:
                value.circle.radius = self.double()
            if self.chance.random() < 0.5:
                value.circle.centre.SetInParent()
                self.fill_point(value.circle.centre, 0)
        elif kind == 1:
            value.polygon.SetInParent()
            for _ in range(self.chance.choice((0, 1, 3))):
                self.fill_point(value.polygon.corners.add(), 0)
            if levels > 0 and self.chance.random() < 0.5:
                value.polygon.inside.SetInParent()
                self.fill_shape(value.polygon.inside, levels - 1)

    def scalar(self, name: str) -> typing.Any:
        if name == "text":
            return self.text()
        if name == "moment":
            return self.integer(-2**63, 2**63 - 1) if self.odd else self.integer(FIRST_MS, LAST_MS)
        if name == "number":
            return self.chance.choice((math.inf, -math.inf, math.nan)) if self.odd else self.double()
        if name == "flag":
            return self.chance.random() < 0.5
        if name in ("colour", "size"):
            known = list(COLOURS if name == "colour" else SIZES)
            return self.chance.choice((0, 3, -1, 2**31 - 1, -2**31) if self.odd else known)
        low, high = {"small": (-2**31, 2**31 - 1), "large": (-2**63, 2**63 - 1),
                     "huge": (0, 2**64 - 1)}[name]
        return self.integer(low, high)

    def fill(self, message: Message, levels: int, density: float) -> None:
        fill_kind = {"point": self.fill_point, "shape": self.fill_shape, "object": self.fill_struct,
                     "any": self.fill_any, "list": self.fill_list,
                     "child": lambda child, left: self.fill(child, left, density / 3)}
        for name in ORDER:
            kind = PLURALS.get(name, name)
            if self.chance.random() > density or (kind == "child" and levels == 0):
                continue
            if name in PLURALS and name != "note":
                for _ in range(self.chance.choice((1, 2, 3, 40 if kind in SCALARS else 3))):
                    if kind in SCALARS:
                        getattr(message, name).append(self.scalar(kind))
                    else:
                        fill_kind[kind](getattr(message, name).add(), levels - 1)
            elif kind in SCALARS:
                setattr(message, name, self.scalar(kind))
            else:
                getattr(message, name).SetInParent()
                fill_kind[kind](getattr(message, name), levels - 1)

    def everything(self, odd: bool = False) -> Message:
        message = sample.Everything()
        self.odd = odd
        self.fill(message, 4, self.chance.choice((0.02, 0.1, 0.3, 0.9)))
        return message


# ---- Tests ----------------------------------------------------------------------------------------


def ask(lines: list[str]) -> list[str]:
    result = subprocess.run([TOOL], input="\n".join(lines) + "\n", capture_output=True, text=True,
                            timeout=300)
    if (result.returncode, result.stderr) != (0, ""):
        raise AssertionError(f"exit code {result.returncode}: {result.stderr}")
    # Not splitlines, which takes characters of strings for ends of lines.
    return result.stdout.split("\n")[:-1]


def read_json(text: str) -> typing.Any:
    """Integers are exact, and 0 keeps its sign."""
    return json.loads(text, parse_int=lambda digits: -0.0 if digits == "-0" else int(digits))


def same(left: typing.Any, right: typing.Any) -> bool:
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, bool) or not isinstance(left, (int, float)):
        return type(left) is type(right) and left == right
    return (isinstance(right, (int, float)) and not isinstance(right, bool) and left == right
            and math.copysign(1, left) == math.copysign(1, right))


class Protobuf(unittest.TestCase):
    def setUp(self) -> None:
        self.seed = int(os.environ.get("KH_SEED", random.SystemRandom().randrange(2**32)))
        self.chance = random.Random(self.seed)
        self.maker = Maker(self.chance)

    def assert_read(self, wire: list[bytes]) -> list[str]:
        """Ours reads each as Google's does."""
        answers = ask([f"to {one.hex()}" for one in wire])
        self.assertEqual(len(answers), len(wire))
        for one, answer in zip(wire, answers):
            expected = everything(sample.Everything.FromString(one))
            where = f"KH_SEED={self.seed}: {one.hex()}\n{answer}"
            self.assertFalse(answer.startswith("!"), where)
            read = read_json(answer)
            self.assertTrue(same(read, expected), where)
            self.assertEqual(list(read), list(expected), where)
        return answers

    def test_random_messages_are_read_and_written_back(self) -> None:
        messages = [self.maker.everything() for _ in range(COUNT)]
        texts = self.assert_read([one.SerializeToString() for one in messages])
        answers = ask([f"from {text}" for text in texts])
        for message, text, answer in zip(messages, texts, answers):
            where = f"KH_SEED={self.seed}: {text}\n{answer}"
            self.assertFalse(answer.startswith("!"), where)
            written = sample.Everything.FromString(bytes.fromhex(answer))
            self.assertTrue(same(everything(written), everything(message)), where)

    def test_what_no_json_can_say_is_read_as_agreed(self) -> None:
        self.assert_read([self.maker.everything(odd=True).SerializeToString()
                          for _ in range(COUNT // 4)])

    def test_messages_put_together_are_merged(self) -> None:
        """The bytes of several messages, one after the other, are one message."""
        self.assert_read([b"".join(self.maker.everything().SerializeToString() for _ in range(count))
                          for count in self.chance.choices((2, 3, 5), k=COUNT // 4)])

    def test_fields_are_read_in_any_order(self) -> None:
        wire = []
        for _ in range(COUNT // 4):
            message = self.maker.everything()
            parts = []
            for field, value in message.ListFields():
                part = sample.Everything()
                if field.label == field.LABEL_REPEATED:
                    getattr(part, field.name).MergeFrom(value)
                elif field.message_type is not None:
                    getattr(part, field.name).CopyFrom(value)
                else:
                    setattr(part, field.name, value)
                parts.append(part.SerializeToString())
            self.chance.shuffle(parts)
            wire.append(b"".join(parts))
        self.assert_read(wire)

    def test_what_is_read_of_damaged_messages_is_what_google_reads(self) -> None:
        """Ours may refuse more: known fields of another wire type, and what is nested too deeply."""
        wire = []
        for _ in range(COUNT * 4):
            damaged = bytearray(self.maker.everything().SerializeToString()[:400] or b"\x08")
            for _ in range(self.chance.choice((1, 1, 2, 5))):
                damaged[self.chance.randrange(len(damaged))] = self.chance.randrange(256)
            wire.append(bytes(damaged[: self.chance.choice((len(damaged), 10, 100))]))
        answers = ask([f"to {one.hex()}" for one in wire])
        read = [one for one, answer in zip(wire, answers) if not answer.startswith("!")]
        self.assertGreater(len(read), 100)
        good = []
        for one in read:
            try:
                sample.Everything.FromString(one)
                good.append(one)
            except DecodeError:
                # A string that is not UTF-8, in a place that does not count in the end.
                self.assertTrue(any(byte >= 0x80 for byte in one), one.hex())
        self.assert_read(good)

    def test_envelopes_carry_a_message(self) -> None:
        for _ in range(50):
            inner = self.maker.everything()
            envelope = sample.Envelope(id="i", type="t", payload=inner.SerializeToString())
            text, = ask([f"to-envelope {envelope.SerializeToString().hex()}"])
            self.assertTrue(same(read_json(text),
                                 {"id": "i", "type": "t", "payload": everything(inner)}))
            back, = ask([f"from-envelope {text}"])
            read = sample.Envelope.FromString(bytes.fromhex(back))
            self.assertEqual((read.id, read.type), ("i", "t"))
            self.assertTrue(same(everything(sample.Everything.FromString(read.payload)),
                                 everything(inner)))


if __name__ == "__main__":
    unittest.main()
