"""What must hold of the files themselves."""

import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def tracked(*patterns: str) -> list[pathlib.Path]:
    output = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, check=True
    ).stdout
    return [ROOT / name for name in output.decode().split("\0") if name]


class Repository(unittest.TestCase):
    def test_generated_files_are_fresh(self) -> None:
        result = subprocess.run(
            [__import__("sys").executable, "-m", "codegen", "check", "--docs", "docs/reference",
             "--deploy", "deploy"],
            cwd=ROOT, capture_output=True, text=True,
        )
        self.assertEqual(0, result.returncode, result.stdout + result.stderr)

    def test_no_banned_function_is_called(self) -> None:
        banned = re.compile(r"\b(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|gets|alloca)\s*\(")
        found = [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
            for path in tracked("src/*.c", "src/*.h", "include/*.h", "generated/*.c")
            for number, line in enumerate(path.read_text().splitlines(), 1)
            if banned.search(line)
        ]
        self.assertEqual([], found)

    def test_the_runtime_takes_memory_through_its_own_door_only(self) -> None:
        direct = re.compile(r"(?<![\w_])(malloc|calloc|realloc|free|strdup|strndup)\s*\(")
        found = [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
            for path in tracked("src/*.c", "generated/*.c")
            if path != ROOT / "src/base/alloc.c" and "tests" not in path.parts
            for number, line in enumerate(path.read_text().splitlines(), 1)
            if direct.search(line) and not line.lstrip().startswith(("*", "/*"))
        ]
        self.assertEqual([], found)

    def test_text_files_end_with_one_newline_and_have_no_trailing_blanks(self) -> None:
        found = []
        for path in tracked("*.c", "*.h", "*.py", "*.md", "*.json", "*.cmake", "*.sh"):
            if "cases" in path.parts:
                continue
            text = path.read_text()
            if text and (not text.endswith("\n") or text.endswith("\n\n")):
                found.append(f"{path.relative_to(ROOT)}: ends badly")
            for number, line in enumerate(text.splitlines(), 1):
                if line != line.rstrip():
                    found.append(f"{path.relative_to(ROOT)}:{number}: trailing blanks")
        self.assertEqual([], found)

    def test_names_of_files_are_plain(self) -> None:
        found = [str(path.relative_to(ROOT)) for path in tracked("*")
                 if not re.fullmatch(r"[A-Za-z0-9._/-]+", str(path.relative_to(ROOT)))]
        self.assertEqual([], found)

    def test_links_in_documents_lead_somewhere(self) -> None:
        link = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
        found = [
            f"{path.relative_to(ROOT)}: {target}"
            for path in tracked("*.md")
            for target in link.findall(path.read_text())
            if not (path.parent / target).exists()
        ]
        self.assertEqual([], found)

    def test_every_folder_is_in_the_source_tour(self) -> None:
        tour = (ROOT / "docs/architecture.md").read_text()
        folders = {str(path.parent.relative_to(ROOT)) for path in tracked("src/*", "codegen/*.py")}
        missing = sorted(f for f in folders if f"`{f}" not in tour)
        self.assertEqual([], missing)


if __name__ == "__main__":
    unittest.main()
