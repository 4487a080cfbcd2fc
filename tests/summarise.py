"""Adds up CTest's JUnit files: what was skipped and what failed by name, then one closing line."""

import sys
import xml.etree.ElementTree as ElementTree


def main(paths: list[str]) -> int:
    passed, failed, skipped = 0, [], []
    for path in paths:
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            name, status = case.get("name"), case.get("status")
            if case.find("failure") is not None or status == "fail":
                failed.append(name)
            elif case.find("skipped") is not None or status == "notrun":
                reasons = [
                    line for line in (case.findtext("system-out") or "").splitlines()
                    if line.startswith("SKIPPED")
                ]
                skipped.append((name, reasons))
            else:
                passed += 1
    for name, reasons in skipped:
        print(f"SKIPPED {name}", *reasons, sep="\n    ")
    for name in failed:
        print(f"FAILED {name}")
    print(f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
