"""The JSON reader of the schemas: as strict as RFC 8259, and it knows where everything stands."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from codegen.locate import JsonError, read
from codegen.strict_json import places

REFUSED = [
    "", " ", "{", "[", "[1", "[1,", "[,1]", "[1,]", "[1 2]", "{,}", '{"a"}', '{"a":}', '{"a":1,}',
    '{"a" 1}', "{a:1}", "{'a':1}", '{1:1}', '{"a":1 "b":2}', "[1]]", "1 2", "tru", "True", "nul",
    "NaN", "Infinity", "-Infinity", "-", "+1", "01", "-01", "1.", ".5", "1.e1", "1e", "1e+", "0x1",
    "1_000", "1a", "--1", "1e999", "-1e400", "1" * 401, "1e-99999", '"', '"a', '"\\"', '"\\x"',
    '"\\u12"', '"\\u12g4"', '"\\ud800"', '"\\udc00"', '"\\ud800\\u0041"', '"\\ud800x"', '"\t"',
    '"\n"', '"\x00"', "\ufeff1", "/* */ 1", "1 // x", '{"a":1,"a":2}', '{"a":1,"\\u0061":2}',
    "[" * 101 + "]" * 101, "[" * 100_000, '{"a":' * 100_000, "\u00a01", "\x0b1",
]

ACCEPTED = [
    ("null", None), ("true", True), ("false", False), ("0", 0), ("-0", 0), ("12", 12), ("-1", -1),
    ("1.5", 1.5), ("1e2", 100), ("1E+2", 100), ("1e-2", 0.01), ("1.0", 1),
    ("123456789012345678901234567890", 123456789012345678901234567890),
    ('""', ""), ('"\\u0041\\n\\/"', "A\n/"), ('"\\ud83d\\ude00"', "\U0001f600"), ('"é"', "é"),
    ('"\x7f"', "\x7f"), ("[]", []), (" [ 1 , 2 ] ", [1, 2]), ("{}", {}), ('{"":0}', {"": 0}),
    ('\t\r\n{"a":{"b":[null]}}\n', {"a": {"b": [None]}}), ("[" * 100 + "]" * 100, None),
]


class Reader(unittest.TestCase):
    def test_refuses_what_is_not_json(self) -> None:
        for text in REFUSED:
            with self.subTest(text[:40]), self.assertRaises(JsonError):
                read(text.encode("utf-8"))

    def test_refuses_what_is_not_utf8(self) -> None:
        for data in (b'"\xff"', b'"\xc0\xaf"', b'"\xed\xa0\x80"', b'"\xf4\x90\x80\x80"', b'"\xe2\x82"'):
            with self.subTest(data), self.assertRaisesRegex(JsonError, "UTF-8"):
                read(data)

    def test_reads_what_is_json(self) -> None:
        for text, value in ACCEPTED:
            with self.subTest(text[:40]):
                plain = read(text.encode("utf-8")).root.plain()
                if value is not None:
                    self.assertEqual(plain, value)
                    self.assertIs(type(plain), type(value))

    def test_keeps_the_order_of_members(self) -> None:
        self.assertEqual(list(read(b'{"b":1,"a":2,"c":3}').root.members()), ["b", "a", "c"])

    def test_keeps_the_text_of_numbers(self) -> None:
        texts = ["1.50", "1e-2", "12345678901234567890.123456789"]
        node = read(("[" + ",".join(texts) + "]").encode()).root
        self.assertEqual([element.value.text for element in node.elements()], texts)

    def test_knows_lines(self) -> None:
        document = read(
            '{\n  "é": [\n    1,\n\n    {"b/c": "x",\n "d~e":\n  true}]}'.encode("utf-8"))
        # A member is where its name is.
        self.assertEqual(document.line_of("/é/1/d~0e"), 6)
        self.assertEqual(document.line_of("/é/1/b~1c"), 5)
        self.assertEqual(document.line_of("/é/1"), 5)
        self.assertEqual(document.line_of("/é/0"), 3)
        self.assertEqual(document.line_of(""), 1)
        # As far as the pointer leads.
        self.assertEqual(document.line_of("/é/7/x"), 2)
        self.assertEqual(read(b"\n\n [2]").line_of(""), 3)

    def test_both_readers_refuse_and_read_the_same(self) -> None:
        for text in REFUSED:
            with self.subTest(text[:40]), self.assertRaises(JsonError):
                places(text)
        for text, _ in ACCEPTED:
            with self.subTest(text[:40]):
                self.assertIn("", places(text))

    def test_says_where_it_failed(self) -> None:
        with self.assertRaises(JsonError) as caught:
            read(b'{\n  "a": [\n    1,\n    x\n  ]\n}')
        self.assertEqual((caught.exception.line, caught.exception.column), (4, 5))
        self.assertEqual(caught.exception.pointer, "/a/1")


if __name__ == "__main__":
    unittest.main()
