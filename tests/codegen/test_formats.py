"""The values of `format`: what each takes and what not."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from codegen.forms import FORMATS as NAMES
from codegen.text_formats import FORMATS

VALUES = {
    "date": (
        ["2026-02-28", "2024-02-29", "2000-02-29", "0400-02-29", "0000-01-01", "9999-12-31"],
        ["", "2026-02-29", "2100-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-1-01",
         "2026-04-31", "26-01-01", "2026-01-01\n", "2026/01/01", "２０２６-01-01", "2026-01-01Z"],
    ),
    "time": (
        ["00:00:00Z", "23:59:59z", "12:30:15.123456789012345Z", "12:30:15+23:59", "12:30:15-00:00",
         "23:59:60Z", "01:29:60+01:30", "15:59:60-08:00"],
        ["", "24:00:00Z", "12:60:00Z", "12:00:61Z", "12:00:00", "12:00Z", "12:00:00.Z",
         "12:00:00+24:00", "12:00:00+01:60", "12:00:00+0100", "22:59:60Z", "23:58:60Z",
         "23:59:60+01:00", "12:00:00Z\n", "1:00:00Z", "12:00:00 Z"],
    ),
    "date-time": (
        ["2026-04-05T17:31:00Z", "2026-04-05t17:31:00.5+02:00", "1998-12-31T23:59:60Z"],
        ["", "2026-04-05 17:31:00Z", "2026-04-05T17:31:00", "2026-04-05", "2026-02-30T00:00:00Z",
         "2026-04-05T17:31:00Z\x00", "2026-04-05T25:00:00Z"],
    ),
    "uuid": (
        ["0d9a4f6e-0001-4000-8000-00000000000a", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"],
        ["", "0d9a4f6e00014000800000000000000a", "0d9a4f6e-0001-4000-8000-00000000000",
         "0d9a4f6e-0001-4000-8000-00000000000g", "{0d9a4f6e-0001-4000-8000-00000000000a}",
         "0d9a4f6-e0001-4000-8000-00000000000a"],
    ),
    "email": (
        ["a@b", "joe.bloggs@example.com", "te~st@example.com", "a+b@example.com",
         '"joe bloggs"@example.com', '"a\\"b"@example.com', "a@[127.0.0.1]", "a@[IPv6:::1]",
         "x" * 64 + "@example.com"],
        ["", "a", "@b", "a@", ".a@b", "a.@b", "a..b@c", "a b@c", "a@b@c", "a@-b", "a@b-",
         "a@[127.0.0.300]", "a@[::1]", "a@b..c", "a@b.", "é@b", "x" * 65 + "@b", '"a@b',
         "a@" + "x" * 64, "a@b\n"],
    ),
    "uri": (
        ["http://a", "urn:oasis:names", "http://u:p@h:80/p?q#f", "mailto:a@b", "file:///x",
         "http://[::1]:8080/", "http://[v1.x]/", "a:", "http://a/%20", "http://a:"],
        ["", "/a", "a/b", "//a", "http://a b", "http://a/é", "http://a/%zz", "1a:b", "http://[::1",
         "http://a/[x]", "http://[::g]", "http://a:b", "http://a#b#c", "http://a\\b", ":a"],
    ),
    "uri-reference": (
        ["", "/a", "a/b", "//a", "?q", "#f", "../x", "http://a", "./a:b"],
        ["a b", "é", "%", "#a#b", "\\a", "1:a", "[a]"],
    ),
    "ipv4": (
        ["0.0.0.0", "127.0.0.1", "255.255.255.255"],
        ["", "256.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.4 ", "0x1.2.3.4", "1.2.3.-4",
         "１.2.3.4", "1.2.3.4\n"],
    ),
    "ipv6": (
        ["::", "::1", "1::", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1::8", "FE80::a"],
        ["", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "::g",
         "fe80::1%eth0", "::1/64", " ::1", "::1\n", "::256.1.1.1", "1.2.3.4", "::٣"],
    ),
    "decimal": (
        ["0", "-0", "0.5", "-12.30", "9" * 38, "0." + "0" * 100 + "1", "9800.00"],
        ["", "-", ".5", "5.", "00", "01", "-01.5", "+1", "1e3", " 1", "1\n", "9" * 39, "١",
         "0." + "1" * 131, "1,5", "NaN"],
    ),
}


class Formats(unittest.TestCase):
    def test_every_format_has_cases(self) -> None:
        self.assertEqual(set(VALUES), set(NAMES))
        self.assertEqual(set(FORMATS), set(NAMES))

    def test_formats(self) -> None:
        for name, (good, bad) in VALUES.items():
            for text in good:
                with self.subTest(name, good=text):
                    self.assertTrue(FORMATS[name](text))
            for text in bad:
                with self.subTest(name, bad=text):
                    self.assertFalse(FORMATS[name](text))


if __name__ == "__main__":
    unittest.main()
