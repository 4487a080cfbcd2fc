"""What schemas become, and which are refused: one folder for each case, through the command line.

A folder in cases/ holds schema files, which are laid over those in base/, and either

- expected.txt: the problems, one a line, as printed (the schemas are refused), or
- model.json: what `dump` prints, without the runtime's own settings.

A file absent.txt names files of base/ that shall not be there. KH_ACCEPT=1 writes what comes out as
what is expected; look at the difference before committing it.
"""

import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CASES = HERE / "cases"
NOT_SCHEMAS = {"expected.txt", "model.json", "absent.txt"}
ACCEPT = os.environ.get("KH_ACCEPT") == "1"


def lay_out(case: pathlib.Path, directory: pathlib.Path) -> None:
    """The schemas of a case, as a service would have them."""
    shutil.copytree(HERE / "base", directory)
    absent = case / "absent.txt"
    for name in absent.read_text().split() if absent.exists() else []:
        (directory / name).unlink()
    for path in sorted(case.rglob("*")):
        if path.is_file() and path.name not in NOT_SCHEMAS:
            target = directory / path.relative_to(case)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)


def dump(directory: pathlib.Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "codegen", "dump", "--schema", directory.name],
        cwd=directory.parent, capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )


def dump_case(case: pathlib.Path) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(temporary) / "service" / "schema"
        directory.parent.mkdir()
        lay_out(case, directory)
        return dump(directory)


def without_runtime(text: str) -> str:
    model = json.loads(text)
    model["settings"] = [row for row in model["settings"] if not row["of_runtime"]]
    return json.dumps(model, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


class Cases(unittest.TestCase):
    maxDiff = None

    done: dict[str, subprocess.CompletedProcess[str]]

    @classmethod
    def setUpClass(cls) -> None:
        """All cases at once: nearly all of the time is Python starting."""
        cases = [path for path in sorted(CASES.iterdir()) if path.is_dir()]
        with concurrent.futures.ThreadPoolExecutor() as pool:
            cls.done = dict(zip((case.name for case in cases), pool.map(dump_case, cases)))

    def run_case(self, case: pathlib.Path) -> None:
        done = self.done[case.name]
        if done.returncode == 1:
            *lines, count = done.stderr.splitlines(keepends=True)
            self.assertRegex(count, r"^[0-9]+ problems? in schema\n$")
            self.compare(case / "expected.txt", case / "model.json", "".join(lines))
        else:
            self.assertEqual(done.returncode, 0, done.stderr)
            self.compare(case / "model.json", case / "expected.txt", without_runtime(done.stdout))

    def compare(self, golden: pathlib.Path, other: pathlib.Path, text: str) -> None:
        if ACCEPT:
            other.unlink(missing_ok=True)
            golden.write_text(text, encoding="utf-8")
        self.assertFalse(other.exists(), f"{other.name} was expected; this came out:\n{text}")
        self.assertTrue(golden.exists(), f"there is no {golden}; see KH_ACCEPT")
        self.assertEqual(golden.read_text(encoding="utf-8"), text)

    def test_enough_cases(self) -> None:
        self.assertGreaterEqual(len(list(CASES.glob("*/expected.txt"))), 60)
        self.assertGreaterEqual(len(list(CASES.glob("*/model.json"))), 15)


def _test_of(case: pathlib.Path):
    def test(self: Cases) -> None:
        self.run_case(case)

    test.__doc__ = case.name
    return test


for _case in sorted(CASES.iterdir()):
    if _case.is_dir():
        setattr(Cases, f"test_{_case.name}", _test_of(_case))


if __name__ == "__main__":
    unittest.main()
