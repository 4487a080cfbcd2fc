"""The layers of docs/architecture.md: data flows one way, so includes go one way."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Folder -> the folders of src/ it may include from (its own is always allowed).
MAY_INCLUDE = {
    "base": set(),
    "text": {"base"},
    "proto": {"base", "text"},
    "model": {"base", "text", "proto"},
    "record": {"base", "text", "proto", "model"},
    "http": {"base"},
    "aws": {"base", "text", "model", "http"},
    "store": {"base", "text", "model", "aws"},
    "flow": {"base", "text", "proto", "model"},
    "edge": {"base", "text", "proto", "model", "record", "http", "aws", "store", "flow"},
}

# Public headers by the layer whose nouns they declare.
PUBLIC = {
    "base": {"alloc", "arena", "clock", "error", "hash", "hash_key", "status", "str"},
    "text": {"base64", "check", "cloudevents", "decimal", "enum", "format", "instant", "json",
             "json_inline", "json_writer", "pattern", "regex", "scan", "utf8", "value"},
    "proto": {"proto", "proto_reader"},
    "model": {"aggregate", "batch", "context", "dead_letter", "entity", "entity_dynamodb",
              "entity_sql", "event", "log", "migration", "open", "record", "response", "service",
              "settings", "source", "store",
              "unit"},
    "edge": {"main"},
}

INCLUDE = re.compile(r'^[ \t]*#\s*include\s+"([^"]+)"', re.MULTILINE)


def layer_of(header: str) -> str:
    """The layer of a public header kh/x.h."""
    stem = header.removeprefix("kh/").removesuffix(".h")
    for layer, stems in PUBLIC.items():
        if stem in stems:
            return layer
    raise AssertionError(f"include/{header}: not in a layer yet; add it to PUBLIC in this test")


def offences(path: pathlib.Path, folder: str) -> list[str]:
    """The #include lines of a source file that go against the flow."""
    allowed = MAY_INCLUDE[folder] | {folder}
    found = []
    for match in INCLUDE.finditer(path.read_text()):
        header = match.group(1)
        line = path.read_text()[: match.start()].count("\n") + 1
        if header.startswith("kh/"):
            layer = layer_of(header)
            # Headers of layers 0 to 2 are what every higher layer talks in.
            good = layer in allowed
        elif "/" in header:
            good = header.split("/")[0] in allowed
        else:
            good = (path.parent / header).exists()
        if not good:
            found.append(f'{path.relative_to(ROOT)}:{line}: {folder} must not include "{header}"')
    return found


class Layers(unittest.TestCase):
    def test_sources_include_only_lower_layers(self) -> None:
        found = []
        for folder in sorted(MAY_INCLUDE):
            for path in sorted((ROOT / "src" / folder).glob("*.[ch]")):
                found += offences(path, folder)
        self.assertEqual([], found)

    def test_every_folder_of_src_is_a_layer(self) -> None:
        folders = {p.name for p in (ROOT / "src").iterdir() if p.is_dir()}
        self.assertEqual(set(), folders - set(MAY_INCLUDE) - {"handlers"})

    def test_public_headers_include_no_higher_layer(self) -> None:
        order = ["base", "text", "proto", "model", "edge"]
        found = []
        for path in sorted((ROOT / "include/kh").glob("*.h")):
            rank = order.index(layer_of(f"kh/{path.name}"))
            for header in INCLUDE.findall(path.read_text()):
                if order.index(layer_of(header)) > rank:
                    found.append(f"include/kh/{path.name} must not include {header}")
        self.assertEqual([], found)

    def test_generated_code_uses_public_headers_of_the_lower_layers_only(self) -> None:
        found = []
        for path in sorted((ROOT / "generated").rglob("*.[ch]")):
            relative = path.relative_to(ROOT / "generated")
            if relative.parts[0] == "tests":
                continue
            for header in INCLUDE.findall(path.read_text()):
                edge = header.startswith("kh/") and layer_of(header) == "edge"
                if edge and relative.name != "main.c":
                    found.append(f"generated/{relative} must not include {header}")
                if not header.startswith("kh/") and not (ROOT / "generated" / header).exists():
                    found.append(f"generated/{relative} includes {header} from elsewhere")
        self.assertEqual([], found)

    def test_handlers_include_their_own_header_and_those_of_entities_only(self) -> None:
        for path in sorted((ROOT / "src/handlers").glob("on_*.c")):
            with self.subTest(path.name):
                own, *others = INCLUDE.findall(path.read_text())
                self.assertEqual(f"handlers/{path.stem}.h", own)
                self.assertEqual([], [name for name in others if not name.startswith("entities/")])

    def test_the_rule_catches_an_offence(self) -> None:
        import tempfile

        with tempfile.TemporaryDirectory(dir=ROOT / "src") as folder:
            path = pathlib.Path(folder) / "x.c"
            path.write_text('#include "kh/json.h"\n\n#include "edge/run.h"\n')
            found = offences(path, "base")
        self.assertEqual(2, len(found))
        self.assertIn(':1: base must not include "kh/json.h"', found[0])
        self.assertIn(':3: base must not include "edge/run.h"', found[1])


if __name__ == "__main__":
    unittest.main()
