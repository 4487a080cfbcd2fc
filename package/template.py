"""Lays the deployment's template beside a zip file, for that file's processor alone.

    python3 package/template.py ARCHITECTURE TEMPLATE ZIP TARGET

The generated template names function.zip and takes any processor; the one beside a zip names that, and takes
the processor that it was built for, so that no deployment can mix them. Exit codes: 0 done, 1 the template
is not one that the generator made.
"""

from __future__ import annotations

import os
import pathlib
import re
import sys

CODE = re.compile(r"^( +CodeUri: )function\.zip$", re.MULTILINE)
ARCHITECTURE = re.compile(
    r"^(  Architecture:\n(?:    .*\n)*?    Default: )\w+(\n    AllowedValues: )\[.*\]$", re.MULTILINE)


def for_package(template: str, architecture: str, package: str) -> str:
    """ValueError, if the places to change are not there once each."""
    for place, new in ((CODE, rf"\g<1>{package}"),
                       (ARCHITECTURE, rf"\g<1>{architecture}\g<2>[{architecture}]")):
        template, count = place.subn(new, template)
        if count != 1:
            raise ValueError(f"{place.pattern!r} is there {count} times instead of once")
    return template


def main(arguments: list[str]) -> int:
    if len(arguments) != 4:
        print(__doc__, file=sys.stderr)
        return 1
    architecture, template, package, target = arguments
    try:
        text = for_package(pathlib.Path(template).read_text(encoding="utf-8"), architecture,
                           os.path.basename(package))
    except (OSError, ValueError) as error:
        print(f"{template}: {error}", file=sys.stderr)
        return 1
    pathlib.Path(target).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
