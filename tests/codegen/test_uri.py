"""References are resolved as RFC 3986 says; the examples are those of its section 5.4."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from codegen.uri import parse, percent_decoded, resolve

BASE = "http://a/b/c/d;p?q"
EXAMPLES = {
    "g:h": "g:h", "g": "http://a/b/c/g", "./g": "http://a/b/c/g", "g/": "http://a/b/c/g/",
    "/g": "http://a/g", "//g": "http://g", "?y": "http://a/b/c/d;p?y", "g?y": "http://a/b/c/g?y",
    "#s": "http://a/b/c/d;p?q#s", "g#s": "http://a/b/c/g#s", "g?y#s": "http://a/b/c/g?y#s",
    ";x": "http://a/b/c/;x", "g;x": "http://a/b/c/g;x", "g;x?y#s": "http://a/b/c/g;x?y#s",
    "": "http://a/b/c/d;p?q", ".": "http://a/b/c/", "./": "http://a/b/c/", "..": "http://a/b/",
    "../": "http://a/b/", "../g": "http://a/b/g", "../..": "http://a/", "../../": "http://a/",
    "../../g": "http://a/g", "../../../g": "http://a/g", "../../../../g": "http://a/g",
    "/./g": "http://a/g", "/../g": "http://a/g", "g.": "http://a/b/c/g.", ".g": "http://a/b/c/.g",
    "g..": "http://a/b/c/g..", "..g": "http://a/b/c/..g", "./../g": "http://a/b/g",
    "./g/.": "http://a/b/c/g/", "g/./h": "http://a/b/c/g/h", "g/../h": "http://a/b/c/h",
    "g;x=1/./y": "http://a/b/c/g;x=1/y", "g;x=1/../y": "http://a/b/c/y",
    "g?y/./x": "http://a/b/c/g?y/./x", "g#s/../x": "http://a/b/c/g#s/../x",
    "urn:example:a": "urn:example:a",
}


class Uris(unittest.TestCase):
    def test_resolves_as_the_rfc_has_it(self) -> None:
        for reference, expected in EXAMPLES.items():
            with self.subTest(reference):
                self.assertEqual(str(resolve(parse(BASE), parse(reference))), expected)

    def test_refuses_what_is_none(self) -> None:
        for text in ("a b", "é", "%zz", "%4", "a\\b", "{x}", "#a#b", "1:x/y z"):
            with self.subTest(text):
                self.assertIsNone(parse(text))

    def test_decodes_percent(self) -> None:
        self.assertEqual(percent_decoded("a%20b%C3%A9%25"), "a bé%")
        self.assertIsNone(percent_decoded("%ff"))


if __name__ == "__main__":
    unittest.main()
