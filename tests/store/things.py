"""Things for the tests of stores in Python, and things_tool to put and get them."""

import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = os.environ.get("KH_THINGS_TOOL", ROOT / "build/dev/tests/store/things_tool")


def thing(number: int, **members: object) -> dict:
    """With what is required; `number` is in its key."""
    required = {"id": "id", "part": number, "group": "g", "at": "2026-11-23T10:20:30Z",
                "flag": False, "big": 0, "unsignedBig": 0, "ratio": 0, "colour": "RED"}
    return required | members


# Every type of member at its bounds, present, null and absent.
VARIETY = [thing(number, **members) for number, members in enumerate([
    {},
    {"id": "\0", "group": "a\0b", "note": "", "nested": {"text": "\0\"\\", "number": -1}},
    {"id": "'; DROP TABLE \"Thing\"; --", "group": "=#:", "note": None},
    {"id": "\U0001F600\u20ac\uffff", "group": "\x01\x02\x7f", "note": "\U0010FFFF\t\r\n"},
    {"big": 2**63 - 1, "unsignedBig": 2**64 - 1, "flag": True,
     "nested": {"text": "", "number": 2**63 - 1}},
    {"big": -2**63, "unsignedBig": 2**53 + 1, "nested": {"text": "n", "number": -2**63}},
    {"big": -2**53 - 1, "unsignedBig": 1, "ratio": 0.1, "colour": "GREEN"},
    {"ratio": -1 / 3, "colour": "BLUE", "price": "0"},
    {"ratio": 1e100, "price": "9" * 38},
    {"ratio": -1.5e-100, "price": "-" + "9" * 38},
    {"ratio": 123456789.12345678, "price": "0." + "9" * 38},
    {"ratio": 1e21, "price": "-0." + "0" * 129 + "1"},
    {"ratio": 5e15, "price": "12345678901234567890.123456789012345678"},
    {"at": "0000-01-01T00:00:00Z", "price": "1" + "0" * 37},
    {"at": "9999-12-31T23:59:59.999999999Z", "price": "10.5"},
    {"at": "2016-12-31T23:59:60Z", "price": "-7"},
    {"at": "2017-01-01T00:59:60.5+01:00"},
    {"at": "2026-11-23T10:20:30.120-23:59"},
    {"note": "n" * 100000, "nested": {"text": "t" * 100000, "number": 7}},
])]
VARIETY += [thing(-2**31), thing(2**31 - 1)]


class Tool:
    """A store at a place of its own, which goes with it."""

    def __init__(self, kind: str, environment: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen([TOOL, kind], env=environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.place = self._read()

    def _read(self) -> str:
        line = self.process.stdout.readline()
        if not line.endswith(b"\n"):
            raise RuntimeError("things_tool ended in the middle")
        return line[:-1].decode()

    def _ask(self, request: str) -> str:
        self.process.stdin.write(request.encode() + b"\n")
        self.process.stdin.flush()
        return self._read()

    def put(self, value: dict) -> str:
        """OK, or the status and its reason."""
        return self._ask("put " + json.dumps(value, ensure_ascii=False))

    def get(self, key: dict) -> dict | None:
        return json.loads(self._ask("get " + json.dumps(key, ensure_ascii=False)))

    def dump(self) -> list[dict]:
        return json.loads(self._ask("dump"))

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()
        if self.process.returncode != 0:
            raise RuntimeError(f"things_tool ended with {self.process.returncode}")
