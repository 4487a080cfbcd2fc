"""Where Debian's source packages are had from, given the machine's lists for binary ones."""

import pathlib
import tempfile
import unittest

from package import debian_sources


class SourceList(unittest.TestCase):
    def setUp(self) -> None:
        self.etc = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.etc / "sources.list.d").mkdir()

    def made_from(self, text: str, name: str = "sources.list") -> str:
        (self.etc / name).write_text(text)
        return debian_sources.source_list(self.etc, "bookworm")

    def test_one_line_entries_become_entries_for_sources(self) -> None:
        made = self.made_from(
            "# a comment\n"
            "deb [arch=amd64,i386 signed-by=/k.gpg] http://mirror/debian bookworm main contrib # end\n"
            "deb http://mirror/security bookworm-security main\n")
        self.assertEqual(
            made,
            "Types: deb-src\nSuites: bookworm\nComponents: main\n"
            "URIs: http://mirror/debian\nsigned-by: /k.gpg\n"
            "\n"
            "Types: deb-src\nSuites: bookworm-security\nComponents: main\n"
            "URIs: http://mirror/security\n")

    def test_stanzas_keep_their_keys_and_lose_what_is_for_binaries(self) -> None:
        made = self.made_from(
            "Types: deb\nURIs: http://mirror/debian\nSuites: bookworm bookworm-updates other\n"
            "Components: main non-free-firmware\nArchitectures: amd64\nSigned-By:\n KEY\n .\n LINE\n",
            "sources.list.d/debian.sources")
        self.assertEqual(
            made,
            "Types: deb-src\nSuites: bookworm bookworm-updates\nComponents: main\n"
            "URIs: http://mirror/debian\nSigned-By: \n KEY\n .\n LINE\n")

    def test_what_is_there_for_sources_already_comes_once(self) -> None:
        line = "http://mirror/debian bookworm main\n"
        made = self.made_from(f"deb {line}deb-src {line}")
        self.assertEqual(made.count("URIs"), 1)

    def test_other_archives_and_disabled_entries_are_left_out(self) -> None:
        self.assertEqual("", self.made_from(
            "deb http://other/tool stable main\n"
            "deb http://mirror/debian trixie main\n"
            "deb http://mirror/debian bookworm contrib\n"
            "deb cdrom:[Debian] bookworm main\n"
            "#deb http://mirror/debian bookworm main\n"))
        self.assertEqual("", self.made_from(
            "Types: deb\nURIs: http://mirror/debian\nSuites: bookworm\nComponents: main\n"
            "Enabled: no\n", "sources.list.d/debian.sources"))


if __name__ == "__main__":
    unittest.main()
