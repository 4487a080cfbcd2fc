"""Runs one file of unittest cases for CTest.

Exit code 0: all passed. 1: something failed, or there was nothing to run. 77: something was skipped
and nothing failed, so that CTest counts the file as skipped and says so; the reasons are printed.
"""

import importlib.util
import pathlib
import sys
import unittest

SKIPPED = 77


def main(path: str) -> int:
    file = pathlib.Path(path).resolve()
    sys.path.insert(0, str(file.parent))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    for test, reason in result.skipped:
        print(f"SKIPPED {test}: {reason}", file=sys.stderr)
    if not result.wasSuccessful() or result.testsRun == 0:
        return 1
    return SKIPPED if result.skipped else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
