"""./dev package: what it makes, and that anybody makes the same.

$KH_ZIP is what it made for $KH_ARCHITECTURE.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

from package import pack

ROOT = pathlib.Path(__file__).resolve().parents[2]
ZIP = pathlib.Path(os.environ["KH_ZIP"])
ARCHITECTURE = os.environ["KH_ARCHITECTURE"]
EMULATED = os.environ["KH_EMULATED"] == "1"
PROGRAM = os.environ["KH_PROGRAM"]


def dev(*arguments: str, folder: pathlib.Path = ROOT) -> subprocess.CompletedProcess:
    return subprocess.run([folder / "dev", "package", *arguments], capture_output=True, text=True)


class Zip(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        if not ZIP.exists():
            raise AssertionError(f"there is no {ZIP}: ./dev package --arch {ARCHITECTURE}")
        with zipfile.ZipFile(ZIP) as packed:
            cls.entries = packed.infolist()
            cls.bootstrap = packed.read("bootstrap")

    def test_it_holds_an_executable_that_Lambda_can_start(self) -> None:
        [entry] = self.entries
        self.assertEqual(entry.filename, "bootstrap")
        self.assertEqual(entry.external_attr >> 16, 0o100755)
        self.assertEqual(entry.date_time, (1980, 1, 1, 0, 0, 0))
        self.assertEqual(pack.examine(self.bootstrap), (ARCHITECTURE, False))

    def test_it_is_small_and_stripped(self) -> None:
        self.assertLessEqual(len(self.bootstrap), 2_500_000)
        for section in (b".symtab", b".debug_info", b"/build/", b"/lib/ld-"):
            self.assertNotIn(section, self.bootstrap)

    def test_the_libraries_are_those_that_are_pinned(self) -> None:
        rows = json.loads(subprocess.run([PROGRAM, "version", "--json"], capture_output=True,
                                         text=True, check=True).stdout)
        told = {row["name"]: row["version"] for row in rows}
        self.assertRegex(told["TLS"], r"^mbedTLS/2\.28\.")
        names = {"cjson": "cJSON", "curl": "libcurl", "mbedtls": "TLS", "pcre2": "PCRE2",
                 "sqlite3": "SQLite", "protobuf-c": "protobuf-c", "zlib": "zlib", "libzstd": "zstd"}
        for line in (ROOT / f"build/chain/{ARCHITECTURE}/libraries.txt").read_text().splitlines():
            package, version, _ = line.split()
            if package in names:
                upstream = re.match(r"(?:\d+:)?(\d+(?:\.\d+)*)", version)[1]
                self.assertIn(upstream, told[names[package]])


@unittest.skipIf(EMULATED, "done for the machine's own processor, since it takes a minute")
class Again(unittest.TestCase):
    """The same sources in another folder, and everything built again, the libraries too."""

    @classmethod
    def setUpClass(cls) -> None:
        parent = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.copy = parent / "a-folder-that-is-not-the-first-one"
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
            cwd=ROOT, capture_output=True, check=True).stdout
        for name in map(os.fsdecode, filter(None, listing.split(b"\0"))):
            if (ROOT / name).exists():
                (cls.copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, cls.copy / name)
        shutil.copytree(ROOT / "build/chain/sources", cls.copy / "build/chain/sources", symlinks=True)

    def test_1_a_source_that_is_not_what_is_pinned_is_refused(self) -> None:
        description = self.copy / "build/chain/sources/cjson/description"
        kept = description.read_bytes()
        description.write_bytes(kept + b"\n")
        result = dev(folder=self.copy)
        description.write_bytes(kept)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r"cjson \S+ is not what package/versions says")
        self.assertFalse((self.copy / "build/package").exists())

    def test_2_the_same_bytes_come_out(self) -> None:
        result = dev("--json", folder=self.copy)
        self.assertEqual(result.returncode, 0, result.stderr)
        made = json.loads(result.stdout)
        self.assertEqual(made["file"], "build/package/function.zip")
        self.assertEqual((self.copy / made["file"]).read_bytes(), ZIP.read_bytes())
        self.assertEqual([each["name"] for each in made["libraries"]],
                         ["musl", "mbedtls", "curl", "cjson", "protobuf-c", "sqlite3", "pcre2", "zlib",
                          "libzstd"])


class CommandLine(unittest.TestCase):
    def test_help_is_given(self) -> None:
        for option in ("--help", "-h"):
            result = dev(option)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            for word in ("--arch", "--update", "--json", "function.zip"):
                self.assertIn(word, result.stdout)

    def test_what_is_not_understood_ends_with_2(self) -> None:
        for arguments in (["--arch"], ["--arch", "vax"], ["--arch="], ["--bogus"], ["x"]):
            with self.subTest(arguments):
                result = dev(*arguments)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn("dev: package: ", result.stderr)


class Pack(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.libraries = self.folder / "libraries.txt"
        self.libraries.write_text("musl 1.2.3-1 0\n")

    def call(self, executable: pathlib.Path) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, ROOT / "package/pack.py", executable, self.libraries,
             self.folder / "out.zip"], capture_output=True, text=True)

    def check_refused(self, executable: pathlib.Path, words: str) -> None:
        result = self.call(executable)
        self.assertEqual(result.returncode, 1)
        self.assertIn(words, result.stderr)
        self.assertFalse((self.folder / "out.zip").exists())

    def test_an_executable_with_shared_libraries_is_refused(self) -> None:
        self.check_refused(pathlib.Path("/bin/true"), "is not static")

    def test_an_executable_that_has_grown_is_refused(self) -> None:
        with zipfile.ZipFile(ZIP) as packed:
            grown = self.folder / "grown"
            grown.write_bytes(packed.read("bootstrap").ljust(2_500_001, b"\0"))
        self.check_refused(grown, "more than 2,500,000")


if __name__ == "__main__":
    unittest.main()
